//! Key sets: what hands have learned in other programs. A set says only where it differs from the actions' own keys.

use eframe::egui::{Key, KeyboardShortcut, Modifiers};

use super::Bindings;

/// A key set.
pub(crate) struct KeySet {
    /// in the settings file
    pub(crate) id: &'static str,
    /// for people
    pub(crate) name: &'static str,
    keys: &'static [(&'static str, &'static [KeyboardShortcut])],
}

const fn key(modifiers: Modifiers, key: Key) -> KeyboardShortcut {
    KeyboardShortcut::new(modifiers, key)
}

const NONE: Modifiers = Modifiers::NONE;
const SHIFT: Modifiers = Modifiers::SHIFT;
const ALT: Modifiers = Modifiers::ALT;

/// Every set; the first one is the actions' own keys.
pub(crate) const SETS: &[KeySet] = &[
    KeySet {
        id: "lightroom",
        name: "Lightroom",
        keys: &[],
    },
    KeySet {
        id: "darktable",
        name: "darktable",
        keys: &[
            ("reject", &[key(NONE, Key::R)]),
            ("survey", &[key(NONE, Key::X)]),
            ("clipping", &[key(NONE, Key::O)]),
            ("overlay", &[key(SHIFT, Key::O)]),
            ("actual_size", &[key(ALT, Key::Num1)]),
            ("fit", &[key(ALT, Key::Num3)]),
            (
                "next_take",
                &[
                    key(NONE, Key::ArrowRight),
                    key(NONE, Key::ArrowDown),
                    key(NONE, Key::PageDown),
                ],
            ),
            (
                "previous_take",
                &[
                    key(NONE, Key::ArrowLeft),
                    key(NONE, Key::ArrowUp),
                    key(NONE, Key::PageUp),
                ],
            ),
        ],
    },
    KeySet {
        id: "invoke",
        name: "Invoke",
        keys: &[
            ("compare", &[key(NONE, Key::M)]),
            ("wipe", &[key(NONE, Key::C)]),
            ("more_like", &[key(SHIFT, Key::V)]),
            ("stop", &[key(SHIFT, Key::X)]),
            ("eraser", &[key(NONE, Key::E)]),
            ("instruction", &[key(ALT, Key::A), key(NONE, Key::Slash)]),
        ],
    },
];

/// The bindings of a set; the actions' own when there is none of that id.
pub(crate) fn bindings(id: &str) -> Bindings {
    let set = SETS.iter().find(|set| set.id == id).unwrap_or(&SETS[0]);
    set.keys
        .iter()
        .map(|(action, keys)| ((*action).to_owned(), keys.to_vec()))
        .collect()
}
