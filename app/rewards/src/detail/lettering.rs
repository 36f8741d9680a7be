//! Whether the words in the photo still read as they did ([`retake_core::TextReader`], handed in): a sign that lost its
//! letters or has others, when nobody asked. Without a reader there is no such finding.
//!
//! Only what was surely read counts, and only where the shapes changed too: letters that are too dark to be read are still
//! there. Where other new content is asked for, words may rightly be covered, so it costs half or nothing.
//!
//! Known failures: edits in another frame (a crop, a turn) are not read for this; small print is not read at all.

use retake_core::{Gone, ReadLine, Reason, Said, said};

use crate::align::How;
use crate::asked::Leave;
use crate::finding::{Finding, saturating};
use crate::reading::{OTHER, SURE, UNRELATED, bounds, drawn, letters, nearest, shared};
use crate::scene::{After, Before};

const ID: &str = "lettering";
/// Fewer letters are no text.
const LEAST_LETTERS: usize = 3;
/// Words of which less is read otherwise are the same.
const SAME: f32 = 0.25;
/// Shapes that are as much alike are still there, whatever is read.
const ALIKE: f32 = 0.85;
/// How the cost grows with the share of the letters that are lost, and the most it takes; ours.
const COST: (f32, f32) = (0.4, 0.5);

/// A line of the photo that does not read as it did.
struct Lost<'a> {
    was: &'a ReadLine,
    /// what is read in its place, if anything
    is: Option<String>,
    /// 0 to 1
    loss: f32,
}

/// The finding.
pub(super) fn find(before: &Before<'_>, after: &After) -> Finding {
    let Some((counted, sure, is)) = compared(before, after) else {
        return Finding::none(ID);
    };
    let lost: Vec<Lost<'_>> = sure
        .iter()
        .filter_map(|was| lost(was, is, before, after))
        .filter(|lost| !excused(lost.was, is, before))
        .collect();
    let length = |line: &ReadLine| letters(&line.text).len() as f32;
    let gone: f32 = lost.iter().map(|lost| length(lost.was) * lost.loss).sum();
    let all: f32 = sure.iter().map(|line| length(line)).sum();
    let Some(worst) = lost.iter().max_by(|a, b| {
        let weight = |lost: &Lost<'_>| length(lost.was) * lost.loss;
        weight(a).total_cmp(&weight(b))
    }) else {
        return Finding::none(ID);
    };
    let cost = counted * saturating(gone / all.max(1.0), COST.0, COST.1);
    let boxes = lost.iter().map(|lost| (bounds(lost.was), lost.loss));
    Finding {
        id: ID,
        text: told_of(worst, lost.len() - 1),
        cost,
        spread: 0.25 * cost,
        map: Some(drawn(boxes, (before.width(), before.height()))),
    }
}

/// What is said where it costs nothing.
pub(super) fn told(before: &Before<'_>, after: &After) -> Option<Reason> {
    let (_, sure, is) = compared(before, after)?;
    let first = sure.first()?;
    if sure
        .iter()
        .any(|was| lost(was, is, before, after).is_some())
    {
        return None;
    }
    Some(Reason {
        id: ID.to_owned(),
        text: said!(
            "The words in the photo still read as they did: “{text}”.",
            text = &first.text
        ),
        passed: Some(true),
        cost: 0.0,
        check: None,
        evidence: None,
    })
}

/// How much a loss counts, the lines of the source that count, and those of the edit; `None` where nothing is compared.
fn compared<'a>(
    before: &'a Before<'_>,
    after: &'a After,
) -> Option<(f32, Vec<&'a ReadLine>, &'a [ReadLine])> {
    let understood = &before.instruction.understood;
    let (was, is) = (before.seen.lines.as_ref()?, after.seen.lines.as_ref()?);
    let all_go = understood.lettering.iter().any(|one| one.gone == Gone::All);
    if all_go || before.alignment.how == How::Registered {
        return None;
    }
    let about_words = |words: &str| understood.lettering.iter().any(|one| one.words == words);
    let mut other = understood
        .generative
        .iter()
        .filter(|work| !about_words(&work.words));
    let counted = match other.clone().next() {
        None => 1.0,
        Some(_) if other.all(|work| work.kind.starts_with("adding")) => 0.5,
        Some(_) => return None,
    };
    // of a sentence that nobody here understood it is not known what may change
    let asked = !understood.goals.is_empty()
        || !understood.constraints.is_empty()
        || !understood.generative.is_empty()
        || !understood.lettering.is_empty();
    let counts =
        |line: &&ReadLine| line.confidence >= SURE && letters(&line.text).len() >= LEAST_LETTERS;
    let sure: Vec<&ReadLine> = was.iter().filter(counts).collect();
    (asked && !sure.is_empty()).then_some((counted, sure, is.as_slice()))
}

