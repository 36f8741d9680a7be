//! What of the photo's metadata an export keeps, line by line, before anything is written.

use eframe::egui::{Align, Label, Layout, RichText, Ui, vec2};
use egui_material_icons::icons::{ICON_CHECK, ICON_REMOVE};
use retake_files::save::{MetadataPolicy, facts};

use crate::cx::Cx;
use crate::panels::over::parts;
use crate::theme::GRID;

/// Width of the names, points.
const NAME: f32 = 112.0;

/// One line of the list.
struct Line {
    key: &'static str,
    what: String,
    kept: bool,
}

fn lines(cx: &Cx<'_>, policy: MetadataPolicy) -> Vec<Line> {
    let Some(session) = cx.session() else {
        return Vec::new();
    };
    let facts = facts(session.photo.carried());
    let keeps = policy != MetadataPolicy::None;
    let mut lines: Vec<Line> = [
        ("export_camera", facts.camera),
        ("export_lens", facts.lens),
        (
            "export_exposure",
            facts.exposure.map(|text| cx.texts.number(&text)),
        ),
        ("export_taken", facts.taken),
        ("export_author", facts.author),
    ]
    .into_iter()
    .filter_map(|(key, what)| {
        Some(Line {
            key,
            what: what?,
            kept: keeps,
        })
    })
    .collect();
    if lines.is_empty() {
        lines.push(Line {
            key: "export_camera",
            what: cx.text("export_nothing_there"),
            kept: false,
        });
    }
    let place = if facts.location {
        "export_place_there"
    } else {
        "export_nothing_there"
    };
    lines.push(Line {
        key: "export_place",
        what: cx.text(place),
        kept: facts.location && policy == MetadataPolicy::Keep,
    });
    lines.push(Line {
        key: "export_edit",
        what: cx.text("export_edit_there"),
        kept: keeps,
    });
    lines.push(Line {
        key: "export_space",
        what: cx.text("export_space_there"),
        kept: true,
    });
    lines
}

/// Draws the list.
pub(super) fn show(ui: &mut Ui, cx: &Cx<'_>, policy: MetadataPolicy) {
    ui.spacing_mut().item_spacing = vec2(GRID / 2.0, 2.0);
    for line in lines(cx, policy) {
        let (icon, spoken, colour) = if line.kept {
            (ICON_CHECK, "export_is_kept", cx.theme.text)
        } else {
            (ICON_REMOVE, "export_is_left", cx.theme.weak)
        };
        ui.horizontal(|ui| {
            ui.set_height(18.0);
            let mark = ui.label(parts::icon(icon, 14.0).color(colour));
            mark.accessible_name(cx.text(spoken));
            ui.allocate_ui_with_layout(
                vec2(NAME, 18.0),
                Layout::left_to_right(Align::Center),
                |ui| {
                    ui.set_min_width(NAME);
                    ui.label(
                        RichText::new(cx.text(line.key))
                            .small()
                            .color(cx.theme.weak),
                    );
                },
            );
            let mut what = RichText::new(line.what).small().color(colour);
            if !line.kept {
                what = what.color(cx.theme.weak);
            }
            ui.add(Label::new(what).truncate());
        });
    }
}
