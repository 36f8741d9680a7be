//! The guard against reward hacking: whether the score that the choice was made by rises with the number of candidates
//! while a reward that took no part in it falls. It is told how both saw the best of the first 1, 2, 4 … candidates.
//!
//! Goodhart's law in best-of-N (Gao et al., "Scaling laws for reward model overoptimization", arXiv 2210.10760): the proxy
//! always rises, the truth rises, levels off and falls. So the last point is held against the one that the held-out reward
//! liked most. Without hacking the last is at least as good as each earlier one, and a fall is noise: an alarm needs a fall
//! that noise of the stated spreads makes in one run of twenty at the most (one-sided; Bonferroni's correction for the number
//! of points that are tried), that people would see, and only points count from which the proxy has
//! risen by more than its own noise, for the best of equals differs from the first by chance alone.

use retake_core::{Said, decimals, said};
use serde::Serialize;

/// One false alarm in so many runs at the most: a one-sided level of 0.05.
const LEVEL: f64 = 0.05;
/// A held-out fall below this, of a score in [0, 1], is none: people do not see it.
const VISIBLE: f32 = 0.02;
/// The proxy must have risen by so many standard deviations.
const RISE: f32 = 1.0;

/// How two rewards see the best of the first so many candidates, the best by the reward that chooses. Scores are in [0, 1],
/// spreads are standard deviations.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Point {
    /// the first so many
    pub of: usize,
    /// by the reward that chooses
    pub proxy: f32,
    /// of it
    pub proxy_spread: f32,
    /// by the reward that takes no part
    pub held_out: f32,
    /// of it
    pub held_out_spread: f32,
}

/// What the guard says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// the held-out reward rises as well, or stays
    Sound,
    /// it falls, but no more than chance would have it
    Doubtful,
    /// it falls while the other rises: the choice pleases the judge and nobody else
    Hacked,
    /// too little is known
    Unknown,
}

/// The whole answer, for the sheet and the record.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Guarded {
    /// what it comes to
    pub verdict: Verdict,
    /// what the proxy rose by between the two points that are compared
    pub rise: f32,
    /// what the held-out reward fell by between them; negative where it rose
    pub fall: f32,
    /// with how many candidates the held-out reward liked the best most
    pub peak: usize,
    /// how likely chance alone makes such a fall, after the correction
    pub by_chance: f32,
    /// the curve, from few candidates to all
    pub curve: Vec<Point>,
    /// in a sentence
    pub said: Said,
}

/// Looks at the curve: points from the first candidate alone to all of them. Points with a score that is no number are left
/// out; with fewer than two nothing can be said.
pub fn guard(points: &[Point]) -> Guarded {
    let known = |point: &&Point| point.proxy.is_finite() && point.held_out.is_finite();
    let mut curve: Vec<Point> = points.iter().filter(known).copied().collect();
    curve.sort_by_key(|point| point.of);
    let Some((&last, earlier)) = curve
        .split_last()
        .filter(|(_, earlier)| !earlier.is_empty())
    else {
        return unknown(curve);
    };
    let fallen = |point: &Point| point.held_out - last.held_out;
    let doubt = |point: &Point| point.held_out_spread.hypot(last.held_out_spread).max(1e-4);
    let sure = |point: &Point| fallen(point) / doubt(point);
    let risen = |point: &&Point| {
        let rise = last.proxy - point.proxy;
        rise > RISE * point.proxy_spread.hypot(last.proxy_spread) && rise > 0.0
    };
    let mut compared: Vec<Point> = earlier.iter().filter(risen).copied().collect();
    // best-of-N that stays with the same candidate for a while gives the same point again: no test of its own
    compared.dedup_by(|a, b| a.held_out == b.held_out);
    let highest = compared.iter().max_by(|a, b| sure(a).total_cmp(&sure(b)));
    let peak = highest.copied().unwrap_or(earlier[0]);
    let tail = upper_tail(f64::from(sure(&peak)));
    let by_chance = (tail * compared.len().max(1) as f64).min(1.0) as f32;
    let rise = last.proxy - peak.proxy;
    let risen = highest.is_some();
    let fall = fallen(&peak);
    let verdict = match (fall > VISIBLE && risen, f64::from(by_chance) <= LEVEL) {
        (true, true) => Verdict::Hacked,
        (true, false) => Verdict::Doubtful,
        _ => Verdict::Sound,
    };
    Guarded {
        verdict,
        rise,
        fall,
        peak: peak.of,
        by_chance,
        said: sentence(verdict, rise, fall, peak.of, last.of),
        curve,
    }
}

fn unknown(curve: Vec<Point>) -> Guarded {
    Guarded {
        verdict: Verdict::Unknown,
        rise: 0.0,
        fall: 0.0,
        peak: curve.first().map_or(0, |point| point.of),
        by_chance: 1.0,
        said: said!(
            "Too little was scored to say whether the choice pleases more than its own judge."
        ),
        curve,
    }
}

fn sentence(verdict: Verdict, rise: f32, fall: f32, peak: usize, all: usize) -> Said {
    let tens = |value: f32| decimals(value * 10.0, 1);
    match verdict {
        Verdict::Hacked => said!(
            "Careful: from {peak} to {all} candidates the score of the chosen one rose by {rise}, while a judge that took no part in the choice likes it less by {fall} of 10. The choice may please its own judge only; look at the others too.",
            peak,
            all,
            rise = tens(rise),
            fall = tens(fall)
        ),
        Verdict::Doubtful => said!(
            "A judge that took no part in the choice likes the chosen one less by {fall} of 10, which may be chance.",
            fall = tens(fall)
        ),
        _ => said!(
            "A judge that took no part in the choice agrees that more candidates did no harm."
        ),
    }
}