/// What became of a line, if it does not read as it did.
fn lost<'a>(
    was: &'a ReadLine,
    is: &[ReadLine],
    before: &Before<'_>,
    after: &After,
) -> Option<Lost<'a>> {
    let place = bounds(was);
    let here: Vec<ReadLine> = is
        .iter()
        .filter(|line| shared(place, bounds(line)) > 0.3)
        .cloned()
        .collect();
    let near = nearest(&was.text, &here);
    let error = near.as_ref().map_or(1.0, |near| near.error);
    if error <= SAME || alike(place, before, after) > ALIKE {
        return None;
    }
    let soften = before.asked.relief(Leave::Soften);
    let middle = |low: f32, high: f32, side: usize| {
        (((low + high) / 2.0 * side as f32) as usize).min(side - 1)
    };
    let x = middle(place[0], place[2], before.width());
    let y = middle(place[1], place[3], before.height());
    let loss = (error / OTHER).min(1.0) * (1.0 - soften.at(y * before.width() + x));
    let read = near
        .filter(|near| near.error <= UNRELATED)
        .map(|near| near.read);
    let is = read.or_else(|| here.first().map(|line| line.text.clone()));
    (loss > 0.05).then_some(Lost { was, is, loss })
}

/// How much alike the finer shapes in a box are, −1 to 1, by how much of them the source has.
fn alike(place: [f32; 4], before: &Before<'_>, after: &After) -> f32 {
    let grid = before.side.grid;
    let (mut sum, mut weights) = (0.0, 1e-6);
    for block in 0..grid.len() {
        let (x0, x1, y0, y1) = grid.span(block);
        let share = |px: usize, side: usize| px as f32 / side as f32;
        let tile = [
            share(x0, grid.width),
            share(y0, grid.height),
            share(x1, grid.width),
            share(y1, grid.height),
        ];
        let covered = shared(place, tile);
        for band in &after.products[..2] {
            let weight = covered * band[block].source.sqrt();
            sum += weight * band[block].likeness();
            weights += weight;
        }
    }
    sum / weights
}

/// Whether it was asked that this line goes: by its words, or by standing where new words are to stand.
fn excused(was: &ReadLine, is: &[ReadLine], before: &Before<'_>) -> bool {
    let lettering = &before.instruction.understood.lettering;
    lettering.iter().any(|one| match &one.gone {
        Gone::Nothing => false,
        Gone::All => true,
        Gone::This(text) => {
            let line = std::slice::from_ref(was);
            nearest(text, line).is_some_and(|near| near.error <= SAME)
        }
        Gone::Something => {
            let written = one.written.as_deref();
            let near = written.and_then(|text| nearest(text, is));
            // where the new words cannot be found, any line may have made way for them
            near.filter(|near| near.error <= UNRELATED)
                .is_none_or(|near| {
                    let lines = &is[near.lines.0..=near.lines.1];
                    lines
                        .iter()
                        .any(|line| shared(grown(bounds(line)), bounds(was)) > 0.0)
                })
        }
    })
}

/// The box with a line's height around it.
fn grown(b: [f32; 4]) -> [f32; 4] {
    let by = b[3] - b[1];
    [b[0] - by, b[1] - by, b[2] + by, b[3] + by]
}

fn told_of(worst: &Lost<'_>, more: usize) -> Said {
    let was = &worst.was.text;
    let line = match &worst.is {
        Some(is) => said!(
            "“{was}” now reads “{is}”, and nobody asked for that",
            was = was,
            is = is
        ),
        None => said!(
            "“{was}” can no longer be read, and nobody asked for that",
            was = was
        ),
    };
    match more {
        0 => said!("{line}.", line),
        more => said!("{line}; and so with {more} more lines.", line, more),
    }
}
