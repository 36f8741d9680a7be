//! The look: what of the window is not worth undoing. Where one looks, how far in, which panels are open.

use std::collections::BTreeMap;

use eframe::egui::{Pos2, Vec2};
use retake_engine::TakeId;

use crate::theme::Shade;

/// How pictures are held against each other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) enum Compare {
    /// the take alone
    #[default]
    Off,
    /// before on one side of a line, after on the other
    Wipe,
    /// beside each other
    Side,
    /// one half-transparent over the other
    Overlay,
    /// in turn
    Flicker,
    /// CIEDE2000 between them as a heat map
    Difference,
}

impl Compare {
    /// Its key among the texts.
    pub(crate) fn id(self) -> &'static str {
        [
            "compare_off",
            "compare_wipe",
            "compare_side",
            "compare_overlay",
            "compare_flicker",
            "compare_difference",
        ][self as usize]
    }
}

/// What a take is held against.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) enum Against {
    /// the photo as it was opened
    #[default]
    Original,
    /// the best take, or the second best for the best itself
    Best,
    /// the picked takes: up to four beside each other, else the first of the others
    Picked,
}

/// How the contact sheet is sorted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Sort {
    /// as they were made
    #[default]
    Made,
    /// best first
    Overall,
    /// by one dimension, best first
    Dimension(String),
}

/// The least that takes must have to be shown, 0 to 1, by dimension; `None` is the overall score.
pub(crate) type Least = BTreeMap<Option<String>, f32>;

/// Which takes the contact sheet shows, by what was said of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Filter {
    /// every one
    #[default]
    All,
    /// those that were picked
    Picked,
    /// those that were not rejected
    NotRejected,
    /// those with at least three stars
    Starred,
}

/// Zoom: fit, or so many screen pixels a photo pixel.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) enum Zoom {
    /// the whole picture
    #[default]
    Fit,
    /// screen pixels a photo pixel: 1 is 100 %
    Scale(f32),
}

/// What a hand on the photo does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Tool {
    /// pan
    #[default]
    Hand,
    /// paint where the next instruction may apply
    Brush,
    /// take away from it
    Eraser,
    /// a linear gradient
    Linear,
    /// an ellipse
    Radial,
    /// tones like the one under the pointer
    Range,
}

/// Something over everything else.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Sheet {
    /// nothing
    #[default]
    None,
    /// every command by its name
    Palette,
    /// every shortcut
    Shortcuts,
    /// formats and metadata
    Export,
    /// theme, scale, language, keys
    Settings,
    /// the path of a model's folder
    Model,
    /// how the chosen model works
    Tuning,
    /// who scores beside the measures
    Judges,
}

/// Which half of the window is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) enum Room {
    /// photos are edited
    #[default]
    Studio,
    /// rewards are held against people
    Lab,
}

/// A tab of the inspector.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Tab {
    /// why it got its score
    #[default]
    Why,
    /// its sliders
    Recipe,
    /// all candidates against each other
    Group,
    /// the steps
    History,
}

/// A part of a scorecard whose map lies over the photo.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Evidence {
    /// which dimension
    pub(crate) dimension: String,
    /// which of its reasons; `None` for the whole dimension
    pub(crate) reason: Option<usize>,
}

