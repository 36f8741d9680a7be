//! The theme: colours from one file, sizes from one grid. Panels ask for what a colour is for, never for a colour.

use std::collections::BTreeMap;
use std::sync::Arc;

use eframe::egui::{
    self, Color32, CornerRadius, FontData, FontDefinitions, FontFamily, FontId, Stroke, TextStyle,
    Visuals,
};
use serde::Deserialize;

/// Which of the three.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Shade {
    /// surround of L* 20
    #[default]
    Dark,
    /// surround of L* 50, for judging colour
    Grey,
    /// surround of L* 92
    Light,
}

impl Shade {
    /// All, in the order of the menu.
    pub(crate) const ALL: [Self; 3] = [Self::Dark, Self::Grey, Self::Light];
    /// Its key in the theme file and among the texts.
    pub(crate) fn id(self) -> &'static str {
        ["dark", "grey", "light"][self as usize]
    }
}

/// What each colour is for; see `assets/theme/theme.toml`.
#[derive(Clone, Debug)]
pub(crate) struct Theme {
    pub(crate) shade: Shade,
    pub(crate) surround: Color32,
    pub(crate) panel: Color32,
    pub(crate) raised: Color32,
    pub(crate) hover: Color32,
    pub(crate) line: Color32,
    pub(crate) text: Color32,
    pub(crate) weak: Color32,
    pub(crate) accent: Color32,
    pub(crate) on_accent: Color32,
    pub(crate) scores: Vec<Color32>,
    pub(crate) good: Color32,
    pub(crate) bad: Color32,
    pub(crate) unknown: Color32,
    pub(crate) evidence: Color32,
    pub(crate) mask: Color32,
    pub(crate) blown: Color32,
    pub(crate) crushed: Color32,
}

/// Half a step of the grid, points.
pub(crate) const HALF: f32 = 4.0;
/// A step of the grid, points.
pub(crate) const GRID: f32 = 8.0;
/// Height of buttons and fields, points.
pub(crate) const CONTROL: f32 = 28.0;
/// Sizes of text, points.
pub(crate) const SMALL: f32 = 12.0;
/// Sizes of text, points.
pub(crate) const BODY: f32 = 14.0;
/// Sizes of text, points.
pub(crate) const TITLE: f32 = 20.0;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Colours {
    surround: String,
    panel: String,
    raised: String,
    hover: String,
    line: String,
    text: String,
    weak: String,
    accent: String,
    on_accent: String,
    scores: Vec<String>,
    good: String,
    bad: String,
    unknown: String,
    evidence: String,
    mask: String,
    blown: String,
    crushed: String,
}

impl Theme {
    /// From the file that is built in.
    pub(crate) fn of(shade: Shade) -> Self {
        let mut all: BTreeMap<String, Colours> =
            toml::from_str(include_str!("../../../assets/theme/theme.toml")).unwrap_or_default();
        let colours = all.remove(shade.id());
        // a test reads the file, so it cannot be wrong in a build that shipped
        let colours = colours.unwrap_or_else(|| unreachable!("the theme file has every shade"));
        let c = |text: &String| Color32::from_hex(text).unwrap_or(Color32::GRAY);
        Self {
            shade,
            surround: c(&colours.surround),
            panel: c(&colours.panel),
            raised: c(&colours.raised),
            hover: c(&colours.hover),
            line: c(&colours.line),
            text: c(&colours.text),
            weak: c(&colours.weak),
            accent: c(&colours.accent),
            on_accent: c(&colours.on_accent),
            scores: colours.scores.iter().map(c).collect(),
            good: c(&colours.good),
            bad: c(&colours.bad),
            unknown: c(&colours.unknown),
            evidence: c(&colours.evidence),
            mask: c(&colours.mask),
            blown: c(&colours.blown),
            crushed: c(&colours.crushed),
        }
    }
    /// Colour of a score in [0, 1]. Always beside its number.
    pub(crate) fn score(&self, value: f32) -> Color32 {
        let last = self.scores.len().saturating_sub(1);
        let at = value.clamp(0.0, 1.0) * last as f32;
        let (low, high) = (
            self.scores[at.floor() as usize],
            self.scores[at.ceil() as usize],
        );
        low.lerp_to_gamma(high, at.fract())
    }
    /// Makes egui look like this.
    pub(crate) fn apply(&self, ctx: &egui::Context) {
        let mut visuals = match self.shade {
            Shade::Dark | Shade::Grey => Visuals::dark(),
            Shade::Light => Visuals::light(),
        };
        let round = CornerRadius::same(4);
        visuals.panel_fill = self.panel;
        visuals.window_fill = self.panel;
        visuals.window_stroke = Stroke::new(1.0, self.line);
        visuals.extreme_bg_color = self.raised;
        visuals.text_edit_bg_color = Some(self.raised);
        visuals.faint_bg_color = self.hover;
        visuals.override_text_color = Some(self.text);
        visuals.hyperlink_color = self.accent;
        visuals.selection.bg_fill = self.accent.gamma_multiply(0.35);
        visuals.selection.stroke = Stroke::new(1.0, self.accent);
        visuals.warn_fg_color = self.bad;
        visuals.error_fg_color = self.bad;
        visuals.slider_trailing_fill = true;
        for (widget, fill) in [
            (&mut visuals.widgets.noninteractive, self.panel),
            (&mut visuals.widgets.inactive, self.raised),
            (&mut visuals.widgets.hovered, self.hover),
            (&mut visuals.widgets.active, self.hover),
            (&mut visuals.widgets.open, self.hover),
        ] {
            widget.bg_fill = fill;
            widget.weak_bg_fill = fill;
            widget.corner_radius = round;
            widget.fg_stroke = Stroke::new(1.0, self.text);
            widget.bg_stroke = Stroke::new(1.0, self.line);
            widget.expansion = 0.0;
        }
        visuals.widgets.hovered.bg_stroke = Stroke::new(1.0, self.weak);
        visuals.widgets.active.bg_stroke = Stroke::new(1.0, self.accent);
        ctx.set_theme(if self.shade == Shade::Light {
            egui::Theme::Light
        } else {
            egui::Theme::Dark
        });
        ctx.all_styles_mut(|style| {
            style.visuals = visuals.clone();
            style.spacing.item_spacing = egui::vec2(GRID, HALF);
            style.spacing.button_padding = egui::vec2(GRID, HALF);
            style.spacing.interact_size = egui::vec2(CONTROL, CONTROL);
            style.spacing.slider_width = 140.0;
            style.animation_time = 0.12;
            let small = FontId::proportional(SMALL);
            style.text_styles.insert(TextStyle::Small, small);
            for text in [TextStyle::Body, TextStyle::Button] {
                style.text_styles.insert(text, FontId::proportional(BODY));
            }
            style
                .text_styles
                .insert(TextStyle::Monospace, FontId::monospace(SMALL));
            style
                .text_styles
                .insert(TextStyle::Heading, FontId::new(TITLE, semibold()));
        });
    }
}

