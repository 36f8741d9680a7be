//! Export: format, size, quality, profile, metadata, with a look at what is kept.

mod kept;
mod plan;
mod target;
#[cfg(test)]
mod tests;

use std::path::PathBuf;

use eframe::egui::{Align, Button, Id, Label, Layout, RichText, TextEdit, Ui, vec2};
use egui_material_icons::icons::ICON_FOLDER_OPEN;
use retake_engine::Command;
use retake_files::save::{FORMATS, Format, MetadataPolicy, OutputSpace};

use super::inspector::{Moved, Slider};
use super::over::parts;
use crate::cx::Cx;
use crate::dialog;
use crate::look::Sheet;
use crate::theme::{CONTROL, GRID};

pub(crate) use plan::Plan;
use plan::{Size, What};
use target::Ready;

/// Width, points.
const WIDTH: f32 = 608.0;
/// Where the answer of the system's dialog waits.
const CHOSEN: &str = "export to";

const SPACES: [(OutputSpace, &str); 4] = [
    (OutputSpace::Srgb, "sRGB"),
    (OutputSpace::DisplayP3, "Display P3"),
    (OutputSpace::AdobeRgb, "Adobe RGB"),
    (OutputSpace::Rec2020, "Rec. 2020"),
];

/// A file or folder was chosen in the system's dialog.
pub(crate) fn chosen(ctx: &eframe::egui::Context, to: PathBuf) {
    ctx.data_mut(|data| data.insert_temp(Id::unique(CHOSEN), to));
}

/// Draws it. `fresh` when it has just been opened.
pub(crate) fn show(ui: &mut Ui, cx: &mut Cx<'_>, fresh: bool) {
    let Some(take) = cx.focus() else {
        cx.look.sheet = Sheet::None;
        return;
    };
    let ctx = ui.ctx().clone();
    let mut plan = std::mem::take(&mut cx.look.export);
    if fresh {
        plan.begin(cx, &take);
    }
    let answer = ctx.data_mut(|data| data.remove_temp::<PathBuf>(Id::unique(CHOSEN)));
    if let Some(to) = answer {
        plan.aim_at(&to);
    }
    let title = cx.text("export_title");
    parts::sheet(&ctx, cx, &title, WIDTH, |ui, cx| {
        parts::scrolled(
            ui,
            cx,
            &mut plan,
            |ui, cx, plan| {
                what(ui, cx, plan, &take);
                format(ui, cx, plan);
                size(ui, cx, plan, &take);
                metadata(ui, cx, plan);
            },
            |ui, cx, plan| {
                ui.separator();
                destination(ui, cx, plan);
                done(ui, cx, plan, &take);
            },
        );
    });
    cx.look.export = plan;
}

fn what(ui: &mut Ui, cx: &Cx<'_>, plan: &mut Plan, take: &retake_engine::Take) {
    let picked = target::picked(cx).len();
    if picked == 0 {
        plan.what = What::This;
        return;
    }
    let name = cx.text("export_what");
    let number = (take.index + 1).to_string();
    let options = [
        (
            What::This,
            cx.texts.with("inspector_take", &[("number", &number)]),
        ),
        (
            What::Picked,
            cx.texts
                .with("export_picked", &[("count", &picked.to_string())]),
        ),
    ];
    parts::field(ui, cx.theme, &name, |ui| {
        if parts::choice(ui, cx.theme, &name, &options, &mut plan.what) {
            plan.begin(cx, take);
        }
    });
}

fn format(ui: &mut Ui, cx: &mut Cx<'_>, plan: &mut Plan) {
    let name = cx.text("export_format");
    let options: Vec<(Format, String)> = FORMATS
        .iter()
        .map(|info| (info.format, cx.texts.word(info.name).to_owned()))
        .collect();
    parts::field(ui, cx.theme, &name, |ui| {
        if parts::choice(ui, cx.theme, &name, &options, &mut plan.format) {
            plan.rename();
        }
        let info = plan.format.info();
        let bits = cx
            .texts
            .with("export_bits", &[("bits", &info.depths[0].to_string())]);
        ui.label(RichText::new(bits).small().color(cx.theme.weak));
    });
    if plan.is_lossy() {
        let name = cx.text("export_quality");
        parts::field(ui, cx.theme, &name, |ui| {
            ui.set_max_width(360.0);
            let slider = Slider {
                id: Id::unique("export quality"),
                name: "",
                full_name: &name,
                unit: "",
                range: (1.0, 100.0),
                neutral: 92.0,
                reset: 92.0,
                value: f32::from(plan.quality),
                hint: cx.texts.get("inspector_slider_how"),
            };
            match slider.show(ui, cx.theme, cx.texts, &mut cx.look.inspect.typing) {
                Moved::No => {}
                Moved::Live(value) | Moved::Done(value) => plan.quality = value.round() as u8,
            }
        });
    }
    let name = cx.text("export_space");
    let options = SPACES.map(|(space, name)| (space, name.to_owned()));
    parts::field(ui, cx.theme, &name, |ui| {
        parts::choice(ui, cx.theme, &name, &options, &mut plan.space);
    });
}

