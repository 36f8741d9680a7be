//! Region-decoupled preservation as GEditBench v2 measures it (arXiv 2603.28547): what was not to change is held to the
//! source by what is seen outside of the place of the edit, and where a form must stay, also inside. Which numbers count
//! hangs on the kind of edit ([`edits`]); a number that no network here can take is left out, and said.
//!
//! A score is the mean share of what is outside; where the inside counts too, times the mean share of that. The published
//! pipelines only compare candidates pair by pair, so that the shares and their mean are Retake's own.
//!
//! Known failures: where nothing tells the place, damage that outweighs the edit is taken for the edit; a shadow that
//! reaches farther than the margin costs; nothing is said where the whole photo is to change.

mod edits;
mod measures;
mod place;
#[cfg(test)]
mod tests;

use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use retake_core::{
    Dimension, Eyes, Mask, Raw, Reason, Reward, RewardInfo, Said, Score, ScoreRequest, Scorecard,
    Stop, Watch, decimals, said,
};
use retake_pixels::lab::Lab;
use retake_pixels::region::Regions as Nameable;
use retake_pixels::resize;
use retake_vision::encoder::Dino;
use serde_json::{Value, json};

use edits::Edit;
use measures::{Measure, Networks, Pair, Sort};
use place::{How, Place};

use super::regions::Regions;
use super::tower::Tower;

/// Long edge at which pictures are compared, px.
const EDGE: usize = 512;
/// Less than this share of the photo is no area to compare.
const LEAST_OUTSIDE: f32 = 0.02;

/// See the module.
pub(super) struct Decoupled {
    pub(super) eyes: Eyes,
    pub(super) clip: Option<Arc<Tower>>,
    pub(super) dino: Option<Arc<Dino>>,
    pub(super) segments: Option<Arc<Regions>>,
    /// the folders of the networks, for records
    pub(super) folders: Vec<(&'static str, PathBuf)>,
    pub(super) notices: Mutex<Vec<Said>>,
}

impl Decoupled {
    fn note(&self, notice: Said) {
        let mut notices = self.notices.lock().unwrap_or_else(PoisonError::into_inner);
        if !notices.contains(&notice) {
            notices.push(notice);
        }
    }

    /// The line of the table, or why there is none.
    fn edit(&self, group: &ScoreRequest<'_>) -> Result<&'static Edit, Said> {
        let asked = group.instruction;
        let whole = asked
            .understood
            .goals
            .iter()
            .any(|goal| goal.region.is_whole());
        if whole && asked.mask.is_none() {
            return Err(said!(
                "The whole photo is to change, so no area of it is there to be compared."
            ));
        }
        edits::of(asked).ok_or_else(|| {
            said!("For this kind of edit nothing is published that could be compared area by area.")
        })
    }

    fn networks(&self) -> Networks<'_> {
        Networks {
            eye: self.eyes.distance.as_deref(),
            clip: self.clip.as_deref(),
            dino: self.dino.as_deref(),
        }
    }
}

impl Reward for Decoupled {
    fn info(&self) -> RewardInfo {
        RewardInfo {
            id: super::DECOUPLED,
            version: "1",
            dimensions: &[Dimension::DETAIL_PRESERVING],
            about: "Compares what was not to change with the photo, and where a form must stay, what was.",
        }
    }

    fn settings(&self) -> Value {
        let folders = self.folders.iter();
        let mut told: BTreeMap<&str, Value> =
            folders.map(|(id, folder)| (*id, json!(folder))).collect();
        let eye = self.eyes.distance.as_ref();
        told.insert("perceptual", json!(eye.map(|eye| eye.version())));
        let subject = self.eyes.subject.as_ref();
        told.insert("subject", json!(subject.map(|finder| finder.version())));
        json!(told)
    }

    fn score(&self, group: &ScoreRequest<'_>, watch: &dyn Watch) -> Result<Vec<Scorecard>, Stop> {
        let edit = match self.edit(group) {
            Ok(edit) => edit,
            Err(why) => {
                self.note(why);
                return Ok(vec![Scorecard::default(); group.edited.len()]);
            }
        };
        if group.source.is_empty() {
            let why = said!("The source has no pixels.");
            return Ok(vec![unknown(why); group.edited.len()]);
        }
        let (width, height) = resize::size_within(group.source.width, group.source.height, EDGE);
        let source = resize::raster(group.source, width, height);
        let before = Lab::of(&source);
        let nameable = Nameable::of(group.source).with_finder(self.eyes.subject.clone());
        let segments = self.segments.as_deref();
        let known = place::of_source(&source, &nameable, segments, group.instruction);
        let mut cards = Vec::with_capacity(group.edited.len());
        for edited in group.edited {
            if watch.stopped() {
                return Err(Stop::Cancelled);
            }
            let finite = |plane: &Vec<f32>| plane.iter().all(|value| value.is_finite());
            if edited.is_empty() {
                cards.push(unknown(said!("The edit has no pixels.")));
                continue;
            }
            if !edited.planes.iter().all(finite) {
                let why = said!("The edit has values that are not finite.");
                cards.push(unknown(why));
                continue;
            }
            let edited = resize::raster(edited, width, height);
            let after = Lab::of(&edited);
            let labs = (&before, &after);
            let place = place::of_edit(known.as_ref(), &edited, labs, segments, group.instruction);
            let pair = Pair {
                networks: self.networks(),
                source: &source,
                before: &before,
                edited: &edited,
                after: &after,
                place: &place.mask,
                perceived: OnceCell::new(),
            };
            let full = (group.source.width, group.source.height);
            cards.push(card(edit, &place, &pair, full));
        }
        Ok(cards)
    }

