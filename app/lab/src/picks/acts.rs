//! What people do with takes, beside marking them, tells what they like (implicit feedback, as Social Reward learns from
//! what users of a platform do; arXiv 2402.09872). What is only done tells less than what is said outright.

use retake_files::record::session::DidRecord;

/// What an act tells.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Telling {
    /// which act
    pub did: DidRecord,
    /// for people
    pub about: &'static str,
    /// how much the take is liked by that, on the scale of [`super::Marked::liked`]; 0 is that of a take nobody touched
    pub liked: f64,
    /// how much a preference from it counts beside one from a mark, which counts 1
    pub weight: f64,
}

/// Every act, the most telling first.
#[rustfmt::skip]
pub const TELLING: &[Telling] = &[
    Telling { did: DidRecord::Exported, about: "it was written to a file", liked: 1.0, weight: 0.9 },
    Telling { did: DidRecord::GoneOn, about: "the next instruction went on from it", liked: 0.7, weight: 0.7 },
    Telling { did: DidRecord::TakenBack, about: "going on from it was undone", liked: -0.5, weight: 0.5 },
    Telling { did: DidRecord::Neighbours, about: "more like it were asked for", liked: 0.5, weight: 0.5 },
    Telling { did: DidRecord::Adjusted, about: "its sliders were moved", liked: 0.3, weight: 0.3 },
];

/// What stands of the acts with a take, from what was done so far and one act more: taking back ends going on and asking
/// for more, and going on again ends that.
pub(super) fn after(mut stands: Vec<DidRecord>, did: DidRecord) -> Vec<DidRecord> {
    let ended: &[DidRecord] = match did {
        DidRecord::TakenBack => &[DidRecord::GoneOn, DidRecord::Neighbours],
        DidRecord::Adjusted => &[],
        DidRecord::Exported | DidRecord::GoneOn | DidRecord::Neighbours => &[DidRecord::TakenBack],
    };
    stands.retain(|known| *known != did && !ended.contains(known));
    stands.push(did);
    stands
}

/// What the most telling of these acts tells; `None` without any.
pub(super) fn most_telling(stands: &[DidRecord]) -> Option<&'static Telling> {
    TELLING.iter().find(|telling| stands.contains(&telling.did))
}
