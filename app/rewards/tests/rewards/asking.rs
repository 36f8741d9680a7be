//! Instructions made by hand, and scoring in one line.

use std::sync::LazyLock;

use retake_core::{
    Amount, Change, Constraint, Degree, Dimension, Eyes, Goal, Instruction, Keep, Quantity, Quiet,
    Raster, Region, Reward, Score, ScoreRequest, Scorecard, Understanding,
};
use retake_rewards::BuiltIn;

/// The networks that every install has.
pub(crate) static EYES: LazyLock<Eyes> = LazyLock::new(retake_vision::eyes);

pub(crate) fn goal(quantity: Quantity, change: Change, amount: Amount) -> Goal {
    Goal {
        quantity,
        change,
        amount,
        region: Region::whole(),
        words: String::new(),
        weight: 1.0,
    }
}

pub(crate) fn raise(quantity: Quantity, degree: Degree) -> Goal {
    goal(quantity, Change::Raise, Amount::Degree(degree))
}

pub(crate) fn lower(quantity: Quantity, degree: Degree) -> Goal {
    goal(quantity, Change::Lower, Amount::Degree(degree))
}

pub(crate) fn instruction(goals: &[Goal]) -> Instruction {
    Instruction {
        understood: Understanding {
            goals: goals.to_vec(),
            ..Understanding::default()
        },
        ..Instruction::default()
    }
}

pub(crate) fn keeping(mut instruction: Instruction, keep: Keep) -> Instruction {
    instruction.understood.constraints.push(Constraint {
        keep,
        words: String::new(),
    });
    instruction
}

pub(crate) fn cards(
    source: &Raster,
    edited: &[Raster],
    instruction: &Instruction,
) -> Vec<Scorecard> {
    let edited: Vec<&Raster> = edited.iter().collect();
    let request = ScoreRequest {
        source,
        edited: &edited,
        instruction,
    };
    BuiltIn::seeing(EYES.clone())
        .score(&request, &Quiet)
        .expect("nobody stops the tests")
}

pub(crate) fn of(card: &Scorecard, dimension: &str) -> Score {
    card.scores[&Dimension::from(dimension)].clone()
}

pub(crate) fn following(card: &Scorecard) -> f32 {
    of(card, Dimension::INSTRUCTION_FOLLOWING).value
}

pub(crate) fn detail(card: &Scorecard) -> f32 {
    of(card, Dimension::DETAIL_PRESERVING).value
}

pub(crate) fn quality(card: &Scorecard) -> f32 {
    of(card, Dimension::GENERATION_QUALITY).value
}

/// The default selector's figure.
pub(crate) fn overall(card: &Scorecard) -> f32 {
    following(card).powf(0.8) * detail(card).min(quality(card)).powf(0.2)
}

pub(crate) fn said(card: &Scorecard, dimension: &str) -> String {
    let lines: Vec<String> = of(card, dimension)
        .reasons
        .iter()
        .map(|reason| format!("{} -{:.2} {}", reason.id, reason.cost, reason.text))
        .collect();
    lines.join("\n")
}
