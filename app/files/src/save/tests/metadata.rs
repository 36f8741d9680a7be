//! What exports say about themselves: EXIF made true, location gone, history there and back.

use proptest::prelude::*;
use retake_core::{Carried, Quiet};

use super::super::ifd::Tiff;
use super::super::{
    FORMATS, Format, MetadataPolicy, OutputSpace, SaveOptions, encode, exif, jpeg, read_provenance,
    xmp,
};
use super::camera::{Camera, LATITUDE, MAKER_NOTE};
use super::{options, photo};

fn now(keep_location: bool) -> exif::Now {
    exif::Now {
        width: 70_000,
        height: 30,
        space: OutputSpace::AdobeRgb,
        keep_location,
    }
}

fn holds(bytes: &[u8], part: &[u8]) -> bool {
    memchr::memmem::find(bytes, part).is_some()
}

#[test]
fn exif_is_made_true_in_both_byte_orders() {
    for big_endian in [false, true] {
        let source = Camera::exif(big_endian, MAKER_NOTE);
        let (kept, damaged) = exif::made_true(&source, now(true)).expect("readable");
        assert!(!damaged);
        let (tiff, first) = Tiff::parse(&kept).expect("a structure");
        let main = tiff.ifd(first).expect("a directory");
        let number =
            |ifd: &super::super::ifd::Ifd, tag| ifd.get(tag).and_then(|entry| tiff.number(entry));
        assert_eq!(number(&main, 0x0112), Some(1), "upright");
        assert_eq!(main.next, 0, "no thumbnail directory");
        assert_eq!(main.get(0x0111), None, "no strips");
        assert!(holds(&kept, b"NIKON CORPORATION\0"));
        let note = tiff
            .ifd(number(&main, 0x8769).expect("a pointer") as usize)
            .expect("a directory");
        assert_eq!(number(&note, 0xA001), Some(0xFFFF), "not sRGB");
        assert_eq!(
            (number(&note, 0xA002), number(&note, 0xA003)),
            (Some(70_000), Some(30))
        );
        let maker = note.get(0x927C).expect("the maker note").value.clone();
        assert_eq!(&kept[maker.clone()], MAKER_NOTE);
        assert_eq!(&source[maker], MAKER_NOTE, "at the place it was");
        let gps = tiff
            .ifd(number(&main, 0x8825).expect("a pointer") as usize)
            .expect("a directory");
        assert_eq!(
            &kept[gps.get(2).expect("a latitude").value.clone()],
            LATITUDE
        );
    }
}

#[test]
fn the_thumbnail_is_gone_byte_for_byte() {
    for keep_location in [true, false] {
        let source = Camera::exif(false, MAKER_NOTE);
        let (kept, _) = exif::made_true(&source, now(keep_location)).expect("readable");
        assert!(holds(&source, b"thumbnail") && !holds(&kept, b"thumbnail"));
    }
}

#[test]
fn the_location_is_gone_byte_for_byte() {
    for big_endian in [false, true] {
        let source = Camera::exif(big_endian, MAKER_NOTE);
        let (kept, _) = exif::made_true(&source, now(false)).expect("readable");
        assert!(holds(&source, b"LATITUDE") && !holds(&kept, b"LATITUDE"));
        let (tiff, first) = Tiff::parse(&kept).expect("a structure");
        assert_eq!(tiff.ifd(first).expect("a directory").get(0x8825), None);
        assert!(holds(&kept, MAKER_NOTE));
    }
}

#[test]
fn a_maker_note_that_can_name_places_goes_with_the_location() {
    let source = Camera::exif(false, b"Panasonic\0\0\0Paris, Tour Eiffel");
    let (kept, _) = exif::made_true(&source, now(true)).expect("readable");
    assert!(holds(&kept, b"Paris"));
    let (kept, _) = exif::made_true(&source, now(false)).expect("readable");
    assert!(!holds(&kept, b"Paris"));
}

const XMP: &str = r#"<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:tiff="http://ns.adobe.com/tiff/1.0/" xmlns:exif="http://ns.adobe.com/exif/1.0/"
 xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" xmlns:drone="http://www.dji.com/drone-dji/1.0/"
 tiff:Orientation="6" exif:GPSLatitude="48,51.48N" photoshop:City="Paris" drone:GpsLongitude="2.29" exif:ISO="100">
<dc:title>Tower &amp; sky</dc:title><exif:GPSLongitude>2,17.4E</exif:GPSLongitude>
<Iptc4xmpExt:LocationShown><rdf:Bag><rdf:li>Tour Eiffel</rdf:li></rdf:Bag></Iptc4xmpExt:LocationShown>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>"#;

