//! How long the three rewards take for eight edits of 1024 × 683 px: `cargo run -p retake-rewards --example speed_rewards`.
#![expect(clippy::print_stdout, reason = "a measurement is printed")]

use std::time::Instant;

use retake_core::{
    Amount, Change, Degree, Goal, Instruction, Quantity, Quiet, Raster, Region, ScoreRequest,
    Understanding,
};
use retake_rewards::REWARDS;

fn main() {
    let source = Raster::from_fn(1024, 683, |x, y| {
        let wave = |period: f32| 0.5 + 0.5 * ((x as f32 + 0.7 * y as f32) / period).sin();
        [
            wave(7.0) * 0.4 + 0.1,
            wave(31.0) * 0.5,
            wave(90.0) * 0.6 + 0.05,
        ]
    });
    let edits: Vec<Raster> = (0..8)
        .map(|i| {
            let mut edit = source.clone();
            edit.planes[0]
                .iter_mut()
                .for_each(|v| *v *= 1.0 + 0.1 * i as f32);
            edit
        })
        .collect();
    let goal = |quantity| Goal {
        quantity,
        change: Change::Raise,
        amount: Amount::Degree(Degree::Moderate),
        region: Region::whole(),
        words: String::new(),
        weight: 1.0,
    };
    let instruction = Instruction {
        understood: Understanding {
            goals: [Quantity::Warmth, Quantity::Contrast, Quantity::Clarity]
                .map(goal)
                .to_vec(),
            ..Understanding::default()
        },
        ..Instruction::default()
    };
    let edited: Vec<&Raster> = edits.iter().collect();
    let request = ScoreRequest {
        source: &source,
        edited: &edited,
        instruction: &instruction,
    };
    let eyes = retake_vision::eyes();
    for entry in REWARDS {
        let reward = (entry.new)(eyes.clone());
        let best = (0..5)
            .filter_map(|_| {
                let start = Instant::now();
                reward.score(&request, &Quiet).ok()?;
                Some(start.elapsed())
            })
            .min();
        println!("{:12} {:?}", entry.id, best.unwrap_or_default());
    }
}
