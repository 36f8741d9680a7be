//! Every measure beside the library that people know it from; `tests/lab/make_measures.py` wrote the numbers.

use proptest::prelude::*;
use serde::Deserialize;

use super::alpha::{Level, alpha};
use super::bootstrap::{Draws, interval, quantile};
use super::calibration::{Forecast, brier, ece, reliability, slope};
use super::compare::{Discordant, paired};
use super::groups::{Rated, all_right, capture, choice, pairs, top1_of};
use super::order::{BothOrders, orders};
use super::pairs::{Better, Counts, Pair, best_threshold, tie_calibrated, with_threshold};
use super::rank::{Concordance, kendall, pearson, ranks, spearman};

#[derive(Deserialize)]
struct Reference {
    ranks: Vec<Ranked>,
    forecasts: Vec<Forecasted>,
    slopes: Vec<Sloped>,
    alphas: Vec<Alphas>,
    mcnemar: Vec<McNemar>,
    thresholds: Vec<Threshold>,
    pooled: Pooled,
    quantiles: Quantiles,
}

#[derive(Deserialize)]
struct Ranked {
    name: String,
    x: Vec<Option<f64>>,
    y: Vec<Option<f64>>,
    pearson: Option<f64>,
    spearman: Option<f64>,
    kendall: Option<f64>,
    ranks_x: Vec<f64>,
}

#[derive(Deserialize)]
struct Forecasted {
    name: String,
    chance: Vec<f64>,
    came_true: Vec<bool>,
    stated: Vec<f64>,
    observed: Vec<f64>,
    count: Vec<usize>,
    ece: f64,
    brier: f64,
}

#[derive(Deserialize)]
struct Sloped {
    name: String,
    margin: Vec<f64>,
    slope: f64,
}

#[derive(Deserialize)]
struct Alphas {
    name: String,
    units: Vec<Vec<Option<f64>>>,
    nominal: Option<f64>,
    ordinal: Option<f64>,
    interval: Option<f64>,
}

#[derive(Deserialize)]
struct McNemar {
    only_first: u64,
    only_second: u64,
    p: f64,
}

#[derive(Deserialize)]
struct Threshold {
    name: String,
    a: Vec<f64>,
    b: Vec<f64>,
    human: Vec<i8>,
    accuracy: f64,
    threshold: f64,
}

#[derive(Deserialize)]
struct Pooled {
    groups: Vec<PooledGroup>,
    tau: f64,
}

#[derive(Deserialize)]
struct PooledGroup {
    x: Vec<f64>,
    y: Vec<f64>,
}

#[derive(Deserialize)]
struct Quantiles {
    values: Vec<f64>,
    shares: Vec<f64>,
    quantiles: Vec<f64>,
}

fn reference() -> Reference {
    serde_json::from_str(include_str!("../../../../tests/lab/measures.json")).expect("it reads")
}

fn numbers(values: &[Option<f64>]) -> Vec<f64> {
    values.iter().map(|v| v.unwrap_or(f64::NAN)).collect()
}

fn same(name: &str, ours: Option<f64>, theirs: Option<f64>) {
    match (ours, theirs) {
        (Some(a), Some(b)) => assert!((a - b).abs() < 1e-9, "{name}: {a} and not {b}"),
        (a, b) => assert_eq!(a, b, "{name}"),
    }
}

#[test]
fn rank_correlations_are_scipys_also_where_there_is_nothing_to_rank() {
    let reference = reference();
    assert!(reference.ranks.len() >= 14);
    for case in reference.ranks {
        let (x, y) = (numbers(&case.x), numbers(&case.y));
        same(&case.name, pearson(&x, &y), case.pearson);
        same(&case.name, spearman(&x, &y), case.spearman);
        same(&case.name, kendall(&x, &y), case.kendall);
        let kept: Vec<f64> = x
            .iter()
            .zip(&y)
            .filter(|(x, y)| x.is_finite() && y.is_finite())
            .map(|(x, _)| x + 0.0)
            .collect();
        assert_eq!(ranks(&kept), case.ranks_x, "{}", case.name);
    }
}

#[test]
fn tau_pooled_within_groups_is_the_count_of_pairs() {
    let Pooled { groups, tau } = reference().pooled;
    let all = groups
        .iter()
        .map(|group| Concordance::of(&group.x, &group.y))
        .fold(Concordance::default(), Concordance::and);
    same("pooled", all.tau_b(), Some(tau));
}

#[test]
fn the_reliability_curve_and_its_errors_are_scikit_learns() {
    for case in reference().forecasts {
        let told = case.chance.iter().zip(&case.came_true);
        let forecasts: Vec<Forecast> = told
            .map(|(&chance, &came_true)| Forecast { chance, came_true })
            .collect();
        let curve = reliability(&forecasts, 10);
        let counts: Vec<usize> = curve.iter().map(|bin| bin.count).collect();
        assert_eq!(counts, case.count, "{}", case.name);
        for (bin, (stated, observed)) in curve.iter().zip(case.stated.iter().zip(&case.observed)) {
            same(&case.name, Some(bin.stated), Some(*stated));
            same(&case.name, Some(bin.observed), Some(*observed));
        }
        same(&case.name, ece(&forecasts, 10), Some(case.ece));
        same(&case.name, brier(&forecasts), Some(case.brier));
    }
    assert_eq!((ece(&[], 10), brier(&[])), (None, None));
}

