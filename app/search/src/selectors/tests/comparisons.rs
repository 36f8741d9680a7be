//! Judges that compare two edits: what won comparisons do to the order, pivots in place of all against all, and ties.

use super::*;

#[test]
fn comparisons_decide_and_another_won_comparison_never_costs_a_place() {
    let cards = vec![simple([0.6; 3]), simple([0.6; 3]), simple([0.9; 3])];
    let pairs = [
        pair(0, 1, Verdict::First),
        pair(0, 2, Verdict::First),
        pair(1, 2, Verdict::Tie),
    ];
    for id in ["bradley_terry", "pivots"] {
        let selector = selector(id).expect("it is in the table").plain();
        let chosen = selector.choose(&Group::of(&cards).with_pairs(&pairs));
        assert_eq!(chosen.order[0], 0, "{id}");
        for (turn, _) in pairs.iter().enumerate() {
            let mut better = pairs.clone();
            better[turn].better = Verdict::Second;
            let raised = pairs[turn].second;
            let after = selector.choose(&Group::of(&cards).with_pairs(&better));
            assert!(
                place(&after, raised) <= place(&chosen, raised),
                "{id} {turn}"
            );
        }
    }
    let split = selector("bradley_terry")
        .expect("it is in the table")
        .plain();
    let split = split.choose(&Group::of(&cards).with_pairs(&pairs));
    assert!(!split.confident, "scores and comparisons disagree");
}

/// A judge whose word on two follows Bradley and Terry's model.
fn word(rng: &mut retake_core::Rng, truth: &[f32], first: usize, second: usize) -> Verdict {
    let chance = 1.0 / (1.0 + (-(truth[first] - truth[second])).exp());
    if rng.between(0.0, 1.0) < chance {
        Verdict::First
    } else {
        Verdict::Second
    }
}

#[test]
fn three_pivots_name_the_same_winner_as_all_against_all() {
    let mut rng = retake_core::Rng::new(7);
    let (rounds, mut same) = (300, 0);
    for _ in 0..rounds {
        let truth: Vec<f32> = (0..12).map(|_| 8.0 * rng.normal()).collect();
        // scores that know about as much as a pointwise judge does
        let cards: Vec<Scorecard> = truth
            .iter()
            .map(|truth| {
                let seen = truth + 2.0 * rng.normal();
                simple([1.0 / (1.0 + (-seen / 8.0).exp()); 3])
            })
            .collect();
        let mut all = Vec::new();
        for first in 0..12 {
            for second in first + 1..12 {
                all.push(pair(first, second, word(&mut rng, &truth, first, second)));
            }
        }
        let few = pivots(&cards, 3);
        let asked: Vec<Pair> = all
            .iter()
            .filter(|pair| few.contains(&pair.first) || few.contains(&pair.second))
            .cloned()
            .collect();
        assert!(asked.len() <= 3 * 11);
        let by = |id: &str, pairs: &[Pair]| {
            let selector = selector(id).expect("it is in the table").plain();
            selector.choose(&Group::of(&cards).with_pairs(pairs)).order[0]
        };
        same += usize::from(by("pivots", &asked) == by("bradley_terry", &all));
    }
    assert!(same * 10 >= rounds * 9, "{same} of {rounds}");
}

#[test]
fn ties_are_foretold_as_often_as_they_come() {
    // Rao and Kupper's model with the k = 5 of the fit: what it says of two strengths is how often a judge says it
    let mut rng = retake_core::Rng::new(11);
    let (count, rounds) = (6, 400);
    let strengths: Vec<f64> = (0..count).map(|_| 1.5 * f64::from(rng.normal())).collect();
    let logistic = |x: f64| 1.0 / (1.0 + (-x).exp());
    let wins = |apart: f64| logistic(apart - 5f64.ln());
    let mut pairs = Vec::new();
    let (mut ties, mut foretold) = (0.0, 0.0);
    for _ in 0..rounds {
        let (first, second) = (rng.below(count), rng.below(count));
        if first == second {
            continue;
        }
        let apart = strengths[first] - strengths[second];
        let (one, other) = (wins(apart), wins(-apart));
        let draw = f64::from(rng.between(0.0, 1.0));
        let word = match draw {
            draw if draw < one => Verdict::First,
            draw if draw < one + other => Verdict::Second,
            _ => Verdict::Tie,
        };
        ties += f64::from(u8::from(word == Verdict::Tie));
        pairs.push(pair(first, second, word));
    }
    let fit = bradley_terry::fit(count, &pairs, 5.0, 4.0);
    for word in &pairs {
        let apart = fit.strength[word.first] - fit.strength[word.second];
        foretold += 1.0 - wins(apart) - wins(-apart);
    }
    let (ties, foretold) = (ties / pairs.len() as f64, foretold / pairs.len() as f64);
    assert!(
        ties > 0.2 && (ties - foretold).abs() < 0.05,
        "{ties} {foretold}"
    );
}
