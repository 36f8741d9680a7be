//! A plot that a hand can hold: the wheel zooms, dragging moves it, a double click shows all of it again, and the point under
//! the pointer tells its values.

use eframe::egui::{
    Align2, Color32, FontId, Id, Pos2, Rect, Role, Sense, Stroke, StrokeKind, Ui, Vec2, WidgetInfo,
    pos2, vec2,
};

use crate::cx::Cx;
use crate::theme::{GRID, HALF, SMALL};

/// Room for numbers at the left and below, points.
const MARGIN: Vec2 = vec2(52.0, 24.0);
/// Lines across and up.
const STEPS: usize = 5;
/// A point is meant when the pointer is so near, points.
const NEAR: f32 = 18.0;

/// A line of the plot.
pub(super) struct Series {
    /// for people
    pub(super) name: String,
    /// of line and points
    pub(super) colour: Color32,
    /// (across, up), from left to right
    pub(super) points: Vec<[f64; 2]>,
    /// whether points are joined
    pub(super) joined: bool,
}

/// What part of the plane is seen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct View {
    /// left and right end
    pub(super) across: [f64; 2],
    /// lower and upper end
    pub(super) up: [f64; 2],
}

impl View {
    /// All points, with a little room around them.
    pub(super) fn of(series: &[Series]) -> Self {
        let ends = |axis: usize| {
            let values = series.iter().flat_map(|s| &s.points).map(|p| p[axis]);
            let (low, high) = values
                .filter(|value| value.is_finite())
                .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| {
                    (low.min(value), high.max(value))
                });
            let room = ((high - low) * 0.05).max(1e-3);
            match low <= high {
                true => [low - room, high + room],
                false => [0.0, 1.0],
            }
        };
        Self {
            across: ends(0),
            up: ends(1),
        }
    }
    /// Where a point lies.
    pub(super) fn at(&self, [x, y]: [f64; 2], rect: Rect) -> Pos2 {
        let share = |value: f64, [low, high]: [f64; 2]| ((value - low) / (high - low)) as f32;
        pos2(
            rect.left() + rect.width() * share(x, self.across),
            rect.bottom() - rect.height() * share(y, self.up),
        )
    }
    /// Moved by a hand: so many points on the screen.
    pub(super) fn moved(self, by: Vec2, rect: Rect) -> Self {
        let step = |[low, high]: [f64; 2], share: f32| {
            let step = (high - low) * f64::from(share);
            [low - step, high - step]
        };
        Self {
            across: step(self.across, by.x / rect.width()),
            up: step(self.up, -by.y / rect.height()),
        }
    }
    /// Larger (`factor` above 1) or smaller around a place on the screen.
    pub(super) fn zoomed(self, factor: f64, around: Pos2, rect: Rect) -> Self {
        let share = (around - rect.left_bottom()) / rect.size();
        let about = |[low, high]: [f64; 2], share: f32| {
            let middle = low + (high - low) * f64::from(share);
            [
                middle - (middle - low) / factor,
                middle + (high - middle) / factor,
            ]
        };
        Self {
            across: about(self.across, share.x),
            up: about(self.up, -share.y),
        }
    }
}

/// Draws it into what is free. `names` are those of the numbers across and up.
pub(super) fn show(ui: &mut Ui, cx: &Cx<'_>, id: &str, names: [&str; 2], series: &[Series]) {
    legend(ui, cx, series);
    let size = vec2(
        ui.available_width(),
        (ui.available_height() - GRID).max(160.0),
    );
    let (outer, response) = ui.allocate_exact_size(size, Sense::click_and_drag());
    let spoken = format!("{}, {}", names[0], names[1]);
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &spoken));
    let rect = Rect::from_min_max(
        pos2(outer.left() + MARGIN.x, outer.top() + 2.5 * GRID),
        pos2(outer.right() - GRID, outer.bottom() - MARGIN.y - 2.0 * GRID),
    );
    let id = Id::unique(("lab plot", id));
    let all = View::of(series);
    let mut view: View = match response.double_clicked() {
        true => all,
        false => ui.data(|data| data.get_temp(id)).unwrap_or(all),
    };
    if response.dragged() {
        view = view.moved(response.drag_delta(), rect);
    }
    if let Some(pointer) = response.hover_pos() {
        let turned =
            ui.input(|input| input.smooth_scroll_delta().y + 200.0 * (input.zoom_delta() - 1.0));
        if turned != 0.0 {
            view = view.zoomed(f64::from(turned / 200.0).exp(), pointer, rect);
        }
    }
    // another data set begins with all of it
    ui.data_mut(|data| match view == all {
        true => data.remove::<View>(id),
        false => _ = data.insert_temp(id, view),
    });
    grid(ui, cx, rect, outer, view, names);
    let painter = ui.painter().with_clip_rect(rect.expand(4.0));
    let mut nearest: Option<(f32, &Series, [f64; 2])> = None;
    for one in series {
        let places: Vec<Pos2> = one
            .points
            .iter()
            .map(|point| view.at(*point, rect))
            .collect();
        if one.joined {
            painter.line(places.clone(), Stroke::new(2.0, one.colour));
        }
        for (place, point) in places.iter().zip(&one.points) {
            if places.len() < 64 {
                painter.circle_filled(*place, 3.0, one.colour);
            }
            let Some(pointer) = response.hover_pos() else {
                continue;
            };
            let distance = place.distance(pointer);
            if distance < nearest.map_or(NEAR, |(least, ..)| least) {
                nearest = Some((distance, one, *point));
            }
        }
    }
    if let Some((_, one, point)) = nearest {
        let at = view.at(point, rect);
        painter.circle_stroke(at, 5.0, Stroke::new(1.5, cx.theme.text));
        let value = |value: f64| cx.texts.number(&format!("{value:.3}"));
        let words = format!("{}   {} · {}", one.name, value(point[0]), value(point[1]));
        let font = FontId::proportional(SMALL);
        let galley = ui.painter().layout_no_wrap(words, font, cx.theme.text);
        let left = (at.x + GRID).min(rect.right() - galley.size().x - GRID);
        let top = (at.y - galley.size().y - GRID).max(rect.top());
        let under = Rect::from_min_size(pos2(left, top), galley.size()).expand(HALF);
        ui.painter().rect_filled(under, 3.0, cx.theme.raised);
        ui.painter()
            .galley(under.shrink(HALF).min, galley, cx.theme.text);
    }
}

