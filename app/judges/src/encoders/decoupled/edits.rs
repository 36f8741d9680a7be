//! What is measured for which kind of edit: the published table of GEditBench v2's region-decoupled preservation (arXiv
//! 2603.28547), and one line of Retake's own for light.

use retake_core::{Instruction, Quantity};

use super::measures::Sort;
use crate::interviews::requirements;

/// A line of the table.
#[derive(Debug)]
pub(super) struct Edit {
    /// for records
    pub(super) id: &'static str,
    /// as a person is told: "a change of colour"
    pub(super) name: &'static str,
    /// what is measured of the area that was not to change
    pub(super) outside: &'static [Sort],
    /// what is measured of the area that was to change
    pub(super) inside: &'static [Sort],
    fits: fn(&Instruction, Option<&str>) -> bool,
}

const COLOURS: &[&str] = &[
    "red",
    "orange",
    "yellow",
    "green",
    "blue",
    "purple",
    "violet",
    "pink",
    "brown",
    "black",
    "white",
    "grey",
    "gray",
    "golden",
    "turquoise",
    "beige",
    "color",
    "colour",
    "recolor",
    "recolour",
    "paint",
    "dye",
    "rot",
    "rote",
    "roten",
    "gelb",
    "gelbe",
    "gelben",
    "grün",
    "grüne",
    "grünen",
    "blau",
    "blaue",
    "blauen",
    "lila",
    "violett",
    "rosa",
    "braun",
    "braune",
    "schwarz",
    "schwarze",
    "weiß",
    "weiße",
    "grau",
    "graue",
    "golden",
    "türkis",
    "farbe",
    "färbe",
    "umfärben",
    "einfärben",
];
const MATERIALS: &[&str] = &[
    "wood",
    "wooden",
    "metal",
    "metallic",
    "steel",
    "glass",
    "marble",
    "stone",
    "leather",
    "gold",
    "silver",
    "plastic",
    "paper",
    "ice",
    "brick",
    "concrete",
    "velvet",
    "holz",
    "hölzern",
    "metall",
    "stahl",
    "glas",
    "marmor",
    "stein",
    "leder",
    "silber",
    "plastik",
    "kunststoff",
    "papier",
    "eis",
    "ziegel",
    "beton",
    "samt",
    "material",
];
const SIZES: &[&str] = &[
    "bigger",
    "larger",
    "smaller",
    "taller",
    "shorter",
    "wider",
    "thinner",
    "enlarge",
    "shrink",
    "resize",
    "size",
    "größer",
    "kleiner",
    "höher",
    "breiter",
    "schmaler",
    "vergrößere",
    "verkleinere",
    "größe",
];

/// Quantities that are colour and leave the structure as it is.
const OF_COLOUR: &[Quantity] = &[
    Quantity::Warmth,
    Quantity::Tint,
    Quantity::Saturation,
    Quantity::Vibrance,
    Quantity::Hue,
    Quantity::Toning,
];

const NEW: &[&str] = &[
    "several",
    "background",
    "text",
    "replacing",
    "adding",
    "removing",
];

/// All lines; the first that fits is taken.
pub(super) const EDITS: &[Edit] = &[
    Edit {
        id: "content",
        name: "something added, removed, replaced or written",
        outside: &[Sort::Perceptual, Sort::Patches, Sort::Structure],
        inside: &[],
        fits: |_, kind| kind.is_some_and(|kind| NEW.contains(&kind)),
    },
    Edit {
        id: "motion",
        name: "another pose or place",
        outside: &[Sort::Perceptual, Sort::OtherFaces],
        inside: &[Sort::Face, Sort::Hair, Sort::Body],
        fits: |_, kind| kind == Some("moving"),
    },
    Edit {
        id: "size",
        name: "another size",
        outside: &[Sort::Perceptual, Sort::Patches],
        inside: &[Sort::SameToClip, Sort::Body],
        fits: |asked, kind| altered(asked, kind, SIZES),
    },
    Edit {
        id: "material",
        name: "another material",
        outside: &[Sort::Perceptual, Sort::Patches],
        inside: &[Sort::Depth, Sort::Form],
        fits: |asked, kind| altered(asked, kind, MATERIALS),
    },
    Edit {
        id: "colour",
        name: "another colour",
        outside: &[Sort::Perceptual, Sort::Patches],
        inside: &[Sort::StructureOfLight, Sort::Form],
        fits: |asked, kind| altered(asked, kind, COLOURS) || only(asked, kind, is_colour),
    },
    // "turn the cat into a dog"
    Edit {
        id: "content",
        name: "something added, removed, replaced or written",
        outside: &[Sort::Perceptual, Sort::Patches, Sort::Structure],
        inside: &[],
        fits: |_, kind| kind == Some("altering"),
    },
    // the published table has no line for light
    Edit {
        id: "light",
        name: "other light or detail in a part of the photo",
        outside: &[Sort::Perceptual, Sort::Patches, Sort::Structure],
        inside: &[],
        fits: |asked, kind| only(asked, kind, |_| true),
    },
];

fn altered(asked: &Instruction, kind: Option<&str>, words: &[&str]) -> bool {
    kind == Some("altering") && requirements::says(asked, words)
}

/// Whether nothing new is asked for, and all that is asked is of a kind.
fn only(asked: &Instruction, kind: Option<&str>, of: fn(Quantity) -> bool) -> bool {
    let goals = &asked.understood.goals;
    kind == Some("tone") && !goals.is_empty() && goals.iter().all(|goal| of(goal.quantity))
}

fn is_colour(quantity: Quantity) -> bool {
    OF_COLOUR.contains(&quantity)
}

/// The line for an instruction; none where the published table has none, as for another style.
pub(super) fn of(asked: &Instruction) -> Option<&'static Edit> {
    let kind = requirements::kind_of(asked);
    EDITS.iter().find(|edit| (edit.fits)(asked, kind))
}

#[cfg(test)]
mod tests {
    use super::*;
    use retake_core::{Generative, Understanding};

    fn line(text: &str, work: &str) -> Option<&'static str> {
        let generative = Generative {
            words: text.to_owned(),
            kind: work.to_owned(),
        };
        let asked = Instruction {
            text: text.to_owned(),
            understood: Understanding {
                generative: vec![generative],
                ..Understanding::default()
            },
            mask: None,
        };
        of(&asked).map(|edit| edit.id)
    }

    #[test]
    fn every_published_kind_of_edit_has_its_line_in_english_and_german() {
        let (add, remove, change) = (
            "adding something",
            "removing something",
            "changing what something is",
        );
        for (text, work, wanted) in [
            ("add a dog", add, Some("content")),
            ("entferne das Auto", remove, Some("content")),
            ("replace the cat with a dog", change, Some("content")),
            ("change the text to OPEN", change, Some("content")),
            ("turn the cat into a dog", change, Some("content")),
            ("make the car red", change, Some("colour")),
            ("färbe das Kleid rot", change, Some("colour")),
            ("make the table wooden", change, Some("material")),
            ("mach den Tisch aus Holz", change, Some("material")),
            ("make the house bigger", change, Some("size")),
            ("mach das Haus größer", change, Some("size")),
            ("raise her left arm", change, Some("motion")),
            ("turn it into a watercolor", change, None),
        ] {
            assert_eq!(line(text, work), wanted, "{text}");
        }
    }
}
