//! The lab's half of the window: a data set is opened, and then looked at on pages. A page is a line in the table.

mod card;
mod curves;
pub(crate) mod failures;
mod figures;
mod open;
mod plot;
mod plots;
pub(crate) mod sitting;
mod skipped;
mod table;

pub(crate) use failures::{another_map, case_shown, go};

use std::path::PathBuf;

use eframe::egui::{Align, Button, Frame, Label, Layout, Margin, Panel, RichText, Ui};
use retake_lab::lines::Wanted;

use crate::cx::Cx;
use crate::lab::Judge;
use crate::theme::{CONTROL, GRID, HALF, semibold};
use crate::widgets;

/// A page over an open data set.
pub(crate) struct Page {
    /// its key among the texts, also the id of the action that shows it
    pub(crate) id: &'static str,
    /// draws it in the room under the header
    pub(crate) show: fn(&mut Ui, &mut Cx<'_>),
}

/// Every page, in order; the first is shown at the beginning.
pub(crate) const PAGES: &[Page] = &[
    Page {
        id: "lab_table",
        show: table::show,
    },
    Page {
        id: "lab_figures",
        show: figures::show,
    },
    Page {
        id: "lab_failures",
        show: failures::show,
    },
    Page {
        id: "lab_curves",
        show: curves::show,
    },
    Page {
        id: "lab_sitting",
        show: sitting::show,
    },
    Page {
        id: "lab_skipped",
        show: skipped::show,
    },
];

/// What the lab's panels remember between frames.
#[derive(Clone, Debug, Default)]
pub(crate) struct State {
    /// id of the page that is shown; none is the first
    pub(crate) page: &'static str,
    /// what is typed where a data set is opened
    pub(crate) path: String,
    /// the folder of its pictures
    pub(crate) images: String,
    /// id of its format; none is guessed
    pub(crate) format: &'static str,
    /// which lines are shown, and how they are sorted
    pub(crate) wanted: Wanted,
    /// who is to score; none is whoever said most
    pub(crate) judge: Option<Judge>,
    /// id of the order in which cases are looked at; none is the first
    pub(crate) order: &'static str,
    /// the case that is looked at, by its place; none is the worst
    pub(crate) case: Option<usize>,
    /// the dimension whose map lies over the edits of a failure
    pub(crate) evidence: Option<String>,
    /// id of the curve that is shown; none is the first
    pub(crate) curve: &'static str,
    /// a tag that is being typed
    pub(crate) tag: String,
    /// the name of a filter that is to be kept
    pub(crate) filter_name: String,
    /// who is to sit, and how it is asked
    pub(crate) sitting: sitting::Form,
    /// the line that is looked at
    pub(crate) chosen: Option<u32>,
    /// a path that was dropped or chosen in the system's dialog
    pub(crate) came_in: Option<PathBuf>,
}

impl State {
    /// Another data set was opened.
    pub(crate) fn opened(&mut self) {
        self.page = "";
        self.wanted = Wanted::default();
        self.chosen = None;
        self.judge = None;
        self.case = None;
    }
}

/// Draws it in place of the studio's panels.
pub(crate) fn show(ui: &mut Ui, cx: &mut Cx<'_>) {
    if let Some(path) = cx.look.lab.came_in.take() {
        cx.look.lab.path = path.display().to_string();
        open::begin(cx);
    }
    if cx.lab.data.is_none() || cx.lab.read_so_far().is_some() {
        let frame = Frame::new().fill(cx.theme.surround);
        eframe::egui::CentralPanel::default()
            .frame(frame)
            .show(ui, |ui| open::show(ui, cx));
        return;
    }
    let head = Frame::new()
        .fill(cx.theme.panel)
        .inner_margin(Margin::symmetric(GRID as i8, HALF as i8));
    Panel::top("lab header")
        .frame(head)
        .show(ui, |ui| header(ui, cx));
    let page = PAGES.iter().find(|page| page.id == cx.look.lab.page);
    (page.unwrap_or(&PAGES[0]).show)(ui, cx);
}

/// The pages as tabs, and at the right what is open and how much of it is used.
fn header(ui: &mut Ui, cx: &mut Cx<'_>) {
    ui.horizontal(|ui| {
        ui.set_min_height(CONTROL);
        ui.spacing_mut().item_spacing.x = HALF;
        for page in PAGES {
            tab(ui, cx, page);
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if ui.button(cx.texts.get("lab_other")).clicked() {
                cx.lab.close();
                cx.look.lab.opened();
                return;
            }
            ui.add_space(GRID);
            let used = used_words(cx);
            let Some(data) = &cx.lab.data else { return };
            let words = format!("{}   {}   {used}", data.name(), data.format.id);
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                ui.add_space(GRID);
                let words = RichText::new(words).small().color(cx.theme.weak);
                ui.add(Label::new(words).truncate());
            });
        });
    });
}

fn tab(ui: &mut Ui, cx: &mut Cx<'_>, page: &'static Page) {
    let shown =
        cx.look.lab.page == page.id || (cx.look.lab.page.is_empty() && page.id == PAGES[0].id);
    let name = match page.id {
        "lab_skipped" => {
            let count = cx.lab.data.as_ref().map_or(0, |data| data.tally.skipped);
            let count = count.to_string();
            cx.texts.with("lab_skipped_count", &[("count", &count)])
        }
        id => cx.text(id),
    };
    let text = match shown {
        true => RichText::new(name).family(semibold()).color(cx.theme.text),
        false => RichText::new(name).color(cx.theme.weak),
    };
    let button = Button::new(text).selected(shown).frame_when_inactive(shown);
    let tip = widgets::tip(ui.ctx(), cx, page.id);
    if ui.add(button).on_hover_text(tip).clicked() {
        cx.look.lab.page = page.id;
    }
}

/// "742 of 837 rows used".
fn used_words(cx: &Cx<'_>) -> String {
    let Some(data) = &cx.lab.data else {
        return String::new();
    };
    let (used, all) = (data.tally.used, data.tally.used + data.tally.skipped);
    let words = cx.texts.with(
        "lab_used",
        &[("used", &used.to_string()), ("all", &all.to_string())],
    );
    match data.cut {
        true => format!("{words}, {}", cx.texts.get("lab_cut")),
        false => words,
    }
}

#[cfg(test)]
mod tests;
