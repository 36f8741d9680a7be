//! A slider as darkrooms have them: drag (Shift for fine), double-click to reset, click the number to type. The wheel
//! scrolls the panel and never moves it.

mod number;
mod rail;

use eframe::egui::{self, FontId, Id, Pos2, Rect, Role, Sense, Ui, WidgetInfo, vec2};

use super::edit;
use crate::texts::Texts;
use crate::theme::{HALF, Theme};

/// Height of a row, points.
pub(in crate::panels) const HEIGHT: f32 = 24.0;
/// Width of the names, share of the row.
const NAME: f32 = 0.34;
/// Width of the numbers, points.
const NUMBER: f32 = 46.0;
/// Space at the right for what removes a row, points.
pub(in crate::panels) const END: f32 = 18.0;

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
        texts: &Texts,
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
            self.number(ui, theme, texts, number, typing),
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
}
