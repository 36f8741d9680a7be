//! What a photo's metadata says about it, for people: camera, lens, when, and whether it says where.

use retake_core::Carried;

use super::ifd::{Entry, Ifd, Tiff};

/// The facts that a person would want to know are kept, or gone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// maker and model
    pub camera: Option<String>,
    /// the lens's model
    pub lens: Option<String>,
    /// as the camera wrote it, dashes in the date: "2024-05-17 18:42:10"
    pub taken: Option<String>,
    /// "1/250 s, f/2.8, ISO 400", as far as it is there
    pub exposure: Option<String>,
    /// who took it, or whose it is
    pub author: Option<String>,
    /// it says where it was taken
    pub location: bool,
}

const MAKER: u16 = 0x010F;
const MODEL: u16 = 0x0110;
const CHANGED: u16 = 0x0132;
const ARTIST: u16 = 0x013B;
const COPYRIGHT: u16 = 0x8298;
const EXIF_IFD: u16 = 0x8769;
const GPS_IFD: u16 = 0x8825;
const EXPOSURE_TIME: u16 = 0x829A;
const F_NUMBER: u16 = 0x829D;
const ISO: u16 = 0x8827;
const TAKEN: u16 = 0x9003;
const LENS: u16 = 0xA434;
/// The GPS directory's version says nothing of a place.
const GPS_VERSION: u16 = 0;

/// Reads them. Broken metadata has as many facts as can be read.
pub fn facts(carried: &Carried) -> Facts {
    let mut facts = carried.exif.as_deref().and_then(read).unwrap_or_default();
    let packet = carried.xmp.as_deref().unwrap_or_default();
    let names_a_place = |key: &[u8]| packet.windows(key.len()).any(|part| part == key);
    facts.location |= names_a_place(b"exif:GPSL") || names_a_place(b"photoshop:City");
    facts
}

fn read(exif: &[u8]) -> Option<Facts> {
    let exif = exif.strip_prefix(b"Exif\0\0").unwrap_or(exif);
    let (tiff, first) = Tiff::parse(exif)?;
    let main = tiff.ifd(first)?;
    let below = |tag| {
        let entry = main.get(tag)?;
        tiff.ifd(tiff.number(entry)? as usize)
    };
    let details = below(EXIF_IFD);
    let detail = |tag| details.as_ref().and_then(|ifd| text(&tiff, ifd, tag));
    let maker = text(&tiff, &main, MAKER);
    let camera = match (maker, text(&tiff, &main, MODEL)) {
        (Some(maker), Some(model)) if model.starts_with(&maker) => Some(model),
        (Some(maker), Some(model)) => Some(format!("{maker} {model}")),
        (maker, model) => model.or(maker),
    };
    let taken = detail(TAKEN).or_else(|| text(&tiff, &main, CHANGED));
    Some(Facts {
        camera,
        lens: detail(LENS),
        taken: taken.map(|date| date.replacen(':', "-", 2)),
        exposure: details.as_ref().and_then(|ifd| exposure(&tiff, ifd)),
        author: text(&tiff, &main, ARTIST).or_else(|| text(&tiff, &main, COPYRIGHT)),
        location: below(GPS_IFD)
            .is_some_and(|gps| gps.entries.iter().any(|entry| entry.tag != GPS_VERSION)),
    })
}

