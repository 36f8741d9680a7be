//! The draft: what is being typed, and what is understood of it as it stands.

use std::collections::BTreeSet;

use retake_core::{Instruction, Said, Understanding};
use retake_language::{InstructionError, Lexicon, understand, understand_with_mask};

/// What a chip under the instruction says and what it stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChipKind {
    /// something to do
    Goal,
    /// something to keep
    Constraint,
    /// something only a diffusion editor can do
    Generative,
    /// a word that means nothing here
    NotUnderstood,
    /// a slip that was mended
    Corrected,
}

/// One chip.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chip {
    /// what kind
    pub kind: ChipKind,
    /// its words
    pub text: Said,
    /// number among the goals or the constraints, for those that can be removed
    pub index: usize,
    /// removed by the person, still shown so that it can come back
    pub removed: bool,
    /// the words of the sentence that it comes from; several goals of one style share theirs
    pub words: String,
}

/// The instruction being written.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    text: String,
    masked: bool,
    understood: Understanding,
    problem: Option<InstructionError>,
    without_goals: BTreeSet<usize>,
    without_constraints: BTreeSet<usize>,
}

impl Draft {
    /// What the sentence means so far, on a photo without a mask.
    pub fn of(text: &str) -> Self {
        Self::reading(text, false)
    }
    /// What it means so far: with a mask, a thing that cannot be found in a photo is where the mask is.
    pub fn reading(text: &str, masked: bool) -> Self {
        let read = if masked {
            understand_with_mask(text, Lexicon::built_in())
        } else {
            understand(text, Lexicon::built_in())
        };
        let (understood, problem) = match read {
            Ok(instruction) => (instruction.understood, None),
            Err(problem) => (Understanding::default(), Some(problem)),
        };
        Self {
            text: text.to_owned(),
            masked,
            understood,
            problem,
            ..Self::default()
        }
    }
    /// Reads the sentence again when a mask has come or gone; what was taken out is put back.
    pub(crate) fn read_again(&mut self, masked: bool) {
        if masked != self.masked {
            *self = Self::reading(&self.text, masked);
        }
    }
    /// As typed.
    pub fn text(&self) -> &str {
        &self.text
    }
    /// Why it cannot be run, in a sentence; an empty draft has no problem, only nothing to do.
    pub fn problem(&self) -> Option<Said> {
        match &self.problem {
            None | Some(InstructionError::Empty) => None,
            Some(problem) => Some(problem.said()),
        }
    }
    /// True when nothing of it is known.
    pub fn is_unknown(&self) -> bool {
        let problem = self.problem.as_ref();
        problem.is_some_and(InstructionError::is_about_unknown_words)
    }
    /// True when Enter would do something.
    pub fn ready(&self) -> bool {
        self.problem.is_none() && self.goals_left() > 0 && self.understood.generative.is_empty()
    }
    /// The part that needs a diffusion editor, if there is one: "add a dog".
    pub fn generative(&self) -> Option<&str> {
        self.understood
            .generative
            .first()
            .map(|part| part.words.as_str())
    }
    fn goals_left(&self) -> usize {
        self.understood.goals.len() - self.without_goals.len()
    }
    /// What is shown under the line.
    pub fn chips(&self) -> Vec<Chip> {
        let chip = |kind, text: Said, index, removed| Chip {
            kind,
            words: text.to_string(),
            text,
            index,
            removed,
        };
        let goals = self.understood.goals.iter().enumerate().map(|(i, goal)| {
            let removed = self.without_goals.contains(&i);
            Chip {
                words: goal.words.clone(),
                ..chip(ChipKind::Goal, goal.said(), i, removed)
            }
        });
        let constraints = self.understood.constraints.iter().enumerate();
        let keeps = constraints.map(|(i, constraint)| {
            let removed = self.without_constraints.contains(&i);
            chip(ChipKind::Constraint, constraint.keep.said(), i, removed)
        });
        let generative = self
            .understood
            .generative
            .iter()
            .map(|part| chip(ChipKind::Generative, Said::words(&part.words), 0, false));
        let left_over = match &self.problem {
            Some(InstructionError::NothingUnderstood { not_understood }) => not_understood,
            _ => &self.understood.not_understood,
        };
        let left_over = left_over
            .iter()
            .map(|word| chip(ChipKind::NotUnderstood, Said::words(word), 0, false));
        let corrected = self.understood.corrected.iter().map(|(written, read)| {
            let text = Said::words(format!("{written} → {read}"));
            chip(ChipKind::Corrected, text, 0, false)
        });
        goals
            .chain(keeps)
            .chain(generative)
            .chain(left_over)
            .chain(corrected)
            .collect()
    }
    /// Takes a goal or a constraint out, or puts it back.
    pub fn toggle(&mut self, kind: ChipKind, index: usize) {
        let (set, count) = match kind {
            ChipKind::Goal => (&mut self.without_goals, self.understood.goals.len()),
            ChipKind::Constraint => (
                &mut self.without_constraints,
                self.understood.constraints.len(),
            ),
            _ => return,
        };
        if index < count && !set.remove(&index) {
            set.insert(index);
        }
    }
    /// What is to be done, without what was taken out.
    pub fn instruction(&self) -> Instruction {
        let mut understood = self.understood.clone();
        let mut i = 0;
        understood.goals.retain(|_| {
            i += 1;
            !self.without_goals.contains(&(i - 1))
        });
        let mut i = 0;
        understood.constraints.retain(|_| {
            i += 1;
            !self.without_constraints.contains(&(i - 1))
        });
        Instruction {
            text: self.text.clone(),
            understood,
            mask: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_removed_goal_is_not_asked_for_and_can_come_back() {
        let mut draft = Draft::of("warmer and brighter");
        draft.toggle(ChipKind::Goal, 0);
        assert_eq!(draft.instruction().understood.goals.len(), 1);
        draft.toggle(ChipKind::Goal, 0);
        assert_eq!(draft.instruction().understood.goals.len(), 2);
    }

    #[test]
    fn words_that_mean_nothing_are_chips() {
        let chips = Draft::of("warmer flurbish").chips();
        assert!(
            chips
                .iter()
                .any(|chip| chip.kind == ChipKind::NotUnderstood && chip.words == "flurbish")
        );
    }

    #[test]
    fn what_needs_a_diffusion_editor_is_said_before_anything_is_run() {
        let draft = Draft::of("add a dog");
        assert!(!draft.ready() && draft.generative() == Some("add a dog"));
    }

    #[test]
    fn a_thing_that_nobody_can_find_is_where_the_mask_is() {
        let mut draft = Draft::of("make the sand warmer");
        assert!(!draft.ready() && draft.problem().is_some());
        draft.read_again(true);
        assert!(draft.ready() && draft.problem().is_none());
    }

    #[test]
    fn an_empty_line_is_no_problem_and_not_ready() {
        let draft = Draft::of("  ");
        assert!(draft.problem().is_none() && !draft.ready());
    }
}
