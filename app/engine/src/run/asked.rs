//! The rewards are asked: for what it may cost, once or again, and by name where one cannot tell.

use retake_core::{
    Dimension, Instruction, Raster, Reward, Said, ScoreRequest, Scorecard, Stop, Watch, Work, said,
};

/// Amounts of money that differ by less are the same: sums of prices are not exact.
pub(super) const CENT: f64 = 1e-9;

/// What these have cost so far.
pub(super) fn paid(rewards: &[Box<dyn Reward>]) -> f64 {
    rewards.iter().map(|reward| reward.money()).sum()
}

/// What this work costs with all of these.
pub(super) fn price(rewards: &[Box<dyn Reward>], work: Work) -> f64 {
    rewards.iter().map(|reward| reward.price(work)).sum()
}

/// Lets these spend so much on this work: each its price, and what is over the first that has one.
pub(super) fn allow(rewards: &[Box<dyn Reward>], work: Work, money: f64) {
    let mut over = (money - price(rewards, work)).max(0.0);
    for reward in rewards {
        let own = reward.price(work);
        let more = match own > 0.0 {
            true => std::mem::take(&mut over),
            false => 0.0,
        };
        reward.allow(work, own + more);
    }
}

/// The scorecard of a candidate that nobody judged: why, or else there was no budget for it.
pub(super) fn unjudged(rewards: &[Box<dyn Reward>], why: Option<&Said>) -> Scorecard {
    let dimensions = rewards.iter().flat_map(|reward| reward.info().dimensions);
    let spent = || said!("not judged: the budget was spent");
    let why = why.cloned().unwrap_or_else(spent);
    Scorecard {
        unknown: dimensions
            .map(|&dimension| (dimension.into(), why.clone()))
            .collect(),
        ..Scorecard::default()
    }
}

/// Scores existing pictures, all rewards into one scorecard each.
pub fn score(
    source: &Raster,
    edited: &[&Raster],
    instruction: &Instruction,
    rewards: &[Box<dyn Reward>],
    watch: &dyn Watch,
) -> Result<Vec<Scorecard>, Stop> {
    score_telling(source, edited, instruction, (rewards, &|_| {}), watch)
}

/// Hears what the first of several rewards found.
type FirstHeard<'a> = &'a dyn Fn(&[Scorecard]);

/// The same; `first` hears what the first of several rewards found before the others are asked.
pub(crate) fn score_telling(
    source: &Raster,
    edited: &[&Raster],
    instruction: &Instruction,
    (rewards, first): (&crate::judges::Rewards, FirstHeard<'_>),
    watch: &dyn Watch,
) -> Result<Vec<Scorecard>, Stop> {
    let mut cards = vec![Scorecard::default(); edited.len()];
    for (i, reward) in rewards.iter().enumerate() {
        watch.progress("scoring", i, rewards.len());
        let request = ScoreRequest {
            source,
            edited,
            instruction,
        };
        let scored = match reward.score_with(&request, &cards, watch) {
            Err(Stop::Failed(why)) => vec![unknown(reward.as_ref(), &why); edited.len()],
            scored => scored?,
        };
        for (card, scores) in cards.iter_mut().zip(scored) {
            card.merge(scores);
        }
        if i == 0 && rewards.len() > 1 {
            first(&cards);
        }
    }
    watch.progress("scoring", rewards.len(), rewards.len());
    Ok(cards)
}

/// Scores pictures once more: pass `pass`, counted from 1, of the rewards whose answers vary; the others say what they
/// said. `so_far` is what all said of them in the passes before, which is joined in what comes back. `None` where nobody had
/// anything new to say.
pub(super) fn score_again(
    source: &Raster,
    edited: &[&Raster],
    instruction: &Instruction,
    rewards: &[Box<dyn Reward>],
    (so_far, pass): (&[Scorecard], u32),
    watch: &dyn Watch,
) -> Result<Option<Vec<Scorecard>>, Stop> {
    let mut anew = false;
    let mut cards = vec![Scorecard::default(); edited.len()];
    let request = ScoreRequest {
        source,
        edited,
        instruction,
    };
    for reward in rewards {
        let again = match reward.score_again(&request, so_far, pass, watch) {
            // a pass that failed takes nothing away
            Err(Stop::Failed(_)) => Some(so_far.iter().map(|card| own(&**reward, card)).collect()),
            again => again?,
        };
        let scored = match again {
            Some(scored) => {
                anew = true;
                scored
            }
            None => match reward.score_with(&request, &cards, watch) {
                Err(Stop::Failed(why)) => vec![unknown(reward.as_ref(), &why); edited.len()],
                scored => scored?,
            },
        };
        for (card, scores) in cards.iter_mut().zip(scored) {
            card.merge(scores);
        }
    }
    Ok(anew.then_some(cards))
}

/// What a reward fills of a card of several.
fn own(reward: &dyn Reward, card: &Scorecard) -> Scorecard {
    let info = reward.info();
    let mut own = card.clone();
    own.scores
        .retain(|name, _| info.dimensions.contains(&name.0.as_str()));
    own.unknown
        .retain(|name, _| info.dimensions.contains(&name.0.as_str()));
    own.raw.retain(|raw| raw.reward == info.id);
    own
}

/// The scorecard of a reward that failed: what it fills is unknown, and why.
fn unknown(reward: &dyn Reward, why: &Said) -> Scorecard {
    let dimensions = reward.info().dimensions.iter();
    Scorecard {
        unknown: dimensions
            .map(|&dimension| (Dimension::from(dimension), why.clone()))
            .collect(),
        ..Scorecard::default()
    }
}

/// Takes the maps of the card before where this one has none: they were let go of, or are not drawn again.
pub(crate) fn with_maps_of(card: &mut Scorecard, before: &Scorecard) {
    for (name, score) in &mut card.scores {
        let Some(old) = before.scores.get(name) else {
            continue;
        };
        score.evidence = score.evidence.take().or_else(|| old.evidence.clone());
        for reason in &mut score.reasons {
            let twin = old.reasons.iter().find(|old| old.id == reason.id);
            let map = twin.and_then(|twin| twin.evidence.clone());
            reason.evidence = reason.evidence.take().or(map);
        }
    }
}

/// Lets the maps go that say where the reasons show.
pub(crate) fn without_maps(card: &mut Scorecard) {
    for score in card.scores.values_mut() {
        score.evidence = None;
        for reason in &mut score.reasons {
            reason.evidence = None;
        }
    }
}
