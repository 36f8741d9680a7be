//! What kind of edit an instruction asks for, since some judges (UniWorld-V2, ImgEdit) are asked otherwise about each kind. A
//! rubric's `[requirements]` has a text a kind; the first kind of the table that fits and has a text is taken, else `any`.

use std::collections::BTreeMap;

use retake_core::Instruction;

use super::words_of;

/// A row of the table.
struct Kind {
    id: &'static str,
    fits: fn(&Asked<'_>) -> bool,
}

/// An instruction as the table looks at it.
struct Asked<'a> {
    instruction: &'a Instruction,
    /// its words in small letters, between spaces
    words: String,
}

/// What a text for all other edits is called.
const ANY: &str = "any";

const BACKGROUND: &[&str] = &[
    "background",
    "backdrop",
    "hintergrund",
    "arrière plan",
    "fondo",
    "背景",
];
const CUT_OUT: &[&str] = &[
    "extract",
    "cut out",
    "isolate",
    "freistellen",
    "stelle frei",
    "détourer",
    "recortar",
    "抠图",
];
const STYLE: &[&str] = &[
    "style",
    "painting",
    "watercolor",
    "watercolour",
    "sketch",
    "drawing",
    "cartoon",
    "anime",
    "stil",
    "gemälde",
    "aquarell",
    "zeichnung",
    "peinture",
    "pintura",
    "acuarela",
    "风格",
    "水彩",
];
const MOTION: &[&str] = &[
    "move",
    "raise",
    "lift",
    "turn around",
    "pose",
    "wave",
    "smile",
    "jump",
    "sit",
    "bewege",
    "hebe",
    "lächeln",
    "lève",
    "bouge",
    "sourire",
    "mueve",
    "levanta",
    "sonría",
    "移动",
    "举起",
    "微笑",
];
const LETTERS: &[&str] = &[
    "text",
    "word",
    "words",
    "letters",
    "sign",
    "caption",
    "title",
    "schrift",
    "schriftzug",
    "texte",
    "texto",
    "letrero",
    "文字",
];
const INSTEAD: &[&str] = &[
    "replace",
    "swap",
    "instead of",
    "ersetze",
    "tausche",
    "remplace",
    "sustituye",
    "reemplaza",
    "替换",
];

/// All kinds, what is most particular first.
const KINDS: &[Kind] = &[
    Kind {
        id: "several",
        fits: |asked| asked.instruction.understood.generative.len() > 1,
    },
    Kind {
        id: "extracting",
        fits: |asked| asked.says(CUT_OUT),
    },
    Kind {
        id: "background",
        fits: |asked| asked.wants_new() && asked.says(BACKGROUND),
    },
    Kind {
        id: "text",
        fits: |asked| asked.wants_new() && asked.says(LETTERS),
    },
    Kind {
        id: "style",
        fits: |asked| asked.wants_new() && asked.says(STYLE),
    },
    Kind {
        id: "replacing",
        fits: |asked| asked.wants_new() && asked.says(INSTEAD),
    },
    Kind {
        id: "adding",
        fits: |asked| asked.is_kind("adding"),
    },
    Kind {
        id: "removing",
        fits: |asked| asked.is_kind("removing"),
    },
    Kind {
        id: "moving",
        fits: |asked| asked.wants_new() && asked.says(MOTION),
    },
    Kind {
        id: "altering",
        fits: |asked| asked.is_kind("changing"),
    },
    Kind {
        id: "tone",
        fits: |asked| !asked.wants_new(),
    },
];

impl<'a> Asked<'a> {
    fn of(instruction: &'a Instruction) -> Self {
        let plain: String = words_of(instruction)
            .to_lowercase()
            .chars()
            .map(|letter| {
                if letter.is_alphanumeric() {
                    letter
                } else {
                    ' '
                }
            })
            .collect();
        Self {
            instruction,
            words: format!(
                " {} ",
                plain.split_whitespace().collect::<Vec<_>>().join(" ")
            ),
        }
    }

    /// Whether it asks for what no recipe can do, as far as it was understood.
    fn wants_new(&self) -> bool {
        let understood = &self.instruction.understood;
        !understood.generative.is_empty() || understood.goals.is_empty()
    }

    fn is_kind(&self, beginning: &str) -> bool {
        let generative = self.instruction.understood.generative.iter();
        generative
            .into_iter()
            .any(|one| one.kind.starts_with(beginning))
    }

