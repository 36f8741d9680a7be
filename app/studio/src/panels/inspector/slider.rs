//! A slider as darkrooms have them: drag (Shift for fine), double-click to reset, click the number to type. The wheel
//! scrolls the panel and never moves it.

use eframe::egui::{
    self, Align2, Button, CursorIcon, EventFilter, FontId, Id, Key, Pos2, Rect, Response, Role,
    Sense, Stroke, TextEdit, Ui, WidgetInfo, accesskit::Action, vec2,
};

use super::edit;
use super::words::focus_mark;
use crate::theme::{HALF, Theme};

/// Height of a row, points.
pub(in crate::panels) const HEIGHT: f32 = 24.0;
/// Width of the names, share of the row.
const NAME: f32 = 0.34;
/// Width of the numbers, points.
const NUMBER: f32 = 46.0;
/// Space at the right for what removes a row, points.
pub(in crate::panels) const END: f32 = 18.0;
/// How close a press must be to take the handle rather than bring it, points.
const GRAB: f32 = 9.0;
/// How much finer Shift is.
const FINE: f32 = 0.1;

/// What a slider is for.
pub(in crate::panels) struct Slider<'a> {
    /// tells it from the others
    pub(in crate::panels) id: Id,
    /// shown at the left
    pub(in crate::panels) name: &'a str,
    /// spoken, and in the tooltip: "White balance, temperature"
    pub(in crate::panels) full_name: &'a str,
    /// "EV", "K"; empty for a plain number
    pub(in crate::panels) unit: &'a str,
    /// least and greatest value
    pub(in crate::panels) range: (f32, f32),
    /// the value that does nothing: has a tick
    pub(in crate::panels) neutral: f32,
    /// where a double-click leads
    pub(in crate::panels) reset: f32,
    /// how it stands
    pub(in crate::panels) value: f32,
    /// for the tooltip
    pub(in crate::panels) hint: &'a str,
}

/// What a person did to a slider in this frame.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::panels) enum Moved {
    /// nothing
    No,
    /// it is on its way
    Live(f32),
    /// it was let go, typed or reset
    Done(f32),
}

