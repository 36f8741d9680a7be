//! What kind of edit a sentence asks for, in the taxonomy of Pico-Banana-400K (arXiv 2510.19808, table 1: 35 kinds in eight
//! categories), for data sets that do not say. Rules over words, the most particular first; what no rule knows is read with
//! the instruction lexicon. A guess: on rows whose kind is stored, [`agrees`] says whether it would have been right.

mod asked;
mod rules;
mod words;

use serde::Serialize;

use crate::case::Case;
use asked::Asked;

/// A kind of edit.
#[derive(Debug, PartialEq, Eq)]
pub struct EditType {
    /// short name
    pub id: &'static str,
    /// as it is published
    pub name: &'static str,
    /// the group of kinds that it belongs to
    pub category: &'static str,
}

const PIXEL: &str = "Pixel & Photometric";
const OBJECT: &str = "Object-Level Semantic";
const SCENE: &str = "Scene Composition & Multi-Subject";
const STYLE: &str = "Stylistic";
const TEXT: &str = "Text & Symbol";
const HUMAN: &str = "Human-Centric";
const SCALE: &str = "Scale & Perspective";
const SPACE: &str = "Spatial/Layout";

const fn kind(id: &'static str, name: &'static str, category: &'static str) -> EditType {
    EditType { id, name, category }
}

/// All kinds, in the published order. Brightness, which the published table has no kind of its own for, counts as lighting;
/// contrast and saturation of a whole picture count as its tone.
#[rustfmt::skip]
pub const TYPES: &[EditType] = &[
    kind("tone", "Change overall color tone (warm ↔ cool)", PIXEL),
    kind("grain", "Add film grain or vintage filter", PIXEL),
    kind("add", "Add a new object to the scene", OBJECT),
    kind("remove", "Remove an existing object", OBJECT),
    kind("replace", "Replace one object category with another", OBJECT),
    kind("attribute", "Change an object's attribute (e.g., color/material)", OBJECT),
    kind("relocate", "Relocate an object (change its position/spatial relation)", OBJECT),
    kind("resize", "Change the size/shape/orientation of an object", OBJECT),
    kind("background", "Add new scene context/background", SCENE),
    kind("season", "Apply seasonal transformation (summer ↔ winter)", SCENE),
    kind("weather", "Change weather conditions (sunny/rainy/snowy)", SCENE),
    kind("lighting", "Adjust global lighting (e.g., golden hour, fluorescent)", SCENE),
    kind("art", "Strong artistic style transfer (e.g., Van Gogh/anime/etc.)", STYLE),
    kind("cartoon", "Photo to cartoon/sketch/comic", STYLE),
    kind("historical", "Modern ↔ historical style/look", STYLE),
    kind("text_replace", "Replace text in signs/posters/billboards", TEXT),
    kind("text_add", "Add new (handwritten/printed/etc) text", TEXT),
    kind("font", "Change font style or color of visible text if there is text", TEXT),
    kind("translate", "Translate written text into other languages", TEXT),
    kind("accessory", "Add/Remove/Replace accessories (glasses, hats, jewelry, masks)", HUMAN),
    kind("clothing", "Clothing edit (change color/outfit)", HUMAN),
    kind("pose", "Pose tweak (minor plausible change)", HUMAN),
    kind("expression", "Modify expressions (smile, frown, neutral)", HUMAN),
    kind("age", "Change age / gender", HUMAN),
    kind("anime", "Convert person to 2D anime/manga style (identity-preserving)", HUMAN),
    kind("pixar", "Convert person to Pixar/Disney-like 3D cartoon look", HUMAN),
    kind("comic", "Convert person to Western comic cel-shaded style", HUMAN),
    kind("lineart", "Line-art ink sketch of the person", HUMAN),
    kind("sticker", "Sticker-ify the person with bold outline and white border", HUMAN),
    kind("caricature", "Caricature with mild feature exaggeration (keep identity)", HUMAN),
    kind("funko", "Funko-Pop–style toy figure of the person", HUMAN),
    kind("lego", "LEGO-minifigure rendition of the person", HUMAN),
    kind("simpsons", "Simpsonize the person (yellow-skin cartoon style)", HUMAN),
    kind("zoom", "Zoom in", SCALE),
    kind("outpaint", "Outpainting (extend canvas beyond boundaries)", SPACE),
];

