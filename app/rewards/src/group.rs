//! Scores a group: the source's side once for every frame that the edits need, then the edits in parallel.

use rayon::prelude::*;
use retake_core::{
    Dimension, Eyes, Raster, Reason, Score, ScoreRequest, Scorecard, Stop, Watch, said,
};
use retake_pixels::lab::Lab;
use retake_pixels::region::Regions;

use crate::align::Alignment;
use crate::scene::{After, Before, finite};
use crate::seen::{Memory, Onlookers, has_words, names_a_thing};
use crate::source::Source;
use crate::{detail, following, quality};

/// Which dimensions are wanted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Parts {
    pub(crate) following: bool,
    pub(crate) detail: bool,
    pub(crate) quality: bool,
}

impl Parts {
    pub(crate) const ALL: Self = Self {
        following: true,
        detail: true,
        quality: true,
    };
    fn names(self) -> impl Iterator<Item = &'static str> {
        let wanted = [self.following, self.detail, self.quality];
        Dimension::CANONICAL
            .into_iter()
            .zip(wanted)
            .filter_map(|(name, wanted)| wanted.then_some(name))
    }
}

/// One scorecard a candidate, in order; the same bits whatever the number of threads.
pub(crate) fn score(
    group: &ScoreRequest<'_>,
    parts: Parts,
    eyes: &Eyes,
    memory: &Memory,
    watch: &dyn Watch,
) -> Result<Vec<Scorecard>, Stop> {
    const STAGE: &str = "scoring";
    let total = group.edited.len();
    watch.progress(STAGE, 0, total);
    if group.source.is_empty() {
        return Err(Stop::Failed(said!(
            "The source has no pixels, so nothing can be scored; choose another photo."
        )));
    }
    let source = finite(group.source);
    let source: &Raster = &source;
    let known = memory.sources.of(source, eyes);
    let regions = known.regions(group.instruction.mask.as_ref());
    let eye = eyes.distance.as_deref();
    let scene = eyes
        .scene
        .as_deref()
        .filter(|_| parts.following || parts.detail);
    let named = scene.filter(|network| names_a_thing(*network, group.instruction));
    let source_shows = named.and_then(|network| memory.look(network, source));
    let text = eyes
        .text
        .as_deref()
        .filter(|_| parts.following || parts.detail);
    let source_lines = text.and_then(|network| memory.read(network, source));
    let onlookers = Onlookers {
        quality: eyes.quality.as_deref().filter(|_| parts.quality),
        scene,
        named: named.is_some(),
        source_shows: source_shows.as_deref().map(Vec::as_slice),
        text,
        reads: source_lines
            .as_ref()
            .is_some_and(|lines| has_words(lines, group.instruction)),
        source_lines: source_lines.as_deref().map(Vec::as_slice),
    };
    if watch.stopped() {
        return Err(Stop::Cancelled);
    }
    let alignments: Vec<Option<Alignment>> = group
        .edited
        .par_iter()
        .map(|edit| {
            let edit: &Raster = edit;
            (!edit.is_empty())
                .then(|| Alignment::find(source, &known.shown.0, &finite(edit), group.instruction))
        })
        .collect();
    // edits that lie over the source in the same way share its side
    let mut frames: Vec<Alignment> = Vec::new();
    let frame_of: Vec<Option<usize>> = alignments
        .iter()
        .map(|alignment| {
            alignment.map(|alignment| {
                let same = |frame: &Alignment| same_frame(frame, &alignment);
                frames.iter().position(same).unwrap_or_else(|| {
                    frames.push(alignment);
                    frames.len() - 1
                })
            })
        })
        .collect();
    let mut cards: Vec<Scorecard> = vec![Scorecard::default(); total];
    let mut done = 0;
    // one frame at a time: a hundred different crops must not hold a hundred sources in memory
    for (index, frame) in frames.iter().enumerate() {
        if watch.stopped() {
            return Err(Stop::Cancelled);
        }
        let before = Before::new(
            (source, &known),
            &regions,
            group.instruction,
            *frame,
            eye,
            onlookers,
        );
        following::warm_up(&before);
        let members: Vec<usize> = (0..total).filter(|&i| frame_of[i] == Some(index)).collect();
        if parts.detail && members.len() > 1 {
            detail::warm_up(&before);
        }
        let scored: Vec<Result<Scorecard, Stop>> = members
            .par_iter()
            .map(|&i| {
                if watch.stopped() {
                    return Err(Stop::Cancelled);
                }
                Ok(card(
                    (source, &known),
                    &regions,
                    &before,
                    group.edited[i],
                    parts,
                ))
            })
            .collect();
        for (i, card) in members.into_iter().zip(scored) {
            cards[i] = card?;
            done += 1;
        }
        watch.progress(STAGE, done, total);
    }
    for (card, frame) in cards.iter_mut().zip(&frame_of) {
        if frame.is_none() {
            *card = empty(parts);
        }
    }
    watch.progress(STAGE, total, total);
    Ok(cards)
}

/// Everything but the likeness, which differs from edit to edit.
fn same_frame(a: &Alignment, b: &Alignment) -> bool {
    Alignment {
        likeness: 0.0,
        ..*a
    } == Alignment {
        likeness: 0.0,
        ..*b
    }
}

fn card(
    (source, known): (&Raster, &Source),
    regions: &Regions,
    before: &Before<'_>,
    edit: &Raster,
    parts: Parts,
) -> Scorecard {
    let after = After::new(before, edit);
    let elsewhere = after
        .displaced()
        .then(|| {
            let edit = finite(edit);
            let framed = before.alignment.edit_in_frame(&edit);
            let lab = Lab::of(framed.as_ref().unwrap_or(&edit));
            before.alignment.unasked(&known.shown.0, &lab)
        })
        .flatten();
    if let Some(alignment) = elsewhere {
        let before = Before::new(
            (source, known),
            regions,
            before.instruction,
            alignment,
            before.eye,
            before.onlookers,
        );
        let after = After::showing(&before, edit, Some(after.seen));
        return scored(&before, &after, parts);
    }
    scored(before, &after, parts)
}

fn scored(before: &Before<'_>, after: &After, parts: Parts) -> Scorecard {
    let mut card = Scorecard::default();
    let mut add = |name: &str, score: Score| {
        card.scores.insert(Dimension::from(name), score);
    };
    if parts.following {
        add(
            Dimension::INSTRUCTION_FOLLOWING,
            following::score(before, after),
        );
    }
    if parts.detail {
        add(Dimension::DETAIL_PRESERVING, detail::score(before, after));
    }
    if parts.quality {
        add(Dimension::GENERATION_QUALITY, quality::score(before, after));
    }
    card
}

/// The scorecard of an edit without pixels.
fn empty(parts: Parts) -> Scorecard {
    let mut card = Scorecard::default();
    for name in parts.names() {
        card.scores.insert(
            Dimension::from(name),
            Score {
                value: 0.0,
                spread: 0.0,
                reasons: vec![Reason {
                    id: "empty".to_owned(),
                    text: said!("The edit has no pixels."),
                    passed: Some(false),
                    cost: 1.0,
                    check: None,
                    evidence: None,
                }],
                evidence: None,
            },
        );
    }
    card
}