fn legend(ui: &mut Ui, cx: &Cx<'_>, series: &[Series]) {
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = HALF;
        for one in series {
            let (rect, _) = ui.allocate_exact_size(vec2(12.0, 12.0), Sense::hover());
            ui.painter().rect_filled(rect, 2.0, one.colour);
            ui.label(&one.name);
            ui.add_space(GRID);
        }
        let how = eframe::egui::RichText::new(cx.texts.get("lab_plot_how")).small();
        ui.label(how.color(cx.theme.weak));
    });
}

/// Numbers within a range that are a one, a two or a five of some power of ten apart, about `STEPS` of them, and how many
/// decimals tell them apart.
fn round_numbers([low, high]: [f64; 2]) -> (Vec<f64>, usize) {
    let least = (high - low) / STEPS as f64;
    if !(least.is_finite() && least > 0.0) {
        return (Vec::new(), 0);
    }
    let power = 10f64.powf(least.log10().floor());
    let times = [1.0, 2.0, 5.0].into_iter().find(|x| x * power >= least);
    let step = times.unwrap_or(10.0) * power;
    let (first, last) = ((low / step).ceil() as i64, (high / step).floor() as i64);
    let decimals = (-step.log10().floor()).clamp(0.0, 9.0) as usize;
    let all = (first..=last).map(|k| k as f64 * step);
    (all.collect(), decimals)
}

fn grid(ui: &Ui, cx: &Cx<'_>, rect: Rect, outer: Rect, view: View, names: [&str; 2]) {
    let painter = ui.painter();
    painter.rect_filled(rect, 0.0, cx.theme.panel);
    let stroke = Stroke::new(1.0, cx.theme.line);
    painter.rect_stroke(rect, 0.0, stroke, StrokeKind::Inside);
    let font = FontId::proportional(SMALL);
    let say = |at: Pos2, align: Align2, words: &str| {
        painter.text(at, align, words, font.clone(), cx.theme.weak);
    };
    let (across, decimals) = round_numbers(view.across);
    for value in across {
        let x = view.at([value, view.up[0]], rect).x;
        painter.vline(x, rect.y_range(), stroke);
        let number = cx.texts.number(&format!("{value:.decimals$}"));
        say(pos2(x, rect.bottom() + HALF), Align2::CENTER_TOP, &number);
    }
    let (up, decimals) = round_numbers(view.up);
    for value in up {
        let y = view.at([view.across[0], value], rect).y;
        painter.hline(rect.x_range(), y, stroke);
        let number = cx.texts.number(&format!("{value:.decimals$}"));
        say(pos2(rect.left() - HALF, y), Align2::RIGHT_CENTER, &number);
    }
    let below = pos2(rect.right(), outer.bottom());
    say(below, Align2::RIGHT_BOTTOM, names[0]);
    say(outer.left_top(), Align2::LEFT_TOP, names[1]);
}

#[cfg(test)]
mod tests {
    use super::*;

    const RECT: Rect = Rect {
        min: Pos2::new(10.0, 20.0),
        max: Pos2::new(110.0, 70.0),
    };

    fn view() -> View {
        View {
            across: [0.0, 10.0],
            up: [-1.0, 1.0],
        }
    }

    #[test]
    fn a_scale_has_round_numbers_within_its_range() {
        assert_eq!(round_numbers([0.9, 3.1]).0, [1.0, 1.5, 2.0, 2.5, 3.0]);
        let (numbers, decimals) = round_numbers([-0.02, 0.11]);
        assert_eq!((numbers.len(), decimals), (3, 2));
        assert!(round_numbers([2.0, 2.0]).0.is_empty());
    }

    #[test]
    fn zooming_leaves_the_place_under_the_pointer_where_it_is() {
        let point = [2.5, 0.5];
        let before = view().at(point, RECT);
        let after = view().zoomed(3.0, before, RECT).at(point, RECT);
        assert!(before.distance(after) < 1e-3, "{before:?} {after:?}");
    }

    #[test]
    fn a_hand_takes_the_plane_with_it() {
        let before = view().at([1.0, 0.0], RECT);
        let after = view().moved(vec2(7.0, -3.0), RECT).at([1.0, 0.0], RECT);
        assert!((after - before - vec2(7.0, -3.0)).length() < 1e-3);
    }

    #[test]
    fn all_points_are_seen_at_the_beginning() {
        let series = [Series {
            name: String::new(),
            colour: Color32::WHITE,
            points: vec![[1.0, 5.0], [3.0, -2.0]],
            joined: true,
        }];
        let view = View::of(&series);
        let inside = |point| RECT.contains(view.at(point, RECT));
        assert!(series[0].points.iter().all(|point| inside(*point)));
    }
}
