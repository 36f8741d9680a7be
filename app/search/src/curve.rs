//! "What would four more buy?" From the overall scores so far, what the best would gain by some more candidates of the
//! same kind, and how sure that is.
//!
//! Candidates of a run are exchangeable, so that the best of n + k is among the k with the probability k / (n + k)
//! whatever their distribution (Rényi 1962 on records). How much better it is then needs a distribution: logits of the
//! scores are taken as normal with unknown mean and variance, so that the next ones follow a Student distribution (Gelman
//! et al., "Bayesian Data Analysis", 3rd ed., §3.2), drawn many times. That part of a gain which only the judges' noise
//! would see is taken off by the share of the scores' variance that is not theirs.
//!
//! Known failure: for scores of two kinds, or spread evenly up to a level that none exceeds, two to three times of what
//! comes is expected; the interval still holds.

use retake_core::{Rng, Said, decimals, said};

/// Futures that are drawn.
const DRAWS: usize = 1000;
/// Numbers of further candidates on the curve.
pub const MORE: &[usize] = &[1, 2, 4, 8, 16, 32];
/// Share of futures below the low and above the high end of what is stated: four in five lie between.
const TAIL: f32 = 0.1;
/// Scores are kept this far from 0 and 1, where a logit ends.
const EDGE: f64 = 0.005;
/// A gain of an overall score in [0, 1] below which it is none: people do not see it.
const VISIBLE: f32 = 0.01;
/// A gain below this is 0.0 on the scale of 10 that people see.
const SHOWN: f32 = 0.005;

/// What so many more candidates would buy. Gains are of the best's overall score, which is in [0, 1].
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
pub struct Buys {
    /// further candidates
    pub more: usize,
    /// what is expected
    pub gain: f32,
    /// one future in ten gains less
    pub low: f32,
    /// one future in ten gains more
    pub high: f32,
    /// probability that the best changes at all
    pub chance: f32,
    /// what is expected of the gain when the judges' noise is taken off
    pub believed: f32,
}

impl Buys {
    /// In a sentence, on the scale of 10 that people see.
    pub fn said(&self) -> Said {
        let (more, tens) = (self.more, |value: f32| decimals(value * 10.0, 1));
        if self.high < VISIBLE {
            return said!("{more} more would hardly make the best better.", more);
        }
        if self.believed < SHOWN {
            return said!(
                "{more} more will most likely not make the best better; with luck it gains {high} of 10.",
                more,
                high = tens(self.high)
            );
        }
        said!(
            "{more} more would raise the best by about {gain} of 10, most likely by {low} to {high}.",
            more,
            gain = tens(self.believed),
            low = tens(self.low),
            high = tens(self.high)
        )
    }
}

/// The curve from overall scores in [0, 1] and their standard deviations; `None` for fewer than three, of which nothing
/// can be said. Deterministic: the same scores give the same curve.
pub fn curve(overall: &[f32], spreads: &[f32]) -> Option<Vec<Buys>> {
    MORE.iter()
        .map(|&more| buys(overall, spreads, more))
        .collect()
}

/// One point of it, for any number.
pub fn buys(overall: &[f32], spreads: &[f32], more: usize) -> Option<Buys> {
    let seen: Vec<f64> = overall
        .iter()
        .filter(|score| score.is_finite())
        .map(|&score| f64::from(score))
        .collect();
    if seen.len() < 3 || more == 0 {
        return None;
    }
    let best = seen.iter().copied().fold(f64::MIN, f64::max) as f32;
    let gains = futures(&seen, best, more);
    let at = |share: f32| gains[((gains.len() - 1) as f32 * share).round() as usize];
    let gain = gains.iter().sum::<f32>() / gains.len() as f32;
    Some(Buys {
        more,
        gain,
        low: at(TAIL),
        high: at(1.0 - TAIL),
        chance: more as f32 / (more + seen.len()) as f32,
        believed: gain * reliability(&seen, spreads),
    })
}

