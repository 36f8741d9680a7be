//! What the studio thinks of the group, in words: how far a run is, who leads and by how much, or that a person has to
//! say.

use eframe::egui::{Button, Color32, Label, RichText, Ui};
use retake_engine::{Command, Ended, Flag, Session, TakeId};

use super::ring::{doubted, equals};
use crate::cx::Cx;
use crate::texts::capital;
use crate::widgets;

/// Room for how long it took, points; with less it is left out.
const TOOK: f32 = 72.0;

/// Room for the button of one of two equals, points.
const CHOICE: f32 = 88.0;

/// Room that the words beside those buttons need at the least, points.
const WORDS: f32 = 120.0;

/// Draws it.
pub(super) fn show(ui: &mut Ui, cx: &mut Cx<'_>, session: &Session) {
    // the order may still change
    if session.running.is_none()
        && let Some((done, total)) = cx.engine.judging()
    {
        let (done, total) = (done.to_string(), total.to_string());
        let values = [("done", done.as_str()), ("total", total.as_str())];
        let words = cx.texts.with("sheet_judging", &values);
        ui.add(Label::new(RichText::new(words).color(cx.theme.text)).truncate());
        return;
    }
    let (text, colour) = words(cx, session);
    let equals = equals(session).filter(|_| preferred(session).is_none());
    // in a narrow window the words are worth more than a second way to pick
    let equals = equals.filter(|_| ui.available_width() >= 2.0 * CHOICE + WORDS);
    if let Some(takes) = equals {
        let room = (ui.available_width() - 2.0 * CHOICE).max(0.0);
        ui.scope(|ui| {
            ui.set_max_width(room);
            ui.add(Label::new(RichText::new(text).color(colour)).truncate());
        });
        for take in takes {
            let number = number_of(session, take);
            let text = cx.texts.with("sheet_take", &[("number", &number)]);
            let button = ui.add(Button::new(RichText::new(&text).small()));
            let name = cx.texts.with("sheet_prefer", &[("number", &number)]);
            widgets::named(&button, &name);
            if button.on_hover_text(&name).clicked() {
                cx.look.focus = Some(take);
                cx.send(Command::Flag(take, Flag::Picked));
            }
        }
        return;
    }
    ui.add(Label::new(RichText::new(text).color(colour)).truncate());
    if session.running.is_none()
        && ui.available_width() >= TOOK
        && let Some(text) = how_it_ended(cx, session)
    {
        let weak = RichText::new(text).small().color(cx.theme.weak);
        ui.add(Label::new(weak).truncate());
    }
}

fn how_it_ended(cx: &Cx<'_>, session: &Session) -> Option<String> {
    match session.ended.as_ref()? {
        Ended::Done(seconds) => {
            let took = duration(cx, *seconds);
            Some(cx.texts.with("sheet_took", &[("took", &took)]))
        }
        Ended::OutOfTime(_) => Some(cx.text("sheet_time_up")),
        Ended::Stopped(_) | Ended::Failed(_) => None,
    }
}

/// A length of time, as exactly as anybody wants it: "3.2 s", "45 s", "12 min".
fn duration(cx: &Cx<'_>, seconds: f64) -> String {
    let (key, count) = match seconds {
        short if short < 9.95 => ("line_seconds", format!("{short:.1}")),
        short if short < 119.5 => ("line_seconds", format!("{short:.0}")),
        long => ("line_minutes", format!("{:.0}", long / 60.0)),
    };
    cx.texts.with(key, &[("count", &count)])
}

/// The verdict as a sentence.
pub(super) fn words(cx: &Cx<'_>, session: &Session) -> (String, Color32) {
    let (text, weak) = (cx.theme.text, cx.theme.weak);
    if let Some(running) = &session.running {
        let made = running.made.to_string();
        let total = running.total.to_string();
        let there = [("made", made.as_str()), ("total", total.as_str())];
        if running.loading {
            let model = cx.engine.loading().or(running.model.as_ref());
            let model = model.map_or("", |model| model.name.as_str());
            return (cx.texts.with("sheet_loading", &[("model", model)]), text);
        }
        let Some(left) = running.left() else {
            return (cx.texts.with("sheet_begins", &there), weak);
        };
        let step = running.step.map(|(_, done, total)| {
            let values = [("done", done.to_string()), ("total", total.to_string())];
            let values = values
                .each_ref()
                .map(|(name, value)| (*name, value.as_str()));
            format!("   {}", cx.texts.with("sheet_step", &values))
        });
        let left = duration(cx, left.as_secs_f64());
        let step = step.unwrap_or_default();
        let values = [
            there[0],
            there[1],
            ("left", left.as_str()),
            ("step", step.as_str()),
        ];
        return (cx.texts.with("sheet_running", &values), text);
    }
    if let Some(Ended::Failed(sentence)) = &session.ended {
        return (capital(&cx.texts.said(sentence)), cx.theme.bad);
    }
    if let Some(take) = preferred(session) {
        let number = number_of(session, take);
        return (
            cx.texts.with("sheet_preferred", &[("number", &number)]),
            text,
        );
    }
    let ranking = session.ranking();
    let (Some(verdict), Some(leader)) = (&ranking.verdict, ranking.leader()) else {
        let all_rejected = !ranking.overall.is_empty();
        return if all_rejected {
            (cx.text("sheet_all_rejected"), text)
        } else {
            (cx.text("sheet_not_scored"), weak)
        };
    };
    let number = number_of(session, leader);
    let score = ranking.overall.get(&leader).copied().unwrap_or_default();
    let (score, margin) = (widgets::ten(score), widgets::ten(verdict.margin));
    let sure = format!("{:.0}", verdict.confidence * 100.0);
    let values = [
        ("number", number.as_str()),
        ("score", score.as_str()),
        ("margin", margin.as_str()),
        ("sure", sure.as_str()),
    ];
    if !verdict.good_enough {
        return (cx.texts.with("sheet_none_good", &values[..2]), text);
    }
    match ranking.order[..] {
        [_, _, ..] if doubted(verdict) => (cx.texts.with("sheet_doubted", &values), text),
        [first, second, ..] if !verdict.confident => {
            let (first, second) = (number_of(session, first), number_of(session, second));
            let pair = [("first", first.as_str()), ("second", second.as_str())];
            (cx.texts.with("sheet_equal", &pair), text)
        }
        [_, _, ..] => (cx.texts.with("sheet_leader", &values), text),
        _ => (cx.texts.with("sheet_single", &values[..2]), text),
    }
}

/// Of two equals the one that the person has picked.
fn preferred(session: &Session) -> Option<TakeId> {
    let equals = equals(session)?;
    let picked = |id: &TakeId| session.desk().mark(*id).flag == Flag::Picked;
    match equals.map(|id| picked(&id)) {
        [true, false] => Some(equals[0]),
        [false, true] => Some(equals[1]),
        _ => None,
    }
}

fn number_of(session: &Session, take: TakeId) -> String {
    session
        .take(take)
        .map_or_else(String::new, |take| (take.index + 1).to_string())
}
