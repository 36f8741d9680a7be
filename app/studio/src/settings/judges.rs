//! Who scores beside the measures, as the window remembers it. Of a key only the name of the variable that holds it.

use retake_engine::{Judge, JudgeKind, Seat};
use serde::{Deserialize, Serialize};

/// A judge of the list.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct SeatedJudge {
    /// "server", "folder", "formula" or "measure"
    kind: String,
    /// address, path, formula or name
    place: String,
    /// it takes part
    on: bool,
    #[serde(skip_serializing_if = "String::is_empty")]
    model: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    key_variable: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    precision: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    rubric: String,
    #[serde(skip_serializing_if = "is_nothing")]
    passes: u32,
    #[serde(skip_serializing_if = "String::is_empty")]
    principles: String,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde calls it")]
fn is_nothing(passes: &u32) -> bool {
    *passes == 0
}

impl SeatedJudge {
    /// To be remembered.
    pub(super) fn of(seat: &Seat) -> Self {
        let judge = seat.judge.clone();
        Self {
            kind: judge.kind.id().to_owned(),
            place: judge.place,
            on: seat.on,
            model: judge.model,
            key_variable: judge.key_variable,
            precision: judge.precision,
            rubric: judge.rubric,
            passes: judge.passes,
            principles: judge.principles,
        }
    }
    /// The same of one that is in no list.
    pub(super) fn of_judge(judge: &Judge) -> Self {
        Self::of(&Seat {
            judge: judge.clone(),
            on: true,
        })
    }
    /// For the engine; `None` of a kind that this program does not know.
    pub(super) fn seat(&self) -> Option<Seat> {
        let kind = JudgeKind::ALL
            .into_iter()
            .find(|kind| kind.id() == self.kind)?;
        Some(Seat {
            judge: Judge {
                kind,
                place: self.place.clone(),
                model: self.model.clone(),
                key_variable: self.key_variable.clone(),
                precision: self.precision.clone(),
                rubric: self.rubric.clone(),
                passes: self.passes,
                principles: self.principles.clone(),
            },
            on: self.on,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Settings;

    #[test]
    fn judges_read_back_as_they_were_written() {
        let seats = [
            Seat {
                judge: Judge {
                    place: "http://localhost:8000/v1".to_owned(),
                    model: "qwen".to_owned(),
                    key_variable: "MY_KEY".to_owned(),
                    precision: "q8".to_owned(),
                    rubric: "one_digit".to_owned(),
                    passes: 4,
                    principles: "keep the grain\nno orange skin".to_owned(),
                    ..Judge::default()
                },
                on: true,
            },
            Seat {
                judge: Judge {
                    kind: JudgeKind::Formula,
                    place: "min(instruction_following, 1 - cost.noise)".to_owned(),
                    ..Judge::default()
                },
                on: false,
            },
        ];
        let settings = Settings {
            judges: seats.iter().map(SeatedJudge::of).collect(),
            ..Settings::default()
        };
        let back = Settings::from_text(&settings.to_text());
        let back: Vec<Seat> = back.judges.iter().filter_map(SeatedJudge::seat).collect();
        assert_eq!(back, seats);
    }

    #[test]
    fn a_judge_of_a_newer_program_is_passed_over() {
        let text = "version = 1\n[[judges]]\nkind = \"oracle\"\nplace = \"x\"\non = true\n";
        let settings = Settings::from_text(text);
        assert_eq!(settings.judges.len(), 1);
        assert_eq!(settings.judges[0].seat(), None);
    }
}