/// What the best gains in futures that are drawn, from least to most: so many gain at all as exchangeability says, and
/// these gain as the draws do that are better than the best.
fn futures(seen: &[f64], best: f32, more: usize) -> Vec<f32> {
    let logits: Vec<f64> = seen.iter().map(|&score| logit(score)).collect();
    let n = logits.len() as f64;
    let mean = logits.iter().sum::<f64>() / n;
    let variance = logits.iter().map(|y| (y - mean).powi(2)).sum::<f64>() / (n - 1.0);
    let mut rng = Rng::new(seen.len() as u64);
    let mut better = Vec::with_capacity(DRAWS);
    for _ in 0..DRAWS {
        // a variance and a mean that the scores allow, and the highest of `more` draws from them
        let sigma = (variance * (n - 1.0) / chi_squared(n - 1.0, rng.normal().into())).sqrt();
        let centre = mean + sigma / n.sqrt() * f64::from(rng.normal());
        let highest = (f64::from(rng.uniform()) + 1e-9).powf(1.0 / more as f64);
        let gain = logistic(centre + sigma * quantile(highest)) as f32 - best;
        if gain > 0.0 {
            better.push(gain);
        }
    }
    better.sort_by(f32::total_cmp);
    let gaining = DRAWS * more / (more + seen.len());
    let gaining = if better.is_empty() { 0 } else { gaining };
    let mut gains = vec![0.0; DRAWS - gaining];
    gains.extend((0..gaining).map(|i| better[(2 * i + 1) * better.len() / (2 * gaining)]));
    gains
}

/// A chi-squared number of so many degrees from a standard normal one (Wilson & Hilferty 1931).
fn chi_squared(degrees: f64, normal: f64) -> f64 {
    let part = 2.0 / (9.0 * degrees);
    degrees * (1.0 - part + normal * part.sqrt()).max(0.05).powi(3)
}

/// Quantile of the standard normal distribution (P. J. Acklam 2003, relative error below 1.2e-9).
#[expect(
    clippy::many_single_char_names,
    reason = "the coefficients' names are the algorithm's"
)]
fn quantile(p: f64) -> f64 {
    let a = [
        -39.696_830_286_653_76,
        220.946_098_424_520_5,
        -275.928_510_446_968_7,
        138.357_751_867_269,
        -30.664_798_066_147_16,
        2.506_628_277_459_239,
    ];
    let b = [
        -54.476_098_798_224_06,
        161.585_836_858_040_9,
        -155.698_979_859_886_6,
        66.801_311_887_719_72,
        -13.280_681_552_885_72,
        1.0,
    ];
    let c = [
        -0.007_784_894_002_430_293,
        -0.322_396_458_041_136_5,
        -2.400_758_277_161_838,
        -2.549_732_539_343_734,
        4.374_664_141_464_968,
        2.938_163_982_698_783,
    ];
    let d = [
        0.007_784_695_709_041_462,
        0.322_467_129_070_039_8,
        2.445_134_137_142_996,
        3.754_408_661_907_416,
        1.0,
    ];
    let poly = |coefficients: &[f64], x: f64| coefficients.iter().fold(0.0, |sum, c| sum * x + c);
    let p = p.clamp(1e-12, 1.0 - 1e-12);
    if p > 0.5 {
        return -quantile(1.0 - p);
    }
    if p < 0.024_25 {
        let q = (-2.0 * p.ln()).sqrt();
        return poly(&c, q) / poly(&d, q);
    }
    let q = p - 0.5;
    poly(&a, q * q) * q / poly(&b, q * q)
}

fn logit(score: f64) -> f64 {
    let score = score.clamp(EDGE, 1.0 - EDGE);
    (score / (1.0 - score)).ln()
}

fn logistic(y: f64) -> f64 {
    1.0 / (1.0 + (-y).exp())
}

