//! An encoder as a reward: the source and the words are looked at once for a group, then each candidate; one that cannot
//! be looked at is unknown, and its neighbours are not.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use retake_core::{
    Dimension, Instruction, Mask, Raster, Raw, Reason, Reward, RewardInfo, Said, ScoreRequest,
    Scorecard, Slope, Stop, Watch, said,
};
use retake_pixels::matrix::{SRGB_FROM_REC2020, apply};
use retake_vision::picture::{Bitmap, Filter, Library, Planes, resize};
use serde_json::{Value, json};

use super::regions::Regions;
use super::{Asked, Encoder, Finding, Kind};

/// A reward of one encoder.
pub(super) struct Encoded {
    pub(super) kind: &'static Kind,
    pub(super) path: PathBuf,
    pub(super) encoder: Box<dyn Encoder>,
    /// finds what the instruction names
    pub(super) regions: Option<Arc<Regions>>,
}

impl Encoded {
    fn unknown(&self, why: &Said) -> Scorecard {
        let of = |name: &&'static str| (Dimension::from(*name), why.clone());
        Scorecard {
            unknown: self.kind.dimensions.iter().map(of).collect(),
            ..Scorecard::default()
        }
    }

    /// Where the edit may change, and the names of what is there where it was not painted.
    fn free(&self, source: &Bitmap, instruction: &Instruction) -> (Option<Mask>, Vec<String>) {
        match (&instruction.mask, &self.regions) {
            (None, Some(regions)) => regions.find(source, instruction),
            (painted, _) => (painted.clone(), Vec::new()),
        }
    }

    fn card(&self, mut finding: Finding, named: &[String]) -> Scorecard {
        if !named.is_empty() {
            for (_, score) in &mut finding.scores {
                score.reasons.push(Reason {
                    id: "named".to_owned(),
                    text: said!(
                        "{names} may change, as the instruction names it.",
                        names = named.join(", ")
                    ),
                    passed: None,
                    cost: 0.0,
                    check: None,
                    evidence: None,
                });
            }
        }
        let measures: BTreeMap<String, f64> = finding
            .measures
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect();
        let mut card = Scorecard::from(
            finding
                .scores
                .into_iter()
                .map(|(name, score)| (Dimension::from(name), score))
                .collect::<BTreeMap<_, _>>(),
        );
        card.raw.push(Raw {
            reward: self.kind.id.to_owned(),
            measures,
            told: Value::Null,
        });
        card
    }
}

impl Reward for Encoded {
    fn info(&self) -> RewardInfo {
        RewardInfo {
            id: self.kind.id,
            version: "1",
            dimensions: self.kind.dimensions,
            about: self.kind.about,
        }
    }

    fn settings(&self) -> Value {
        json!({ "path": self.path, "weights": self.encoder.weights() })
    }

    fn score(&self, group: &ScoreRequest<'_>, watch: &dyn Watch) -> Result<Vec<Scorecard>, Stop> {
        let encoder = &self.encoder;
        let source = Bitmap::of_raster(group.source);
        let (free, named) = self.free(&source, group.instruction);
        let asked = Asked {
            source,
            instruction: group.instruction,
            free,
        };
        let source = match encoder.source(&asked) {
            Ok(source) => source,
            Err(why) => return Ok(vec![self.unknown(&why); group.edited.len()]),
        };
        let mut cards = Vec::with_capacity(group.edited.len());
        for edited in group.edited {
            if watch.stopped() {
                return Err(Stop::Cancelled);
            }
            let found = at_size(edited, &asked.source)
                .and_then(|edited| encoder.candidate(&asked, &source, &edited));
            cards.push(match found {
                Ok(finding) => self.card(finding, &named),
                Err(why) => self.unknown(&why),
            });
        }
        Ok(cards)
    }

    /// What cannot be looked at has no slope.
    fn slope(
        &self,
        source: &Raster,
        edited: &Raster,
        instruction: &Instruction,
    ) -> Result<Option<Slope>, Stop> {
        if edited.is_empty() || (source.width, source.height) != (edited.width, edited.height) {
            return Ok(None);
        }
        let asked = Asked {
            source: Bitmap::of_raster(source),
            instruction,
            free: None,
        };
        let found = self.encoder.source(&asked).and_then(|source| {
            let edited = at_size(edited, &asked.source)?;
            self.encoder.slope(&asked, &source, &edited)
        });
        let Ok(Some((value, by_code))) = found else {
            return Ok(None);
        };
        Ok(Some(Slope {
            value: value as f32,
            by_pixel: by_pixel(edited, &by_code),
        }))
    }
}

/// How a linear value becomes a code of [0, 255], and its slope: sRGB (IEC 61966-2-1). Beyond what is shown nothing changes.
fn code_slope(linear: f32) -> f32 {
    match linear {
        x if !(0.0..=1.0).contains(&x) => 0.0,
        x if x <= 0.003_130_8 => 255.0 * 12.92,
        x => 255.0 * 1.055 / 2.4 * x.powf(1.0 / 2.4 - 1.0),
    }
}

/// From how something changes with code values to how it changes with linear Rec.2020. The gamut's edge is left out.
fn by_pixel(edited: &Raster, by_code: &Planes) -> Raster {
    let pixels = edited.len();
    Raster::from_fn(edited.width, edited.height, |x, y| {
        let place = y * edited.width + x;
        let linear = apply(&SRGB_FROM_REC2020, edited.at(x, y));
        let by_linear: [f32; 3] =
            std::array::from_fn(|c| by_code.values[c * pixels + place] * code_slope(linear[c]));
        std::array::from_fn(|c| {
            (0..3)
                .map(|row| SRGB_FROM_REC2020[row][c] * by_linear[row])
                .sum()
        })
    })
}

/// What a screen shows of an edit, at the source's size.
fn at_size(edited: &Raster, source: &Bitmap) -> Result<Bitmap, Said> {
    if edited.is_empty() {
        return Err(said!("The edit has no pixels."));
    }
    let finite = |plane: &Vec<f32>| plane.iter().all(|value| value.is_finite());
    if !edited.planes.iter().all(finite) {
        return Err(said!("The edit has values that are not finite."));
    }
    let edited = Bitmap::of_raster(edited);
    if (edited.width, edited.height) == (source.width, source.height) {
        return Ok(edited);
    }
    Ok(resize(
        &edited,
        source.width,
        source.height,
        Filter::Bicubic,
        Library::Torchvision,
    ))
}
