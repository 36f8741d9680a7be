//! Users with a hidden taste, and users with none.

use proptest::prelude::*;
use retake_core::Rng;

use super::*;

const NAMES: [&str; 4] = [
    "instruction_following",
    "detail_preserving",
    "generation_quality",
    "warmth",
];

/// A group of six candidates with random scores, of which the one with the highest hidden value is picked. Some noise
/// stands for moods.
fn pick(rng: &mut Rng, hidden: Option<[f64; 4]>, noise: f64) -> Pick {
    let mut candidates: Vec<Seen> = (0..6)
        .map(|_| {
            let scores = NAMES.map(|name| (name.to_owned(), f64::from(rng.uniform())));
            let scores: BTreeMap<String, f64> = scores.into();
            let of = |name: &str| scores[name];
            let quality = of(NAMES[1]).min(of(NAMES[2]));
            let overall = of(NAMES[0]).powf(0.8) * quality.powf(0.2);
            Seen {
                scores,
                overall,
                liked: 0.0,
                telling: 1.0,
            }
        })
        .collect();
    let value = |seen: &Seen, rng: &mut Rng| match hidden {
        Some(hidden) => {
            let of = NAMES
                .iter()
                .zip(hidden)
                .map(|(name, weight)| weight * seen.scores[*name]);
            of.sum::<f64>() + noise * f64::from(rng.normal())
        }
        None => f64::from(rng.uniform()),
    };
    let values: Vec<f64> = candidates.iter().map(|seen| value(seen, rng)).collect();
    let best = (0..6)
        .max_by(|&a, &b| values[a].total_cmp(&values[b]))
        .expect("six");
    candidates[best].liked = 1.0;
    Pick {
        candidates,
        agreement: 1.0,
    }
}

fn picks(seed: u64, count: usize, hidden: Option<[f64; 4]>) -> Vec<Pick> {
    let mut rng = Rng::new(seed);
    (0..count).map(|_| pick(&mut rng, hidden, 0.05)).collect()
}

/// Share of fresh picks that a taste foretells.
fn foretold(taste: &Taste, hidden: [f64; 4]) -> f64 {
    let fresh = picks(999, 400, Some(hidden));
    let right = fresh.iter().filter(|pick| {
        let by = |of: &dyn Fn(&Seen) -> f64| {
            let order = |a: &&Seen, b: &&Seen| of(a).total_cmp(&of(b));
            pick.candidates.iter().max_by(order).expect("six")
        };
        by(&|seen| taste.value(&seen.scores)).liked > 0.0
    });
    right.count() as f64 / 400.0
}

const WARM: [f64; 4] = [0.6, 0.1, 0.3, 1.0];

#[test]
fn the_accuracy_of_picks_rises_over_fifty_events_and_beats_the_default() {
    let all = picks(7, 50, Some(WARM));
    let after = |count: usize| foretold(&fit(&comparisons(&all[..count])), WARM);
    let (few, half, many) = (after(3), after(20), after(50));
    assert!(
        few < half && half < many + 0.02 && many > few + 0.1,
        "{few} {half} {many}"
    );
    let offered = offer(&all).expect("a taste");
    let Held {
        taste,
        default,
        taste_top1,
        default_top1,
        ..
    } = offered.held;
    assert!(
        taste > default + 0.1 && taste_top1 > default_top1 + 0.2,
        "{:?}",
        offered.held
    );
    assert!(many > 0.7, "{many}");
}

#[test]
fn what_counts_most_can_be_read_off_the_weights() {
    let taste = offer(&picks(3, 60, Some(WARM))).expect("a taste").taste;
    let words = taste.in_words();
    assert_eq!(
        (words[0].0.as_str(), words[1].0.as_str()),
        ("warmth", "instruction_following")
    );
    assert!((words.iter().map(|(_, share)| share.abs()).sum::<f64>() - 1.0).abs() < 1e-9);
    assert!(!taste.on);
}

#[test]
fn random_picks_are_refused_whatever_the_seed() {
    let refused = (0..40)
        .filter(|&seed| offer(&picks(seed, 50, None)).is_err())
        .count();
    assert!(refused >= 39, "{refused} of 40");
}

#[test]
fn few_picks_are_refused_and_so_is_a_taste_that_the_default_has_already() {
    assert_eq!(
        offer(&picks(1, 19, Some(WARM))),
        Err(Refusal::Few { picks: 19 })
    );
    let mut rng = Rng::new(5);
    let mut as_default = picks(5, 60, Some(WARM));
    for pick in &mut as_default {
        let best = pick
            .candidates
            .iter()
            .map(|seen| seen.overall)
            .fold(0.0, f64::max);
        pick.candidates
            .iter_mut()
            .for_each(|seen| seen.liked = f64::from(u8::from(seen.overall == best)));
        let _ = rng.uniform();
    }
    assert!(matches!(offer(&as_default), Err(Refusal::NoBetter { .. })));
}