/// Share of the scores' variance that is not the judges'.
fn reliability(seen: &[f64], spreads: &[f32]) -> f32 {
    let n = seen.len() as f64;
    let mean = seen.iter().sum::<f64>() / n;
    let variance = seen.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (n - 1.0);
    let noise =
        spreads.iter().map(|&s| f64::from(s).powi(2)).sum::<f64>() / (spreads.len().max(1)) as f64;
    (1.0 - noise / variance.max(1e-12)).clamp(0.0, 1.0) as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Draws scores in [0, 1].
    type Draw = fn(&mut Rng) -> f32;

    const KINDS: [(&str, Draw); 4] = [
        ("normal", |rng| (0.5 + 0.12 * rng.normal()).clamp(0.0, 1.0)),
        ("uniform", |rng| rng.between(0.2, 0.8)),
        ("near the top with a tail", |rng| {
            1.0 - 0.1 * (0.5 * rng.normal()).exp()
        }),
        ("two kinds", |rng| {
            if rng.uniform() < 0.3 {
                0.3 + 0.05 * rng.normal()
            } else {
                0.7 + 0.05 * rng.normal()
            }
        }),
    ];

    /// Of many runs of n candidates: what k more were said to buy and what they bought.
    fn trials(draw: Draw, n: usize, more: usize) -> Vec<(Buys, f32)> {
        let mut rng = Rng::new(11);
        let mut trial = || {
            let seen: Vec<f32> = (0..n).map(|_| draw(&mut rng)).collect();
            let best = seen.iter().copied().fold(f32::MIN, f32::max);
            let then = (0..more).map(|_| draw(&mut rng)).fold(best, f32::max);
            (
                buys(&seen, &[0.0], more).expect("enough were seen"),
                then - best,
            )
        };
        (0..300).map(|_| trial()).collect()
    }

    fn share(trials: &[(Buys, f32)], holds: impl Fn(&Buys, f32) -> bool) -> f32 {
        trials
            .iter()
            .filter(|(buys, gain)| holds(buys, *gain))
            .count() as f32
            / trials.len() as f32
    }

    #[test]
    fn the_stated_interval_holds_at_least_as_often_as_it_says() {
        for (name, draw) in KINDS {
            for (n, more) in [(4, 4), (8, 4), (8, 8), (16, 4), (16, 16)] {
                let trials = trials(draw, n, more);
                let held = share(&trials, |buys, gain| {
                    (buys.low - 1e-6..=buys.high + 1e-6).contains(&gain)
                });
                assert!(held > 0.75, "{name}, {n} and {more} more: {held}");
            }
        }
    }

    #[test]
    fn one_future_in_ten_gains_more_than_the_high_end() {
        for (name, draw) in &KINDS[..1] {
            for (n, more) in [(8, 4), (16, 8), (16, 16)] {
                let above = share(&trials(*draw, n, more), |buys, gain| gain > buys.high);
                assert!(
                    (0.05..0.16).contains(&above),
                    "{name}, {n} and {more} more: {above}"
                );
            }
        }
    }

    #[test]
    fn the_expected_gain_is_what_is_gained_on_average() {
        for (name, draw) in [KINDS[0], KINDS[2]] {
            for (n, more) in [(8, 4), (16, 4), (16, 16)] {
                let trials = trials(draw, n, more);
                let count = trials.len() as f32;
                let stated = trials.iter().map(|t| t.0.gain).sum::<f32>() / count;
                let bought = trials.iter().map(|t| t.1).sum::<f32>() / count;
                assert!(
                    (stated - bought).abs() < 0.012,
                    "{name}, {n} and {more} more: {stated} {bought}"
                );
            }
        }
    }

    #[test]
    fn the_chance_of_a_new_best_is_how_often_there_is_one() {
        for (name, draw) in KINDS {
            let trials = trials(draw, 8, 4);
            let new = share(&trials, |_, gain| gain > 0.0);
            assert!((new - trials[0].0.chance).abs() < 0.08, "{name}: {new}");
        }
    }

    #[test]
    fn more_candidates_never_buy_less() {
        let curve = curve(&[0.4, 0.6, 0.55, 0.7], &[0.02; 4]).expect("four are enough");
        assert!(
            curve
                .windows(2)
                .all(|w| w[1].gain >= w[0].gain && w[1].high >= w[0].high),
            "{curve:?}"
        );
    }

    #[test]
    fn a_gain_that_only_the_noise_would_see_is_not_believed() {
        let scores = [0.5, 0.55, 0.45, 0.52, 0.49];
        let noisy = buys(&scores, &[0.2; 5], 4).expect("enough");
        let sure = buys(&scores, &[0.0; 5], 4).expect("enough");
        assert!(noisy.believed == 0.0 && sure.believed == sure.gain && sure.gain > 0.0);
    }

    #[test]
    fn the_normal_quantiles_are_the_tabled_ones() {
        for (p, x) in [
            (0.5, 0.0),
            (0.975, 1.959_964),
            (0.01, -2.326_348),
            (0.9, 1.281_552),
        ] {
            assert!((quantile(p) - x).abs() < 1e-6, "{p}: {}", quantile(p));
        }
    }

    #[test]
    fn of_two_scores_nothing_is_said() {
        assert_eq!(curve(&[0.4, f32::NAN, 0.6], &[0.0; 3]), None);
    }

    #[test]
    fn a_gain_that_would_read_as_nothing_is_not_promised() {
        let buys = Buys {
            more: 4,
            gain: 0.01,
            low: 0.0,
            high: 0.03,
            chance: 0.3,
            believed: 0.003,
        };
        let said = buys.said().to_string();
        assert!(
            said.contains("most likely not") && said.contains("0.3 of 10"),
            "{said}"
        );
    }

    #[test]
    fn where_all_are_the_same_more_buy_nothing_and_that_is_said() {
        let same = buys(&[0.8; 8], &[0.01; 8], 4).expect("enough");
        assert!(
            same.said() == "4 more would hardly make the best better.",
            "{}",
            same.said()
        );
    }
}
