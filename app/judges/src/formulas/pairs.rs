//! Scores that say which of two is better, and how sure that is.

use std::f64::consts::PI;

use super::generative::mean;
use super::logits::logistic;

/// A score with its doubt, as EditReward's heads give them (arXiv 2509.26346): μ and log σ; unbounded.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Belief {
    /// μ
    pub mean: f64,
    /// σ > 0
    pub deviation: f64,
}

impl Belief {
    /// From a head's two outputs, μ and log σ.
    pub fn of_head(output: [f64; 2]) -> Self {
        Self {
            mean: output[0],
            deviation: output[1].exp(),
        }
    }
}

/// How EditReward makes one score of its two.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are the published ones")]
pub enum Pooling {
    #[default]
    Mean,
    Min,
    Sum,
}

/// EditReward's overall of its two dimensions. Their errors are taken as independent: σ of a sum is √(σ₁² + σ₂²), of the
/// mean half of that; the least has its own. (The published code takes the mean and the least of log σ by itself, which is
/// the doubt of neither; μ is the same.)
pub fn editreward_overall(following: Belief, quality: Belief, pooling: Pooling) -> Belief {
    let both = following.deviation.hypot(quality.deviation);
    match pooling {
        Pooling::Mean => Belief {
            mean: (following.mean + quality.mean) / 2.0,
            deviation: both / 2.0,
        },
        Pooling::Sum => Belief {
            mean: following.mean + quality.mean,
            deviation: both,
        },
        Pooling::Min if following.mean <= quality.mean => following,
        Pooling::Min => quality,
    }
}

/// P(A better than B): the mean of σ(z) for z ~ N(μ_A − μ_B, σ_A² + σ_B²), by MacKay's approximation
/// σ(Δμ / √(1 + π (σ_A² + σ_B²) / 8)). In training it is the mean of 1000 draws.
pub fn probability_better(a: Belief, b: Belief) -> f64 {
    let variance = a.deviation.powi(2) + b.deviation.powi(2);
    logistic((a.mean - b.mean) / (1.0 + PI * variance / 8.0).sqrt())
}

/// Bradley–Terry with ties (Rao & Kupper 1967) as EditReward and VideoReward train with it, θ = 5 there: probabilities that
/// A is better, that B is, and that neither.
pub fn bradley_terry_ties(a: f64, b: f64, theta: f64) -> [f64; 3] {
    // divided by the larger one, so that nothing overflows
    let most = a.max(b);
    let (a, b) = ((a - most).exp(), (b - most).exp());
    let (first, second) = (a / (a + theta * b), b / (b + theta * a));
    [first, second, 1.0 - first - second]
}

/// JarvisEvo's win rate of each in its group: the share of the others that it beats. 0 of one alone.
pub fn win_rates(scores: &[f64]) -> Vec<f64> {
    let others = scores.len().saturating_sub(1).max(1) as f64;
    let beaten = |score: &f64| scores.iter().filter(|other| *score > **other).count() as f64;
    scores.iter().map(|score| beaten(score) / others).collect()
}

/// VideoReward's scores: each dimension less its stored mean over its stored deviation, and their sum.
pub fn standardised_sum(scores: &[f64], means: &[f64], deviations: &[f64]) -> f64 {
    let each = scores.iter().zip(means).zip(deviations);
    each.map(|((score, mean), deviation)| (score - mean) / deviation.max(1e-12))
        .sum()
}

/// What a pairwise judge said of one pair, asked in both orders.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BothOrders {
    /// how sure it is that A is better, A shown first: 1 yes, 0 no, 0.5 a tie
    pub forward: f64,
    /// how sure it is that A is better, B shown first
    pub reverse: f64,
}

impl BothOrders {
    /// Both together, freed from a preference for a place: their mean.
    pub fn first_better(self) -> f64 {
        f64::midpoint(self.forward, self.reverse)
    }
    /// Whether both orders say the same, ties included.
    pub fn agree(self) -> bool {
        let side = |p: f64| (p > 0.5) as i8 - (p < 0.5) as i8;
        side(self.forward) == side(self.reverse)
    }
}

/// P(the one shown first is chosen) − ½ over pairs that were asked in both orders: 0 is fair.
pub fn positional_bias(pairs: &[BothOrders]) -> f64 {
    mean(
        pairs
            .iter()
            .flat_map(|pair| [pair.forward, 1.0 - pair.reverse]),
    )
    .map_or(0.0, |p| p - 0.5)
}

