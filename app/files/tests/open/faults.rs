//! Every bad input gets its own sentence, and no memory before it.

use std::path::{Path, PathBuf};

use image::ImageFormat;
use retake_files::{Limits, open};

use crate::made::*;

struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("retake-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).expect("a temporary folder");
        Self(path)
    }
    fn with(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.0.join(name);
        std::fs::write(&path, bytes).expect("written");
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn sentence(path: &Path) -> String {
    match open(path, &Limits::default()) {
        Ok(_) => panic!("{} opened", path.display()),
        Err(error) => error
            .to_string()
            .replace(&path.display().to_string(), "PATH"),
    }
}

#[test]
fn what_is_wrong_with_the_path_is_said() {
    let folder = Folder::new("paths");
    assert_eq!(
        sentence(&folder.0.join("nothing.jpg")),
        "there is no such file; check the name: PATH"
    );
    assert_eq!(
        sentence(&folder.0),
        "this is a folder; name a file inside it: PATH"
    );
    assert_eq!(
        sentence(&folder.with("empty.jpg", b"")),
        "the file is empty (0 bytes); get it again from where it came from: PATH"
    );
}

#[cfg(unix)]
#[test]
fn a_file_that_may_not_be_read_says_so() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new("permissions");
    let path = folder.with("secret.png", &encoded(pattern(2, 2), ImageFormat::Png));
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o000)).expect("mine");
    if std::fs::File::open(&path).is_ok() {
        return; // the super-user may read everything
    }
    assert_eq!(
        sentence(&path),
        "this may not be read; change its permissions or copy it elsewhere: PATH"
    );
}

#[test]
fn what_is_no_picture_is_named() {
    let folder = Folder::new("kinds");
    assert_eq!(
        sentence(&folder.with("photo.jpg", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic")),
        "this is a HEIC photo, which Retake cannot read; convert it to JPEG, PNG or TIFF first: PATH"
    );
    assert_eq!(
        sentence(&folder.with("photo.png", b"I am not a photo at all.")),
        "this is a text file, which Retake cannot read; convert it to JPEG, PNG or TIFF first: PATH"
    );
}

#[test]
fn every_truncation_of_a_jpeg_is_called_cut_short() {
    let whole = jpeg(&pattern(64, 64));
    for length in 4..whole.len() {
        assert_eq!(
            refusal(&whole[..length]),
            "the JPEG is cut short, its end is missing; copy it again from where it came from",
            "{length} of {}",
            whole.len()
        );
    }
}

#[test]
fn a_truncated_file_of_any_format_is_refused_by_name() {
    for (format, name) in [
        (ImageFormat::Png, "PNG"),
        (ImageFormat::Tiff, "TIFF"),
        (ImageFormat::WebP, "WebP"),
        (ImageFormat::Bmp, "BMP"),
        (ImageFormat::Gif, "GIF"),
        (ImageFormat::Pnm, "PNM"),
        (ImageFormat::Qoi, "QOI"),
        (ImageFormat::Tga, "Targa"),
    ] {
        let whole = encoded(pattern(40, 40), format);
        let sentence = refusal(&whole[..whole.len() / 2]);
        assert!(
            sentence.starts_with(&format!("the {name} is cut short"))
                || sentence.starts_with(&format!("the {name} is damaged")),
            "{sentence}"
        );
    }
}

#[test]
fn a_jpeg_with_a_hole_in_it_is_called_damaged() {
    let mut bytes = include_bytes!("data/texture.jpg").to_vec();
    let middle = bytes.len() / 2;
    for byte in &mut bytes[middle..middle + 200] {
        *byte = 0xFF;
    }
    let sentence = refusal(&bytes);
    assert!(sentence.starts_with("the JPEG is damaged ("), "{sentence}");
}

#[test]
fn a_header_of_ten_thousand_megapixels_is_refused_before_memory_is_taken() {
    let mut png = encoded(pattern(2, 2), ImageFormat::Png);
    png[16..20].copy_from_slice(&100_000u32.to_be_bytes());
    png[20..24].copy_from_slice(&100_000u32.to_be_bytes());
    let crc = crc32(&png[12..29]);
    png[29..33].copy_from_slice(&crc.to_be_bytes());
    let mut qoi = encoded(pattern(2, 2), ImageFormat::Qoi);
    qoi[4..8].copy_from_slice(&100_000u32.to_be_bytes());
    qoi[8..12].copy_from_slice(&100_000u32.to_be_bytes());
    let mut bmp = encoded(pattern(2, 2), ImageFormat::Bmp);
    bmp[18..22].copy_from_slice(&65_000u32.to_le_bytes());
    bmp[22..26].copy_from_slice(&65_000u32.to_le_bytes());
    let pnm = b"P6\n100000 100000\n255\n\0\0\0".to_vec();
    let mut jpeg = jpeg(&pattern(8, 8));
    let frame = jpeg
        .windows(2)
        .position(|pair| pair == [0xFF, 0xC0])
        .expect("baseline");
    jpeg[frame + 5..frame + 9].copy_from_slice(&[0xFF; 4]);
    for bytes in [png, qoi, bmp, pnm, jpeg] {
        let sentence = refusal(&bytes);
        assert!(
            sentence.starts_with("the picture is too large: "),
            "{sentence}"
        );
    }
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| {
            crc >> 1 ^ if crc & 1 == 1 { 0xEDB8_8320 } else { 0 }
        })
    })
}

