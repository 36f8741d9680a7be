//! Rewards made of encoders: CLIP, SigLIP, DINOv2, LPIPS and LAION's aesthetic heads. They see more than the measures and
//! less than a language model, and they are quick. The published numbers are kept; how each becomes a score is said where
//! it is made, and the [`crate::Panel`] joins it with what is measured.
//!
//! What is shared is done once: the source and the words are looked at once for all candidates. An encoder that cannot be
//! opened, or fails on one candidate, leaves its dimensions unknown with the reason.

mod aesthetic;
mod clip;
mod dino;
mod lpips;
mod siglip;
#[cfg(test)]
mod tests;
mod words;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use retake_core::{
    Dimension, Instruction, Mask, Raster, Raw, Reason, Reward, RewardInfo, Said, Score,
    ScoreRequest, Scorecard, Stop, Watch, said,
};
use retake_vision::encoder::Clip;
use retake_vision::picture::{Bitmap, Filter, Library, resize};
use retake_vision::segment::Segformer;
use serde_json::{Value, json};

pub use words::Captions;

/// An encoder, or why there is none.
type Opened = Result<Box<dyn Encoder>, Said>;

/// A row of the table of encoders.
#[derive(Debug)]
pub struct Kind {
    /// short name, as it is typed before `=`
    pub id: &'static str,
    /// one sentence for the menu
    pub about: &'static str,
    /// the dimensions that it scores
    pub dimensions: &'static [&'static str],
    /// whether what the instruction names may change
    spares: bool,
    open: fn(&Given, &Path) -> Opened,
}

/// All encoders, in the order in which they are shown.
pub const KINDS: &[Kind] = &[
    Kind {
        id: "clip",
        about: "CLIP: whether the picture moved towards the words, and how alike both pictures are.",
        dimensions: &[
            Dimension::INSTRUCTION_FOLLOWING,
            Dimension::DETAIL_PRESERVING,
        ],
        spares: false,
        open: |given, _| Ok(Box::new(clip::Directional::open(given)?)),
    },
    Kind {
        id: "siglip",
        about: "SigLIP: whether the words describe the edit better than the source.",
        dimensions: &[Dimension::INSTRUCTION_FOLLOWING],
        spares: false,
        open: |given, path| Ok(Box::new(siglip::Described::open(given, path)?)),
    },
    Kind {
        id: "aesthetic",
        about: "A head over CLIP: whether people would like the edit better than the source.",
        dimensions: &[Dimension::GENERATION_QUALITY],
        spares: false,
        open: |given, path| Ok(Box::new(aesthetic::Liked::open(given, path)?)),
    },
    Kind {
        id: "dinov2",
        about: "DINOv2: whether the picture still shows the same, as a whole and square by square.",
        dimensions: &[Dimension::DETAIL_PRESERVING],
        spares: true,
        open: |_, path| Ok(Box::new(dino::Same::open(path)?)),
    },
    Kind {
        id: "lpips",
        about: "LPIPS: how far the edit is from the source to an eye.",
        dimensions: &[Dimension::DETAIL_PRESERVING],
        spares: true,
        open: |_, path| Ok(Box::new(lpips::Near::open(path)?)),
    },
];

/// What stands before `=` where captions are given instead of a folder.
pub const CAPTIONS: &str = "captions";

/// What stands before `=` where a network is named that finds what the instruction names.
pub const REGIONS: &str = "segformer";

/// Whether an argument names an encoder or what helps one: `clip=DIR`, `captions=a house => a house in the snow`,
/// `segformer=DIR`.
pub fn is_one(argument: &str) -> bool {
    split(argument).is_some()
}

fn split(argument: &str) -> Option<(&str, &str)> {
    let (id, rest) = argument.split_once('=')?;
    let known = [CAPTIONS, REGIONS].contains(&id) || KINDS.iter().any(|kind| kind.id == id);
    known.then_some((id, rest))
}

/// What an encoder may need of the others.
struct Given {
    /// CLIP, if it was named: the aesthetic head stands on it too
    clip: Option<Result<Arc<Clip>, Said>>,
    captions: Option<Captions>,
}

/// The rewards that these arguments name, in the order of the arguments; what cannot be opened scores nothing and says
/// why. Arguments that name none are passed over. Captions without `=>` between two texts are refused, and so is an encoder
/// that is named twice.
pub fn open(arguments: &[String]) -> Result<Vec<Box<dyn Reward>>, Said> {
    let named: Vec<(&str, &str)> = arguments.iter().filter_map(|one| split(one)).collect();
    let twice = named
        .iter()
        .enumerate()
        .find(|(i, (id, _))| named[..*i].iter().any(|(other, _)| other == id));
    if let Some((_, (id, _))) = twice {
        return Err(said!(
            "{id} is named twice among the rewards; once is enough.",
            id = *id
        ));
    }
    let of = |wanted: &str| {
        named
            .iter()
            .find(|(id, _)| *id == wanted)
            .map(|(_, rest)| *rest)
    };
    let clip = |folder| {
        Clip::on_processor(Path::new(folder))
            .map(Arc::new)
            .map_err(|error| fault(&error))
    };
    let given = Given {
        clip: of("clip").map(clip),
        captions: of(CAPTIONS).map(Captions::read).transpose()?,
    };
    let finder = |folder| {
        Segformer::on_processor(Path::new(folder))
            .map(Arc::new)
            .map_err(|error| fault(&error))
    };
    let regions = of(REGIONS).map(finder);
    let rewards = named.iter().filter_map(|(id, rest)| {
        let kind = KINDS.iter().find(|kind| kind.id == *id)?;
        let path = PathBuf::from(rest);
        let encoder = (kind.open)(&given, &path);
        Some(Box::new(Encoded {
            kind,
            path,
            encoder,
            regions: regions.clone().filter(|_| kind.spares),
        }) as Box<dyn Reward>)
    });
    Ok(rewards.collect())
}

