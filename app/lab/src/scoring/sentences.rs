//! Sentences in a journal, so that they can be said in another language when they are read back: the English words, and how
//! they are made where they are more than words. Journals that hold the words alone are read as well.

use retake_core::Said;
use retake_files::record::SaidRecord;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Sentence {
    Words(String),
    Made { text: String, said: SaidRecord },
}

impl Sentence {
    fn of(said: &Said) -> Self {
        let text = said.to_string();
        match SaidRecord::of(said) {
            None => Self::Words(text),
            Some(said) => Self::Made { text, said },
        }
    }
    fn said(self) -> Said {
        match self {
            Self::Words(text) => SaidRecord::read(text, None),
            Self::Made { text, said } => SaidRecord::read(text, Some(said)),
        }
    }
}

pub(super) fn serialize<S: Serializer>(all: &[Said], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(all.iter().map(Sentence::of))
}

pub(super) fn deserialize<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Vec<Said>, D::Error> {
    let all = Vec::<Sentence>::deserialize(deserializer)?;
    Ok(all.into_iter().map(Sentence::said).collect())
}

/// One alone.
pub(super) mod one {
    use super::*;

    pub(in super::super) fn serialize<S: Serializer>(
        said: &Said,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        Sentence::of(said).serialize(serializer)
    }

    pub(in super::super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Said, D::Error> {
        Sentence::deserialize(deserializer).map(Sentence::said)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scoring::Scores;
    use retake_core::{decimals, said};

    #[test]
    fn a_sentence_comes_back_so_that_it_can_be_said_in_another_language() {
        let reasons = vec![
            said!(
                "{judge} gives {value} of 10.",
                judge = "eye",
                value = decimals(6.84, 1)
            ),
            Said::words("it is bright"),
        ];
        let scores = Scores {
            reasons: reasons.clone(),
            ..Scores::default()
        };
        let text = serde_json::to_string(&scores).expect("JSON");
        assert!(text.contains("eye gives 6.8 of 10.") && text.contains("\"it is bright\""));
        let read: Scores = serde_json::from_str(&text).expect("as written");
        let german = |template: &str| {
            (template == "{judge} gives {value} of 10.").then_some("{judge} gibt {value} von 10.")
        };
        let number = |number: &str| number.replace('.', ",");
        let spoken: Vec<String> = read
            .reasons
            .iter()
            .map(|r| r.written(&german, &number))
            .collect();
        assert_eq!(spoken, ["eye gibt 6,8 von 10.", "it is bright"]);
    }

    #[test]
    fn a_journal_of_words_alone_is_read_as_before() {
        let text = "{\"overall\": 0.5, \"by_dimension\": {}, \"reasons\": [\"it is dark\", \"\"]}";
        let read: Scores = serde_json::from_str(text).expect("an older line");
        assert_eq!(read.reasons, [Said::words("it is dark"), Said::default()]);
    }
}
