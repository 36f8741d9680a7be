//! What was accepted small is looked at again whole: the winner is developed at full resolution, its drift measured there,
//! and every check that its preview passed is made once more. What no longer holds is said, and less of the same is offered
//! where that holds (EtCon's second step, arXiv 2512.04753).

use retake_core::{
    Instruction, Photo, Picture, Provenance, Raster, Reason, Said, Scorecard, Stop, Watch,
    decimals, said,
};
use retake_pixels::resize;

use super::drift::{Bounds, Drift, Still, Tether};
use super::{RunError, Tools, asked::score};

/// Strengths that are tried where the whole does not hold, shares of what was made.
const WEAKER: [f32; 4] = [0.9, 0.75, 0.6, 0.4];

/// The winner of a run, as it was accepted.
pub struct Accepted<'a> {
    /// whole
    pub photo: &'a Photo,
    /// its small copy that was edited
    pub source: &'a Raster,
    /// what was asked: by it the picture is judged, as its preview was
    pub asked: &'a Instruction,
    /// by which it was made: the same, or what a strategy made of it
    pub instruction: &'a Instruction,
    /// of the winner
    pub provenance: &'a Provenance,
    /// of its preview
    pub card: &'a Scorecard,
    /// how far it may go
    pub bounds: &'a Bounds,
}

/// The winner at full resolution.
pub struct Consolidated {
    /// its picture, within the bounds
    pub picture: Box<dyn Picture>,
    /// what that was made by: the accepted edit, or less of it where the whole of it went beyond a limit
    pub provenance: Provenance,
    /// how far it went; `None` where it moves the frame, or where nothing was to be looked at again
    pub drift: Option<Drift>,
    /// checks that the preview passed and this picture does not
    pub broken: Vec<Said>,
    /// less of the same that passes them all
    pub offered: Option<(Provenance, Box<dyn Picture>)>,
    /// what there is to say of it, in sentences
    pub said: Vec<Said>,
}

/// Develops what was accepted, and looks whether it holds. An edit that is beyond a limit however little of it is made is
/// an error.
pub fn consolidate(
    accepted: &Accepted<'_>,
    tools: &Tools,
    watch: &dyn Watch,
) -> Result<Consolidated, RunError> {
    let tether = Tether::of(accepted.bounds, accepted.asked, accepted.source);
    let limited = !accepted.bounds.is_none();
    let small = |picture: &dyn Picture| {
        let long_edge = accepted.source.width.max(accepted.source.height);
        resize::fit(picture, long_edge)
    };
    let look = |provenance: Provenance| -> Result<Looked, RunError> {
        let picture = tools
            .editor
            .develop(accepted.photo, accepted.instruction, &provenance)?;
        let mut drift = None;
        if limited {
            drift = Some(tether.drift(accepted.photo, picture.as_ref())?);
        }
        let beyond = drift.and_then(|drift| tether.beyond(&drift, 1.0));
        Ok(Looked {
            provenance,
            picture,
            drift,
            beyond,
        })
    };
    let less = |share: f32| {
        let made = accepted.provenance;
        Some(Provenance {
            recipe: tools.editor.weaker(&made.recipe, None, share)?,
            label: said!(
                "{label}, held back to {share} %",
                label = made.label.clone(),
                share = decimals(100.0 * share, 0)
            ),
            ..made.clone()
        })
    };
    let mut tried = WEAKER.into_iter();
    let mut now = look(accepted.provenance.clone())?;
    let mut said = Vec::new();
    while let Some(why) = &now.beyond {
        let why = why.clone();
        let next = tried.next().and_then(|share| Some((share, less(share)?)));
        let Some((share, weaker)) = next else {
            return Err(Stop::Failed(said!("at full resolution {why}", why = why)).into());
        };
        now = look(weaker)?;
        if now.beyond.is_none() {
            said.push(said!(
                "At full resolution {why}; it was held back to {share} % of its strength.",
                why = why,
                share = decimals(100.0 * share, 0)
            ));
        }
    }
    // rendered once more for the checks; the drift of the small copy is told where no limit asked for that of the whole
    let holds = |looked: &Looked| -> Result<(Vec<Said>, Option<Drift>), RunError> {
        if passed(accepted.card).next().is_none() {
            return Ok((Vec::new(), looked.drift));
        }
        let small = small(looked.picture.as_ref())?;
        let of_small = || tether.drift(&Still(accepted.source), &Still(&small)).ok();
        let drift = looked.drift.or_else(of_small);
        Ok((broken(accepted, &small, tools, watch)?, drift))
    };
    let (broken, drift) = holds(&now)?;
    let mut offered = None;
    if !broken.is_empty() {
        for share in tried {
            let Some(weaker) = less(share) else { break };
            let weaker = look(weaker)?;
            if weaker.beyond.is_none() && holds(&weaker)?.0.is_empty() {
                said.push(said!(
                    "At full resolution the best no longer passes what its preview passed ({checks}); held back to {share} % it does, and is there beside it.",
                    checks = Said::sentences(broken.iter().cloned()),
                    share = decimals(100.0 * share, 0)
                ));
                offered = Some((weaker.provenance, weaker.picture));
                break;
            }
        }
        if offered.is_none() {
            said.push(said!(
                "At full resolution the best no longer passes what its preview passed ({checks}); look at it at full size, or ask for less.",
                checks = Said::sentences(broken.iter().cloned())
            ));
        }
    }
    Ok(Consolidated {
        picture: now.picture,
        provenance: now.provenance,
        drift,
        broken,
        offered,
        said,
    })
}

