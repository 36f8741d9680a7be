//! CLIP's directional similarity (Gal et al. 2021; as a metric of edits, Brooks et al. 2023): the cosine between the way
//! the picture went and the way the words go, both in CLIP's space; and how alike both pictures are to CLIP.

use std::sync::Arc;

use retake_core::{Dimension, Said, decimals, said, signed};
use retake_vision::ModelError;
use retake_vision::encoder::Direction;
use retake_vision::picture::{Bitmap, Planes};

use super::{Asked, Captions, Encoder, Finding, Given, Seen, Tower, fault, kept, scored};

/// The directional similarity that counts as all done is twice the one from which ADIEE (arXiv 2507.07317) calls an edit
/// done: 0 and below is nothing, 0.2 half, 0.4 all.
const ALL_DONE: f64 = 0.4;
/// Pictures that are no more alike than this have nothing in common; unrelated photos are about as near to CLIP.
const NOTHING_ALIKE: f64 = 0.5;
/// How far off such scores are from people's, one standard deviation; of the words and of the likeness. Ours, from the
/// weak rank correlations that such metrics have with people.
const SPREAD: [f32; 2] = [0.25, 0.2];

/// See the module.
pub(super) struct Directional {
    clip: Arc<Tower>,
    captions: Option<Captions>,
}

/// Pictures that are nearer to each other than this went hardly anywhere.
const SHORT_WAY: f64 = 0.1;

/// (e − s) · w / √(|e − s|² + a²) over what counts as all done, and how it changes with e: the cosine of the way of a
/// picture, from s to e, with the way of the words, w, less where the way is shorter than a.
fn towards(picture: &Direction, source: &Direction, words: &Direction) -> (f64, Vec<f32>) {
    let numbers = picture.values().iter().zip(source.values());
    let way: Vec<f64> = numbers
        .map(|(e, s)| f64::from(*e) - f64::from(*s))
        .collect();
    let square = way.iter().map(|d| d * d).sum::<f64>() + SHORT_WAY * SHORT_WAY;
    let length = square.sqrt();
    let along: f64 = way
        .iter()
        .zip(words.values())
        .map(|(d, w)| d * f64::from(*w))
        .sum();
    let by = |(d, w): (&f64, &f32)| {
        ((f64::from(*w) / length - along * d / (square * length)) / ALL_DONE) as f32
    };
    let slope = way.iter().zip(words.values()).map(by);
    (along / length / ALL_DONE, slope.collect())
}

/// What the source and the words are to CLIP.
struct Before {
    picture: Direction,
    source_text: Direction,
    target_text: Direction,
    cut: usize,
}

impl Directional {
    pub(super) fn open(given: &Given) -> Result<Self, Said> {
        let Some(clip) = given.clip.clone() else {
            return Err(said!("Name CLIP's folder, with --reward clip=DIR."));
        };
        Ok(Self {
            clip,
            captions: given.captions.clone(),
        })
    }
}

impl Encoder for Directional {
    fn weights(&self) -> String {
        self.clip.clip().fingerprint().to_owned()
    }

    fn source(&self, asked: &Asked<'_>) -> Result<Seen, Said> {
        let captions = Captions::or_of(self.captions.as_ref(), asked.instruction);
        let picture = self.clip.picture(&asked.source)?;
        let clip = self.clip.clip();
        let read = || -> Result<Before, ModelError> {
            Ok(Before {
                picture,
                source_text: clip.text(&captions.source)?,
                target_text: clip.text(&captions.target)?,
                cut: clip.tokens(&captions.target)?.cut,
            })
        };
        let before = read().map_err(|error| fault(&error))?;
        Ok(Box::new(before))
    }

    /// Of the directional similarity alone. It has no slope at the source itself, where the picture went nowhere; so a way
    /// that is short counts less.
    fn slope(
        &self,
        _: &Asked<'_>,
        source: &Seen,
        edited: &Bitmap,
    ) -> Result<Option<(f64, Planes)>, Said> {
        let before: &Before = kept(source)?;
        let Some(words) = before.target_text.from(&before.source_text) else {
            return Ok(None);
        };
        let value = |picture: &Direction| towards(picture, &before.picture, &words);
        let slope = self.clip.clip().slope(edited, value);
        slope.map(Some).map_err(|error| fault(&error))
    }

    fn candidate(&self, _: &Asked<'_>, source: &Seen, edited: &Bitmap) -> Result<Finding, Said> {
        let before: &Before = kept(source)?;
        let picture = self.clip.picture(edited)?;
        let words = before.target_text.from(&before.source_text);
        let went = picture.from(&before.picture);
        // a picture that went nowhere did not go towards the words
        let direction = match (&went, &words) {
            (Some(went), Some(words)) => went.cosine(words),
            _ => 0.0,
        };
        let alike = picture.cosine(&before.picture);
        let (text, text_before) = (
            picture.cosine(&before.target_text),
            before.picture.cosine(&before.target_text),
        );
        let mut following = scored(
            direction / ALL_DONE,
            SPREAD[0],
            "clip_direction",
            said!(
                "CLIP: the picture went {direction} towards the words (−1 to 1); it fits them {after}, before {before}.",
                direction = signed(direction, 2),
                after = decimals(text, 2),
                before = decimals(text_before, 2)
            ),
            None,
        );
        if before.cut > 0 {
            let mut reason = following.reasons[0].clone();
            reason.id = "clip_cut".to_owned();
            reason.cost = 0.0;
            reason.text = said!(
                "CLIP reads {count} tokens less than the words have.",
                count = before.cut
            );
            following.reasons.push(reason);
        }
        let preserving = scored(
            (alike - NOTHING_ALIKE) / (1.0 - NOTHING_ALIKE),
            SPREAD[1],
            "clip_image",
            said!(
                "CLIP: both pictures are alike to {alike} (−1 to 1).",
                alike = decimals(alike, 2)
            ),
            None,
        );
        Ok(Finding {
            measures: vec![
                ("clip.direction", direction),
                ("clip.image_image", alike),
                ("clip.image_text", text),
                ("clip.image_text_before", text_before),
            ],
            scores: vec![
                (Dimension::INSTRUCTION_FOLLOWING, following),
                (Dimension::DETAIL_PRESERVING, preserving),
            ],
        })
    }
}