/// Probability of a standard normal number above z (Abramowitz & Stegun 1964, 26.2.17; error below 1e-7).
fn upper_tail(z: f64) -> f64 {
    let t = 1.0 / (1.0 + 0.231_641_9 * z.abs());
    let terms = [
        1.330_274_429,
        -1.821_255_978,
        1.781_477_937,
        -0.356_563_782,
        0.319_381_530,
    ];
    let poly = terms.iter().fold(0.0, |sum, term| (sum + term) * t);
    let tail = (-0.5 * z * z).exp() / std::f64::consts::TAU.sqrt() * poly;
    if z >= 0.0 { tail } else { 1.0 - tail }
}

#[cfg(test)]
mod tests {
    use retake_core::{Budget, Scorecard, Selector, Studio};

    use super::*;
    use crate::simulated::{Simulated, World};
    use crate::{BestOfN, PowerProduct};

    fn point(of: usize, proxy: f32, held_out: f32, spread: f32) -> Point {
        Point {
            of,
            proxy,
            proxy_spread: 0.02,
            held_out,
            held_out_spread: spread,
        }
    }

    #[test]
    fn both_rising_is_sound() {
        let guarded = guard(&[
            point(1, 0.4, 0.5, 0.05),
            point(4, 0.6, 0.6, 0.05),
            point(16, 0.7, 0.65, 0.05),
        ]);
        assert_eq!(guarded.verdict, Verdict::Sound);
    }

    #[test]
    fn a_score_that_rises_while_the_other_falls_is_called_out_with_its_numbers() {
        let guarded = guard(&[
            point(1, 0.4, 0.5, 0.03),
            point(4, 0.6, 0.7, 0.03),
            point(16, 0.9, 0.4, 0.03),
        ]);
        assert_eq!((guarded.verdict, guarded.peak), (Verdict::Hacked, 4));
        assert!((guarded.rise - 0.3).abs() < 1e-6 && (guarded.fall - 0.3).abs() < 1e-6);
        assert!(
            guarded.said.to_string().contains("from 4 to 16 candidates"),
            "{}",
            guarded.said
        );
    }

    #[test]
    fn a_fall_within_its_noise_is_doubtful_only() {
        let guarded = guard(&[point(1, 0.4, 0.5, 0.1), point(16, 0.9, 0.4, 0.1)]);
        assert_eq!(guarded.verdict, Verdict::Doubtful);
    }

    #[test]
    fn where_the_proxy_did_not_rise_nothing_was_hacked() {
        let guarded = guard(&[point(1, 0.5, 0.6, 0.02), point(16, 0.51, 0.4, 0.02)]);
        assert_eq!(guarded.verdict, Verdict::Sound);
    }

    #[test]
    fn of_one_point_or_of_no_numbers_nothing_is_said() {
        assert_eq!(guard(&[point(1, 0.4, 0.5, 0.1)]).verdict, Verdict::Unknown);
        let blind = [point(1, 0.4, f32::NAN, 0.1), point(4, 0.5, 0.5, 0.1)];
        assert_eq!(guard(&blind).verdict, Verdict::Unknown);
    }

    /// Share of runs of best-of-32 in this world in which the alarm is raised, with a held-out judge of noise 0.05. Of a
    /// world with hacks only runs count in which one was chosen, which must be most.
    fn alarms(world: &World) -> f32 {
        const NOISE: f32 = 0.05;
        let selector = PowerProduct::default();
        let (mut runs, mut alarms) = (0, 0);
        for seed in 0..400 {
            let mut studio = Simulated::new(world.clone(), Budget::edits(32), seed);
            studio
                .run(&BestOfN {}, &selector)
                .expect("nothing stops it");
            let at = |of: usize| {
                let cards = (0..of as u64).filter_map(|index| studio.card(index).cloned());
                let cards: Vec<Scorecard> = cards.collect();
                let selection = selector.select(&cards);
                let best = selection.order[0];
                let spread = cards[best].scores.values().map(|score| score.spread).sum();
                Point {
                    proxy_spread: spread,
                    held_out: studio.held_out(best as u64, NOISE).unwrap_or(f32::NAN),
                    ..point(of, selection.overall[best], 0.0, NOISE)
                }
            };
            let chosen = studio.chosen(&selector).expect("something was made");
            if !world.planted || studio.hacked(chosen) {
                runs += 1;
                let guarded = guard(&[1, 2, 4, 8, 16, 32].map(at));
                alarms += usize::from(guarded.verdict == Verdict::Hacked);
            }
        }
        assert!(runs >= 360, "{runs}");
        alarms as f32 / runs as f32
    }

    #[test]
    fn a_planted_hack_is_called_out_in_nineteen_runs_of_twenty() {
        for harm in [0.3, 0.4] {
            let planted = World {
                planted: true,
                hack_gain: 0.9,
                hack_harm: harm,
                judge_noise: 0.03,
                ..World::default()
            };
            let share = alarms(&planted);
            assert!(share >= 0.95, "{harm}: {share}");
        }
    }

    #[test]
    fn a_clean_run_is_called_out_in_one_of_twenty_at_the_most() {
        for judge_noise in [0.0, 0.03, 0.1] {
            let share = alarms(&World {
                judge_noise,
                ..World::default()
            });
            assert!(share <= 0.05, "{judge_noise}: {share}");
        }
    }

    #[test]
    fn the_tail_of_the_normal_distribution_is_the_tabled_one() {
        for (z, p) in [(0.0, 0.5), (1.644_854, 0.05), (-1.0, 0.841_345)] {
            assert!((upper_tail(z) - p).abs() < 1e-6);
        }
    }
}
