//! *Instruction following*: a checklist. Each goal is measured in the source and in the edit, inside its region, against
//! the asked range, with partial credit; each constraint is a check too. The goals are joined by a weighted geometric
//! mean, so that one unmet goal shows; broken constraints multiply, and so does what was done beyond what was asked.
//!
//! A degree is a word that people mean differently, so that its credit is the mean over what may have been meant: a take
//! that hits the aim has about 0.96, the neighbouring degree's about 0.75. Painted corners, strewn noise and washes earn
//! little, whatever their mean (`honest.rs`), and so does half a picture done (`left_out.rs`).
//!
//! Known failures: a corner whose colours are nowhere else in the photo can be painted at a smaller loss of credit; a wash
//! cannot be told from a light where nothing is dark and grey. Only what was understood is checked, and a misread sentence is checked as misread; a quantity can be
//! reached by a means that a person would not have chosen (brighter by haze: the other two rewards see that); a region
//! that the heuristics miss is measured where they put it; quantities measured against the source (sharpness, noise)
//! can be fooled by texture that is new.

mod credit;
mod extra;
mod geometry;
mod honest;
mod keeps;
mod left_out;
mod lettering;
mod nouns;
mod words;

use retake_core::{Amount, Check, Goal, Mask, Quantity, Reason, Said, Score, said};

use crate::align::How;
use crate::finding::smoothstep;
use crate::scene::{After, Before};
use credit::{Expected, Outcome, already, expected};

/// A region found less surely than this is doubtful.
const SURE_ENOUGH: f32 = 0.3;
/// A goal without any credit counts as this, so that the others still show.
const FLOOR: f32 = 0.02;
/// Broken constraints leave at least this share of the score each.
const LEAST_KEPT: f32 = 0.25;
/// From which share of the inside change on the outside change costs, and how much it can.
const LEAK: (f32, f32, f32) = (0.35, 1.0, 0.5);

/// What a change keeps at the least when parts of what was meant were left out.
const IN_PARTS: f32 = 0.4;

struct Line {
    credit: f32,
    spread: f32,
    weight: f32,
    /// the source already was what is asked
    already: bool,
    reason: Reason,
}

/// Scores one edit.
pub(crate) fn score(before: &Before<'_>, after: &After) -> Score {
    let understood = &before.instruction.understood;
    let mut lines: Vec<Line> = (0..understood.goals.len())
        .map(|index| check(before, after, index))
        .collect();
    let (mut named, mut unseen) = nouns::lines(before, after);
    let (read, unread) = lettering::lines(before, after);
    named.extend(read);
    unseen.extend(unread);
    let kept: Vec<keeps::Kept> = (0..understood.constraints.len())
        .map(|index| keeps::check(before, after, index))
        .collect();
    if lines.is_empty() && kept.is_empty() {
        return match named.is_empty() {
            true => unscorable(before, unseen),
            false => lettering::bounded(of_things(before, named, unseen)),
        };
    }
    lines.extend(named);
    let open: Vec<&Line> = lines.iter().filter(|line| !line.already).collect();
    let (mut value, mut spread) = match (open.is_empty(), lines.is_empty()) {
        (false, _) => joined(&open),
        // everything asked was so already
        (true, false) => (1.0, 0.1),
        // only constraints: nothing to do well, something to do wrong
        (true, true) => (0.5, 0.25),
    };
    let mut variance = 0.0f32;
    let mut factor = |credit: f32, doubt: f32| {
        let share = LEAST_KEPT + (1.0 - LEAST_KEPT) * credit;
        variance += ((1.0 - LEAST_KEPT) * doubt / share).powi(2);
        share
    };
    for line in lines.iter().filter(|line| line.already) {
        value *= factor(line.credit, line.spread);
    }
    for kept in &kept {
        value *= factor(kept.credit, kept.spread);
    }
    let (as_framed, frame) = extra::frame(before, after);
    let (as_toned, tones) = extra::tones(before, after);
    let (as_lit, places) = extra::places(before, after);
    let nothing_extra = as_framed * as_toned * as_lit;
    value *= nothing_extra;
    spread = (spread * spread * nothing_extra * nothing_extra + value * value * variance).sqrt();
    let evidence = together(&lines);
    let mut reasons = costs(lines, value / nothing_extra.max(1e-3));
    reasons.extend(kept.into_iter().map(|kept| {
        let mut reason = kept.reason;
        reason.cost = (1.0 - LEAST_KEPT) * (1.0 - kept.credit);
        reason
    }));
    reasons.extend([frame, tones, places].into_iter().flatten());
    reasons.sort_by(|a, b| b.cost.total_cmp(&a.cost));
    if before.alignment.how == How::Resized {
        reasons.push(crate::resized_reason(&before.alignment));
    }
    reasons.extend(unseen.into_iter().map(unknown));
    for reason in &mut reasons {
        let map = reason.evidence.take();
        reason.evidence = map.map(|mask| before.alignment.mask_on_source(mask));
    }
    lettering::bounded(Score {
        value: value.clamp(0.0, 1.0),
        spread: spread.clamp(0.01, 0.5),
        reasons,
        evidence: evidence.map(|mask| before.alignment.mask_on_source(mask)),
    })
}

