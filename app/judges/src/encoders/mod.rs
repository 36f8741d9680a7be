//! Rewards made of encoders: CLIP, SigLIP, DINOv2, LPIPS and LAION's aesthetic heads. They see more than the measures and
//! less than a language model, and they are quick. The published numbers are kept; how each becomes a score is said where
//! it is made, and the [`crate::Panel`] joins it with what is measured.
//!
//! What is shared is done once: the source and the words are looked at once for all candidates, and CLIP's tower looks at a
//! picture once for all that stand on it. An encoder that cannot be opened is refused before anything is scored; one that
//! fails on one candidate leaves its dimensions unknown with the reason.

mod aesthetic;
mod clip;
mod decoupled;
mod dino;
mod lpips;
mod regions;
mod reward;
mod siglip;
mod squares;
#[cfg(test)]
mod tests;
mod tower;
mod words;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use retake_core::{Dimension, Instruction, Mask, Reason, Reward, Said, Score, said};
use retake_vision::encoder::Dino;
use retake_vision::picture::{Bitmap, Planes};
use serde_json::Value;

use regions::Regions;
use reward::Encoded;
use squares::{enlarged, kept_shares, weighted};
use tower::Tower;

use crate::{Member, Weight};

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
    /// whether it reads words, so that captions help it
    reads: bool,
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
        reads: true,
        spares: false,
        open: |given, _| Ok(Box::new(clip::Directional::open(given)?)),
    },
    Kind {
        id: "siglip",
        about: "SigLIP: whether the words describe the edit better than the source.",
        dimensions: &[Dimension::INSTRUCTION_FOLLOWING],
        reads: true,
        spares: false,
        open: |given, path| Ok(Box::new(siglip::Described::open(given, path)?)),
    },
    Kind {
        id: "aesthetic",
        about: "A head over CLIP: whether people would like the edit better than the source.",
        dimensions: &[Dimension::GENERATION_QUALITY],
        reads: false,
        spares: false,
        open: |given, path| Ok(Box::new(aesthetic::Liked::open(given, path)?)),
    },
    Kind {
        id: "dinov2",
        about: "DINOv2: whether the picture still shows the same, as a whole and square by square.",
        dimensions: &[Dimension::DETAIL_PRESERVING],
        reads: false,
        spares: true,
        open: |given, path| {
            let network = match &given.dino {
                Some(network) => network.clone(),
                None => dino::Same::open(path)?,
            };
            Ok(Box::new(dino::Same::of(network)))
        },
    },
    Kind {
        id: "lpips",
        about: "LPIPS: how far the edit is from the source to an eye.",
        dimensions: &[Dimension::DETAIL_PRESERVING],
        reads: false,
        spares: true,
        open: |_, path| Ok(Box::new(lpips::Near::open(path)?)),
    },
];

/// What stands before `=` where captions are given instead of a folder.
pub const CAPTIONS: &str = "captions";

/// What stands before `=` where a network is named that finds what the instruction names.
pub const REGIONS: &str = "segformer";

/// What stands before `=` where a network is named that outlines what was found.
pub const OUTLINES: &str = "sam";

/// What region-decoupled preservation is called, which needs no folder and listens to all that are named beside it.
pub const DECOUPLED: &str = "regions";

/// Whether an argument names an encoder or what helps one: `clip=DIR`, `captions=a house => a house in the snow`,
/// `segformer=DIR`, `sam=DIR`; or is [`DECOUPLED`], perhaps with a weight.
pub fn is_one(argument: &str) -> bool {
    split(argument).is_some()
}

fn split(argument: &str) -> Option<(&str, &str)> {
    let weighed = argument.strip_prefix(DECOUPLED);
    if weighed.is_some_and(|rest| rest.is_empty() || rest.starts_with('@')) {
        return Some((DECOUPLED, argument));
    }
    let (id, rest) = argument.split_once('=')?;
    let helps = [CAPTIONS, REGIONS, OUTLINES].contains(&id);
    let known = helps || KINDS.iter().any(|kind| kind.id == id);
    known.then_some((id, rest))
}

/// What an encoder may need of the others.
struct Given {
    /// CLIP, if it was named: the aesthetic head stands on it too
    clip: Option<Arc<Tower>>,
    /// DINOv2, if it was named
    dino: Option<Arc<Dino>>,
    captions: Option<Captions>,
}

