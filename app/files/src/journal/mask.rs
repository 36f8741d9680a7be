//! Masks as text: a byte a pixel, packed.

use std::io::{Read, Write};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;
use retake_core::Mask;
use retake_pixels::resize;

use crate::record::session::MaskRecord;

/// A mask with a longer edge is kept smaller, px.
const LONGEST: usize = 2048;

/// A mask of 8 bits, at most 2048 px long.
pub fn mask_record(number: u64, mask: &Mask) -> MaskRecord {
    let (width, height) = resize::size_within(mask.width, mask.height, LONGEST);
    let small;
    let mask = if (width, height) == (mask.width, mask.height) {
        mask
    } else {
        small = resize::mask(mask, width, height);
        &small
    };
    let codes: Vec<u8> = mask.values.iter().map(|&value| code(value)).collect();
    let mut packed = ZlibEncoder::new(Vec::new(), Compression::fast());
    // memory takes everything
    let packed = packed
        .write_all(&codes)
        .and_then(|()| packed.finish())
        .unwrap_or_default();
    MaskRecord {
        mask: number,
        width,
        height,
        bytes: STANDARD.encode(packed),
    }
}

/// `None` for what is no mask of that size.
pub fn mask_from_record(record: &MaskRecord) -> Option<Mask> {
    let sides = 1..=LONGEST;
    if !sides.contains(&record.width) || !sides.contains(&record.height) {
        return None;
    }
    let count = record.width * record.height;
    let packed = STANDARD.decode(&record.bytes).ok()?;
    let mut codes = Vec::with_capacity(count);
    ZlibDecoder::new(packed.as_slice())
        .take(count as u64 + 1)
        .read_to_end(&mut codes)
        .ok()?;
    (codes.len() == count).then(|| Mask {
        width: record.width,
        height: record.height,
        values: codes.iter().map(|&code| f32::from(code) / 255.0).collect(),
    })
}

fn code(value: f32) -> u8 {
    (value.clamp(0.0, 1.0) * 255.0 + 0.5) as u8
}
