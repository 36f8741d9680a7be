//! The menu of edits: the line, runs and who makes them, recipes.

use eframe::egui::Key;
use retake_core::said;
use retake_engine::Command;

use super::take::with_focus;
use super::when::{always, has_take, open};
use super::{Action, CTRL, CTRL_SHIFT, Menu, NONE, key, toggle};
use crate::cx::Cx;
use crate::look::Sheet;
use crate::panels::instruction::editor;

/// Its actions, in order.
pub(super) const ACTIONS: &[Action] = &[
    Action {
        id: "undo",
        menu: Menu::Edit,
        keys: &[key(CTRL, Key::Z)],
        enabled: open,
        run: |cx| cx.send(Command::Undo),
    },
    Action {
        id: "redo",
        menu: Menu::Edit,
        keys: &[key(CTRL_SHIFT, Key::Z), key(CTRL, Key::Y)],
        enabled: open,
        run: |cx| cx.send(Command::Redo),
    },
    Action {
        id: "instruction",
        menu: Menu::Edit,
        keys: &[key(CTRL, Key::L), key(NONE, Key::Slash)],
        enabled: open,
        run: |cx| cx.look.wants_line = true,
    },
    Action {
        id: "generate",
        menu: Menu::Edit,
        keys: &[key(CTRL, Key::Enter)],
        enabled: ready,
        run: |cx| crate::panels::instruction::generate(cx),
    },
    Action {
        id: "more",
        menu: Menu::Edit,
        keys: &[key(CTRL, Key::M)],
        enabled: never_waits,
        run: |cx| cx.send(Command::More),
    },
    Action {
        id: "editors",
        menu: Menu::Edit,
        keys: &[key(CTRL_SHIFT, Key::E)],
        enabled: open,
        run: |cx| cx.look.wants_editor = true,
    },
    Action {
        id: "open_model",
        menu: Menu::Edit,
        keys: &[key(CTRL_SHIFT, Key::O)],
        enabled: always,
        run: |cx| toggle(cx, Sheet::Model),
    },
    Action {
        id: "tune_model",
        menu: Menu::Edit,
        keys: &[key(CTRL_SHIFT, Key::P)],
        enabled: |cx| cx.engine.chosen().is_some(),
        run: |cx| toggle(cx, Sheet::Tuning),
    },
    Action {
        id: "try_next_editor",
        menu: Menu::Edit,
        keys: &[key(CTRL_SHIFT, Key::M)],
        enabled: |cx| never_waits(cx) && editor::next(cx).is_some(),
        run: |cx| {
            if let Some(next) = editor::next(cx) {
                cx.send(Command::TryEditor(next));
            }
        },
    },
    Action {
        id: "judges",
        menu: Menu::Edit,
        keys: &[key(CTRL_SHIFT, Key::J)],
        enabled: always,
        run: |cx| toggle(cx, Sheet::Judges),
    },
    Action {
        id: "score_again",
        menu: Menu::Edit,
        keys: &[key(CTRL_SHIFT, Key::S)],
        enabled: |cx| has_take(cx) && !running(cx) && cx.engine.judging().is_none(),
        run: |cx| cx.send(Command::ScoreAgain),
    },
    Action {
        id: "stop_judging",
        menu: Menu::Edit,
        keys: &[],
        enabled: |cx| cx.engine.judging().is_some(),
        run: |cx| cx.send(Command::StopJudging),
    },
    Action {
        id: "stop",
        menu: Menu::Edit,
        keys: &[],
        enabled: running,
        run: |cx| cx.send(Command::Stop),
    },
    Action {
        id: "copy_recipe",
        menu: Menu::Edit,
        keys: &[key(CTRL_SHIFT, Key::C)],
        enabled: has_take,
        run: |cx| {
            if let Some(take) = cx.focus() {
                let recipe = take.provenance.recipe.clone();
                cx.look.clipboard = serde_json::to_string_pretty(&recipe).ok();
                cx.look.recipe = Some(recipe);
            }
        },
    },
    Action {
        id: "paste_recipe",
        menu: Menu::Edit,
        keys: &[key(CTRL_SHIFT, Key::V)],
        enabled: |cx| {
            let own = |take: &std::sync::Arc<retake_engine::Take>| take.model.is_none();
            cx.look.recipe.is_some() && cx.focus().as_ref().is_some_and(own)
        },
        run: |cx| {
            if let (Some(take), Some(recipe)) = (cx.focus(), cx.look.recipe.clone()) {
                cx.look.focus = Some(take.id);
                let label = said!("Paste recipe");
                cx.send(Command::Adjust {
                    take: take.id,
                    recipe,
                    label,
                    done: true,
                });
            }
        },
    },
    Action {
        id: "reset_recipe",
        menu: Menu::Edit,
        keys: &[key(CTRL_SHIFT, Key::R)],
        enabled: |cx| cx.focus().is_some_and(|take| take.adjusted),
        run: |cx| with_focus(cx, Command::ResetRecipe),
    },
];

fn ready(cx: &Cx<'_>) -> bool {
    cx.engine.ready()
}

fn running(cx: &Cx<'_>) -> bool {
    cx.session()
        .is_some_and(|session| session.running.is_some())
}

fn never_waits(cx: &Cx<'_>) -> bool {
    cx.session()
        .is_some_and(|session| session.desk().turn.is_some())
}