/// The rewards that these arguments name, in the order of the arguments, each with the weight behind its `@`; arguments that name none are passed over. One
/// sentence for what cannot be opened, for captions that are not two texts with `=>` between them, for what is named twice,
/// and for what nobody named would listen to.
pub fn open(arguments: &[String]) -> Result<Vec<Member>, Said> {
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
    if let Some((id, _)) = named.iter().find(|(_, rest)| rest.trim().is_empty()) {
        return Err(said!(
            "Nothing stands behind {id}= among the rewards.",
            id = *id
        ));
    }
    let mut weighed = Vec::new();
    for (id, rest) in named {
        let (place, weight) = match id {
            CAPTIONS => (rest, None),
            _ => crate::open::weighed(rest)?,
        };
        weighed.push((id, place, weight));
    }
    let named = weighed;
    let of = |wanted: &str| {
        named
            .iter()
            .find(|(id, ..)| *id == wanted)
            .map(|(_, place, _)| *place)
    };
    let heard = |helper: &str, by: fn(&Kind) -> bool| {
        let listens = |(id, ..): &(&str, &str, Option<f64>)| {
            let places = helper != CAPTIONS && *id == DECOUPLED;
            places || KINDS.iter().any(|kind| kind.id == *id && by(kind))
        };
        if of(helper).is_none() || named.iter().any(listens) {
            return Ok(());
        }
        let those = KINDS.iter().filter(|kind| by(kind)).map(|kind| kind.id);
        Err(said!(
            "{helper}= is for {names}; name one of them too, with --reward.",
            helper = helper,
            names = those.collect::<Vec<_>>().join(", ")
        ))
    };
    heard(CAPTIONS, |kind| kind.reads)?;
    heard(REGIONS, |kind| kind.spares)?;
    heard(OUTLINES, |kind| kind.spares)?;
    let given = Given {
        clip: of("clip")
            .map(|folder| Tower::open(Path::new(folder)).map(Arc::new))
            .transpose()?,
        dino: of("dinov2")
            .map(|folder| dino::Same::open(Path::new(folder)))
            .transpose()?,
        captions: of(CAPTIONS).map(Captions::read).transpose()?,
    };
    let regions = Regions::open(of(REGIONS), of(OUTLINES))?.map(Arc::new);
    let decoupled = named.iter().find(|(id, ..)| *id == DECOUPLED);
    let decoupled = decoupled.map(|(_, place, weight)| match *place {
        DECOUPLED => Ok(Member {
            weight: weight.map(Weight::All),
            ..Member::from(decoupled_of(&given, regions.clone(), &of))
        }),
        _ => Err(said!(
            "The weight of {name} stands behind an @, as in {name}@2.",
            name = DECOUPLED
        )),
    });
    let kinds = named.iter().filter_map(|(id, place, weight)| {
        let kind = KINDS.iter().find(|kind| kind.id == *id)?;
        Some((kind, PathBuf::from(place), *weight))
    });
    kinds
        .map(|(kind, path, weight)| {
            let reward = Encoded {
                encoder: (kind.open)(&given, &path)?,
                kind,
                path,
                regions: regions.clone().filter(|_| kind.spares),
            };
            Ok(Member {
                weight: weight.map(Weight::All),
                ..Member::from(Box::new(reward) as Box<dyn Reward>)
            })
        })
        .chain(decoupled)
        .collect()
}

/// Region-decoupled preservation with the networks that were named beside it.
fn decoupled_of<'a>(
    given: &Given,
    segments: Option<Arc<Regions>>,
    of: &dyn Fn(&str) -> Option<&'a str>,
) -> Box<dyn Reward> {
    let heard = ["clip", "dinov2", REGIONS, OUTLINES];
    let folders = heard
        .into_iter()
        .filter_map(|id| Some((id, PathBuf::from(of(id)?))));
    Box::new(decoupled::Decoupled {
        eyes: retake_vision::eyes(),
        clip: given.clip.clone(),
        dino: given.dino.clone(),
        segments,
        folders: folders.collect(),
        notices: Mutex::default(),
    })
}

/// The encoder that a folder or file holds, by the `model_type` of its `config.json`; weights alone are those of LPIPS.
pub fn kind_of(path: &Path) -> Option<&'static str> {
    let type_of = |text: String| {
        let config: Value = serde_json::from_str(&text).ok()?;
        Some(config.get("model_type")?.as_str()?.to_owned())
    };
    let named = std::fs::read_to_string(path.join("config.json"))
        .ok()
        .and_then(type_of);
    let wanted = match named {
        Some(named) => named,
        // other weights alone are a judge's (GGUF)
        None if path.is_file() && path.extension().is_some_and(|end| end == "safetensors") => {
            "lpips".to_owned()
        }
        None => return None,
    };
    let kind = KINDS.iter().find(|kind| kind.id == wanted)?;
    Some(kind.id)
}

/// One encoder by itself, or why it cannot be opened.
pub fn open_one(id: &str, path: &Path) -> Result<Box<dyn Reward>, Said> {
    let kind = KINDS.iter().find(|kind| kind.id == id);
    let kind = kind.ok_or_else(|| said!("There is no encoder {name}.", name = id))?;
    let clip = match id {
        "clip" => Some(Arc::new(Tower::open(path)?)),
        _ => None,
    };
    let given = Given {
        clip,
        dino: None,
        captions: None,
    };
    Ok(Box::new(Encoded {
        encoder: (kind.open)(&given, path)?,
        kind,
        path: path.to_owned(),
        regions: None,
    }))
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
    /// A value that rises with its score, and how it changes with the candidate's code values of [0, 255]; `None` where it
    /// does not know.
    fn slope(
        &self,
        _asked: &Asked<'_>,
        _source: &Seen,
        _edited: &Bitmap,
    ) -> Result<Option<(f64, Planes)>, Said> {
        Ok(None)
    }
}

/// A group as encoders see it.
struct Asked<'a> {
    source: Bitmap,
    instruction: &'a Instruction,
    /// where it may change: what was painted, or what the instruction names
    free: Option<Mask>,
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