impl Slider<'_> {
    /// Ranges of many octaves give each octave the same way.
    fn octaves(&self) -> bool {
        self.range.0 > 0.0 && self.range.1 / self.range.0 >= 8.0
    }
    /// Place on the rail, 0 to 1.
    fn share(&self, value: f32) -> f32 {
        let (low, high) = self.range;
        let share = if self.octaves() {
            (value / low).ln() / (high / low).ln()
        } else {
            (value - low) / (high - low)
        };
        share.clamp(0.0, 1.0)
    }
    /// The value at a place, rounded to what is shown.
    fn value_at(&self, share: f32) -> f32 {
        let (low, high) = self.range;
        let share = share.clamp(0.0, 1.0);
        let value = if self.octaves() {
            low * (high / low).powf(share)
        } else {
            low + (high - low) * share
        };
        let grain = 10f32.powi(edit::decimals(self.range) as i32);
        ((value * grain).round() / grain).clamp(low, high)
    }

    /// Draws it. `typing` holds the one number of the window that is being typed.
    pub(in crate::panels) fn show(
        &self,
        ui: &mut Ui,
        theme: &Theme,
        typing: &mut Option<(Id, String)>,
    ) -> Moved {
        let size = vec2(ui.available_width() - END, HEIGHT);
        let (row, _) = ui.allocate_exact_size(size, Sense::hover());
        // without a name the rail has its place
        let share = if self.name.is_empty() { 0.0 } else { NAME };
        let name = Rect::from_min_size(row.min, vec2(row.width() * share, HEIGHT));
        let number = Rect::from_min_max(Pos2::new(row.right() - NUMBER, row.top()), row.max);
        let rail = Rect::from_min_max(
            Pos2::new(name.right() + HALF, row.top()),
            Pos2::new(number.left() - HALF, row.bottom()),
        );
        let mut moved = if self.name.is_empty() {
            Moved::No
        } else {
            self.name(ui, theme, name)
        };
        for next in [
            self.rail(ui, theme, rail),
            self.number(ui, theme, number, typing),
        ] {
            if next != Moved::No {
                moved = next;
            }
        }
        moved
    }

    fn name(&self, ui: &mut Ui, theme: &Theme, rect: Rect) -> Moved {
        let response = ui.interact(rect, self.id.with("name"), Sense::click());
        response.widget_info(|| WidgetInfo::labeled(Role::Label, true, self.name));
        let touched = (self.value - self.neutral).abs() > 1e-6;
        let colour = if touched { theme.text } else { theme.weak };
        let font = FontId::proportional(13.0);
        let mut job = egui::text::LayoutJob::simple_singleline(self.name.to_owned(), font, colour);
        job.wrap = egui::text::TextWrapping::truncate_at_width(rect.width());
        let galley = ui.painter().layout_job(job);
        let at = Pos2::new(rect.left(), rect.center().y - galley.size().y / 2.0);
        ui.painter().galley(at, galley, colour);
        let reset = response.double_clicked();
        response.on_hover_text(self.hint);
        if reset {
            Moved::Done(self.reset)
        } else {
            Moved::No
        }
    }

    fn rail(&self, ui: &mut Ui, theme: &Theme, rect: Rect) -> Moved {
        let id = self.id.with("rail");
        let response = ui
            .interact(rect, id, Sense::click_and_drag())
            .on_hover_cursor(CursorIcon::ResizeHorizontal);
        let travel = rect.shrink2(vec2(6.0, 0.0));
        let moved = self.dragged(ui, &response, travel);
        let moved = match self.stepped(ui, &response) {
            Moved::No => moved,
            stepped => stepped,
        };
        let value = match moved {
            Moved::No => self.value,
            Moved::Live(value) | Moved::Done(value) => value,
        };
        self.paint(ui, theme, &response, travel, value);
        response.widget_info(|| WidgetInfo::slider(true, f64::from(value), self.full_name));
        ui.ctx().accesskit_node_builder(id, |node| {
            node.set_min_numeric_value(f64::from(self.range.0));
            node.set_max_numeric_value(f64::from(self.range.1));
            node.add_action(Action::SetValue);
            node.add_action(Action::Increment);
            node.add_action(Action::Decrement);
        });
        moved
    }

    fn dragged(&self, ui: &Ui, response: &Response, travel: Rect) -> Moved {
        let id = response.id.with("way");
        let at = |pos: Pos2| (pos.x - travel.left()) / travel.width();
        if response.double_clicked() {
            return Moved::Done(self.reset);
        }
        let handle = travel.left() + travel.width() * self.share(self.value);
        if response.clicked()
            && let Some(pos) = response.interact_pointer_pos()
            && (pos.x - handle).abs() > GRAB
        {
            return Moved::Done(self.value_at(at(pos)));
        }
        // the way is kept unrounded and unclamped, so that nothing is lost on it
        if response.drag_started() {
            let origin = ui.input(|input| input.pointer.press_origin());
            let origin = origin.unwrap_or(Pos2::new(handle, travel.center().y));
            let start = if (origin.x - handle).abs() > GRAB {
                at(origin)
            } else {
                self.share(self.value)
            };
            let first = response.total_drag_delta().unwrap_or_default().x - response.drag_delta().x;
            ui.data_mut(|data| data.insert_temp(id, start + first / travel.width()));
        }
        if response.dragged() {
            let fine = ui.input(|input| input.modifiers.shift);
            let pace = if fine { FINE } else { 1.0 };
            let way: f32 = ui.data(|data| data.get_temp(id)).unwrap_or_default();
            let way = way + response.drag_delta().x / travel.width() * pace;
            ui.data_mut(|data| data.insert_temp(id, way));
            let value = self.value_at(way);
            if value != self.value {
                return Moved::Live(value);
            }
        }
        if response.drag_stopped() {
            ui.data_mut(|data| data.remove_temp::<f32>(id));
            return Moved::Done(self.value);
        }
        Moved::No
    }

    /// Arrows while it has the keyboard, and what screen readers ask for.
    fn stepped(&self, ui: &Ui, response: &Response) -> Moved {
        let id = response.id;
        let focused = response.has_focus();
        if focused {
            let arrows = EventFilter {
                horizontal_arrows: true,
                ..EventFilter::default()
            };
            ui.memory_mut(|memory| memory.set_focus_lock_filter(id, arrows));
        }
        let (steps, asked) = ui.input(|input| {
            let mut steps = 0.0;
            if focused {
                let pace = if input.modifiers.shift { FINE } else { 1.0 };
                let presses = |key| input.num_presses(key) as f32;
                steps += pace * (presses(Key::ArrowRight) - presses(Key::ArrowLeft));
            }
            let asks = |action| input.num_accesskit_action_requests(id, action) as f32;
            steps += asks(Action::Increment) - asks(Action::Decrement);
            let asked = input
                .accesskit_action_requests(id, Action::SetValue)
                .filter_map(|request| match request.data {
                    Some(egui::accesskit::ActionData::NumericValue(value)) => Some(value as f32),
                    _ => None,
                })
                .last();
            (steps, asked)
        });
        if let Some(value) = asked.filter(|value| value.is_finite()) {
            return Moved::Done(value.clamp(self.range.0, self.range.1));
        }
        if steps == 0.0 {
            return Moved::No;
        }
        let least = 10f32.powi(-(edit::decimals(self.range) as i32));
        let step = if self.octaves() {
            self.value * 0.02
        } else {
            (self.range.1 - self.range.0) / 100.0
        };
        let step = (step * steps.abs()).max(least).copysign(steps);
        Moved::Done((self.value + step).clamp(self.range.0, self.range.1))
    }

    fn paint(&self, ui: &Ui, theme: &Theme, response: &Response, travel: Rect, value: f32) {
        let painter = ui.painter();
        let x = |value: f32| travel.left() + travel.width() * self.share(value);
        let middle = travel.center().y;
        let line = Rect::from_x_y_ranges(travel.x_range(), middle - 1.5..=middle + 1.5);
        painter.rect_filled(line, 1.5, theme.line);
        let neutral = x(self.neutral);
        painter.vline(
            neutral,
            middle - 5.0..=middle + 5.0,
            Stroke::new(1.0, theme.weak),
        );
        let handle = x(value);
        let changed = Rect::from_x_y_ranges(
            neutral.min(handle)..=neutral.max(handle),
            middle - 1.5..=middle + 1.5,
        );
        painter.rect_filled(changed, 1.5, theme.weak);
        let live = response.hovered() || response.dragged();
        let radius = if live { 6.5 } else { 5.5 };
        painter.circle(
            Pos2::new(handle, middle),
            radius,
            theme.text,
            Stroke::new(2.0, theme.panel),
        );
        focus_mark(ui, theme, response);
    }

    fn number(
        &self,
        ui: &mut Ui,
        theme: &Theme,
        rect: Rect,
        typing: &mut Option<(Id, String)>,
    ) -> Moved {
        let id = self.id.with("number");
        if let Some((_, text)) = typing.as_mut().filter(|(typed, _)| *typed == id) {
            let field = TextEdit::singleline(text)
                .id(id)
                .font(FontId::proportional(13.0))
                .align(Align2::RIGHT_CENTER)
                .margin(vec2(HALF, 2.0));
            let response = ui.put(rect, field).accessible_name(self.full_name);
            let fresh = ui.data(|data| data.get_temp::<bool>(id).is_none());
            if fresh {
                response.request_focus();
                select_all(ui, id, text);
                ui.data_mut(|data| data.insert_temp(id, true));
            }
            if response.lost_focus() {
                // Esc takes the focus away without a press of anything else
                let meant = ui.input(|input| {
                    input.key_pressed(Key::Enter)
                        || input.key_pressed(Key::Tab)
                        || input.pointer.any_pressed()
                });
                let value = typed(text).filter(|_| meant);
                *typing = None;
                ui.data_mut(|data| data.remove_temp::<bool>(id));
                if let Some(value) = value {
                    return Moved::Done(value.clamp(self.range.0, self.range.1));
                }
            }
            return Moved::No;
        }
        let shown = edit::shown(self.value, self.range);
        let name = format!("{}: {shown} {}", self.full_name, self.unit);
        let button = Button::new("")
            .frame_when_inactive(false)
            .min_size(rect.size());
        let response = ui.put(rect, button).accessible_name(name.trim_end());
        let colour = if response.hovered() {
            theme.text
        } else {
            theme.text.gamma_multiply(0.85)
        };
        let at = rect.right_center() - vec2(HALF, 0.0);
        let font = FontId::proportional(13.0);
        ui.painter()
            .text(at, Align2::RIGHT_CENTER, shown, font, colour);
        if response.clicked() {
            let decimals = edit::decimals(self.range);
            *typing = Some((id, format!("{:.decimals$}", self.value)));
            ui.data_mut(|data| data.remove_temp::<bool>(id));
            ui.ctx().request_repaint();
        }
        response.on_hover_text(self.hint);
        Moved::No
    }
}