/// The family of headings.
pub(crate) fn semibold() -> FontFamily {
    FontFamily::Name("semibold".into())
}

/// Inter, with the icons, behind it what egui and the system have for other scripts.
pub(crate) fn install_fonts(ctx: &egui::Context) {
    let mut fonts = FontDefinitions::default();
    let add = |fonts: &mut FontDefinitions, name: &str, bytes: &'static [u8]| {
        let data = FontData::from_static(bytes);
        fonts.font_data.insert(name.to_owned(), Arc::new(data));
    };
    add(
        &mut fonts,
        "inter",
        include_bytes!("../../../assets/fonts/Inter-Regular.otf"),
    );
    add(
        &mut fonts,
        "inter-semibold",
        include_bytes!("../../../assets/fonts/Inter-SemiBold.otf"),
    );
    let fallback = fonts
        .families
        .get(&FontFamily::Proportional)
        .cloned()
        .unwrap_or_default();
    let with = |first: &str| -> Vec<String> {
        std::iter::once(first.to_owned())
            .chain(fallback.iter().cloned())
            .collect()
    };
    fonts
        .families
        .insert(FontFamily::Proportional, with("inter"));
    fonts.families.insert(semibold(), with("inter-semibold"));
    // as `egui_material_icons::initialize` does it, which would not do it again where the fonts are set anew
    let icons = egui_material_icons::font_insert();
    fonts
        .font_data
        .insert(icons.name.clone(), Arc::new(icons.data));
    let icons_alone = FontFamily::Name(egui_material_icons::FONT_FAMILY.into());
    fonts.families.insert(icons_alone, vec![icons.name]);
    ctx.set_fonts(fonts);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn luminance(colour: Color32) -> f32 {
        let [r, g, b, _] = egui::Rgba::from(colour).to_array();
        0.2126 * r + 0.7152 * g + 0.0722 * b
    }

    fn contrast(a: Color32, b: Color32) -> f32 {
        let (a, b) = (luminance(a) + 0.05, luminance(b) + 0.05);
        a.max(b) / a.min(b)
    }

    #[test]
    fn text_can_be_read_on_every_surface() {
        for theme in Shade::ALL.map(Theme::of) {
            for surface in [theme.panel, theme.raised] {
                for text in [theme.text, theme.weak, theme.good, theme.bad, theme.unknown] {
                    let ratio = contrast(text, surface);
                    assert!(
                        ratio >= 4.0,
                        "{:?} {text:?} on {surface:?}: {ratio:.1}",
                        theme.shade
                    );
                }
            }
        }
    }

    #[test]
    fn surfaces_have_no_colour() {
        for theme in Shade::ALL.map(Theme::of) {
            for surface in [
                theme.surround,
                theme.panel,
                theme.raised,
                theme.hover,
                theme.line,
            ] {
                let [r, g, b, _] = surface.to_array();
                assert!(r == g && g == b);
            }
        }
    }

    #[test]
    fn scores_can_be_told_apart_by_lightness_alone() {
        for theme in Shade::ALL.map(Theme::of) {
            let light: Vec<f32> = [0.0, 0.25, 0.5, 0.75, 1.0]
                .map(|value| luminance(theme.score(value)))
                .to_vec();
            assert!(light.is_sorted(), "{:?} {light:?}", theme.shade);
        }
    }
}
