//! Candidates that are led by gradients, with an editor and a reward whose slopes are known.

use retake_core::{Pull, Slope, SlopeAt};
use retake_search::guard::Verdict;
use retake_search::{BestOfN, Guided};

use super::*;

/// Paints a shade of its seed in six steps; a led step makes it lighter or darker, as the slope says.
struct Pliant {
    led: bool,
}

struct Strokes {
    led: bool,
    left: usize,
    seed: u64,
    shade: f32,
    size: (usize, usize),
}

impl Editor for Pliant {
    fn info(&self) -> EditorInfo {
        EditorInfo {
            generative: true,
            ..Painter { refuses: None }.info()
        }
    }
    fn start(&self, request: &EditRequest) -> Result<Box<dyn Trajectory>, EditError> {
        Ok(Box::new(Strokes {
            led: self.led,
            left: 6,
            seed: request.seed,
            shade: 0.1 + (request.seed % 100) as f32 / 1000.0,
            size: (request.source.width, request.source.height),
        }))
    }
    fn redo(&self, request: &EditRequest, _: &Value) -> Result<Raster, EditError> {
        Ok(request.source.as_ref().clone())
    }
    fn develop(
        &self,
        photo: &Photo,
        _: &Instruction,
        _: &Provenance,
    ) -> Result<Box<dyn Picture>, EditError> {
        Ok(Box::new(photo.clone()))
    }
}

impl Trajectory for Strokes {
    fn steps_left(&self) -> usize {
        self.left
    }
    fn step(&mut self, _: &dyn Watch) -> Result<(), Stop> {
        self.left -= 1;
        Ok(())
    }
    fn step_led(
        &mut self,
        pull: &Pull,
        slope: &mut SlopeAt<'_>,
        watch: &dyn Watch,
    ) -> Result<bool, Stop> {
        if !self.led {
            return Ok(false);
        }
        let seen = self.preview().ok_or(Stop::Cancelled)?;
        if let Some(slope) = slope(&seen)? {
            let by_shade: f32 = slope.by_pixel.planes.iter().flatten().sum();
            self.shade += (pull.weight as f32 * by_shade).clamp(-0.05, 0.05);
        }
        self.step(watch)?;
        Ok(true)
    }
    fn evaluations(&self) -> u64 {
        2
    }
    fn preview(&self) -> Option<Raster> {
        Some(Raster::from_fn(self.size.0, self.size.1, |_, _| {
            [self.shade; 3]
        }))
    }
    fn fork(&self, _: u64) -> Option<Box<dyn Trajectory>> {
        None
    }
    fn finish(mut self: Box<Self>, watch: &dyn Watch) -> Result<Candidate, Stop> {
        while self.left > 0 {
            self.step(watch)?;
        }
        Ok(Candidate {
            picture: self.preview().ok_or(Stop::Cancelled)?,
            provenance: Provenance {
                editor: "painter".to_owned(),
                version: "1".to_owned(),
                seed: self.seed,
                recipe: serde_json::json!({ "shade": self.shade }),
                label: Said::default(),
            },
        })
    }
}

/// Likes light, or dark, pictures, and may know how that changes with pixels; under a name that the guard knows.
struct Liking {
    light: f32,
    slope: bool,
}

impl Reward for Liking {
    fn info(&self) -> RewardInfo {
        Eye("light", 1.0).info()
    }
    fn score(&self, group: &ScoreRequest<'_>, watch: &dyn Watch) -> Result<Vec<Scorecard>, Stop> {
        let name = if self.light > 0.0 {
            "light"
        } else {
            Dimension::GENERATION_QUALITY
        };
        let mut cards = Eye(name, 1.0).score(group, watch)?;
        for score in cards.iter_mut().flat_map(|card| card.scores.values_mut()) {
            score.value = 0.5 + self.light * score.value;
        }
        Ok(cards)
    }
    fn slope(&self, _: &Raster, edited: &Raster, _: &Instruction) -> Result<Option<Slope>, Stop> {
        let each = self.light / (3 * edited.len()) as f32;
        let slope = Slope {
            value: 0.5 + self.light * edited.planes[0][0],
            by_pixel: Raster::from_fn(edited.width, edited.height, |_, _| [each; 3]),
        };
        Ok(self.slope.then_some(slope))
    }
}