fn size(ui: &mut Ui, cx: &Cx<'_>, plan: &mut Plan, take: &retake_engine::Take) {
    let name = cx.text("export_size");
    let (width, height) = take.full_size;
    let full = cx.texts.with(
        "export_full",
        &[
            ("width", &width.to_string()),
            ("height", &height.to_string()),
        ],
    );
    let options = [(Size::Full, full), (Size::Edge, cx.text("export_edge"))];
    parts::field(ui, cx.theme, &name, |ui| {
        parts::choice(ui, cx.theme, &name, &options, &mut plan.size);
        if plan.size == Size::Edge {
            ui.horizontal(|ui| {
                let field = TextEdit::singleline(&mut plan.edge)
                    .desired_width(72.0)
                    .align(eframe::egui::Align2::RIGHT_CENTER);
                ui.add(field).accessible_name(cx.text("export_edge"));
                ui.label("px");
                if let Some((width, height)) = plan.small_size(take.full_size) {
                    let size = RichText::new(format!("{width} × {height} px")).small();
                    ui.label(size.color(cx.theme.weak));
                }
            });
        }
    });
}

fn metadata(ui: &mut Ui, cx: &Cx<'_>, plan: &mut Plan) {
    let name = cx.text("export_metadata");
    let options = [
        (MetadataPolicy::Keep, cx.text("export_keep")),
        (MetadataPolicy::NoLocation, cx.text("export_no_location")),
        (MetadataPolicy::None, cx.text("export_none")),
    ];
    parts::field(ui, cx.theme, &name, |ui| {
        parts::choice(ui, cx.theme, &name, &options, &mut plan.metadata);
        kept::show(ui, cx, plan.metadata);
    });
}

fn destination(ui: &mut Ui, cx: &Cx<'_>, plan: &mut Plan) {
    let several = plan.what == What::Picked;
    let name = cx.text(if several {
        "export_folder"
    } else {
        "export_file"
    });
    parts::field(ui, cx.theme, &name, |ui| {
        let right = Layout::right_to_left(Align::Center);
        ui.allocate_ui_with_layout(vec2(ui.available_width(), CONTROL), right, |ui| {
            let icon = parts::icon(ICON_FOLDER_OPEN, 16.0);
            let button = Button::new((icon, cx.text("export_browse")));
            let browse = ui.add(button).accessible_name(cx.text("export_browse"));
            if browse.clicked() {
                ask(cx, plan, several);
            }
            let field = TextEdit::singleline(&mut plan.to)
                .desired_width(ui.available_width())
                .margin(vec2(GRID, 5.0));
            if ui.add(field).accessible_name(&name).changed() {
                plan.replace = None;
                plan.refused = None;
            }
        });
    });
}

/// The system's own dialog; its answer comes in a later frame.
fn ask(cx: &Cx<'_>, plan: &Plan, several: bool) {
    let path = plan.path(cx);
    if several {
        return dialog::ask_for_folder(Some(path));
    }
    let file = path.file_name().unwrap_or_default().to_string_lossy();
    let folder = path.parent().map(std::path::Path::to_owned);
    dialog::ask_for_file(file.into_owned(), folder);
}

/// What stands in the way, if anything, and the button.
fn done(ui: &mut Ui, cx: &mut Cx<'_>, plan: &mut Plan, take: &retake_engine::Take) {
    ui.horizontal(|ui| {
        let right = Layout::right_to_left(Align::Center);
        ui.with_layout(right, |ui| {
            let replacing = plan.replace.is_some();
            let key = if replacing {
                "export_replace"
            } else {
                "export_now"
            };
            let enabled = plan.edge_is_sound();
            let pressed = parts::primary(ui, cx.theme, enabled, cx.texts.get(key));
            if pressed.clicked() {
                press(cx, plan, take);
            }
            if ui.button(cx.text("export_cancel")).clicked() {
                plan.replace = None;
                if !replacing {
                    cx.look.sheet = Sheet::None;
                }
            }
            let said = match (&plan.refused, &plan.replace) {
                (Some(why), _) => RichText::new(why).color(cx.theme.bad),
                (None, Some(there)) => RichText::new(there_already(cx, there)).color(cx.theme.bad),
                (None, None) => return,
            };
            ui.add(Label::new(said).wrap());
        });
    });
}

fn there_already(cx: &Cx<'_>, there: &[PathBuf]) -> String {
    let first = there.first().and_then(|path| path.file_name());
    let name = first.unwrap_or_default().to_string_lossy();
    let count = there.len().to_string();
    let key = if there.len() == 1 {
        "export_exists"
    } else {
        "export_exist"
    };
    cx.texts.with(key, &[("name", &name), ("count", &count)])
}

fn press(cx: &mut Cx<'_>, plan: &mut Plan, take: &retake_engine::Take) {
    match target::check(cx, plan, take) {
        Ready::Refused(why) => {
            plan.refused = Some(why);
            plan.replace = None;
        }
        Ready::Exists(there) => plan.replace = Some(there),
        Ready::Go(export) => {
            plan.replace = None;
            plan.refused = None;
            cx.look.sheet = Sheet::None;
            cx.send(Command::Export(export));
        }
    }
}