fn exposure(tiff: &Tiff<'_>, ifd: &Ifd) -> Option<String> {
    let ratio = |tag| ifd.get(tag).and_then(|entry| rational(tiff, entry));
    let time = ratio(EXPOSURE_TIME).map(|seconds| {
        if seconds >= 0.4 {
            format!("{seconds:.1} s")
        } else {
            format!("1/{:.0} s", 1.0 / seconds)
        }
    });
    let aperture = ratio(F_NUMBER).map(|number| format!("f/{number:.1}"));
    let iso = ifd.get(ISO).and_then(|entry| tiff.number(entry));
    let parts: Vec<String> = [time, aperture, iso.map(|iso| format!("ISO {iso}"))]
        .into_iter()
        .flatten()
        .collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// A positive fraction.
fn rational(tiff: &Tiff<'_>, entry: &Entry) -> Option<f64> {
    if entry.kind != 5 || entry.count == 0 {
        return None;
    }
    let at = entry.value.start;
    let (above, below) = (tiff.u32(at)?, tiff.u32(at + 4)?);
    (above > 0 && below > 0).then(|| f64::from(above) / f64::from(below))
}

/// A text without its end and the spaces that cameras fill it up with.
fn text(tiff: &Tiff<'_>, ifd: &Ifd, tag: u16) -> Option<String> {
    let entry = ifd.get(tag).filter(|entry| entry.kind == 2)?;
    let bytes = tiff.bytes.get(entry.value.clone())?;
    let bytes = bytes.split(|&byte| byte == 0).next()?;
    let text: String = String::from_utf8_lossy(bytes)
        .chars()
        .filter(|letter| !letter.is_control())
        .take(200)
        .collect();
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A directory of (tag, kind, value) at `at`, its longer values behind it.
    fn directory(at: u32, entries: &[(u16, u16, &[u8])]) -> Vec<u8> {
        let mut head = (entries.len() as u16).to_le_bytes().to_vec();
        let mut tail: Vec<u8> = Vec::new();
        let behind = at + 2 + 12 * entries.len() as u32 + 4;
        for (tag, kind, value) in entries {
            head.extend(tag.to_le_bytes());
            head.extend(kind.to_le_bytes());
            let size = [0, 1, 1, 2, 4, 8][usize::from(*kind)];
            head.extend((value.len() as u32 / size).to_le_bytes());
            if value.len() <= 4 {
                let mut inline = value.to_vec();
                inline.resize(4, 0);
                head.extend(inline);
            } else {
                head.extend((behind + tail.len() as u32).to_le_bytes());
                tail.extend(*value);
            }
        }
        head.extend([0; 4]);
        head.extend(tail);
        head
    }

    fn camera() -> Carried {
        let fraction = |above: u32, below: u32| [above.to_le_bytes(), below.to_le_bytes()].concat();
        let (time, aperture) = (fraction(1, 250), fraction(28, 10));
        let gps = directory(600, &[(1, 2, b"N\0")]);
        let details = directory(
            300,
            &[
                (EXPOSURE_TIME, 5, &time),
                (F_NUMBER, 5, &aperture),
                (ISO, 3, &400u16.to_le_bytes()),
                (TAKEN, 2, b"2024:05:17 18:42:10\0"),
                (LENS, 2, b"50mm F1.8  \0"),
            ],
        );
        let main = directory(
            8,
            &[
                (MAKER, 2, b"Acme\0"),
                (MODEL, 2, b"Acme One\0"),
                (EXIF_IFD, 4, &300u32.to_le_bytes()),
                (GPS_IFD, 4, &600u32.to_le_bytes()),
            ],
        );
        let mut exif = b"II*\0\x08\0\0\0".to_vec();
        for (at, part) in [(8, main), (300, details), (600, gps)] {
            exif.resize(at, 0);
            exif.extend(part);
        }
        Carried {
            exif: Some(exif),
            ..Carried::default()
        }
    }

    #[test]
    fn a_cameras_facts_are_read_as_people_say_them() {
        let text = |text: &str| Some(text.to_owned());
        let expected = Facts {
            camera: text("Acme One"),
            lens: text("50mm F1.8"),
            taken: text("2024-05-17 18:42:10"),
            exposure: text("1/250 s, f/2.8, ISO 400"),
            author: None,
            location: true,
        };
        assert_eq!(facts(&camera()), expected);
    }

    #[test]
    fn a_place_in_the_xmp_packet_is_a_location() {
        let packet = b"<x exif:GPSLatitude=\"48,8N\"/>".to_vec();
        let carried = Carried {
            xmp: Some(packet),
            ..Carried::default()
        };
        assert!(facts(&carried).location);
    }

    #[test]
    fn no_metadata_has_no_facts() {
        assert_eq!(facts(&Carried::default()), Facts::default());
    }

    proptest! {
        #[test]
        fn damaged_metadata_never_panics(at in 0..700usize, byte in any::<u8>(), end in 0..800usize) {
            let mut carried = camera();
            if let Some(exif) = &mut carried.exif {
                let at = at % exif.len();
                exif[at] = byte;
                exif.truncate(end);
            }
            facts(&carried);
        }
    }
}
