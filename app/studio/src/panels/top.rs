//! The top bar: menus, the photo's name, undo and redo, the device. In a narrow window the menus fold into one and what is
//! only to be read goes first.

use eframe::egui::{Align, Button, FontFamily, Label, Layout, RichText, ScrollArea, Ui};
use egui_material_icons::icons::{
    ICON_HISTORY, ICON_IOS_SHARE, ICON_MENU, ICON_REDO, ICON_SEARCH, ICON_UNDO,
};

use retake_engine::Command;

use crate::actions::{self, ACTIONS, Action, Menu};
use crate::cx::Cx;
use crate::keys;
use crate::look::Room;
use crate::theme::{CONTROL, GRID, semibold};

/// Narrower than this there is one menu for all, points.
const ONE_MENU: f32 = 760.0;
/// Narrower than this the device is not named, points.
const NO_DEVICE: f32 = 980.0;

/// The icons at the right, from the right.
const ICONS: [(&str, egui_material_icons::MaterialIcon); 5] = [
    ("export", ICON_IOS_SHARE),
    ("palette", ICON_SEARCH),
    ("history", ICON_HISTORY),
    ("redo", ICON_REDO),
    ("undo", ICON_UNDO),
];

/// Draws it.
pub(crate) fn show(ui: &mut Ui, cx: &mut Cx<'_>) {
    let width = ui.available_width();
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = GRID / 2.0;
        ui.label(
            RichText::new("Retake")
                .family(semibold())
                .color(cx.theme.accent),
        );
        ui.add_space(GRID / 2.0);
        if width < ONE_MENU {
            one_menu(ui, cx);
        } else {
            for menu in menus(cx) {
                let button = Button::new(cx.texts.get(menu.id())).frame_when_inactive(false);
                eframe::egui::containers::menu::MenuButton::from_button(button)
                    .ui(ui, |ui| entries(ui, cx, menu));
            }
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let room = cx.look.room;
            for (id, icon) in ICONS {
                if let Some(action) = actions::by_id(id).filter(|action| action.lives_in(room)) {
                    icon_button(ui, cx, action, icon.codepoint);
                }
            }
            if width >= NO_DEVICE {
                ui.separator();
                let device = match cx.engine.device() {
                    "cpu" => cx.text("device_cpu"),
                    name => cx.texts.with("device", &[("device", name)]),
                };
                ui.label(RichText::new(device).small().color(cx.theme.weak));
            }
            match room {
                Room::Studio => name(ui, cx),
                Room::Lab => {}
            }
        });
    });
}

/// The menus in which something can be done here.
fn menus(cx: &Cx<'_>) -> Vec<Menu> {
    let room = cx.look.room;
    let lives = |menu: &Menu| {
        ACTIONS
            .iter()
            .any(|action| action.menu == *menu && action.lives_in(room))
    };
    Menu::ALL.into_iter().filter(lives).collect()
}

/// The photo's name and size, cut off before anything else gives way.
fn name(ui: &mut Ui, cx: &Cx<'_>) {
    let Some(session) = cx.session() else { return };
    let (width, height) = (session.photo.width(), session.photo.height());
    let name = session.name();
    let name = cx.texts.word(&name);
    let text = format!("{name}   {width} × {height}");
    ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
        ui.add_space(GRID);
        let text = RichText::new(text).small().color(cx.theme.weak);
        ui.add(Label::new(text).truncate());
    });
}

fn one_menu(ui: &mut Ui, cx: &mut Cx<'_>) {
    let button = Button::new(ICON_MENU).frame_when_inactive(false);
    let (response, _) =
        eframe::egui::containers::menu::MenuButton::from_button(button).ui(ui, |ui| {
            for menu in menus(cx) {
                ui.menu_button(cx.texts.get(menu.id()), |ui| entries(ui, cx, menu));
            }
        });
    response.accessible_name(cx.text("menu"));
}

fn entries(ui: &mut Ui, cx: &mut Cx<'_>, menu: Menu) {
    let height = (ui.ctx().content_rect().height() - 8.0 * GRID).max(CONTROL);
    ScrollArea::vertical().max_height(height).show(ui, |ui| {
        let room = cx.look.room;
        for action in ACTIONS
            .iter()
            .filter(|action| action.menu == menu && action.lives_in(room))
        {
            entry(ui, cx, action);
            if action.id == "open" {
                recent(ui, cx);
            }
        }
    });
}

/// The photos of the last times, the latest first, in a menu of their own.
fn recent(ui: &mut Ui, cx: &mut Cx<'_>) {
    let paths = cx.settings.recent.clone();
    if paths.is_empty() {
        return;
    }
    ui.menu_button(cx.text("recent"), |ui| {
        for path in paths {
            let name = path.file_name().unwrap_or(path.as_os_str());
            let entry = ui.button(name.to_string_lossy());
            if entry.on_hover_text(path.display().to_string()).clicked() {
                cx.send(Command::Open(vec![path]));
                ui.close();
            }
        }
        ui.separator();
        if ui.button(cx.text("forget_recent")).clicked() {
            cx.settings.recent.clear();
            ui.close();
        }
    });
}

fn entry(ui: &mut Ui, cx: &mut Cx<'_>, action: &'static Action) {
    let keys = keys::of(action, &cx.settings.keys)
        .first()
        .map_or(String::new(), |keys| keys::words(ui.ctx(), cx.texts, keys));
    let name = cx.texts.get(action.id);
    let button = Button::new(name).shortcut_text(keys);
    let enabled = (action.enabled)(cx);
    if ui
        .add_enabled(enabled, button)
        .accessible_name(name)
        .clicked()
    {
        (action.run)(cx);
        ui.close();
    }
}

/// An action as an icon whose tooltip is its name and its keys.
pub(crate) fn icon_button(ui: &mut Ui, cx: &mut Cx<'_>, action: &'static Action, icon: &str) {
    let keys = keys::of(action, &cx.settings.keys)
        .first()
        .map_or(String::new(), |keys| {
            format!("  {}", keys::words(ui.ctx(), cx.texts, keys))
        });
    let name = cx.texts.get(action.id).to_owned();
    let enabled = (action.enabled)(cx);
    let font = FontFamily::Name(egui_material_icons::FONT_FAMILY.into());
    let button = Button::new(RichText::new(icon).family(font)).frame_when_inactive(false);
    let response = ui.add_enabled(enabled, button).accessible_name(&name);
    let hint = format!("{name}{keys}");
    let response = response.on_hover_text(&hint).on_disabled_hover_text(&hint);
    if response.clicked() {
        (action.run)(cx);
    }
}

#[cfg(test)]
mod tests {
    use egui_kittest::kittest::Queryable as _;

    use crate::testing::{sample, until, window};

    #[test]
    fn a_recent_photo_is_in_the_menu() {
        let mut window = window([1280.0, 720.0], vec![sample("astronaut.png")]);
        until(&mut window, |studio| studio.engine().session().is_some());
        window.state_mut().settings_mut().recent = vec![sample("brushes.jpg")];
        window.get_by_label("Photo").click();
        window.run_steps(4);
        window.get_by_label_contains("Recent").click();
        window.run_steps(4);
        window.get_by_label("brushes.jpg").click();
        until(&mut window, |studio| {
            let open = studio.engine().session();
            open.is_some_and(|session| session.name() == "brushes.jpg")
        });
    }
}
