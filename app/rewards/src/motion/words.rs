//! The words that ask for motion, and for which way, in the languages of the instructions.

/// What was asked.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Asked {
    /// to the right and down, of length 1
    pub(super) direction: Option<(f32, f32)>,
}

/// Beginnings of words that ask for motion.
#[rustfmt::skip]
const MOVES: &[&str] = &[
    "move ", "moving", "turn ", "turning", "raise", "lift ", "shift", "slide", "tilt", "lean ", "jump", "walk ", "bend ", "nod ",
    "beweg", "schieb", "verschieb", "dreh", "heb ", "hebe", "anheb", "neig", "springt",
    "déplac", "boug", "tourn", "lever", "lève", "inclin",
    "muev", "mover", "gira", "gire", "levant",
    "移", "转", "抬", "举", "跳",
];

/// Words for a way, to the right and down.
#[rustfmt::skip]
const WAYS: &[(&[&str], (f32, f32))] = &[
    (&["left", "links", "gauche", "izquierda", "左"], (-1.0, 0.0)),
    (&["right", "rechts", "droite", "derecha", "右"], (1.0, 0.0)),
    (&["up", "upwards", "higher", "raise", "raised", "lift", "nach oben", "hoch", "heb", "hebe", "anheben", "haut", "lève", "arriba", "levanta", "上", "抬", "举"], (0.0, -1.0)),
    (&["down", "downwards", "lower", "nach unten", "runter", "bas", "abajo", "下"], (0.0, 1.0)),
];

/// What a text asks; `None` where it asks for no motion.
pub(super) fn asked(text: &str) -> Option<Asked> {
    let plain = text.to_lowercase();
    let plain = plain.replace(|letter: char| letter.is_ascii_punctuation(), " ");
    let text = format!(" {plain} ");
    // Chinese has no spaces between its words
    let joined = |word: &str| word.chars().all(|letter| letter as u32 > 0x2e80);
    let begins = |word: &str| match joined(word) {
        true => text.contains(word),
        false => text.contains(&format!(" {word}")),
    };
    let says = |word: &str| match joined(word) {
        true => text.contains(word),
        false => text.contains(&format!(" {word} ")),
    };
    MOVES.iter().find(|word| begins(word))?;
    let ways = WAYS
        .iter()
        .filter(|(words, _)| words.iter().any(|word| says(word)));
    let (x, y) = ways.fold((0.0f32, 0.0f32), |sum, (_, way)| {
        (sum.0 + way.0, sum.1 + way.1)
    });
    let length = x.hypot(y);
    Some(Asked {
        direction: (length > 0.5).then(|| (x / length, y / length)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn motion_and_its_way_are_read_in_every_language() {
        for (text, way) in [
            ("Move the cup to the left.", (-1.0, 0.0)),
            ("raise her arm", (0.0, -1.0)),
            ("Dreh den Kopf nach rechts", (1.0, 0.0)),
            ("déplace la tasse vers la gauche", (-1.0, 0.0)),
            ("mueve la taza hacia abajo", (0.0, 1.0)),
            ("把杯子移到右边", (1.0, 0.0)),
        ] {
            let asked = asked(text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!(asked.direction, Some(way), "{text}");
        }
        assert_eq!(
            asked("turn her head").map(|asked| asked.direction),
            Some(None)
        );
        let both = asked("move it up and to the left").and_then(|asked| asked.direction);
        assert!(both.is_some_and(|(x, y)| x < -0.7 && y < -0.7));
    }

    #[test]
    fn light_and_colour_are_no_motion() {
        for text in [
            "make it warmer",
            "remove the cup",
            "brighter, please",
            "make the left third darker",
            "mehr Kontrast",
        ] {
            assert_eq!(asked(text), None, "{text}");
        }
    }
}
