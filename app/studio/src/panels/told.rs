//! What judges told before it became scores, drawn wherever it is looked at: what could have stood where they wrote a score,
//! as bars, and what every pass gave.

use eframe::egui::{
    Align2, FontId, Label, Pos2, Rect, RichText, Role, Sense, Ui, WidgetInfo, pos2, vec2,
};
use retake_core::{Answered, Dimension, Distribution, OverPasses, Raw, by_pass, over_passes};
use serde_json::Value;

use crate::cx::Cx;
use crate::texts::capital;
use crate::theme::{GRID, HALF};

/// The height of the likeliest value's bar, points.
const HEIGHT: f32 = 34.0;
/// Room for the values under the bars, points.
const VALUES: f32 = 13.0;
/// The widest column of one value, and the letters under it, points.
const WIDEST: f32 = 26.0;
const LETTERS: f32 = 10.0;
/// Room for the line of the passes, points.
const PASSES: f32 = 12.0;

/// Who said it: the model, where it is named.
pub(crate) fn judge(raw: &Raw) -> String {
    let model = raw.told.get("model").and_then(Value::as_str);
    model.map_or_else(|| raw.reward.replace('_', " "), str::to_owned)
}

/// The distributions of a reward over all passes, a small chart each. `name` says what a dimension is called.
pub(crate) fn weighed(
    ui: &mut Ui,
    cx: &Cx<'_>,
    answers: &[Answered],
    name: &dyn Fn(&str) -> String,
) {
    for one in over_passes(answers) {
        let title = title(cx, &one, name);
        ui.add(Label::new(RichText::new(&title).small().color(cx.theme.weak)).wrap());
        bars(ui, cx, &one.distribution, &title);
        ui.add_space(HALF);
    }
}

/// "Following: 17.3", "Better, edit 1 before edit 2: 0.7".
fn title(cx: &Cx<'_>, one: &OverPasses, name: &dyn Fn(&str) -> String) -> String {
    let place = |place: usize| (place + 1).to_string();
    let mut what = match one.distribution.dimension.as_str() {
        "" => {
            let number = place(one.distribution.place);
            cx.texts.with("told_score", &[("number", &number)])
        }
        dimension => capital(&name(dimension)),
    };
    if let Some((first, second)) = one.between {
        let (first, second) = (place(first), place(second));
        let places = [("first", first.as_str()), ("second", second.as_str())];
        what = format!("{what}, {}", cx.texts.with("told_order", &places));
    }
    let score = cx.texts.number(&format!("{:.2}", one.distribution.score));
    let values = [("name", what.as_str()), ("value", score.as_str())];
    cx.texts.with("inspector_raw_number", &values)
}

/// Values along the scale, each with a bar as high as it is likely beside the others; all else behind them.
fn bars(ui: &mut Ui, cx: &Cx<'_>, weighed: &Distribution, title: &str) {
    let mut values: Vec<(&str, f64)> = weighed.along_the_scale();
    let other = cx.texts.get("told_other");
    if weighed.rest >= 0.005 {
        values.push((other, weighed.rest));
    }
    let column = (ui.available_width() / values.len().max(1) as f32).min(WIDEST);
    let size = vec2(column * values.len() as f32, HEIGHT + VALUES);
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    let percent = |share: f64| cx.texts.number(&format!("{:.1}", share * 100.0));
    let each: Vec<String> = values
        .iter()
        .map(|(value, share)| {
            let places = [("value", *value), ("percent", &percent(*share))];
            cx.texts.with("told_share", &places)
        })
        .collect();
    let spoken = format!("{title}. {}", each.join(", "));
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &spoken));
    let base = rect.top() + HEIGHT;
    let most = values.iter().map(|(_, share)| *share).fold(1e-6, f64::max);
    let painter = ui.painter_at(rect.expand(1.0));
    painter.hline(rect.x_range(), base, (1.0, cx.theme.line));
    for (at, (value, share)) in values.iter().enumerate() {
        let left = rect.left() + at as f32 * column;
        let tall = (HEIGHT - 1.0) * (share / most) as f32;
        let bar = Rect::from_min_max(
            pos2(left + 1.0, base - tall),
            pos2(left + column - 1.0, base),
        );
        let rest = *value == other;
        let colour = if rest {
            cx.theme.weak.gamma_multiply(0.5)
        } else {
            cx.theme.accent
        };
        painter.rect_filled(bar, 1.0, colour);
        let middle = Pos2::new(left + column / 2.0, base + 1.0);
        let letters = if rest { "…" } else { value };
        let font = FontId::proportional(LETTERS);
        painter.text(middle, Align2::CENTER_TOP, letters, font, cx.theme.weak);
    }
    response.on_hover_text(each.join("\n"));
}

/// The canonical dimensions first, in their order.
pub(crate) fn by_place<T>(all: impl IntoIterator<Item = (String, T)>) -> Vec<(String, T)> {
    let mut all: Vec<(String, T)> = all.into_iter().collect();
    all.sort_by_key(|(name, _)| {
        let place = Dimension::CANONICAL.iter().position(|known| known == name);
        place.unwrap_or(Dimension::CANONICAL.len())
    });
    all
}

/// What every pass gave, as dots between nothing and all, where there were several.
pub(crate) fn passes(ui: &mut Ui, cx: &Cx<'_>, told: &Value, name: &dyn Fn(&str) -> String) {
    for (dimension, shares) in by_place(by_pass(told)) {
        if shares.len() < 2 {
            continue;
        }
        let each: Vec<String> = shares
            .iter()
            .map(|share| cx.texts.number(&format!("{share:.2}")))
            .collect();
        let (name, count) = (capital(&name(&dimension)), shares.len().to_string());
        let places = [("name", name.as_str()), ("count", count.as_str())];
        let words = cx.texts.with("told_passes", &places);
        ui.add(Label::new(RichText::new(&words).small().color(cx.theme.weak)).wrap());
        let size = vec2(ui.available_width().min(180.0), PASSES);
        let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
        let values = format!("{words}: {}", each.join(", "));
        response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &values));
        let line = rect.shrink2(vec2(HALF, 0.0));
        let painter = ui.painter();
        painter.hline(line.x_range(), line.center().y, (1.0, cx.theme.line));
        for share in &shares {
            let at = line.left() + line.width() * (*share as f32).clamp(0.0, 1.0);
            let colour = cx.theme.score(*share as f32);
            painter.circle_filled(Pos2::new(at, line.center().y), 3.5, colour);
        }
        response.on_hover_text(each.join(", "));
        ui.add_space(GRID / 4.0);
    }
}