    fn notices(&self) -> Vec<Said> {
        let notices = self.notices.lock().unwrap_or_else(PoisonError::into_inner);
        notices.clone()
    }
}

fn unknown(why: Said) -> Scorecard {
    Scorecard {
        unknown: [(Dimension::from(Dimension::DETAIL_PRESERVING), why)].into(),
        ..Scorecard::default()
    }
}

/// A number that was taken.
struct Taken {
    measure: &'static Measure,
    value: f64,
    share: f64,
    inside: bool,
}

/// What could be taken of a list, and a sentence for each that could not.
fn taken(pair: &Pair<'_>, sorts: &[Sort], inside: bool) -> (Vec<Taken>, Vec<Said>) {
    let (mut all, mut left_out) = (Vec::new(), Vec::new());
    for measure in sorts.iter().filter_map(|sort| sort.row()) {
        match measure.take(pair) {
            Ok(value) => all.push(Taken {
                measure,
                value,
                share: (measure.share)(value).clamp(0.0, 1.0),
                inside,
            }),
            Err(why) => left_out.push(said!(
                "{measure} ({why})",
                measure = Said::name(measure.name),
                why
            )),
        }
    }
    (all, left_out)
}

fn mean(taken: &[Taken]) -> Option<f64> {
    let sum: f64 = taken.iter().map(|one| one.share).sum();
    (!taken.is_empty()).then(|| sum / taken.len() as f64)
}

/// The card of one candidate; its maps have the size of the photo.
fn card(edit: &Edit, place: &Place, pair: &Pair<'_>, (width, height): (usize, usize)) -> Scorecard {
    if 1.0 - place.mask.share() < LEAST_OUTSIDE {
        return unknown(said!(
            "The edit covers the whole photo, so no area of it is there to be compared."
        ));
    }
    let (outside, mut left_out) = taken(pair, edit.outside, false);
    // a copy has no inside
    let inside = match place.how {
        How::Nowhere => Vec::new(),
        _ => {
            let (inside, more) = taken(pair, edit.inside, true);
            left_out.extend(more);
            inside
        }
    };
    let Some(kept) = mean(&outside) else {
        let why = Said::commas(left_out);
        return unknown(said!("Nothing of it could be measured: {why}.", why));
    };
    let value = match mean(&inside) {
        Some(form) => kept * form,
        None => kept,
    };
    let mut told = json!({ "edit": edit.id, "place": place.how.id(), "share": place.mask.share() });
    let mut measures: BTreeMap<String, f64> = BTreeMap::new();
    let seen = pair.perceived().as_ref().ok();
    if let Some(seen) = seen {
        measures.insert("regions.lpips_mean".to_owned(), seen.mean);
    }
    let all: Vec<Taken> = outside.into_iter().chain(inside).collect();
    let missing: f64 = all.iter().map(|one| 1.0 - one.share).sum();
    let map = seen.map_or_else(|| pair.differences(), |seen| seen.map.clone());
    let map = resize::mask(&map, width, height);
    let mut reasons = vec![reason(
        "regions.place",
        said!(
            "Asked for is {edit}; it is looked for in {place}.",
            edit = Said::name(edit.name),
            place = place.how.said()
        ),
        0.0,
        Some(resize::mask(&place.mask, width, height)),
    )];
    for one in &all {
        measures.insert(one.measure.id.to_owned(), one.value);
        let part = (1.0 - one.share) / missing.max(1e-9);
        reasons.push(reason(
            one.measure.id,
            sentence(one),
            ((1.0 - value) * part) as f32,
            (!one.inside).then(|| map.clone()),
        ));
    }
    if !left_out.is_empty() {
        let text = said!("Left out: {measures}.", measures = Said::commas(left_out));
        told["left_out"] = json!(text);
        reasons.push(reason("regions.left_out", text, 0.0, None));
    }
    let score = Score {
        value: value.clamp(0.0, 1.0) as f32,
        spread: place.how.spread(),
        reasons,
        evidence: Some(map),
    };
    let name = Dimension::from(Dimension::DETAIL_PRESERVING);
    let mut card = Scorecard::from(BTreeMap::from([(name, score)]));
    card.raw.push(Raw {
        reward: super::DECOUPLED.to_owned(),
        measures,
        told,
    });
    card
}

fn sentence(one: &Taken) -> Said {
    let (name, value) = (Said::name(one.measure.name), decimals(one.value, 3));
    match one.inside {
        true => said!("Inside, {measure} is {value}.", measure = name, value),
        false => said!("Outside, {measure} is {value}.", measure = name, value),
    }
}

fn reason(id: &str, text: Said, cost: f32, evidence: Option<Mask>) -> Reason {
    Reason {
        id: id.to_owned(),
        text,
        passed: None,
        cost,
        check: None,
        evidence,
    }
}