#[test]
fn xmp_keeps_what_is_true_and_loses_where_it_was_taken() {
    let kept = xmp::packet(Some(XMP.as_bytes()), true, None)
        .expect("readable")
        .expect("a packet");
    for part in [
        "Tower &amp; sky",
        "48,51.48N",
        "Tour Eiffel",
        "Paris",
        "2.29",
        "exif:ISO=\"100\"",
    ] {
        assert!(kept.contains(part), "{part}: {kept}");
    }
    assert!(!kept.contains("tiff:Orientation"));
    let kept = xmp::packet(Some(XMP.as_bytes()), false, None)
        .expect("readable")
        .expect("a packet");
    for part in ["48,51", "2,17", "Tour Eiffel", "Paris", "2.29"] {
        assert!(!kept.contains(part), "{part}: {kept}");
    }
    assert!(kept.contains("Tower &amp; sky") && kept.contains("exif:ISO=\"100\""));
}

#[test]
fn merging_a_history_again_replaces_it() {
    let once = xmp::packet(Some(XMP.as_bytes()), true, Some("{\"seed\":1}"))
        .expect("readable")
        .expect("a packet");
    let twice = xmp::packet(Some(once.as_bytes()), true, Some("{\"seed\":2}"))
        .expect("readable")
        .expect("a packet");
    assert_eq!(twice.matches("<retake:provenance>").count(), 1);
    assert_eq!(
        xmp::provenance(twice.as_bytes()).as_deref(),
        Some("{\"seed\":2}")
    );
    assert!(twice.contains("Tower &amp; sky"));
}

const HISTORY: &str =
    "{\"instruction\":\"warmer & <brighter>, \\\"ruhig\\\" 天空 ]]> &amp;\",\"seed\":7}";

fn carried() -> Carried {
    Carried {
        exif: Some(Camera::exif(true, MAKER_NOTE)),
        xmp: Some(XMP.as_bytes().to_vec()),
        ..Carried::default()
    }
}

fn export(format: Format, metadata: MetadataPolicy) -> Vec<u8> {
    let options = SaveOptions {
        metadata,
        carried: Some(carried()),
        provenance: Some(HISTORY.to_owned()),
        ..options(format)
    };
    encode(&photo(40, 30, 1).0, &options, &Quiet).expect("encoded")
}

#[test]
fn the_history_of_an_edit_is_read_back_from_every_format() {
    for info in &FORMATS {
        let bytes = export(info.format, MetadataPolicy::Keep);
        assert_eq!(
            read_provenance(&bytes).as_deref(),
            Some(HISTORY),
            "{}",
            info.id
        );
        assert!(image::load_from_memory(&bytes).is_ok(), "{}", info.id);
    }
}

#[test]
fn every_format_keeps_the_maker_note_and_obeys_the_policy() {
    for info in &FORMATS {
        let kept = export(info.format, MetadataPolicy::Keep);
        assert!(
            holds(&kept, MAKER_NOTE) && holds(&kept, LATITUDE) && holds(&kept, b"Tour Eiffel"),
            "{}",
            info.id
        );
        let without = export(info.format, MetadataPolicy::NoLocation);
        assert!(holds(&without, MAKER_NOTE), "{}", info.id);
        for place in [&LATITUDE[..], b"Tour Eiffel", b"Paris", b"48,51"] {
            assert!(!holds(&without, place), "{}", info.id);
        }
        let none = export(info.format, MetadataPolicy::None);
        for part in [MAKER_NOTE, b"NIKON", b"Tower", b"retake:", b"instruction"] {
            assert!(!holds(&none, part), "{}", info.id);
        }
        assert_eq!(read_provenance(&none), None, "{}", info.id);
    }
}

#[test]
fn other_decoders_find_the_exif_upright() {
    use image::ImageDecoder;
    for format in [Format::Jpeg, Format::Png, Format::Webp] {
        let bytes = export(format, MetadataPolicy::Keep);
        let mut decoder = image::ImageReader::new(std::io::Cursor::new(&bytes))
            .with_guessed_format()
            .expect("a format")
            .into_decoder()
            .expect("a decoder");
        let found = decoder.exif_metadata().expect("readable").expect("EXIF");
        assert!(holds(&found, MAKER_NOTE), "{format:?}");
        assert_eq!(
            decoder.orientation().expect("readable"),
            image::metadata::Orientation::NoTransforms
        );
    }
}

