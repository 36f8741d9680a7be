//! What a simulated editor makes, and what a simulated judge says of it: instructions, recipes, reasons.

use retake_core::{
    Amount, AskedRange, Change, Check, Goal, Instruction, Quantity, Reason, Region, Rng, Said,
    Understanding,
};

/// What the instruction may ask for, in this order.
pub(super) const ASKED: [(Quantity, &str); 4] = [
    (Quantity::Lightness, "brighter"),
    (Quantity::Warmth, "warmer"),
    (Quantity::Contrast, "more contrast"),
    (Quantity::Grain, "grainy"),
];

/// An instruction of so many things.
pub(super) fn instruction(asks: usize) -> Instruction {
    let asked = &ASKED[..asks.clamp(1, ASKED.len())];
    let goal = |&(quantity, words): &(Quantity, &str)| Goal {
        quantity,
        change: Change::Raise,
        amount: Amount::default(),
        region: Region::whole(),
        words: words.to_owned(),
        weight: 1.0,
    };
    let words: Vec<&str> = asked.iter().map(|asked| asked.1).collect();
    Instruction {
        text: words.join(", "),
        understood: Understanding {
            language: "en".to_owned(),
            goals: asked.iter().map(goal).collect(),
            ..Understanding::default()
        },
        mask: None,
    }
}

/// How a score is explained: by how much too dark it is.
pub(super) fn reason(value: f32) -> Reason {
    let quantity = Quantity::Lightness;
    let asked = AskedRange {
        low: 54.0,
        aim: 60.0,
        high: 70.0,
    };
    let check = Check {
        quantity,
        before: 50.0,
        after: 50.0 + 10.0 * value,
        asked,
        credit: value,
    };
    Reason {
        id: quantity.id().to_owned(),
        text: Said::words("It is too dark."),
        passed: None,
        cost: 1.0 - value,
        check: Some(check),
        evidence: None,
    }
}

/// How good a recipe of numbers is in the simulation: best where each is 0.7, less by their mean distance from it.
pub(super) fn valley(recipe: &serde_json::Value) -> f32 {
    let values = recipe["knobs"].as_array().map_or(&[][..], Vec::as_slice);
    let values: Vec<f64> = values.iter().filter_map(|value| value.as_f64()).collect();
    let off: f64 = values.iter().map(|value| (value - 0.7).powi(2)).sum();
    (1.0 - (off / values.len().max(1) as f64).sqrt()) as f32
}

/// A recipe of numbers that is so good.
pub(super) fn worth(index: u64, truth: f32, rng: &mut Rng) -> serde_json::Value {
    let mut number = |_| {
        let sign = if rng.uniform() < 0.5 { -1.0 } else { 1.0 };
        0.7 + sign * (1.0 - f64::from(truth))
    };
    let knobs: Vec<f64> = (0..KNOBS).map(&mut number).collect();
    serde_json::json!({ "index": index, "knobs": knobs })
}

/// Numbers in a simulated recipe.
pub(super) const KNOBS: usize = 6;
/// Between which each may stand.
pub(super) const KNOB_RANGE: (f64, f64) = (-0.5, 2.0);