/// MMRB2's answer from 1 (A is much better) to 6 (B is much better) as how sure it is that A is better, in [0, 1].
pub fn six_steps(answer: f64) -> f64 {
    (6.0 - answer) / 5.0
}

/// MMRB2's accuracy: of 2 · pairs answers in both orders, those that choose what people chose (true: A).
pub fn both_orders_accuracy(answers: &[(BothOrders, bool)]) -> f64 {
    let right = |p: f64, truth: bool| (p != 0.5 && (p > 0.5) == truth) as u32;
    let all: u32 = answers
        .iter()
        .map(|(pair, truth)| right(pair.forward, *truth) + right(pair.reverse, *truth))
        .sum();
    f64::from(all) / (2 * answers.len()).max(1) as f64
}

/// Kendall's τ-b of two orders of the same things, from −1 to 1: concordant less discordant pairs, over the root of the
/// pairs that the first does not tie times those that the second does not. `None` where one ties all of them.
pub fn kendall(a: &[f64], b: &[f64]) -> Option<f64> {
    let sign = |x: f64, y: f64| (x > y) as i32 - (x < y) as i32;
    let (mut sum, mut untied) = (0i32, [0i32; 2]);
    for i in 0..a.len().min(b.len()) {
        for j in 0..i {
            let (one, other) = (sign(a[i], a[j]), sign(b[i], b[j]));
            sum += one * other;
            untied[0] += one * one;
            untied[1] += other * other;
        }
    }
    let root = (f64::from(untied[0]) * f64::from(untied[1])).sqrt();
    (root > 0.0).then(|| f64::from(sum) / root)
}

/// A metric of GEditBench v2's region-decoupled preservation, standardised within the candidates of one prompt; higher is
/// better.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Decoupled {
    /// a candidate above it is among the elite
    pub elite: f64,
    /// a candidate below it has failed
    pub failure: f64,
}

/// Which of the candidates form a preference (better, worse) by a main metric, where no secondary one says the opposite
/// (GEditBench v2, arXiv 2603.28547). All metrics: higher is better, one value a candidate.
pub fn decoupled_pairs(
    main: &[f64],
    secondary: &[&[f64]],
    bounds: Decoupled,
) -> Vec<(usize, usize)> {
    let standard = standardised(main);
    let contradicts = |better: usize, worse: usize| {
        secondary
            .iter()
            .any(|metric| metric[better] < metric[worse])
    };
    let elite = (0..main.len()).filter(|&i| standard[i] > bounds.elite);
    let failed: Vec<usize> = (0..main.len())
        .filter(|&i| standard[i] < bounds.failure)
        .collect();
    elite
        .flat_map(|better| failed.iter().map(move |&worse| (better, worse)))
        .filter(|&(better, worse)| !contradicts(better, worse))
        .collect()
}