#[test]
fn metadata_too_large_for_a_jpeg_is_left_out_with_a_note() {
    let folder = super::Folder::new("large");
    let note = vec![b'n'; 70_000];
    let options = SaveOptions {
        carried: Some(Carried {
            exif: Some(Camera::exif(false, &note)),
            xmp: Some(XMP.replace("Tower", &"Tower ".repeat(20_000)).into_bytes()),
            ..Carried::default()
        }),
        provenance: Some(HISTORY.to_owned()),
        ..options(Format::Jpeg)
    };
    let saved = super::super::save(&folder.file("a.jpg"), &photo(9, 9, 1).0, &options, &Quiet)
        .expect("saved");
    assert_eq!(
        saved.notes,
        [
            "The camera's EXIF is larger than a JPEG can hold (64 KB) and was left out.",
            "The photo's XMP is larger than a JPEG can hold (64 KB) and was left out.",
        ]
    );
    let bytes = std::fs::read(folder.file("a.jpg")).expect("read");
    assert_eq!(read_provenance(&bytes).as_deref(), Some(HISTORY));
}

#[test]
fn damaged_metadata_is_a_note_and_never_a_failure() {
    let folder = super::Folder::new("damaged");
    for info in &FORMATS {
        let options = SaveOptions {
            carried: Some(Carried {
                exif: Some(b"II*\0\xFF\xFF\xFF\x7F".to_vec()),
                xmp: Some(b"<x:xmpmeta><rdf:RDF></x:xmpmeta>".to_vec()),
                ..Carried::default()
            }),
            ..options(info.format)
        };
        let saved = super::super::save(&folder.file(info.id), &photo(9, 9, 1).0, &options, &Quiet)
            .expect("saved");
        assert_eq!(
            saved.notes,
            [
                "The camera's EXIF is damaged and was left out.",
                "The photo's XMP is damaged and was left out."
            ]
        );
    }
}

#[test]
fn a_plain_jpeg_has_no_history() {
    let bytes = export(Format::Jpeg, MetadataPolicy::None);
    assert!(jpeg::segments(&bytes).count() > 4);
    assert_eq!(read_provenance(&bytes), None);
    assert_eq!(read_provenance(b""), None);
}

proptest! {
    #[test]
    fn damaged_exif_never_panics_and_what_is_kept_is_readable(
        big_endian: bool,
        keep_location: bool,
        hits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6),
        cut in any::<Option<prop::sample::Index>>(),
    ) {
        let mut source = Camera::exif(big_endian, MAKER_NOTE);
        for (at, byte) in hits {
            let at = at.index(source.len());
            source[at] = byte;
        }
        if let Some(cut) = cut {
            source.truncate(cut.index(source.len()));
        }
        if let Ok((kept, _)) = exif::made_true(&source, now(keep_location)) {
            prop_assert!(kept.len() <= source.len());
            let (tiff, first) = Tiff::parse(&kept).expect("a structure");
            let main = tiff.ifd(first).expect("a directory");
            prop_assert_eq!(main.damaged, 0);
            prop_assert!(keep_location || main.get(0x8825).is_none());
        }
    }

    #[test]
    fn any_bytes_are_exif_or_not_but_never_a_panic(bytes: Vec<u8>, head in 0..3usize) {
        let mut source = [&b""[..], b"II*\0\x08\0\0\0", b"MM\0*\0\0\0\x08"][head].to_vec();
        source.extend(bytes);
        let _ = exif::made_true(&source, now(false));
        let _ = read_provenance(&source);
    }

    #[test]
    fn damaged_files_never_panic_when_their_history_is_read(
        format in 0..FORMATS.len(),
        hits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        cut: prop::sample::Index,
    ) {
        let mut bytes = export(FORMATS[format].format, MetadataPolicy::Keep);
        for (at, byte) in hits {
            let at = at.index(bytes.len().min(2000));
            bytes[at] = byte;
        }
        let _ = read_provenance(&bytes);
        let _ = read_provenance(&bytes[..cut.index(bytes.len())]);
    }

    #[test]
    fn every_history_survives_xmp(text in "[^\\x00-\\x08\\x0B-\\x1F\\x7F-\\x9F\\u{2028}\\u{FFFE}\\u{FFFF}]*") {
        let packet = xmp::packet(None, true, Some(&text)).expect("made").expect("a packet");
        prop_assert_eq!(xmp::provenance(packet.as_bytes()), Some(text));
    }
}
