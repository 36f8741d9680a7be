//! What holds for every selector that is told all it may be: turns before, comparisons and a reference.

use super::*;

/// A group with all that a selector may be told beside it: a reference, comparisons, and turns before.
type Whole = (Vec<Scorecard>, Vec<Pair>, Vec<Vec<Scorecard>>, Scorecard);

fn whole() -> impl Strategy<Value = Whole> {
    let word = prop::sample::select(vec![Verdict::First, Verdict::Second, Verdict::Tie]);
    let of = prop::collection::vec((shares(), shares(), 0usize..3, word), 2..7);
    (of, shares()).prop_map(|(all, reference)| {
        let cards: Vec<Scorecard> = all.iter().map(|one| card(one.0, [one.0; 2])).collect();
        let chains = all.iter().map(|one| vec![simple(one.1); one.2]).collect();
        // each with the next
        let pairs = all.iter().enumerate().map(|(place, one)| {
            let second = (place + 1) % all.len();
            pair(place, second, one.3)
        });
        (cards, pairs.collect(), chains, simple(reference))
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn with_turns_comparisons_and_a_reference_nothing_hangs_on_the_order(
        (cards, pairs, chains, reference) in whole(), by in 1usize..7,
    ) {
        let count = cards.len();
        // turned round the ring, so that each is compared with the same as before
        let from: Vec<usize> = (0..count).map(|place| (place + by) % count).collect();
        let at = |then: usize| (then + count - by % count) % count;
        let turned: Vec<Scorecard> = from.iter().map(|then| cards[*then].clone()).collect();
        let turns: Vec<Vec<Scorecard>> = from.iter().map(|then| chains[*then].clone()).collect();
        let words: Vec<Pair> = (pairs.iter())
            .map(|word| pair(at(word.first), at(word.second), word.better))
            .collect();
        for entry in SELECTORS {
            let selector = entry.plain();
            let group = Group::of(&cards).against(Some(&reference));
            let before = selector.choose(&group.with_pairs(&pairs).after(&chains));
            let group = Group::of(&turned).against(Some(&reference));
            let after = selector.choose(&group.with_pairs(&words).after(&turns));
            check(entry.id, &before, count);
            for (now, then) in from.iter().enumerate() {
                let apart = after.overall[now] - before.overall[*then];
                prop_assert!(apart.abs() < 1e-4, "{}: {apart}", entry.id);
            }
        }
    }

    #[test]
    fn with_turns_and_a_reference_coming_nearer_to_the_best_never_costs_a_place(
        (cards, _, chains, reference) in whole(), which in 0usize..7, dimension in 0usize..3,
        by in share(),
    ) {
        let which = which % cards.len();
        let mut better = cards.clone();
        // no further than the best there is: what a share is of stays the same, of the turns before too
        let best = cards.iter().filter_map(|card| card.value(D[dimension]));
        let best = f64::from(best.fold(0.0, f32::max));
        let raised = |value: f64| (value + f64::from(by)).min(best);
        if let Some(score) = better[which].scores.get_mut(&Dimension::from(D[dimension])) {
            score.value = raised(f64::from(score.value)) as f32;
        }
        for raw in &mut better[which].raw {
            if let Some(value) = raw.measures.get_mut(D[dimension]) {
                *value = raised(*value);
            }
        }
        for entry in SELECTORS {
            let selector = entry.plain();
            let choose = |cards: &[Scorecard]| {
                let group = Group::of(cards).against(Some(&reference));
                selector.choose(&group.after(&chains))
            };
            let (before, after) = (choose(&cards), choose(&better));
            prop_assert!(
                place(&after, which) <= place(&before, which),
                "{}: {before:?} {after:?}", entry.id
            );
        }
    }
}