#[test]
fn the_slope_of_chances_is_that_of_logistic_regression() {
    for case in reference().slopes {
        let pairs: Vec<Pair> = case
            .margin
            .iter()
            .map(|&margin| Pair {
                a: 0.0,
                b: margin,
                human: Better::B,
            })
            .collect();
        let ours = slope(&pairs).expect("there are margins");
        let off = (ours / case.slope - 1.0).abs();
        assert!(off < 1e-4, "{}: {ours} and not {}", case.name, case.slope);
    }
    let equal = [Pair {
        a: 1.0,
        b: 1.0,
        human: Better::A,
    }];
    assert_eq!(slope(&equal), None);
}

#[test]
fn alpha_is_krippendorffs_at_every_level() {
    for case in reference().alphas {
        let units: Vec<Vec<f64>> = case.units.iter().map(|unit| numbers(unit)).collect();
        same(&case.name, alpha(&units, Level::Nominal), case.nominal);
        same(&case.name, alpha(&units, Level::Ordinal), case.ordinal);
        same(&case.name, alpha(&units, Level::Interval), case.interval);
    }
}

#[test]
fn mcnemars_exact_test_is_statsmodels() {
    for case in reference().mcnemar {
        let (only_first, only_second) = (case.only_first, case.only_second);
        let ours = Discordant {
            only_first,
            only_second,
        }
        .p_value();
        assert!(
            (ours - case.p).abs() < 1e-9 * (1.0 + case.p),
            "{ours} and not {}",
            case.p
        );
    }
}

#[test]
fn the_best_threshold_is_found_as_by_trying_every_one() {
    for case in reference().thresholds {
        let scores = case.a.iter().zip(&case.b).zip(&case.human);
        let pairs: Vec<Pair> = scores
            .map(|((&a, &b), &human)| Pair {
                a,
                b,
                human: Better::of(f64::from(human), 0.0),
            })
            .collect();
        let best = best_threshold(&pairs).expect("there are pairs");
        same(&case.name, Some(best.accuracy), Some(case.accuracy));
        same(&case.name, Some(best.threshold), Some(case.threshold));
        same(
            &case.name,
            with_threshold(&pairs, best.threshold),
            Some(best.accuracy),
        );
    }
    assert_eq!(best_threshold(&[]), None);
}

#[test]
fn quantiles_are_numpys() {
    let Quantiles {
        values,
        shares,
        quantiles,
    } = reference().quantiles;
    for (share, theirs) in shares.iter().zip(quantiles) {
        same("quantile", Some(quantile(&values, *share)), Some(theirs));
    }
}

fn pair(a: f64, b: f64, human: Better) -> Pair {
    Pair { a, b, human }
}

#[test]
fn a_tie_of_scores_is_wrong_or_half_right_and_a_tie_of_people_is_left_out() {
    let pairs = [
        pair(2.0, 1.0, Better::A),
        pair(1.0, 1.0, Better::A),
        pair(1.0, 2.0, Better::A),
        pair(1.0, 2.0, Better::Tie),
        pair(f64::NAN, 2.0, Better::A),
    ];
    let counts = Counts::of(&pairs);
    assert_eq!((counts.all, counts.right, counts.tied), (3, 1, 1));
    same("half", counts.half_credit(), Some(0.5));
    assert_eq!(Counts::of(&pairs[3..]).strict(), None);
}

#[test]
fn a_threshold_from_the_other_half_does_not_flatter() {
    // noise: the best threshold on the same pairs looks better than it is
    let mut rng = retake_core::Rng::new(3);
    let human = |at: u64| [Better::A, Better::B, Better::Tie][at as usize % 3];
    let pairs: Vec<Pair> = (0..60)
        .map(|_| {
            pair(
                f64::from(rng.uniform()),
                f64::from(rng.uniform()),
                human(rng.next_u64() >> 32),
            )
        })
        .collect();
    let flattered = best_threshold(&pairs).expect("pairs").accuracy;
    let honest = tie_calibrated(&pairs, &|place| place % 2 == 0)
        .expect("pairs")
        .accuracy;
    assert!(honest < flattered, "{honest} {flattered}");
}

#[test]
fn several_with_the_highest_score_share_the_pick() {
    let group = |rows: &[(f64, f64)]| -> Vec<Rated> {
        rows.iter()
            .map(|&(score, human)| Rated { score, human })
            .collect()
    };
    let shared = choice(&group(&[(3.0, 1.0), (3.0, 0.0), (1.0, 0.5)])).expect("three");
    assert_eq!(
        (shared.top1, shared.picked, shared.random, shared.best),
        (0.5, 0.5, 0.5, 1.0)
    );
    let right = choice(&group(&[(3.0, 1.0), (2.0, 0.0)])).expect("two");
    same("capture", capture([&shared, &right]), Some(0.5));
    assert_eq!(choice(&group(&[(1.0, 1.0)])), None);
    let all_alike = choice(&group(&[(1.0, 1.0), (0.0, 1.0)])).expect("two");
    assert_eq!((all_alike.top1, capture([&all_alike])), (1.0, None));
}

