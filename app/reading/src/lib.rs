//! Reads the words in pictures: PP-OCRv4 (PaddleOCR, Apache-2.0), a network that finds lines of text and one that reads a
//! line, with weights from a package that the user has (`retake models import`).
//!
//! It reads English and Chinese print, upright or turned by up to a quarter, from about ten px of height on; letters with
//! accents it takes for those without. Spaces between words it often leaves out. Handwriting and fancy letters it reads
//! with less confidence, or as others.

mod boxes;
mod characters;
mod networks;
mod picture;
#[cfg(test)]
mod tests;

use std::path::Path;

use retake_core::{Raster, ReadLine, TextReader};
use retake_models::{ModelError, store};

use boxes::{Line, boxes};
use characters::Characters;
use networks::Network;
use picture::{Codes, HEIGHT};

/// A line that was read less surely than this is left out, as PaddleOCR does.
const LEAST: f32 = 0.5;
/// A side of fewer px holds no text.
const LEAST_SIDE: usize = 16;

/// Both networks.
pub struct Reader {
    detection: Network,
    recognition: Network,
    characters: Characters,
}

impl Reader {
    /// The model that an import makes.
    pub const NAME: &str = "pp-ocr-v4";

    /// The imported one; `None` where none is.
    ///
    /// # Errors
    /// Its files are damaged.
    pub fn imported() -> Result<Option<Self>, ModelError> {
        let Some(folder) = store::imported(Self::NAME) else {
            return Ok(None);
        };
        Self::open(&folder).map(Some)
    }

    /// Reads `detection.onnx` and `recognition.onnx` of a folder.
    ///
    /// # Errors
    /// As [`Self::imported`].
    pub fn open(folder: &Path) -> Result<Self, ModelError> {
        let recognition = Network::open(&folder.join("recognition.onnx"))?;
        Ok(Self {
            detection: Network::open(&folder.join("detection.onnx"))?,
            characters: Characters::of(&recognition)?,
            recognition,
        })
    }

    /// The lines of a picture in px of it, from top to bottom.
    fn lines(&self, picture: &Codes, found_on: &Codes) -> Option<Vec<(Line, String, f32)>> {
        let size = (found_on.width, found_on.height);
        let (map, shape) = self.detection.run(found_on.planes(), size)?;
        let [.., height, width] = shape[..] else {
            return None;
        };
        let scale = [
            picture.width as f32 / width as f32,
            picture.height as f32 / height as f32,
        ];
        let mut found = Vec::new();
        for line in boxes(&map, width, height) {
            let line = line.scaled(scale);
            let cut = picture.cut(&line.upright());
            let width = cut.width;
            let (seen, shape) = self.recognition.run(cut.planes(), (width, HEIGHT))?;
            let (text, confidence) = self.characters.decode(&seen, *shape.last()?);
            if confidence >= LEAST && !text.trim().is_empty() {
                found.push((line, text.trim().to_owned(), confidence));
            }
        }
        in_order(&mut found);
        Some(found)
    }
}

/// From top to bottom; those that stand side by side from left to right.
fn in_order(lines: &mut [(Line, String, f32)]) {
    lines.sort_by(|(a, ..), (b, ..)| a.top().total_cmp(&b.top()));
    let mut first = 0;
    while first < lines.len() {
        let (top, half) = (lines[first].0.top(), lines[first].0.height() / 2.0);
        let row = lines[first..].iter();
        let end = first
            + row
                .take_while(|(line, ..)| line.top() - top < half)
                .count()
                .max(1);
        lines[first..end].sort_by(|(a, ..), (b, ..)| a.left().total_cmp(&b.left()));
        first = end;
    }
}

impl TextReader for Reader {
    fn version(&self) -> &'static str {
        "pp-ocr-v4"
    }

    fn read(&self, picture: &Raster) -> Option<Vec<ReadLine>> {
        if picture.width.min(picture.height) < LEAST_SIDE {
            return None;
        }
        let codes = Codes::of(picture);
        let lines = self.lines(&codes, &Codes::to_find_on(picture))?;
        let size = [codes.width as f32, codes.height as f32];
        let share =
            |[x, y]: [f32; 2]| [(x / size[0]).clamp(0.0, 1.0), (y / size[1]).clamp(0.0, 1.0)];
        let lines = lines.into_iter().map(|(line, text, confidence)| ReadLine {
            text,
            corners: line.upright().map(share),
            confidence,
        });
        Some(lines.collect())
    }

    fn knows(&self, character: char) -> bool {
        self.characters.has(character)
    }
}
