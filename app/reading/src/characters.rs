//! From what the network sees at each step along a line to characters: connectionist temporal classification (Graves et al.
//! 2006), the likeliest class of each step, repeats joined, blanks left out.

use std::collections::HashSet;
use std::path::PathBuf;

use retake_models::ModelError;

use crate::networks::Network;

/// The characters that the network knows, in the order of its classes.
pub(crate) struct Characters {
    /// of classes 1, 2, …; class 0 is blank, the one after the last a space
    all: Vec<String>,
    known: HashSet<char>,
}

impl Characters {
    /// The list that stands in the network's own file, a line a character.
    pub(crate) fn of(network: &Network) -> Result<Self, ModelError> {
        let list = network.told("character").ok_or_else(|| ModelError::Damaged {
            what: "the network that reads lines does not say which characters it knows; import it again".to_owned(),
            path: PathBuf::from("recognition.onnx"),
        })?;
        Ok(Self::from_list(list))
    }

    pub(crate) fn from_list(list: &str) -> Self {
        let all: Vec<String> = list.lines().map(str::to_owned).collect();
        let known = all.iter().flat_map(|one| one.chars()).collect();
        Self { all, known }
    }

    pub(crate) fn has(&self, character: char) -> bool {
        self.known.contains(&character)
    }

    /// The text in the probabilities of so many classes at each step, and their mean over its characters; 0 for no text.
    pub(crate) fn decode(&self, seen: &[f32], classes: usize) -> (String, f32) {
        let (mut text, mut sum, mut count) = (String::new(), 0.0, 0);
        let mut last = 0;
        for step in seen.chunks_exact(classes.max(1)) {
            let likeliest =
                (0..classes).max_by(|a, b| step[*a].total_cmp(&step[*b]).then(b.cmp(a)));
            let class = likeliest.unwrap_or(0);
            if class != 0 && class != last {
                text.push_str(self.all.get(class - 1).map_or(" ", String::as_str));
                sum += step[class];
                count += 1;
            }
            last = class;
        }
        let mean = if count > 0 { sum / count as f32 } else { 0.0 };
        (text, mean)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Steps at which a class has this probability and the others share the rest.
    fn steps(seen: &[(usize, f32)]) -> Vec<f32> {
        let step = |&(class, sure): &(usize, f32)| {
            let mut all = [(1.0 - sure) / 4.0; 5];
            all[class] = sure;
            all
        };
        seen.iter().flat_map(step).collect()
    }

    #[test]
    fn repeats_are_joined_and_blanks_part_them() {
        let characters = Characters::from_list("a\nb\n!");
        let seen = [
            (0, 0.9),
            (1, 0.9),
            (1, 0.8),
            (0, 0.9),
            (1, 0.7),
            (4, 0.9),
            (2, 0.5),
        ];
        let (text, sure) = characters.decode(&steps(&seen), 5);
        assert_eq!(text, "aa b");
        assert!(
            (sure - (0.9 + 0.7 + 0.9 + 0.5) / 4.0).abs() < 1e-6,
            "{sure}"
        );
    }

    #[test]
    fn nothing_but_blanks_is_no_text() {
        let characters = Characters::from_list("a\nb\n!");
        assert_eq!(
            characters.decode(&steps(&[(0, 0.9), (0, 0.6)]), 5),
            (String::new(), 0.0)
        );
    }

    #[test]
    fn what_is_in_the_list_is_known() {
        let characters = Characters::from_list("a\nß\n字");
        assert!(characters.has('字') && characters.has('ß') && !characters.has('b'));
    }
}
