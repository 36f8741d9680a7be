//! What best-of-N lives by: of all candidates for one prompt, is the one with the highest score one that people like?

use super::pairs::{Better, Pair};

/// A candidate with its score and what people gave it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rated {
    /// the reward's
    pub score: f64,
    /// people's, on any scale
    pub human: f64,
}

/// What one group says about choosing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Choice {
    /// chance that the pick is one that people like best; several with the highest score share the pick
    pub top1: f64,
    /// chance that a random pick is one
    pub top1_random: f64,
    /// what people give the pick, on average over those that share it
    pub picked: f64,
    /// what people give a random one
    pub random: f64,
    /// what people give the best
    pub best: f64,
}

/// Chance that of `count` candidates that are drawn from the group the one with the highest score is one that people like best
/// of those drawn (best of four: RewardBench 2, arXiv 2506.01937); equal scores share the pick. Exact over every draw; `None`
/// where the group is smaller.
pub fn top1_of(group: &[Rated], count: usize) -> Option<f64> {
    let known = known(group);
    if count < 2 || known.len() < count {
        return None;
    }
    let ways = |from: usize, drawn: usize| -> f64 {
        (0..drawn).fold(1.0, |ways, at| {
            ways * (from as f64 - at as f64).max(0.0) / (at + 1) as f64
        })
    };
    // a candidate is picked rightly with others that people like no better: some with its score, with whom it shares the pick
    let rightly = |one: &Rated| -> f64 {
        let others = |of: fn(&f64, &f64) -> bool| {
            let worse = known.iter().filter(|other| other.human <= one.human);
            worse.filter(|other| of(&other.score, &one.score)).count()
        };
        let (equal, below) = (others(f64::eq) - 1, others(f64::lt));
        (0..count)
            .map(|tied| ways(equal, tied) * ways(below, count - 1 - tied) / (tied + 1) as f64)
            .sum()
    };
    Some(known.iter().map(rightly).sum::<f64>() / ways(known.len(), count))
}

/// Of one group; `None` for fewer than two candidates with both numbers.
pub fn choice(group: &[Rated]) -> Option<Choice> {
    let known: Vec<Rated> = known(group);
    if known.len() < 2 {
        return None;
    }
    let most = |of: fn(&Rated) -> f64| known.iter().map(of).fold(f64::NEG_INFINITY, f64::max);
    let (highest, best) = (most(|rated| rated.score), most(|rated| rated.human));
    let picked: Vec<&Rated> = known.iter().filter(|c| c.score == highest).collect();
    let liked = |rated: &&Rated| f64::from(u8::from(rated.human == best));
    let share = |of: f64, count: usize| of / count as f64;
    Some(Choice {
        top1: share(
            picked.iter().copied().map(|c| liked(&c)).sum(),
            picked.len(),
        ),
        top1_random: share(known.iter().map(|c| liked(&c)).sum(), known.len()),
        picked: share(picked.iter().map(|c| c.human).sum(), picked.len()),
        random: share(known.iter().map(|c| c.human).sum(), known.len()),
        best,
    })
}

fn known(group: &[Rated]) -> Vec<Rated> {
    let both = |rated: &&Rated| rated.score.is_finite() && rated.human.is_finite();
    group.iter().filter(both).copied().collect()
}

/// Share of the gain of an oracle over a random pick: (picked − random) / (best − random), each the mean over
/// groups; 1 is the oracle, 0 a random pick. `None` when there is nothing to gain.
pub fn capture<'a>(choices: impl IntoIterator<Item = &'a Choice>) -> Option<f64> {
    let (mut gained, mut possible) = (0.0, 0.0);
    for choice in choices {
        gained += choice.picked - choice.random;
        possible += choice.best - choice.random;
    }
    (possible > 0.0).then(|| gained / possible)
}

/// Whether every pair of a group in which a person preferred one is scored that way round. `None` when no pair is.
pub fn all_right(pairs: &[Pair]) -> Option<bool> {
    let mut preferred = pairs
        .iter()
        .filter(|pair| pair.human != Better::Tie)
        .peekable();
    preferred.peek()?;
    Some(preferred.all(|pair| pair.said() == pair.human))
}

/// The pairs of a group that was rated.
pub fn pairs(group: &[Rated]) -> Vec<Pair> {
    let known = known(group);
    let mut pairs = Vec::new();
    for (place, first) in known.iter().enumerate() {
        pairs.extend(known[place + 1..].iter().map(|second| Pair {
            a: first.score,
            b: second.score,
            human: Better::of(first.human, second.human),
        }));
    }
    pairs
}
