//! LAION's aesthetic predictor over CLIP: how much people would like the edit, beside the source.

use std::path::Path;
use std::sync::Arc;

use retake_core::{Dimension, Said, decimals, said};
use retake_vision::encoder::Aesthetic;
use retake_vision::picture::Bitmap;

use super::{Asked, Encoder, Finding, Given, Seen, Tower, fault, kept, scored};

/// The score of an edit that is liked as much as its source. A point of the ten more or less is a quarter of the scale:
/// what a photo shows decides most of the published number, and an edit is not to be blamed for that.
const AS_BEFORE: f64 = 0.75;
const POINT: f64 = 0.25;
/// How far off such scores are from people's, one standard deviation; ours. Sharpening and saturation raise them.
const SPREAD: f32 = 0.2;

/// See the module.
pub(super) struct Liked {
    clip: Arc<Tower>,
    head: Aesthetic,
}

impl Liked {
    pub(super) fn open(given: &Given, file: &Path) -> Result<Self, Said> {
        let Some(clip) = given.clip.clone() else {
            return Err(said!(
                "An aesthetic head stands on CLIP; name its folder too, with --reward clip=DIR."
            ));
        };
        let head = Aesthetic::on_processor(file).map_err(|error| fault(&error))?;
        if head.width() != clip.clip().width() {
            return Err(said!(
                "The aesthetic head takes {takes} numbers and this CLIP gives {gives}; it belongs to another CLIP.",
                takes = head.width(),
                gives = clip.clip().width()
            ));
        }
        Ok(Self { clip, head })
    }

    fn score(&self, picture: &Bitmap) -> Result<f64, Said> {
        let seen = self.clip.picture(picture)?;
        self.head.score(&seen).map_err(|error| fault(&error))
    }
}

impl Encoder for Liked {
    fn weights(&self) -> String {
        format!(
            "{} {}",
            self.clip.clip().fingerprint(),
            self.head.fingerprint()
        )
    }

    fn source(&self, asked: &Asked<'_>) -> Result<Seen, Said> {
        Ok(Box::new(self.score(&asked.source)?))
    }

    fn candidate(&self, _: &Asked<'_>, source: &Seen, edited: &Bitmap) -> Result<Finding, Said> {
        let before: &f64 = kept(source)?;
        let after = self.score(edited)?;
        let text = said!(
            "The aesthetic head gives the edit {after} (about 1 to 10), and the source {before}.",
            after = decimals(after, 1),
            before = decimals(*before, 1)
        );
        Ok(Finding {
            measures: vec![
                ("aesthetic.score", after),
                ("aesthetic.score_before", *before),
            ],
            scores: vec![(
                Dimension::GENERATION_QUALITY,
                scored(
                    AS_BEFORE + POINT * (after - before),
                    SPREAD,
                    "aesthetic",
                    text,
                    None,
                ),
            )],
        })
    }
}
