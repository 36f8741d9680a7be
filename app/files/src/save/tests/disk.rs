//! What is on the disk after a write that went well, and after one that did not.

use std::io;

use retake_core::{Mask, Picture, Quiet, Watch};

use super::super::{
    Format, SaveOptions, same_file, save, save_mask, save_rgb8, write_beside_and_rename,
};
use super::{Folder, Odd, options, photo};
use crate::FileError;

#[test]
fn a_failing_write_leaves_the_old_file_and_nothing_else() {
    let folder = Folder::new("failing");
    let path = folder.file("best.jpg");
    std::fs::write(&path, b"old").expect("written");
    let error = write_beside_and_rename(&path, |out| {
        out.write_all(&[0; 1 << 20])?;
        Err(io::Error::from(io::ErrorKind::StorageFull))
    })
    .expect_err("a full disk");
    assert_eq!(
        error.to_string(),
        format!(
            "the disk is full; make room or choose another folder: {}",
            path.display()
        )
    );
    assert_eq!(std::fs::read(&path).expect("read"), b"old");
    assert_eq!(folder.names(), ["best.jpg"]);
}

#[test]
fn a_panicking_write_leaves_nothing() {
    let folder = Folder::new("panicking");
    let path = folder.file("best.jpg");
    let result = std::panic::catch_unwind(|| {
        write_beside_and_rename(&path, |out| {
            out.write_all(b"half")?;
            panic!("a fault in an encoder")
        })
    });
    assert!(result.is_err());
    assert!(folder.names().is_empty());
}

#[test]
fn a_failing_edit_leaves_nothing_and_says_why() {
    let folder = Folder::new("edit");
    for format in [Format::Jpeg, Format::Png, Format::Tiff, Format::Webp] {
        let picture = Odd {
            photo: photo(40, 300, 1).0,
            strip_rows: 16,
            fails_from: 200,
        };
        let error =
            save(&folder.file("best"), &picture, &options(format), &Quiet).expect_err("failed");
        assert_eq!(error.to_string(), "the edit failed");
    }
    assert!(folder.names().is_empty());
}

struct Impatient;

impl Watch for Impatient {
    fn progress(&self, _stage: &'static str, _done: usize, _total: usize) {}
    fn stopped(&self) -> bool {
        true
    }
}

#[test]
fn a_stopped_export_leaves_nothing() {
    let folder = Folder::new("stopped");
    let result = save(
        &folder.file("best.jpg"),
        &photo(9, 9, 1).0,
        &options(Format::Jpeg),
        &Impatient,
    );
    assert!(matches!(
        result,
        Err(FileError::Stopped(retake_core::Stop::Cancelled))
    ));
    assert!(folder.names().is_empty());
}

#[test]
fn the_photo_itself_is_never_overwritten() {
    let folder = Folder::new("source");
    let source = folder.file("photo.jpg");
    std::fs::write(&source, b"the photo").expect("written");
    let link = folder.file("link.jpg");
    std::fs::hard_link(&source, &link).expect("linked");
    let round = folder.0.join(".").join("photo.jpg");
    for path in [&source, &link, &round] {
        assert!(same_file(path, &source));
        let options = SaveOptions {
            sources: vec![source.clone()],
            ..SaveOptions::default()
        };
        let error = save(path, &photo(9, 9, 1).0, &options, &Quiet)
            .expect_err("refused")
            .to_string();
        assert!(error.starts_with("this is the photo itself"), "{error}");
        assert!(error.ends_with(&path.display().to_string()), "{error}");
    }
    assert_eq!(std::fs::read(&source).expect("read"), b"the photo");
    assert!(!same_file(&source, &folder.file("another.jpg")));
}

#[test]
fn a_missing_folder_and_a_folder_as_file_are_one_sentence_each() {
    let folder = Folder::new("missing");
    let write = |path: &std::path::Path| {
        write_beside_and_rename(path, |out| out.write_all(b"x"))
            .expect_err("impossible")
            .to_string()
    };
    let missing = write(&folder.file("none/best.jpg"));
    assert_eq!(
        missing,
        format!(
            "there is no such folder to write into; create it or choose another: {}",
            folder.file("none").display()
        )
    );
    std::fs::write(folder.file("file"), b"").expect("written");
    assert!(write(&folder.file("file/best.jpg")).starts_with("there is no such folder"));
    assert!(write(&folder.0).starts_with("this is a folder"));
}

#[test]
fn a_name_of_the_greatest_length_can_be_written() {
    let folder = Folder::new("long");
    let path = folder.file(&"n".repeat(255));
    assert_eq!(
        write_beside_and_rename(&path, |out| out.write_all(b"abc")).expect("written"),
        3
    );
    assert_eq!(std::fs::read(path).expect("read"), b"abc");
}

#[test]
fn a_written_file_is_the_encoded_bytes_and_its_size_is_told() {
    let folder = Folder::new("bytes");
    let picture = photo(50, 90, 7).0;
    for info in &super::super::FORMATS {
        let path = folder.file(info.id);
        let saved = save(&path, &picture, &options(info.format), &Quiet).expect("saved");
        let bytes = std::fs::read(&path).expect("read");
        assert_eq!(saved.bytes, bytes.len() as u64);
        assert!(
            bytes
                == super::super::encode(&picture, &options(info.format), &Quiet).expect("encoded")
        );
    }
    assert_eq!(picture.size(), (50, 90));
}

#[test]
fn masks_and_sheets_are_what_they_were() {
    let folder = Folder::new("plain");
    let mask = Mask::from_fn(37, 23, |x, y| (x * y) as f32 / 800.0);
    save_mask(&folder.file("sky.png"), &mask).expect("saved");
    let seen = image::open(folder.file("sky.png")).expect("read");
    assert_eq!(seen.color(), image::ColorType::L8);
    for (pixel, value) in seen.to_luma8().pixels().zip(&mask.values) {
        assert!((f32::from(pixel.0[0]) / 255.0 - value.min(1.0)).abs() <= 0.5 / 255.0 + 1e-6);
    }
    let (_, rgb) = photo(37, 23, 3);
    save_rgb8(&folder.file("sheet.png"), 37, 23, &rgb, 90).expect("saved");
    assert_eq!(
        image::open(folder.file("sheet.png"))
            .expect("read")
            .to_rgb8()
            .into_raw(),
        rgb
    );
    save_rgb8(&folder.file("sheet.jpg"), 37, 23, &rgb, 90).expect("saved");
    assert_eq!(
        image::open(folder.file("sheet.jpg")).expect("read").width(),
        37
    );
}
