//! Questions written for this very instruction from its parts (nuggets; ThinkRL-Edit), each answered with yes or no. What
//! was understood gives them; of what was not, the sentence's own clauses do.

use retake_core::{Change, Constraint, Goal, Instruction, Watch};

use super::Told;
use super::settings::{whole, words_of};
use crate::parse;
use crate::{Ask, Conversation, JudgeError, Part};

/// A question and how much it counts.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Question {
    pub(super) text: String,
    pub(super) weight: f64,
}

/// One a goal, one a constraint, one a thing that no recipe can do; at least one.
pub(super) fn questions(instruction: &Instruction) -> Vec<Question> {
    let understood = &instruction.understood;
    let goals = understood.goals.iter().map(of_goal);
    let new = understood.generative.iter().map(|new| Question {
        text: format!("Was this done, so that it is plain to see: {}?", new.words),
        weight: 1.0,
    });
    let constraints = understood.constraints.iter().map(of_constraint);
    let mut questions: Vec<Question> = goals.chain(new).chain(constraints).collect();
    if questions.is_empty() || !understood.not_understood.is_empty() {
        questions.extend(
            clauses(words_of(instruction))
                .into_iter()
                .map(|clause| Question {
                    text: format!("Was this done, so that it is plain to see: {clause}?"),
                    weight: 1.0,
                }),
        );
    }
    questions.dedup_by(|a, b| a.text == b.text);
    questions
}

fn of_goal(goal: &Goal) -> Question {
    let way = match goal.change {
        Change::Raise => "more of it than before",
        Change::Lower => "less of it than before",
        Change::Set => "as was said",
    };
    let quantity = goal.quantity.id().replace('_', " ");
    let words = match goal.words.trim() {
        "" => quantity.clone(),
        words => words.to_owned(),
    };
    Question {
        text: format!("Does the picture show “{words}” ({quantity}: {way})?"),
        weight: f64::from(goal.weight.max(0.05)),
    }
}

fn of_constraint(constraint: &Constraint) -> Question {
    Question {
        text: format!("Was this kept to: {}?", constraint.words),
        weight: 1.0,
    }
}

/// The clauses of a sentence, at its commas and its ands.
fn clauses(text: &str) -> Vec<String> {
    let mut text = text.to_owned();
    for and in [" and ", " und ", " et ", " y ", "，", "、", "；", "。", ";"] {
        text = text.replace(and, ",");
    }
    let parts = text
        .split(',')
        .map(|part| part.trim().trim_end_matches('.').to_owned());
    parts.filter(|part| !part.is_empty()).collect()
}

/// Numbered, a line each.
pub(super) fn listed(questions: &[Question]) -> String {
    let lines = questions.iter().enumerate();
    let lines: Vec<String> = lines
        .map(|(i, question)| format!("{}. {}", i + 1, question.text))
        .collect();
    lines.join("\n")
}

/// Asks all of them at once; the share that is answered with yes, by weight.
pub(super) fn ask(
    conversation: &dyn Conversation,
    rest: &[Part<'_>],
    how: &Ask,
    questions: &[Question],
    watch: &dyn Watch,
) -> Result<Told, JudgeError> {
    let answer = conversation.ask(rest, how, watch)?;
    let reading = parse::verdicts(&whole(&answer), questions.len());
    let (values, words) = match reading {
        Err(why) => (Err(why.said()), String::new()),
        Ok(reading) => {
            let total: f64 = questions.iter().map(|question| question.weight).sum();
            let weighed = questions.iter().zip(&reading.values);
            let passed: f64 = weighed
                .filter(|(_, yes)| **yes)
                .map(|(q, _)| q.weight)
                .sum();
            let failed = questions
                .iter()
                .zip(&reading.values)
                .filter(|(_, yes)| !**yes);
            let failed: Vec<&str> = failed.map(|(question, _)| question.text.as_str()).collect();
            let words = match failed.is_empty() {
                true => reading.reasoning,
                false => format!("no: {}", failed.join(" ")),
            };
            (Ok(vec![passed / total.max(1e-9)]), words)
        }
    };
    Ok(Told {
        values,
        words,
        answer: answer.text,
        weighed: Vec::new(),
        cost: answer.cost,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use retake_core::{Generative, Understanding};

    #[test]
    fn every_part_of_an_instruction_has_its_question() {
        let instruction = Instruction {
            text: "warmer, add a dog, keep the sky".to_owned(),
            understood: Understanding {
                goals: vec![Goal {
                    quantity: retake_core::Quantity::Warmth,
                    change: Change::Raise,
                    amount: retake_core::Amount::default(),
                    region: retake_core::Region::default(),
                    words: "warmer".to_owned(),
                    weight: 1.0,
                }],
                constraints: vec![Constraint {
                    keep: retake_core::Keep::HighlightDetail,
                    words: "keep the sky".to_owned(),
                }],
                generative: vec![Generative {
                    words: "add a dog".to_owned(),
                    kind: "adding something".to_owned(),
                }],
                ..Understanding::default()
            },
            mask: None,
        };
        let questions = questions(&instruction);
        assert_eq!(questions.len(), 3);
        for (question, words) in questions
            .iter()
            .zip(["warmer", "add a dog", "keep the sky"])
        {
            assert!(question.text.contains(words), "{question:?}");
        }
        assert!(listed(&questions).starts_with("1. Does the picture show “warmer”"));
    }

    #[test]
    fn a_sentence_that_was_not_understood_is_asked_by_its_clauses() {
        let instruction = Instruction {
            text: "Make the hat red and the cat blue.".to_owned(),
            ..Instruction::default()
        };
        let texts: Vec<String> = questions(&instruction)
            .into_iter()
            .map(|q| q.text)
            .collect();
        assert_eq!(texts.len(), 2);
        assert!(texts[1].contains("the cat blue?"), "{texts:?}");
    }
}