/// Measures everything the goals need once on the source, so that what is shared is there before threads ask for it.
pub(crate) fn warm_up(before: &Before<'_>) {
    let understood = &before.instruction.understood;
    for (goal, place) in understood.goals.iter().zip(&before.asked.places) {
        let place = place.as_ref();
        before
            .side
            .reference
            .before(goal.quantity, place, hue(goal));
        before
            .side
            .reference
            .evidence(goal.quantity, before.lab(), place, hue(goal));
    }
    for constraint in &understood.constraints {
        use retake_core::Keep;
        if let Keep::Quantity(quantity, _)
        | Keep::Not(quantity, ..)
        | Keep::NotTooMuch(quantity, _) = &constraint.keep
        {
            before.side.reference.before(*quantity, None, None);
        }
    }
}

fn hue(goal: &Goal) -> Option<f32> {
    match goal.amount {
        Amount::Hue(degrees, _) => Some(degrees),
        _ => None,
    }
}

fn check(before: &Before<'_>, after: &After, index: usize) -> Line {
    let goal = &before.instruction.understood.goals[index];
    let place = before.asked.places[index].as_ref();
    let mut factor = 1.0;
    let mut remark = None;
    let (from, to) = if goal.quantity.is_geometry() {
        let measured = geometry::measure(goal, before, after);
        (factor, remark) = (measured.factor, measured.remark);
        (measured.before, measured.after)
    } else {
        let from = before
            .side
            .reference
            .before(goal.quantity, place, hue(goal));
        let to = before
            .side
            .reference
            .after(goal.quantity, &after.lab, place, hue(goal));
        (from, to)
    };
    let asked = goal.asked(from);
    let Expected {
        credit: earned,
        doubt,
        mut outcome,
    } = expected(goal, &asked, from, to);
    let mut spread = 0.015 + doubt;
    if let Some(mask) = place.filter(|_| earned > 0.0) {
        let (share, words) = leak(before, after, index, mask, (from, to));
        if share < 1.0 {
            factor *= share;
            remark = remark.or(words);
        }
    }
    if earned > 0.0 {
        let split = left_out::split(goal, place, before, after);
        let done = 1.0 - (1.0 - IN_PARTS) * split;
        factor *= done;
        if done < 0.9 {
            remark = remark.or(Some(said!("but parts of it were left as they were")));
        }
    }
    if place.is_none() && earned > 0.0 {
        let (share, words) = honest::factor(goal, before, after);
        factor *= share;
        remark = remark.or(words);
    }
    let doubt = 1.0 - before.asked.confidence[index];
    spread = (spread * spread + (0.2 * doubt * earned).powi(2)).sqrt();
    let missing = place.is_some_and(|mask| mask.share() * mask.values.len() as f32 <= 1e-3);
    if missing {
        remark = Some(said!(
            "{region} was not found, the whole photo was measured",
            region = goal.region.said()
        ));
        spread = spread.max(0.25);
    } else if place.is_some() && before.asked.confidence[index] < SURE_ENOUGH {
        remark = remark.or(Some(said!(
            "it is doubtful where {region} is",
            region = goal.region.said()
        )));
    }
    let earned = earned * factor;
    if factor < 0.8
        && outcome == Outcome::Passed
        && goal.quantity == Quantity::Toning
        && already(goal, &asked, from)
    {
        outcome = Outcome::NotDone;
    }
    if factor < 0.8 && outcome == Outcome::Passed {
        outcome = Outcome::Partly;
    }
    let mut text = words::line(goal, from, to, outcome);
    if let Some(remark) = remark {
        text = said!("{line} ({remark})", line = text, remark);
    }
    // a photo of one hue is no toned print yet
    let is_so = already(goal, &asked, from)
        && (goal.quantity != Quantity::Toning || honest::is_print(before.lab()));
    let evidence = (!goal.quantity.is_geometry()).then(|| {
        before
            .side
            .reference
            .evidence(goal.quantity, &after.lab, place, hue(goal))
    });
    Line {
        credit: earned,
        spread,
        weight: goal.weight.max(0.0),
        already: is_so && (goal.quantity.is_geometry() || factor > 0.8),
        reason: Reason {
            id: goal.quantity.id().to_owned(),
            text,
            passed: Some(earned >= 0.6),
            cost: 0.0,
            check: Some(Check {
                quantity: goal.quantity,
                before: from,
                after: to,
                asked,
                credit: earned,
            }),
            evidence,
        },
    }
}