/// One strength of it at full resolution.
struct Looked {
    provenance: Provenance,
    picture: Box<dyn Picture>,
    drift: Option<Drift>,
    /// the limit it is beyond
    beyond: Option<Said>,
}

/// Checks that a preview passed: of which dimension, which of its checks, and the check.
fn passed(card: &Scorecard) -> impl Iterator<Item = (&str, usize, &Reason)> {
    checks(card).filter(|(_, _, reason)| reason.passed == Some(true))
}

/// Checks that the preview passed and the whole picture, brought to the preview's size, does not.
fn broken(
    accepted: &Accepted<'_>,
    small: &Raster,
    tools: &Tools,
    watch: &dyn Watch,
) -> Result<Vec<Said>, RunError> {
    let passed: Vec<(&str, usize, &Reason)> = passed(accepted.card).collect();
    // who measured them: the first to say something of their dimension; judges are not asked again
    let mut cards = Scorecard::default();
    let measures = tools.rewards.iter().filter(|reward| {
        let dimensions = reward.info().dimensions;
        !reward.varies() && passed.iter().any(|(name, ..)| dimensions.contains(name))
    });
    for reward in measures.take(1) {
        let own = std::slice::from_ref(reward);
        let scored = score(accepted.source, &[small], accepted.asked, own, watch)?;
        scored.into_iter().for_each(|card| cards.merge(card));
    }
    let now: Vec<(&str, usize, &Reason)> = checks(&cards).collect();
    let failed = passed.iter().filter_map(|(name, place, reason)| {
        let same = |(other, at, now): &&(&str, usize, &Reason)| {
            other == name && at == place && now.id == reason.id
        };
        let (.., now) = now.iter().find(same)?;
        (now.passed == Some(false)).then(|| now.text.clone())
    });
    Ok(failed.collect())
}

/// Every measured check of a card: of which dimension, which of its checks, and the check.
fn checks(card: &Scorecard) -> impl Iterator<Item = (&str, usize, &Reason)> {
    card.scores.iter().flat_map(|(dimension, score)| {
        let checks = score.reasons.iter().filter(|reason| reason.check.is_some());
        checks
            .enumerate()
            .map(|(place, reason)| (dimension.0.as_str(), place, reason))
    })
}