/// What one encoder finds.
#[derive(Debug, Default)]
struct Finding {
    /// published numbers under their names
    measures: Vec<(&'static str, f64)>,
    /// a dimension each
    scores: Vec<(&'static str, Score)>,
}

/// What is looked at once for all candidates.
type Seen = Box<dyn std::any::Any + Send + Sync>;

/// One encoder behind a reward.
trait Encoder: Send + Sync {
    /// Changes whenever the same pixels would score differently: the hash of its weights.
    fn weights(&self) -> String;
    /// Looks at the source and the words.
    fn source(&self, asked: &Asked<'_>) -> Result<Seen, Said>;
    /// Looks at a candidate, beside what it found in the source.
    fn candidate(&self, asked: &Asked<'_>, source: &Seen, edited: &Bitmap)
    -> Result<Finding, Said>;
}

/// A group as encoders see it.
struct Asked<'a> {
    source: Bitmap,
    instruction: &'a Instruction,
    /// where it may change: what was painted, or what the instruction names
    free: Option<Mask>,
}

/// A reward of one encoder, or of one that could not be opened.
struct Encoded {
    kind: &'static Kind,
    path: PathBuf,
    encoder: Opened,
    /// finds what the instruction names
    regions: Option<Result<Arc<Segformer>, Said>>,
}

impl Encoded {
    fn unknown(&self, why: &Said) -> Scorecard {
        let of = |name: &&'static str| (Dimension::from(*name), why.clone());
        Scorecard {
            unknown: self.kind.dimensions.iter().map(of).collect(),
            ..Scorecard::default()
        }
    }

    /// Where the edit may change, and the names of what is there where it was not painted: what the instruction names
    /// and no recipe can do, as far as the network has a name for it.
    fn free(&self, source: &Bitmap, instruction: &Instruction) -> (Option<Mask>, Vec<String>) {
        let (None, Some(Ok(finder))) = (&instruction.mask, &self.regions) else {
            return (instruction.mask.clone(), Vec::new());
        };
        let named = finder.named_in(&words::things(instruction));
        let seen = match named.is_empty() {
            true => None,
            false => finder.look(source).ok(),
        };
        let Some(seen) = seen else {
            return (None, Vec::new());
        };
        let there = named
            .into_iter()
            .filter(|class| seen.classes.contains(class));
        let there: Vec<usize> = there.collect();
        let names = there
            .iter()
            .map(|&class| finder.names()[class].trim().to_owned());
        let mask = (!there.is_empty()).then(|| seen.mask(&there));
        (mask, names.collect())
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
        match &self.encoder {
            Ok(encoder) => json!({ "path": self.path, "weights": encoder.weights() }),
            Err(why) => json!({ "path": self.path, "not_opened": why.to_string() }),
        }
    }

    fn notices(&self) -> Vec<Said> {
        match &self.regions {
            Some(Err(why)) => vec![said!(
                "What the instruction names was not looked for: {why}",
                why = why
            )],
            _ => Vec::new(),
        }
    }

    fn score(&self, group: &ScoreRequest<'_>, watch: &dyn Watch) -> Result<Vec<Scorecard>, Stop> {
        let encoder = match &self.encoder {
            Ok(encoder) => encoder,
            Err(why) => return Ok(vec![self.unknown(why); group.edited.len()]),
        };
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

/// A score with one reason.
fn scored(value: f64, spread: f32, reason: &str, text: Said, evidence: Option<Mask>) -> Score {
    let value = value.clamp(0.0, 1.0) as f32;
    Score {
        value,
        spread,
        reasons: vec![Reason {
            id: reason.to_owned(),
            text,
            passed: None,
            cost: 1.0 - value,
            check: None,
            evidence: evidence.clone(),
        }],
        evidence,
    }
}

/// What was looked at in the source, as it was kept.
fn kept<T: 'static>(seen: &Seen) -> Result<&T, Said> {
    seen.downcast_ref()
        .ok_or_else(|| said!("The source was looked at by another network."))
}

/// A network's fault as a sentence.
fn fault(error: &retake_vision::ModelError) -> Said {
    Said::words(error.to_string())
}

/// A map of a few squares at the size of the source, each square as it is.
fn enlarged(values: &[f32], columns: usize, rows: usize, source: &Bitmap) -> Mask {
    let small = Mask {
        width: columns,
        height: rows,
        values: values.to_vec(),
    };
    retake_pixels::resize::mask(&small, source.width, source.height)
}

/// By square, how much of it may not change: 1 outside the region that may, 0 inside; 1 everywhere without one.
fn kept_shares(free: Option<&Mask>, columns: usize, rows: usize) -> Vec<f32> {
    match free {
        None => vec![1.0; columns * rows],
        Some(mask) => {
            let small = retake_pixels::resize::mask(mask, columns, rows);
            small
                .values
                .iter()
                .map(|value| 1.0 - value.clamp(0.0, 1.0))
                .collect()
        }
    }
}

/// The mean of values by their weights; of all alike where no weight is left.
fn weighted(values: &[f32], weights: &[f32]) -> f64 {
    let total: f64 = weights.iter().map(|&w| f64::from(w)).sum();
    if total < 1e-3 {
        return values.iter().map(|&v| f64::from(v)).sum::<f64>() / values.len().max(1) as f64;
    }
    values
        .iter()
        .zip(weights)
        .map(|(&v, &w)| f64::from(v) * f64::from(w))
        .sum::<f64>()
        / total
}