/// A change of a region that changed everything else as much was no change of the region: a factor on the credit.
fn leak(
    before: &Before<'_>,
    after: &After,
    index: usize,
    mask: &Mask,
    (from, to): (f32, f32),
) -> (f32, Option<Said>) {
    let understood = &before.instruction.understood;
    let goal = &understood.goals[index];
    // other goals may rightly change the rest
    let alone = understood
        .goals
        .iter()
        .all(|other| other.region == goal.region);
    let share = mask.share();
    if !alone || before.asked.tonal || !(0.005..0.85).contains(&share) {
        return (1.0, None);
    }
    let outside = Mask {
        width: mask.width,
        height: mask.height,
        values: mask
            .values
            .iter()
            .map(|value| (1.0 - 2.5 * value).max(0.0))
            .collect(),
    };
    if outside.share() < 0.05 {
        return (1.0, None);
    }
    let there = Some(&outside);
    let out_from = before
        .side
        .reference
        .before(goal.quantity, there, hue(goal));
    let out_to = before
        .side
        .reference
        .after(goal.quantity, &after.lab, there, hue(goal));
    let (inside, beyond) = match goal.change {
        retake_core::Change::Set => (
            credit::distance(goal.quantity, from, to),
            credit::distance(goal.quantity, out_from, out_to),
        ),
        _ => (to - from, out_to - out_from),
    };
    let ratio = if inside.abs() > 1e-6 {
        beyond / inside
    } else {
        0.0
    };
    let cost = LEAK.2 * smoothstep(LEAK.0, LEAK.1, ratio);
    let words = (cost > 0.1).then(|| said!("the rest changed as well"));
    (1.0 - cost, words)
}

/// One thing asked: credit, spread and weight.
struct Asked {
    credit: f32,
    spread: f32,
    weight: f32,
}

/// What was said counts line by line. What a style only implies (weight below 1) is one thing asked, by the mean of its
/// lines: on some photos one sign of a look is out of reach, and the look is there all the same.
fn asked(lines: &[&Line]) -> Vec<Asked> {
    let (implied, said): (Vec<&Line>, Vec<&Line>) =
        lines.iter().partition(|line| line.weight < 1.0);
    let one = |line: &&Line| Asked {
        credit: line.credit,
        spread: line.spread,
        weight: line.weight,
    };
    let mut all: Vec<Asked> = said.iter().map(one).collect();
    let weight: f32 = implied.iter().map(|line| line.weight).sum();
    if weight > 0.0 {
        let share = |line: &Line| line.weight / weight;
        all.push(Asked {
            credit: implied.iter().map(|line| share(line) * line.credit).sum(),
            spread: implied
                .iter()
                .map(|line| (share(line) * line.spread).powi(2))
                .sum::<f32>()
                .sqrt(),
            weight,
        });
    }
    all
}