/// A typed number; a comma is as good as a point, and the unit may follow.
fn typed(text: &str) -> Option<f32> {
    let number: String = text
        .trim()
        .replace(',', ".")
        .replace('−', "-")
        .chars()
        .take_while(|c| c.is_ascii_digit() || matches!(c, '.' | '-' | '+'))
        .collect();
    number.parse().ok().filter(|value: &f32| value.is_finite())
}

fn select_all(ui: &Ui, id: Id, text: &str) {
    let mut state = TextEdit::load_state(ui.ctx(), id).unwrap_or_default();
    let all = egui::text::CCursorRange::two(
        egui::text::CCursor::new(0),
        egui::text::CCursor::new(text.chars().count()),
    );
    state.cursor.set_char_range(Some(all));
    state.store(ui.ctx(), id);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn slider(range: (f32, f32)) -> Slider<'static> {
        Slider {
            id: Id::unique("test"),
            name: "",
            full_name: "",
            unit: "",
            range,
            neutral: range.0,
            reset: range.0,
            value: range.0,
            hint: "",
        }
    }

    proptest! {
        #[test]
        fn a_place_on_the_rail_and_its_value_lead_to_each_other(share in 0f32..1.0) {
            for range in [(-6.0, 6.0), (2000.0, 25000.0), (0.0, 1.0)] {
                let slider = slider(range);
                prop_assert!((slider.share(slider.value_at(share)) - share).abs() < 0.006);
            }
        }
    }

    #[test]
    fn typed_numbers_are_read_as_people_write_them() {
        assert_eq!(typed(" +0,4 EV"), Some(0.4));
        assert_eq!(typed("−12"), Some(-12.0));
        assert_eq!(typed("5600 K"), Some(5600.0));
        assert_eq!(typed("warm"), None);
    }
}
