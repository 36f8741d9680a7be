//! Evidence maps in a line of JSON: 8-bit grey PNG in base64, which any notebook can show.

use std::collections::BTreeMap;
use std::io::Cursor;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{ExtendedColorType, ImageEncoder, ImageFormat, ImageReader};
use retake_core::Mask;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::told::MAP_EDGE;

pub(super) fn serialize<S: Serializer>(
    maps: &BTreeMap<String, Mask>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let coded = maps
        .iter()
        .filter_map(|(name, map)| Some((name, coded(map)?)));
    coded.collect::<BTreeMap<_, _>>().serialize(serializer)
}

/// A map that cannot be read is left out: it is one picture less.
pub(super) fn deserialize<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<BTreeMap<String, Mask>, D::Error> {
    let coded = BTreeMap::<String, String>::deserialize(deserializer)?;
    let read = coded.into_iter();
    Ok(read
        .filter_map(|(name, text)| Some((name, decoded(&text)?)))
        .collect())
}

fn coded(map: &Mask) -> Option<String> {
    let code = |value: &f32| (value.clamp(0.0, 1.0) * 255.0 + 0.5) as u8;
    let samples: Vec<u8> = map.values.iter().map(code).collect();
    let (width, height) = (
        u32::try_from(map.width).ok()?,
        u32::try_from(map.height).ok()?,
    );
    let mut bytes = Vec::new();
    PngEncoder::new_with_quality(&mut bytes, CompressionType::Fast, FilterType::Adaptive)
        .write_image(&samples, width, height, ExtendedColorType::L8)
        .ok()?;
    Some(STANDARD.encode(bytes))
}

/// `None` for what is no PNG, or one that is larger than a map is.
fn decoded(text: &str) -> Option<Mask> {
    let bytes = STANDARD.decode(text).ok()?;
    let mut reader = ImageReader::with_format(Cursor::new(bytes), ImageFormat::Png);
    let mut limits = image::Limits::default();
    limits.max_image_width = Some(MAP_EDGE as u32);
    limits.max_image_height = Some(MAP_EDGE as u32);
    reader.limits(limits);
    let grey = reader.decode().ok()?.into_luma8();
    Some(Mask {
        width: grey.width() as usize,
        height: grey.height() as usize,
        values: grey.iter().map(|code| f32::from(*code) / 255.0).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_map_comes_back_to_the_nearest_of_256_levels() {
        let map = Mask::from_fn(64, 17, |x, y| ((x * y) % 64) as f32 / 63.0);
        let back = decoded(&coded(&map).expect("written")).expect("read");
        let apart = map
            .values
            .iter()
            .zip(&back.values)
            .map(|(a, b)| (a - b).abs());
        assert!(apart.fold(0.0, f32::max) <= 0.5 / 255.0 + 1e-6);
    }

    #[test]
    fn what_is_no_small_picture_is_no_map() {
        let large = coded(&Mask::uniform(65, 4, 0.5)).expect("written");
        for text in ["", "no base64!", "AAAA", &large] {
            assert_eq!(decoded(text), None, "{text:?}");
        }
    }
}