/// What other data sets call kinds of edit, without what is no letter, and the kinds that may be meant: those of GEdit-Bench
/// and EditScore's bench, ImgEdit, HumanEdit, and older names of Pico-Banana.
const OTHER_NAMES: &[(&str, &[&str])] = &[
    ("backgroundchange", &["background"]),
    ("background", &["background"]),
    ("coloralter", &["attribute", "tone", "clothing"]),
    ("materialalter", &["attribute"]),
    (
        "stylechange",
        &[
            "art",
            "cartoon",
            "historical",
            "anime",
            "pixar",
            "comic",
            "lineart",
            "grain",
        ],
    ),
    (
        "style",
        &[
            "art",
            "cartoon",
            "historical",
            "anime",
            "pixar",
            "comic",
            "lineart",
            "grain",
        ],
    ),
    ("subjectadd", &["add", "accessory"]),
    ("subjectremove", &["remove", "accessory"]),
    ("subjectreplace", &["replace"]),
    ("add", &["add", "accessory", "text_add"]),
    ("remove", &["remove", "accessory"]),
    ("replace", &["replace", "text_replace", "clothing"]),
    ("motionchange", &["pose", "expression"]),
    ("action", &["pose", "expression"]),
    (
        "pshuman",
        &[
            "clothing",
            "accessory",
            "age",
            "expression",
            "pose",
            "attribute",
        ],
    ),
    (
        "textchange",
        &["text_replace", "text_add", "font", "translate"],
    ),
    (
        "tonetransfer",
        &["lighting", "tone", "season", "weather", "grain"],
    ),
    ("adjust", &["attribute", "tone", "lighting", "resize"]),
    ("adjustexposure", &["lighting", "tone"]),
    ("relation", &["relocate"]),
];

/// The kind of edit that a sentence asks for; none where nothing tells.
pub fn guess(instruction: &str) -> Option<&'static EditType> {
    let asked = Asked::new(instruction);
    let id = rules::of(&asked)?;
    TYPES.iter().find(|kind| kind.id == id)
}

/// How a guess ends where it stands for a data set's own word.
const GUESSED: &str = " (guessed)";

impl EditType {
    /// Its name without what is in brackets.
    pub fn short(&self) -> String {
        let (before, bracket) = self.name.split_once(" (").unwrap_or((self.name, ""));
        let after = bracket.split_once(')').map_or("", |(_, after)| after);
        format!("{before}{after}")
    }

    /// What stands in the place of a kind that a data set does not tell: "Remove an existing object (guessed)".
    pub fn as_guess(&self) -> String {
        format!("{}{GUESSED}", self.short())
    }
}

/// The short name of a kind that was guessed; none of what a data set says itself.
pub fn guessed(task: &str) -> Option<&str> {
    task.strip_suffix(GUESSED)
}

/// Whether a kind is one that was guessed, or none.
pub fn is_guess(task: &str) -> bool {
    task.is_empty() || guessed(task).is_some()
}

/// How the kinds of the edits of a data set came to be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Guesses {
    /// rows that told no kind and were given the guessed one
    pub guessed: usize,
    /// rows that told a kind that [`guess`] knows
    pub compared: usize,
    /// those of them that the guess agrees with
    pub agreed: usize,
}

impl Guesses {
    /// Gives a case a kind where it tells none, and counts.
    pub fn fill(&mut self, case: &mut Case) {
        let guessed = guess(&case.instruction);
        if case.task.is_empty() {
            if let Some(kind) = guessed {
                case.task = kind.as_guess();
                self.guessed += 1;
            }
        } else if let Some(agrees) = agrees(&case.task, guessed) {
            self.compared += 1;
            self.agreed += usize::from(agrees);
        }
    }
}

/// Letters and figures of a name up to its bracket, small.
fn bare(name: &str) -> String {
    let name = name.split('(').next().unwrap_or(name);
    name.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

/// Whether a guess is what a data set stores; none where the stored name stands for none of these kinds.
pub fn agrees(stored: &str, guessed: Option<&EditType>) -> Option<bool> {
    let stored_bare = bare(stored);
    let own = TYPES
        .iter()
        .find(|kind| kind.id == stored || bare(kind.name) == stored_bare);
    if let Some(own) = own {
        return Some(guessed == Some(own));
    }
    let (_, meant) = OTHER_NAMES.iter().find(|(name, _)| *name == stored_bare)?;
    Some(guessed.is_some_and(|guessed| meant.contains(&guessed.id)))
}

#[cfg(test)]
mod tests;
