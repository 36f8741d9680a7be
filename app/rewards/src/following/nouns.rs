//! Whether a thing came or went that the sentence names, by what a network that names things sees before and after
//! ([`retake_core::SceneWords`], handed in): "remove the car", "ersetze den Hund durch eine Katze". The probability of a
//! thing is that of all the network's words that mean it.
//!
//! Known failures: the network names one thing a picture, so a small thing among others is not seen, and that it is not
//! seen after it was to be added is weak evidence; of two cars one may be taken away. Where it has no word for the thing,
//! or did not see what was to go, nothing is judged.

use retake_core::{Reason, Said, Thing, said};

use crate::finding::percent;
use crate::scene::{After, Before};

use super::Line;

/// What is seen less surely than this before was not seen, and cannot be seen to go.
const SEEN: f32 = 0.1;
/// A thing that is seen so much more surely than before has come.
const COME: f32 = 0.3;
/// What a thing that is not seen to have come counts all the same.
const UNSEEN: f32 = 0.3;
/// How far off this is, one standard deviation; ours.
const SPREAD: f32 = 0.25;

/// A line for each thing that was to come or go; and a sentence for each that cannot be judged.
pub(super) fn lines(before: &Before<'_>, after: &After) -> (Vec<Line>, Vec<Said>) {
    let (mut lines, mut unknown) = (Vec::new(), Vec::new());
    if before.onlookers.scene.is_none() {
        return (lines, unknown);
    }
    for (thing, comes) in wanted(before) {
        let classes = before.onlookers.meant(thing);
        if classes.is_empty() {
            unknown.push(said!(
                "The network that names things has no word for {thing}.",
                thing = &*thing.words
            ));
            continue;
        }
        let (Some(was), Some(is)) = (&before.seen.shows, &after.seen.shows) else {
            continue;
        };
        let sure = |shows: &[f32]| -> f32 {
            let each = classes.iter().filter_map(|&class| shows.get(class));
            each.sum()
        };
        let (was, is) = (sure(was), sure(is));
        if !comes && was < SEEN {
            unknown.push(said!(
                "The network that names things does not see {thing} in the photo, so it cannot see it go.",
                thing = &*thing.words
            ));
        } else {
            lines.push(line(thing, comes, was, is));
        }
    }
    (lines, unknown)
}

fn line(thing: &Thing, comes: bool, was: f32, is: f32) -> Line {
    let credit = match comes {
        true => UNSEEN + (1.0 - UNSEEN) * ((is - was) / COME).clamp(0.0, 1.0),
        false => 1.0 - (is / was).clamp(0.0, 1.0),
    };
    let template = (percent(was), percent(is));
    let text = match comes {
        true => said!(
            "A network that names things sees {thing} at {was} before and {is} after; it was to come.",
            thing = &*thing.words,
            was = template.0,
            is = template.1
        ),
        false => said!(
            "A network that names things sees {thing} at {was} before and {is} after; it was to go.",
            thing = &*thing.words,
            was = template.0,
            is = template.1
        ),
    };
    Line {
        credit,
        spread: SPREAD,
        weight: 1.0,
        already: false,
        reason: Reason {
            id: "thing".to_owned(),
            text,
            passed: Some(credit >= 0.6),
            cost: 0.0,
            check: None,
            evidence: None,
        },
    }
}

/// What is to come (true) and to go: the first thing that is named where something is added or removed; of a change from
/// one thing to another both.
fn wanted<'a>(before: &Before<'a>) -> Vec<(&'a Thing, bool)> {
    let understood = &before.instruction.understood;
    let mut all = Vec::new();
    for work in &understood.generative {
        let things = understood.things_of(work);
        match (work.kind.split(' ').next(), &things[..]) {
            (Some("adding"), [first, ..]) => all.push((*first, true)),
            (Some("removing"), [first, ..]) => all.push((*first, false)),
            (Some("changing"), [first, .., last]) => {
                all.extend([(*first, false), (*last, true)]);
            }
            _ => {}
        }
    }
    all
}