#[test]
fn the_best_of_four_is_the_mean_over_every_draw_of_four() {
    let numbers = [
        (0.5, 2.0),
        (0.5, 3.0),
        (0.9, 1.0),
        (0.1, 3.0),
        (0.5, 0.0),
        (0.7, 2.0),
        (0.9, 2.0),
    ];
    let group: Vec<Rated> = numbers
        .iter()
        .map(|(score, human)| Rated {
            score: *score,
            human: *human,
        })
        .collect();
    let (mut draws, mut right) = (0.0, 0.0);
    for drawn in (0_u32..128).filter(|drawn| drawn.count_ones() == 4) {
        let of: Vec<Rated> = (0..7)
            .filter(|at| drawn & (1 << at) != 0)
            .map(|at| group[at])
            .collect();
        draws += 1.0;
        right += choice(&of).expect("four").top1;
    }
    let exact = top1_of(&group, 4).expect("there are seven");
    assert!(
        (exact - right / draws).abs() < 1e-12,
        "{exact} {}",
        right / draws
    );
    assert_eq!(top1_of(&group[..3], 4), None);
}

#[test]
fn one_wrong_pair_spoils_a_group() {
    let right = [pair(2.0, 1.0, Better::A), pair(1.0, 1.0, Better::Tie)];
    assert_eq!(all_right(&right), Some(true));
    let wrong = [right[0], pair(1.0, 1.0, Better::B)];
    assert_eq!(
        (all_right(&wrong), all_right(&right[1..])),
        (Some(false), None)
    );
}

#[test]
fn a_judge_that_always_takes_the_first_is_all_bias() {
    let first = BothOrders {
        forward: Better::A,
        reverse: Better::B,
        human: Better::A,
    };
    let of = orders(&[first; 4]).expect("pairs");
    assert_eq!((of.consistency, of.positional_bias), (0.0, 0.5));
    assert_eq!(
        (of.consistent_accuracy, of.mean_accuracy),
        (Some(0.0), Some(0.5))
    );
    let steady = BothOrders {
        reverse: Better::A,
        ..first
    };
    let of = orders(&[steady]).expect("pairs");
    assert_eq!(
        (of.consistency, of.positional_bias, of.consistent_accuracy),
        (1.0, 0.0, Some(1.0))
    );
}

#[test]
fn the_interval_of_a_mean_is_about_two_standard_errors_wide_each_way() {
    let mut rng = retake_core::Rng::new(1);
    let values: Vec<f64> = (0..400).map(|_| f64::from(rng.normal())).collect();
    let mean = |places: &[usize]| super::mean(places.iter().map(|&place| values[place]));
    let of = interval(values.len(), Draws::default(), &mean).expect("values");
    let width = of.high - of.low;
    assert!((width / (2.0 * 1.96 / 20.0) - 1.0).abs() < 0.15, "{width}");
    assert_eq!(Some(of), interval(values.len(), Draws::default(), &mean));
}

#[test]
fn a_difference_that_every_unit_shows_is_sure_and_none_is_not() {
    let all_better = |_: &[usize]| Some((1.0, 0.0));
    assert!(paired(50, Draws::default(), &all_better).expect("units").p < 0.01);
    let alike = |_: &[usize]| Some((1.0, 1.0));
    assert!(paired(50, Draws::default(), &alike).expect("units").p > 0.99);
}

proptest! {
    #[test]
    fn correlations_stay_within_one_and_turn_with_the_sign(
        rows in proptest::collection::vec((-3i8..4, -3i8..4), 0..40)
    ) {
        let (x, y): (Vec<f64>, Vec<f64>) =
            rows.iter().map(|&(x, y)| (f64::from(x), f64::from(y))).unzip();
        let turned: Vec<f64> = y.iter().map(|y| -y).collect();
        for of in [spearman, kendall] {
            match (of(&x, &y), of(&x, &turned)) {
                (Some(a), Some(b)) => prop_assert!(a.abs() <= 1.0 && (a + b).abs() < 1e-9),
                (a, b) => prop_assert_eq!(a, b),
            }
        }
    }

    #[test]
    fn a_group_has_the_pairs_that_its_candidates_make(
        rows in proptest::collection::vec((0u8..4, 0u8..4), 0..12)
    ) {
        let group: Vec<Rated> = rows
            .iter()
            .map(|&(score, human)| Rated { score: f64::from(score), human: f64::from(human) })
            .collect();
        prop_assert_eq!(pairs(&group).len(), group.len() * group.len().saturating_sub(1) / 2);
    }
}