#[test]
fn groups_of_low_agreement_are_not_learned_from() {
    let mut all = picks(2, 60, Some(WARM));
    all.iter_mut()
        .take(45)
        .for_each(|pick| pick.agreement = 0.5);
    assert_eq!(offer(&all), Err(Refusal::Few { picks: 15 }));
}

#[test]
fn a_measure_that_has_nothing_to_do_with_it_gets_next_to_no_weight() {
    let hidden = [1.0, 0.0, 0.0, 0.0];
    let words = fit(&comparisons(&picks(11, 150, Some(hidden)))).in_words();
    assert!(words[0].0 == NAMES[0] && words[0].1 > 0.7, "{words:?}");
}

#[test]
fn a_clear_pick_counts_more_than_a_close_one() {
    let seen = |liked: f64, score: f64| Seen {
        scores: [("a".to_owned(), score)].into(),
        overall: 0.0,
        liked,
        telling: 1.0,
    };
    let of = |liked: f64| {
        let candidates = vec![seen(liked, 1.0), seen(0.0, 0.0)];
        comparisons(&[Pick {
            candidates,
            agreement: 1.0,
        }])[0]
            .weight
    };
    assert!(of(0.2) < of(1.0) && of(1.0) < of(4.0) && of(4.0) < 2.0);
}

#[test]
fn a_taste_reads_back_as_it_was_written() {
    let taste = fit(&comparisons(&picks(1, 30, Some(WARM))));
    let text = serde_json::to_string(&taste).expect("it is written");
    assert_eq!(
        serde_json::from_str::<Taste>(&text).expect("it reads"),
        taste
    );
}

/// A group as a search that has found out how to raise one dimension makes it: two of its takes have all of it. The person
/// likes the best of the others and rejects these.
fn exploited(rng: &mut Rng) -> Pick {
    let mut pick = pick(rng, Some(WARM), 0.05);
    for at in [1, 4] {
        let seen = &mut pick.candidates[at];
        seen.scores.insert(NAMES[2].to_owned(), 1.0);
        seen.scores.insert("instruction_following".to_owned(), 0.8);
        seen.liked = -1.0;
    }
    if pick.candidates.iter().all(|seen| seen.liked <= 0.0) {
        pick.candidates[0].liked = 1.0;
    }
    pick
}

/// In how many of a hundred such groups a head likes best what is rejected.
fn falls_for_it(head: &Taste) -> usize {
    let mut rng = Rng::new(4242);
    let groups = (0..100).map(|_| exploited(&mut rng));
    let value = |seen: &Seen| head.value(&seen.scores);
    let falls = groups.filter(|pick| {
        let order = |a: &&Seen, b: &&Seen| value(a).total_cmp(&value(b));
        pick.candidates.iter().max_by(order).expect("six").liked < 0.0
    });
    falls.count()
}

#[test]
fn what_is_exploited_is_unlearned_within_twelve_picks_after_a_hundred() {
    let before = picks(21, 100, Some([0.6, 0.1, 1.0, 0.3]));
    let head = |picks: &[Pick]| fit(&refit(picks).comparisons);
    let fell = falls_for_it(&head(&before));
    let mut rng = Rng::new(5);
    let mut all = before.clone();
    all.extend((0..UNLEARNED_WITHIN).map(|_| exploited(&mut rng)));
    let (falls, plainly) = (
        falls_for_it(&head(&all)),
        falls_for_it(&fit(&comparisons(&all))),
    );
    assert!(fell > 60, "it was worth exploiting: {fell}");
    assert!(falls < 15, "unlearned: {falls}");
    assert!(
        plainly > 3 * falls.max(5),
        "without it, it would not be: {plainly}"
    );
}

#[test]
fn a_head_whose_favourites_are_not_rejected_forgets_nothing() {
    let all = picks(8, 60, Some(WARM));
    let refitted = refit(&all);
    assert_eq!(refitted.rejected, 0);
    assert_eq!(refitted.comparisons, comparisons(&all));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn a_constant_added_to_all_scores_of_a_group_changes_nothing(shift in -3.0_f64..3.0, seed in 0_u64..50) {
        let all = picks(seed, 20, Some(WARM));
        let mut moved = all.clone();
        for (place, pick) in moved.iter_mut().enumerate() {
            for seen in &mut pick.candidates {
                seen.scores.values_mut().for_each(|value| *value += shift * (1 + place % 3) as f64);
            }
        }
        let (one, other) = (fit(&comparisons(&all)), fit(&comparisons(&moved)));
        for (name, weight) in &one.weights {
            prop_assert!((weight - other.weights[name]).abs() < 1e-6);
        }
    }
}
