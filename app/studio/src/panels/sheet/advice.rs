//! When no take is good enough: what failed most, and three things to try, each one click.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use eframe::egui::{Id, RichText, Ui};
use retake_core::{Amount, Check, Goal, Said};
use retake_engine::{ChipKind, Command, Draft, Session};

use crate::cx::Cx;
use crate::panels::instruction;

/// Words that ask for more and for less of what follows, by language; the first that is understood so is offered.
const WORDINGS: &[(&str, &[&str], &[&str])] = &[
    (
        "en",
        &["much", "strongly", "very"],
        &["slightly", "a little", "subtle"],
    ),
    (
        "de",
        &["viel", "stark", "sehr"],
        &["etwas", "leicht", "ein wenig"],
    ),
    ("fr", &["beaucoup", "très"], &["légèrement", "un peu"]),
    ("es", &["mucho", "muy"], &["ligeramente", "un poco"]),
    ("zh", &["更", "非常"], &["稍微", "一点"]),
];

/// What can be tried.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Advice {
    /// id of the reason that cost most, over all takes; empty when none did
    pub(super) failed: String,
    /// the same instruction, asking more or less strongly for it
    pub(super) wording: Option<String>,
    /// a goal to leave out: its number and what it is
    pub(super) drop: Option<(usize, Said)>,
}

/// Draws it, if it is needed.
pub(super) fn show(ui: &mut Ui, cx: &mut Cx<'_>, session: &Session) {
    let needed = session.running.is_none()
        && session
            .ranking()
            .verdict
            .as_ref()
            .is_some_and(|verdict| !verdict.good_enough);
    let Some(turn) = session.desk().turn.as_ref().filter(|_| needed) else {
        return;
    };
    let advice = remembered(ui, session);
    ui.horizontal_wrapped(|ui| {
        let weak = |text: String| RichText::new(text).small().color(cx.theme.weak);
        if !advice.failed.is_empty() {
            let what = cx.texts.reason(&advice.failed);
            let words = cx.texts.with("sheet_failed_most", &[("what", &what)]);
            ui.label(weak(words));
        }
        ui.label(weak(cx.text("sheet_try")));
        let count = cx.engine.candidates().to_string();
        let more = cx.texts.with("sheet_more", &[("count", &count)]);
        if ui.button(RichText::new(more).small()).clicked() {
            cx.send(Command::More);
        }
        if let Some(wording) = &advice.wording {
            let text = RichText::new(cx.texts.with("quoted", &[("words", wording)])).small();
            if ui.button(text).clicked() {
                instruction::say_and_generate(cx, wording);
            }
        }
        if let Some((goal, what)) = &advice.drop {
            let what = cx.texts.said(what);
            let text = cx.texts.with("sheet_without", &[("what", &what)]);
            if ui.button(RichText::new(text).small()).clicked() {
                cx.send(Command::Say(turn.instruction.text.clone()));
                cx.send(Command::ToggleChip(ChipKind::Goal, *goal));
                cx.look.focus = None;
                cx.send(Command::Generate);
            }
        }
    });
}

/// The advice, worked out once for each state of the scores: reading sentences is no work for every frame.
fn remembered(ui: &Ui, session: &Session) -> Arc<Advice> {
    let mut hasher = DefaultHasher::new();
    session
        .desk()
        .turn
        .as_ref()
        .map(|turn| turn.number)
        .hash(&mut hasher);
    for (take, overall) in &session.ranking().overall {
        (take, overall.to_bits()).hash(&mut hasher);
    }
    session.ranking().order.hash(&mut hasher);
    let (id, key) = (Id::unique("advice"), hasher.finish());
    let known: Option<(u64, Arc<Advice>)> = ui.data(|data| data.get_temp(id));
    match known {
        Some((known, advice)) if known == key => advice,
        _ => {
            let advice = Arc::new(of(session));
            ui.data_mut(|data| data.insert_temp(id, (key, advice.clone())));
            advice
        }
    }
}