fn led(
    strategy: Box<dyn Strategy>,
    edits: usize,
    (editor, reward): (bool, bool),
) -> Result<Outcome, RunError> {
    let tools = Tools {
        editor: Arc::new(Pliant { led: editor }),
        strategy,
        held_out: Arc::new([Box::new(Liking {
            light: -1.5,
            slope: false,
        })]),
        ..tools(
            None,
            vec![Box::new(Liking {
                light: 1.0,
                slope: reward,
            })],
        )
    };
    run(&job(edits, 7), &tools, &Quiet)
}

fn guided() -> Box<dyn Strategy> {
    Box::new(Guided::default())
}

fn shades(outcome: &Outcome) -> Vec<f64> {
    let recipes = outcome.candidates.iter();
    recipes
        .map(|made| made.provenance.recipe["shade"].as_f64().unwrap_or(0.0))
        .collect()
}

#[test]
fn what_is_led_by_a_reward_is_liked_better_by_it_and_the_first_is_plain() {
    let (with, without) = (
        led(guided(), 5, (true, true)).expect("candidates"),
        led(Box::new(BestOfN {}), 5, (true, true)).expect("candidates"),
    );
    let (with, without) = (shades(&with), shades(&without));
    assert_eq!((with.len(), with[0]), (5, without[0]));
    assert!(
        with[1..]
            .iter()
            .zip(&without[1..])
            .all(|(a, b)| *a > b + 0.1)
    );
}

#[test]
fn a_weight_of_nothing_is_best_of_n_bit_for_bit() {
    let plainly = Guided {
        weight: 0.0,
        ..Guided::default()
    };
    let (with, without) = (
        led(Box::new(plainly), 5, (true, true)).expect("candidates"),
        led(Box::new(BestOfN {}), 5, (true, true)).expect("candidates"),
    );
    assert_eq!(shades(&with), shades(&without));
    assert_eq!(
        with.spent.network_evaluations,
        without.spent.network_evaluations
    );
}

#[test]
fn an_editor_or_a_reward_that_knows_no_slope_gets_best_of_n_and_a_sentence() {
    let plain = led(Box::new(BestOfN {}), 4, (true, true)).expect("candidates");
    for (who, said) in [
        ((false, true), "This editor cannot be led"),
        ((true, false), "No judge of this run knows"),
    ] {
        let outcome = led(guided(), 4, who).expect("candidates");
        assert_eq!(shades(&outcome), shades(&plain), "{said}");
        let remarks: Vec<String> = outcome.remarks.iter().map(ToString::to_string).collect();
        assert!(
            remarks.iter().any(|remark| remark.starts_with(said)),
            "{remarks:?}"
        );
    }
}

#[test]
fn a_reward_that_only_likes_what_it_led_to_is_seen_by_the_one_outside() {
    let outcome = led(guided(), 8, (true, true)).expect("candidates");
    let guarded = outcome.guarded.expect("it was asked");
    assert_eq!(guarded.verdict, Verdict::Hacked);
}

#[test]
fn the_way_back_through_the_network_is_on_the_account() {
    let through = Guided {
        through: retake_search::Through::Network,
        ..Guided::default()
    };
    let outcome = led(Box::new(through), 4, (true, true)).expect("candidates");
    // steps 2 to 5 of 6 are led, each for three: 6 plain and 14 led steps, then what is left of 24
    let spent = outcome.spent;
    assert_eq!((spent.steps, spent.edits), (6 + 14, 2));
    assert_eq!(spent.network_evaluations, 2 * spent.steps);
}
