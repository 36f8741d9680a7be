//! How the next export is written. Kept from one export to the next, but for the destination.

use std::path::{Path, PathBuf};

use retake_engine::Take;
use retake_files::save::{Format, MetadataPolicy, OutputSpace};

use crate::cx::Cx;

/// Which takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum What {
    /// the one that is looked at
    #[default]
    This,
    /// all that were picked
    Picked,
}

/// How large.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Size {
    /// as the photo
    #[default]
    Full,
    /// at most so long
    Edge,
}

/// See the module.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(super) what: What,
    pub(super) format: Format,
    /// 1 to 100, for lossy formats
    pub(super) quality: u8,
    pub(super) space: OutputSpace,
    pub(super) size: Size,
    /// the long edge as it is typed, px
    pub(super) edge: String,
    pub(super) metadata: MetadataPolicy,
    /// the file, or the folder for several, as it is typed
    pub(super) to: String,
    /// these are there and may be replaced if the button is pressed again
    pub(super) replace: Option<Vec<PathBuf>>,
    /// why it cannot be written there, in a sentence
    pub(super) refused: Option<String>,
}

impl Default for Plan {
    fn default() -> Self {
        Self {
            what: What::This,
            format: Format::Jpeg,
            quality: 92,
            space: OutputSpace::Srgb,
            size: Size::Full,
            edge: "2048".to_owned(),
            metadata: MetadataPolicy::Keep,
            to: String::new(),
            replace: None,
            refused: None,
        }
    }
}

impl Plan {
    /// Only JPEG loses anything: WebP is written without loss.
    pub(super) fn is_lossy(&self) -> bool {
        self.format == Format::Jpeg
    }
    /// The long edge in px, when it is asked for.
    pub(super) fn long_edge(&self) -> Option<usize> {
        match self.size {
            Size::Full => None,
            Size::Edge => self.edge.trim().parse().ok().filter(|edge| *edge > 0),
        }
    }
    /// False while what is typed as the long edge is no number.
    pub(super) fn edge_is_sound(&self) -> bool {
        self.size == Size::Full || self.long_edge().is_some()
    }
    /// Width and height of the export at the asked long edge; never larger than the edit.
    pub(super) fn small_size(&self, full: (usize, usize)) -> Option<(usize, usize)> {
        let (width, height) = full;
        let long = width.max(height).max(1);
        let edge = self.long_edge()?.min(long);
        let scaled = |side: usize| ((side * edge) as f64 / long as f64).round().max(1.0) as usize;
        Some((scaled(width), scaled(height)))
    }
    /// A destination beside the photo.
    pub(super) fn begin(&mut self, cx: &Cx<'_>, take: &Take) {
        self.replace = None;
        self.refused = None;
        let folder = home_of(cx);
        let to = match self.what {
            What::Picked => folder,
            What::This => {
                let extension = self.format.info().extension;
                let name = format!("{}-take-{}.{extension}", stem(cx), take.index + 1);
                folder.join(name)
            }
        };
        self.to = to.display().to_string();
    }
    /// A destination from the system's dialog.
    pub(crate) fn aim_at(&mut self, to: &Path) {
        self.to = to.display().to_string();
        self.replace = None;
        self.refused = None;
    }
    /// The file's ending follows the format.
    pub(super) fn rename(&mut self) {
        self.replace = None;
        self.refused = None;
        let path = Path::new(self.to.trim());
        let ending = path.extension().map(|ending| ending.to_string_lossy());
        let known = ending.is_some_and(|ending| Format::from_id(&ending).is_some());
        if self.what == What::This && known {
            let path = path.with_extension(self.format.info().extension);
            self.to = path.display().to_string();
        }
    }
    /// Where it goes: relative to the photo's folder, `~` is home; a file without an ending gets the format's.
    pub(super) fn path(&self, cx: &Cx<'_>) -> PathBuf {
        let typed = self.to.trim();
        let path = match (typed.strip_prefix("~/"), std::env::home_dir()) {
            (Some(rest), Some(home)) => home.join(rest),
            _ => home_of(cx).join(typed),
        };
        match self.what {
            What::This if path.extension().is_none() && !path.is_dir() => {
                path.with_extension(self.format.info().extension)
            }
            _ => path,
        }
    }
}

/// The photo's folder, else the working folder.
fn home_of(cx: &Cx<'_>) -> PathBuf {
    cx.session()
        .and_then(|session| session.path.as_deref()?.parent())
        .map(Path::to_owned)
        .or_else(|| std::env::current_dir().ok())
        .unwrap_or_default()
}

/// The photo's name without its ending.
pub(super) fn stem(cx: &Cx<'_>) -> String {
    cx.session()
        .and_then(|session| session.path.as_deref()?.file_stem())
        .map_or_else(
            || "picture".to_owned(),
            |stem| stem.to_string_lossy().into_owned(),
        )
}

#[cfg(test)]
mod plan_tests {
    use super::*;

    #[test]
    fn the_ending_follows_the_format_and_nothing_else_changes() {
        let mut plan = Plan {
            to: "/a/my.photo-take-1.jpeg".to_owned(),
            format: Format::Tiff,
            ..Plan::default()
        };
        plan.rename();
        assert_eq!(plan.to, "/a/my.photo-take-1.tif");
        plan.to = "/a/my.photo".to_owned();
        plan.rename();
        assert_eq!(plan.to, "/a/my.photo");
    }

    #[test]
    fn a_long_edge_never_enlarges() {
        let mut plan = Plan {
            size: Size::Edge,
            edge: "600".to_owned(),
            ..Plan::default()
        };
        assert_eq!(plan.small_size((1200, 800)), Some((600, 400)));
        assert_eq!(plan.small_size((300, 200)), Some((300, 200)));
        plan.edge = "wide".to_owned();
        assert!(!plan.edge_is_sound());
    }
}