/// From the reasons of all takes that stand.
pub(super) fn of(session: &Session) -> Advice {
    let Some(turn) = &session.desk().turn else {
        return Advice::default();
    };
    let mut lost: BTreeMap<&str, (f32, Vec<&Check>)> = BTreeMap::new();
    let standing = session
        .ranking()
        .order
        .iter()
        .filter_map(|&id| session.take(id));
    let cards: Vec<_> = standing.filter_map(|take| take.card.as_ref()).collect();
    let reasons = cards
        .iter()
        .flat_map(|card| card.scores.values())
        .flat_map(|score| &score.reasons);
    for reason in reasons {
        let cost = match &reason.check {
            Some(check) => 1.0 - check.credit,
            None if reason.passed == Some(false) => reason.cost,
            None => 0.0,
        };
        let entry = lost.entry(&reason.id).or_default();
        entry.0 += cost;
        entry.1.extend(&reason.check);
    }
    let Some((id, (_, checks))) = lost
        .into_iter()
        .filter(|(_, (cost, _))| *cost > 0.0)
        .max_by(|a, b| a.1.0.total_cmp(&b.1.0))
    else {
        return Advice::default();
    };
    let goals = &turn.instruction.understood.goals;
    let text = &turn.instruction.text;
    let goal = goals.iter().find(|goal| goal.quantity.id() == id);
    let wording = goal.and_then(|goal| {
        let stronger = checks.iter().map(|check| shortfall(check)).sum::<f32>() > 0.0;
        let language = &turn.instruction.understood.language;
        reworded(text, goal, goals.len(), language, stronger)
    });
    // the number must be that of the whole sentence, in which nothing was taken out yet
    let chips = Draft::of(text).chips();
    let drop = goal.filter(|_| goals.len() > 1).and_then(|goal| {
        let what = goal.said();
        let chip = chips
            .iter()
            .find(|chip| chip.kind == ChipKind::Goal && chip.text == what)?;
        Some((chip.index, what))
    });
    Advice {
        failed: id.to_owned(),
        wording,
        drop,
    }
}

/// Positive when too little was done, negative when too much; in shares of what was asked.
fn shortfall(check: &Check) -> f32 {
    let wanted = check.asked.aim - check.before;
    let done = check.after - check.before;
    if wanted == 0.0 {
        return -done.abs();
    }
    1.0 - done / wanted
}

/// The sentence with one word more, if it is then understood as the same goals and this one more or less strongly.
fn reworded(
    text: &str,
    goal: &Goal,
    goals: usize,
    language: &str,
    stronger: bool,
) -> Option<String> {
    let (_, more, less) = WORDINGS.iter().find(|(code, _, _)| *code == language)?;
    let was = degree(goal)?;
    let words = if stronger { more } else { less };
    let space = if language == "zh" { "" } else { " " };
    words.iter().find_map(|word| {
        let start = text
            .to_lowercase()
            .find(&goal.words.to_lowercase())
            .filter(|&start| !goal.words.is_empty() && text.is_char_boundary(start))?;
        let (before, after) = text.split_at(start);
        let new = format!("{before}{word}{space}{after}");
        let draft = Draft::of(&new);
        let understood = draft.instruction().understood;
        let now = understood
            .goals
            .iter()
            .find(|new| new.quantity == goal.quantity && new.change == goal.change)
            .and_then(degree)?;
        let same = understood.goals.len() == goals && understood.not_understood.is_empty();
        let meant = if stronger { now > was } else { now < was };
        (draft.ready() && same && meant).then_some(new)
    })
}

fn degree(goal: &Goal) -> Option<usize> {
    match goal.amount {
        Amount::Degree(degree) | Amount::Hue(_, degree) => Some(degree as usize),
        Amount::Units(_) | Amount::Relative(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn goal_of(text: &str) -> (Goal, String) {
        let understood = Draft::of(text).instruction().understood;
        (understood.goals[0].clone(), understood.language)
    }

    #[test]
    fn a_stronger_wording_asks_for_more_of_the_same() {
        let (goal, language) = goal_of("warmer");
        let new = reworded("warmer", &goal, 1, &language, true).expect("there is a word for it");
        assert!(degree(&goal_of(&new).0) > degree(&goal), "{new}");
    }

    #[test]
    fn a_gentler_wording_asks_for_less_of_the_same() {
        let (goal, language) = goal_of("wärmer");
        let new = reworded("wärmer", &goal, 1, &language, false).expect("there is a word for it");
        assert!(degree(&goal_of(&new).0) < degree(&goal), "{new}");
    }

    #[test]
    fn a_number_is_not_reworded() {
        let (goal, language) = goal_of("exposure +1 stop");
        assert_eq!(
            reworded("exposure +1 stop", &goal, 1, &language, true),
            None
        );
    }

    #[test]
    fn doing_half_of_what_was_asked_falls_short() {
        let asked = retake_core::AskedRange {
            low: 1.0,
            aim: 2.0,
            high: 3.0,
        };
        let check = |after| Check {
            quantity: goal_of("warmer").0.quantity,
            before: 0.0,
            after,
            asked,
            credit: 0.0,
        };
        assert!(shortfall(&check(1.0)) > 0.0 && shortfall(&check(4.0)) < 0.0);
    }
}