/// Less their mean, over their deviation; all 0 where they are alike.
pub fn standardised(values: &[f64]) -> Vec<f64> {
    let centre = mean(values.iter().copied()).unwrap_or(0.0);
    let variance = mean(values.iter().map(|value| (value - centre).powi(2))).unwrap_or(0.0);
    let deviation = variance.sqrt();
    let of = |value: &f64| {
        if deviation > 1e-12 {
            (value - centre) / deviation
        } else {
            0.0
        }
    };
    values.iter().map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use retake_core::Rng;

    const fn belief(mean: f64, deviation: f64) -> Belief {
        Belief { mean, deviation }
    }

    #[test]
    fn the_probability_of_being_better_is_the_mean_over_drawn_differences() {
        let (a, b) = (belief(1.2, 0.6), belief(0.4, 0.8));
        let mut rng = Rng::new(4);
        let draws = 40_000;
        let drawn: f64 = (0..draws)
            .map(|_| logistic(0.8 + f64::from(rng.normal())))
            .sum::<f64>()
            / f64::from(draws);
        assert!((probability_better(a, b) - drawn).abs() < 0.01, "{drawn}");
    }

    #[test]
    fn who_is_better_and_who_is_worse_make_one() {
        let (a, b) = (belief(0.3, 0.2), belief(-0.5, 1.1));
        assert!((probability_better(a, b) + probability_better(b, a) - 1.0).abs() < 1e-12);
        assert_eq!(probability_better(a, a), 0.5);
    }

    #[test]
    fn editreward_pools_by_mean_min_or_sum() {
        let (following, quality) = (Belief::of_head([1.0, 0.0]), Belief::of_head([3.0, 0.0]));
        let of = |pooling| editreward_overall(following, quality, pooling);
        assert_eq!(of(Pooling::Mean).mean, 2.0);
        assert_eq!(of(Pooling::Min), following);
        assert_eq!(
            (of(Pooling::Sum).mean, of(Pooling::Sum).deviation),
            (4.0, 2f64.sqrt())
        );
    }

    #[test]
    fn equals_are_mostly_a_tie_under_bradley_terry_with_ties() {
        // 1/6, 1/6 and 2/3 for θ = 5
        let [a, b, tie] = bradley_terry_ties(2.0, 2.0, 5.0);
        assert!((a - 1.0 / 6.0).abs() < 1e-12 && a == b && (tie - 2.0 / 3.0).abs() < 1e-12);
        let [a, ..] = bradley_terry_ties(900.0, 2.0, 5.0);
        assert!(a > 0.999);
    }

    #[test]
    fn win_rates_of_a_group_without_ties_make_half_of_it() {
        let rates = win_rates(&[0.1, 0.9, 0.4]);
        assert_eq!(rates, [0.0, 1.0, 0.5]);
    }

    #[test]
    fn a_judge_that_always_takes_the_first_has_the_largest_bias_and_no_opinion() {
        let pair = BothOrders {
            forward: 1.0,
            reverse: 0.0,
        };
        assert_eq!(positional_bias(&[pair, pair]), 0.5);
        assert_eq!(pair.first_better(), 0.5);
        assert!(!pair.agree());
    }

    #[test]
    fn a_judge_that_means_it_has_no_bias() {
        let pair = BothOrders {
            forward: 1.0,
            reverse: 1.0,
        };
        let other = BothOrders {
            forward: 0.0,
            reverse: 0.0,
        };
        assert_eq!(positional_bias(&[pair, other]), 0.0);
        assert!(pair.agree());
    }

    #[test]
    fn a_tie_is_right_for_nobody() {
        let sure = BothOrders {
            forward: 1.0,
            reverse: 0.5,
        };
        assert_eq!(both_orders_accuracy(&[(sure, true), (sure, false)]), 0.25);
        assert_eq!(
            [six_steps(1.0), six_steps(3.5), six_steps(6.0)],
            [1.0, 0.5, 0.0]
        );
    }

    #[test]
    fn kendall_counts_pairs_and_leaves_ties_out() {
        let order = [1.0, 2.0, 3.0, 4.0];
        assert_eq!(kendall(&order, &order), Some(1.0));
        assert_eq!(kendall(&order, &[4.0, 3.0, 2.0, 1.0]), Some(-1.0));
        // five of six pairs agree and one does not
        assert_eq!(kendall(&order, &[1.0, 2.0, 4.0, 3.0]), Some(4.0 / 6.0));
        // five pairs agree and the second ties one: 5 / √(6 · 5)
        let tied = kendall(&order, &[1.0, 2.0, 3.0, 3.0]).expect("not all tied");
        assert!((tied - 5.0 / 30f64.sqrt()).abs() < 1e-12);
        assert_eq!(kendall(&order, &[1.0; 4]), None);
    }

    #[test]
    fn a_decoupled_pair_needs_an_elite_a_failure_and_no_contradiction() {
        let bounds = Decoupled {
            elite: 0.64,
            failure: -0.44,
        };
        let main = [0.9, 0.5, 0.1];
        assert_eq!(
            decoupled_pairs(&main, &[&[0.8, 0.5, 0.2]], bounds),
            [(0, 2)]
        );
        assert!(decoupled_pairs(&main, &[&[0.1, 0.5, 0.2]], bounds).is_empty());
        assert!(decoupled_pairs(&[0.5; 3], &[], bounds).is_empty());
    }

    #[test]
    fn videorewards_sum_is_of_standardised_dimensions() {
        assert_eq!(
            standardised_sum(&[3.0, 1.0], &[1.0, 2.0], &[2.0, 0.5]),
            -1.0
        );
    }
}
