//! The rail of a slider and the handle on it: dragged, clicked, stepped by arrows and by screen readers.

use eframe::egui::{
    CursorIcon, EventFilter, Key, Pos2, Rect, Response, Sense, Stroke, Ui, WidgetInfo,
    accesskit::{Action, ActionData},
    vec2,
};

use super::{Moved, Slider};
use crate::panels::inspector::edit;
use crate::panels::inspector::words::focus_mark;
use crate::theme::Theme;

/// How close a press must be to take the handle rather than bring it, points.
const GRAB: f32 = 9.0;
/// How much finer Shift is.
const FINE: f32 = 0.1;

impl Slider<'_> {
    pub(super) fn rail(&self, ui: &mut Ui, theme: &Theme, rect: Rect) -> Moved {
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
                    Some(ActionData::NumericValue(value)) => Some(value as f32),
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
}