    /// Whether one of these is among its words; Chinese has no spaces between them.
    fn says(&self, words: &[&str]) -> bool {
        words.iter().any(
            |word| match word.is_ascii() || word.chars().all(is_letter) {
                true => self.words.contains(&format!(" {word} ")),
                false => self.words.contains(word),
            },
        )
    }
}

/// A letter of a script that puts spaces between words.
fn is_letter(letter: char) -> bool {
    letter == ' ' || letter.is_alphabetic() && letter < '\u{3000}'
}

/// Whether a rubric may have a text under this name.
pub(crate) fn is_known(id: &str) -> bool {
    id == ANY || KINDS.iter().any(|kind| kind.id == id)
}

/// All names, for sentences.
pub(crate) fn known() -> Vec<&'static str> {
    KINDS.iter().map(|kind| kind.id).chain([ANY]).collect()
}

/// The kind that an instruction is of, by the first row that fits; none of one that says nothing known.
pub(crate) fn kind_of(instruction: &Instruction) -> Option<&'static str> {
    let asked = Asked::of(instruction);
    let fitting = KINDS.iter().find(|kind| (kind.fits)(&asked));
    fitting.map(|kind| kind.id)
}

/// Whether one of these words stands in an instruction.
pub(crate) fn says(instruction: &Instruction, words: &[&str]) -> bool {
    Asked::of(instruction).says(words)
}

/// The text for an instruction; nothing where a rubric has none for it.
pub(super) fn of<'a>(texts: &'a BTreeMap<String, String>, instruction: &Instruction) -> &'a str {
    let asked = Asked::of(instruction);
    let mut fitting = KINDS.iter().filter(|kind| (kind.fits)(&asked));
    fitting
        .find_map(|kind| texts.get(kind.id))
        .or_else(|| texts.get(ANY))
        .map_or("", |text| text.trim())
}

#[cfg(test)]
mod tests {
    use super::*;
    use retake_core::{Generative, Understanding};

    fn kind(text: &str, work: &[&str], goal: bool) -> String {
        let texts: BTreeMap<String, String> = known()
            .into_iter()
            .map(|id| (id.to_owned(), id.to_owned()))
            .collect();
        let generative = work.iter().map(|kind| Generative {
            words: text.to_owned(),
            kind: (*kind).to_owned(),
        });
        let mut understood = Understanding {
            generative: generative.collect(),
            ..Understanding::default()
        };
        if goal {
            understood.goals.push(retake_core::Goal {
                quantity: retake_core::Quantity::Warmth,
                change: retake_core::Change::Raise,
                amount: retake_core::Amount::default(),
                region: retake_core::Region::default(),
                words: "warmer".to_owned(),
                weight: 1.0,
            });
        }
        let instruction = Instruction {
            text: text.to_owned(),
            understood,
            mask: None,
        };
        of(&texts, &instruction).to_owned()
    }

    #[test]
    fn an_instruction_is_of_the_kind_that_its_work_and_words_say() {
        let (add, remove, change) = (
            "adding something",
            "removing something",
            "changing what something is",
        );
        for (text, work, goal, wanted) in [
            ("Add a dog.", &[add][..], false, "adding"),
            ("remove the car", &[remove], false, "removing"),
            (
                "add a dog and remove the car",
                &[add, remove],
                false,
                "several",
            ),
            ("replace the cat with a dog", &[change], false, "replacing"),
            ("Put a beach in the background", &[add], false, "background"),
            ("change the text to OPEN", &[change], false, "text"),
            ("turn it into a watercolor", &[change], false, "style"),
            ("把背景换成海滩", &[change], false, "background"),
            ("raise her left arm", &[], false, "moving"),
            ("make the car red", &[change], false, "altering"),
            ("a warmer background", &[], true, "tone"),
            ("texture on the wall", &[], false, "any"),
        ] {
            assert_eq!(kind(text, work, goal), wanted, "{text}");
        }
    }

    #[test]
    fn a_kind_without_a_text_goes_to_the_next_that_fits() {
        let texts = BTreeMap::from([("any".to_owned(), " all ".to_owned())]);
        let instruction = Instruction {
            text: "add a dog".to_owned(),
            ..Instruction::default()
        };
        assert_eq!(of(&texts, &instruction), "all");
        assert_eq!(of(&BTreeMap::new(), &instruction), "");
    }
}