#[test]
fn the_limits_given_are_the_limits_held() {
    let bytes = encoded(pattern(30, 30), ImageFormat::Png);
    let limits = Limits {
        max_pixels: 899,
        ..Limits::default()
    };
    let error = retake_files::decode(&bytes, &limits).expect_err("899 < 900");
    assert!(
        error.to_string().starts_with("the picture is too large"),
        "{error}"
    );
    let limits = Limits {
        max_bytes: 2699,
        ..Limits::default()
    };
    let error = retake_files::decode(&bytes, &limits).expect_err("2699 < 2700");
    assert!(
        error.to_string().starts_with("the picture is too large"),
        "{error}"
    );
    let folder = Folder::new("limits");
    let path = folder.with("photo.png", &bytes);
    let limits = Limits {
        max_file_bytes: bytes.len() as u64 - 1,
        ..Limits::default()
    };
    let error = open(&path, &limits).expect_err("one byte too many");
    assert!(
        error
            .to_string()
            .starts_with("the picture is too large: the file has"),
        "{error}"
    );
}

#[test]
fn a_small_file_that_unpacks_to_much_is_bounded_by_its_header() {
    // 40 MB of zeros in 40 kB: the header says 10 × 10, so the rest is never unpacked
    let mut out = Vec::new();
    let mut encoder = png::Encoder::new(&mut out, 4000, 4000);
    encoder.set_color(png::ColorType::Grayscale);
    let mut writer = encoder.write_header().expect("in memory");
    writer
        .write_image_data(&vec![0; 16_000_000])
        .expect("in memory");
    drop(writer);
    out[16..20].copy_from_slice(&10u32.to_be_bytes());
    out[20..24].copy_from_slice(&10u32.to_be_bytes());
    let crc = crc32(&out[12..29]);
    out[29..33].copy_from_slice(&crc.to_be_bytes());
    let began = std::time::Instant::now();
    let _ = retake_files::decode(&out, &Limits::default());
    assert!(began.elapsed().as_secs() < 5);
}

#[test]
fn a_jpeg_of_an_unusual_kind_is_unusual_and_not_damaged() {
    let whole = jpeg(&pattern(16, 16));
    let start = |file: &[u8]| {
        let at = file.windows(2).position(|two| two == [0xFF, 0xC0]);
        at.expect("it is a baseline JPEG")
    };
    for (marker, what) in [
        (0xC3, "a JPEG with lossless coding"),
        (0xC5, "a hierarchical JPEG"),
        (0xC9, "a JPEG with arithmetic coding"),
        (0xCA, "a JPEG with arithmetic coding"),
    ] {
        let mut file = whole.clone();
        let at = start(&file);
        file[at + 1] = marker;
        assert!(refusal(&file).starts_with(&format!("this is {what}")));
    }
    let mut twelve_bits = whole.clone();
    let at = start(&twelve_bits);
    (twelve_bits[at + 1], twelve_bits[at + 4]) = (0xC1, 12);
    assert!(refusal(&twelve_bits).starts_with("this is a JPEG of more than 8 bits a channel"));
}

#[test]
fn a_decoder_that_runs_out_of_bytes_says_that_the_end_is_missing() {
    for format in [ImageFormat::Pnm, ImageFormat::Tga, ImageFormat::Bmp] {
        let whole = encoded(pattern(40, 40), format);
        let sentence = refusal(&whole[..whole.len() / 2]);
        assert!(sentence.contains("is cut short"), "{sentence}");
    }
}

#[test]
fn a_bmp_of_ten_gigapixels_is_too_large() {
    let mut bmp = encoded(pattern(4, 4), ImageFormat::Bmp);
    bmp[18..22].copy_from_slice(&100_000i32.to_le_bytes());
    bmp[22..26].copy_from_slice(&(-100_000i32).to_le_bytes());
    let sentence = refusal(&bmp);
    assert!(
        sentence.starts_with("the picture is too large: 100000 × 100000 px"),
        "{sentence}"
    );
}

#[cfg(target_os = "linux")]
#[test]
fn a_device_is_no_file() {
    assert_eq!(
        sentence(Path::new("/dev/zero")),
        "this is a device and not a file; name a file instead: PATH"
    );
}

#[cfg(unix)]
#[test]
fn a_pipe_is_read_to_its_end_and_a_silent_one_is_not_waited_for_without_end() {
    let folder = Folder::new("pipes");
    let path = folder.0.join("pipe");
    let made = std::process::Command::new("mkfifo").arg(&path).status();
    assert!(made.expect("there is a mkfifo").success());
    let writer = std::thread::spawn({
        let path = path.clone();
        move || std::fs::write(path, encoded(pattern(300, 200), ImageFormat::Png))
    });
    let photo = open(&path, &Limits::default()).expect("a picture comes out of it");
    assert_eq!((photo.width(), photo.height()), (300, 200));
    writer.join().expect("it ends").expect("it wrote all of it");
    assert_eq!(
        sentence(&path),
        "nothing comes out of this pipe; name a file instead: PATH"
    );
}