/// The weighted geometric mean of the credits, from 0 (none met) to 1 (all met), and its standard deviation.
fn joined(lines: &[&Line]) -> (f32, f32) {
    let lines = asked(lines);
    let total: f32 = lines.iter().map(|line| line.weight).sum();
    if total <= 0.0 {
        return (0.5, 0.25);
    }
    let lifted = |line: &Asked| line.credit.max(FLOOR);
    let log: f32 = lines
        .iter()
        .map(|line| line.weight / total * lifted(line).ln())
        .sum();
    let mean = log.exp();
    let variance: f32 = lines
        .iter()
        .map(|line| (line.weight / total * line.spread / lifted(line).max(0.1)).powi(2))
        .sum();
    let value = ((mean - FLOOR) / (1.0 - FLOOR)).clamp(0.0, 1.0);
    (value, mean * variance.sqrt())
}

/// Each goal's share of what is missing.
fn costs(lines: Vec<Line>, value: f32) -> Vec<Reason> {
    let missing = |line: &Line| line.weight * -(line.credit.max(FLOOR)).ln();
    let all: f32 = lines.iter().map(missing).sum();
    lines
        .into_iter()
        .map(|line| {
            let share = if all > 1e-6 {
                missing(&line) / all
            } else {
                0.0
            };
            let mut reason = line.reason;
            reason.cost = (1.0 - value).clamp(0.0, 1.0) * share;
            reason
        })
        .collect()
}

/// Where any goal shows.
fn together(lines: &[Line]) -> Option<Mask> {
    let mut maps = lines
        .iter()
        .filter_map(|line| line.reason.evidence.as_ref());
    let mut all = maps.next()?.clone();
    for map in maps {
        for (value, more) in all.values.iter_mut().zip(&map.values) {
            *value = value.max(*more);
        }
    }
    Some(all)
}

/// Where nothing was asked but that things or words come or go: what can be seen of that.
fn of_things(before: &Before<'_>, lines: Vec<Line>, unseen: Vec<Said>) -> Score {
    let (value, spread) = joined(&lines.iter().collect::<Vec<_>>());
    // a mean near nothing is as little sure as what it is the mean of
    let least = lines.iter().map(|line| line.spread).fold(0.5, f32::min);
    let evidence = together(&lines);
    let mut reasons = costs(lines, value);
    reasons.extend(unseen.into_iter().map(unknown));
    for reason in &mut reasons {
        let map = reason.evidence.take();
        reason.evidence = map.map(|mask| before.alignment.mask_on_source(mask));
    }
    Score {
        value: value.clamp(0.0, 1.0),
        spread: spread.clamp(least, 0.5),
        reasons,
        evidence: evidence.map(|mask| before.alignment.mask_on_source(mask)),
    }
}

/// What cannot be judged of a thing.
fn unknown(text: Said) -> Reason {
    Reason {
        id: "thing".to_owned(),
        text,
        passed: None,
        cost: 0.0,
        check: None,
        evidence: None,
    }
}

fn unscorable(before: &Before<'_>, unseen: Vec<Said>) -> Score {
    let words = &before.instruction.understood.not_understood;
    let text = if words.is_empty() {
        said!("Nothing measurable was asked, so following cannot be judged.")
    } else {
        said!(
            "Nothing measurable was asked (not understood: {words}), so following cannot be judged.",
            words = words.join(", ")
        )
    };
    Score {
        value: 0.5,
        spread: 0.3,
        reasons: std::iter::once(Reason {
            id: "unscorable".to_owned(),
            text,
            passed: None,
            cost: 0.0,
            check: None,
            evidence: None,
        })
        .chain(unseen.into_iter().map(unknown))
        .collect(),
        evidence: None,
    }
}
