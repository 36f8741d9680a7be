//! Exports as a whole: written, read back by independent decoders, and compared.

mod camera;
mod disk;
mod metadata;
mod pixels;

use retake_core::{CodedPixels, Photo, PhotoId, Picture, Raster, Rng, Samples, Stop};
use retake_pixels::color::srgb_decode;
use retake_pixels::matrix::REC2020_FROM_SRGB;

use super::{Format, SaveOptions};

/// A folder for one test, gone afterwards.
struct Folder(std::path::PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("retake-save-{}-{name}", std::process::id()));
        std::fs::create_dir_all(&path).expect("a temporary folder");
        Self(path)
    }
    fn file(&self, name: &str) -> std::path::PathBuf {
        self.0.join(name)
    }
    fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = std::fs::read_dir(&self.0)
            .expect("the folder")
            .map(|entry| {
                entry
                    .expect("an entry")
                    .file_name()
                    .to_string_lossy()
                    .into_owned()
            })
            .collect();
        names.sort();
        names
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// An sRGB photo as it comes from an 8-bit file, and its code values: smooth with some noise.
fn photo(width: usize, height: usize, seed: u64) -> (Photo, Vec<u8>) {
    let mut rng = Rng::new(seed);
    let mut rgb = Vec::with_capacity(width * height * 3);
    for y in 0..height {
        for x in 0..width {
            let noise = rng.between(-6.0, 6.0);
            let (u, v) = (x as f32 / width as f32, y as f32 / height as f32);
            for base in [40.0 + 190.0 * u, 60.0 + 150.0 * v, 230.0 - 160.0 * u * v] {
                rgb.push((base + noise).clamp(0.0, 255.0) as u8);
            }
        }
    }
    (coded(width, height, rgb.clone()), rgb)
}

fn coded(width: usize, height: usize, rgb: Vec<u8>) -> Photo {
    let curve: Vec<f32> = (0..256)
        .map(|code| srgb_decode(code as f32 / 255.0))
        .collect();
    let samples = Samples::Eight(CodedPixels {
        rgb,
        linear_from_code: [curve.clone(), curve.clone(), curve],
        rec2020_from_file: REC2020_FROM_SRGB,
    });
    Photo::new(width, height, PhotoId([0; 32]), samples, Default::default())
}

fn options(format: Format) -> SaveOptions {
    SaveOptions {
        format,
        ..SaveOptions::default()
    }
}

/// Fails from a row on, or asks for other strips than the photo itself would.
struct Odd {
    photo: Photo,
    strip_rows: usize,
    fails_from: usize,
}

impl Picture for Odd {
    fn size(&self) -> (usize, usize) {
        self.photo.size()
    }
    fn rows(&self, y: std::ops::Range<usize>) -> Result<Raster, Stop> {
        if y.end > self.fails_from {
            return Err(Stop::Failed(retake_core::Said::words("the edit failed")));
        }
        self.photo.rows(y)
    }
    fn strip_rows(&self) -> usize {
        self.strip_rows
    }
}