/// See the module.
#[derive(Clone, Debug)]
pub(crate) struct Look {
    /// the take that is looked at; `None` is the leader, or the photo
    pub(crate) focus: Option<TakeId>,
    /// the photo instead of the take, while a key is held or after it was tapped
    pub(crate) original: bool,
    /// how takes are held against the photo
    pub(crate) compare: Compare,
    /// position of the wipe, 0 to 1 of the view
    pub(crate) wipe: f32,
    /// direction of the wipe, degrees clockwise from upright
    pub(crate) wipe_angle: f32,
    /// see there; the same for every pane
    pub(crate) zoom: Zoom,
    /// middle of the view, as shares of the picture
    pub(crate) centre: Pos2,
    /// survey: the sheet fills the window
    pub(crate) survey: bool,
    /// go on to the next take after a mark
    pub(crate) auto_advance: bool,
    /// see there
    pub(crate) sort: Sort,
    /// see there
    pub(crate) filter: Filter,
    /// see there; what is not in it is not asked for
    pub(crate) least: Least,
    /// the map over the photo, from where the pointer is
    pub(crate) evidence: Option<Evidence>,
    /// clipped pixels are marked
    pub(crate) clipping: bool,
    /// the histogram is open
    pub(crate) histogram: bool,
    /// see there
    pub(crate) tool: Tool,
    /// the painted mask is shown over the photo
    pub(crate) mask_shown: bool,
    /// radius of the brush, share of the picture's long edge
    pub(crate) brush: f32,
    /// soft edge of the brush and of shapes, 0 hard to 1
    pub(crate) feather: f32,
    /// see there
    pub(crate) sheet: Sheet,
    /// see there
    pub(crate) tab: Tab,
    /// the inspector is open
    pub(crate) inspector: bool,
    /// the filmstrip and the contact sheet are open
    pub(crate) panels: bool,
    /// the instruction line wants the keyboard
    pub(crate) wants_line: bool,
    /// the menu of editors is to open
    pub(crate) wants_editor: bool,
    /// see there
    pub(crate) shade: Shade,
    /// ISO 639-1 code
    pub(crate) language: String,
    /// size of everything
    pub(crate) scale: f32,
    /// "system", "srgb", or the path of the screen's ICC profile
    pub(crate) screen: String,
    /// nothing moves by itself
    pub(crate) reduced_motion: bool,
    /// a copied recipe
    pub(crate) recipe: Option<serde_json::Value>,
    /// instructions that were run, oldest first
    pub(crate) said: Vec<String>,
    /// what the take is held against
    pub(crate) against: Against,
    /// of the overlay, 0 to 1
    pub(crate) opacity: f32,
    /// where the draft's words mean is shown
    pub(crate) region_shown: bool,
    /// what the viewer remembers from frame to frame
    pub(crate) hand: crate::panels::viewer::Hand,
    /// last size of the viewer, points
    pub(crate) viewer: Vec2,
    // inspector, sheets over everything, export
    /// what the inspector remembers
    pub(crate) inspect: crate::panels::inspector::State,
    /// what the sheets over everything remember
    pub(crate) over: crate::panels::over::State,
    /// how the next export is written
    pub(crate) export: crate::panels::export::Plan,
    /// text on its way to the system's clipboard
    pub(crate) clipboard: Option<String>,
    /// a recipe came in as text and is to be pasted
    pub(crate) recipe_came_in: bool,
    // the lab
    /// see there
    pub(crate) room: Room,
    /// what the lab's panels remember
    pub(crate) lab: crate::panels::lab::State,
}

impl Default for Look {
    fn default() -> Self {
        Self {
            focus: None,
            original: false,
            compare: Compare::Off,
            wipe: 0.5,
            wipe_angle: 0.0,
            zoom: Zoom::Fit,
            centre: Pos2::new(0.5, 0.5),
            survey: false,
            auto_advance: true,
            sort: Sort::Made,
            filter: Filter::All,
            least: Least::new(),
            evidence: None,
            clipping: false,
            histogram: false,
            tool: Tool::Hand,
            mask_shown: false,
            brush: 0.06,
            feather: 0.5,
            sheet: Sheet::None,
            tab: Tab::Why,
            inspector: true,
            panels: true,
            wants_line: true,
            wants_editor: false,
            shade: Shade::Dark,
            language: "en".to_owned(),
            scale: 1.0,
            screen: crate::screen::SYSTEM.to_owned(),
            reduced_motion: false,
            recipe: None,
            said: Vec::new(),
            against: Against::Original,
            opacity: 0.5,
            region_shown: false,
            hand: crate::panels::viewer::Hand::default(),
            viewer: Vec2::ZERO,
            inspect: crate::panels::inspector::State::default(),
            over: crate::panels::over::State::default(),
            export: crate::panels::export::Plan::default(),
            clipboard: None,
            recipe_came_in: false,
            room: Room::Studio,
            lab: crate::panels::lab::State::default(),
        }
    }
}
