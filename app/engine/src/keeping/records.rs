//! Live values as records, and back.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use retake_core::{
    AskedRange, Check, Dimension, Provenance, Quantity, Raw, Reason, Said, Score, Scorecard,
};
use retake_files::record::RawRecord;
use retake_files::record::SaidRecord;
use retake_files::record::session::{
    ActRecord, AdapterRecord, BaseRecord, ByRecord, CheckRecord, DidRecord, EditRecord, FlagRecord,
    JudgedRecord, MarkRecord, ModelRecord, ReasonRecord, SearchedRecord, TakeRecord,
};

use crate::desk::{Base, SearchedBy};
use crate::{Act, Did, Equipment, Flag, Mark, Model, ScoredBy, Take, TakeId};

/// Acts and their names in records.
const DID: &[(Did, DidRecord)] = &[
    (Did::Exported, DidRecord::Exported),
    (Did::GoneOn, DidRecord::GoneOn),
    (Did::Neighbours, DidRecord::Neighbours),
    (Did::Adjusted, DidRecord::Adjusted),
    (Did::TakenBack, DidRecord::TakenBack),
];

pub(super) fn act(act: &Act) -> Option<ActRecord> {
    let (_, did) = DID.iter().find(|(did, _)| *did == act.did)?;
    let since = act.at.duration_since(UNIX_EPOCH).unwrap_or_default();
    Some(ActRecord {
        take: act.take.0,
        did: *did,
        at_ms: u64::try_from(since.as_millis()).unwrap_or(u64::MAX),
    })
}

pub(super) fn act_of(record: ActRecord) -> Option<Act> {
    let (did, _) = DID.iter().find(|(_, did)| *did == record.did)?;
    Some(Act {
        take: TakeId(record.take),
        did: *did,
        at: UNIX_EPOCH + Duration::from_millis(record.at_ms.min(u64::MAX / 1_000_000)),
    })
}

pub(super) fn take(take: &Take) -> TakeRecord {
    let Provenance {
        editor,
        version,
        seed,
        recipe,
        label,
    } = take.provenance.clone();
    TakeRecord {
        take: take.id.0,
        index: take.index,
        editor,
        editor_version: version,
        seed,
        recipe,
        label: label.to_string(),
        said: SaidRecord::of(&label),
        width: take.full_size.0,
        height: take.full_size.1,
        model: take.model.as_ref().map(model),
    }
}

/// Without a picture and scores.
pub(super) fn take_of(record: TakeRecord) -> Take {
    Take {
        id: TakeId(record.take),
        index: record.index,
        provenance: Provenance {
            editor: record.editor,
            version: record.editor_version,
            seed: record.seed,
            recipe: record.recipe,
            label: SaidRecord::read(record.label, record.said),
        },
        model: record.model.map(model_of),
        kept: None,
        exact: None,
        shown: None,
        full_size: (record.width, record.height),
        card: None,
        by: None,
        near: false,
        adjusted: false,
        stale: false,
    }
}

pub(super) fn edit(edited: &Arc<Take>) -> EditRecord {
    EditRecord {
        take: take(edited),
        stale: edited.stale,
        scores: edited.card.as_ref().map(|card| scores(card)),
        by: edited.by.as_deref().map(by),
        raw: edited
            .card
            .as_deref()
            .map_or_else(Vec::new, retake_files::record::raw),
    }
}

pub(super) fn edit_of(record: EditRecord) -> Take {
    Take {
        card: record
            .scores
            .map(|scores| Arc::new(card_of(scores, record.raw))),
        by: record.by.map(by_of),
        stale: record.stale,
        adjusted: true,
        ..take_of(record.take)
    }
}

pub(super) fn searched(searched: &SearchedBy) -> SearchedRecord {
    let settings = serde_json::to_value(&searched.set).ok();
    SearchedRecord {
        strategy: searched.strategy.clone(),
        settings: settings
            .filter(|_| !searched.set.is_empty())
            .unwrap_or_default(),
    }
}

pub(super) fn searched_of(record: SearchedRecord) -> SearchedBy {
    SearchedBy {
        strategy: record.strategy,
        set: serde_json::from_value(record.settings).unwrap_or_default(),
    }
}

pub(super) fn model(model: &Model) -> ModelRecord {
    ModelRecord {
        id: model.id.clone(),
        name: model.name.clone(),
        adapters: model.with.adapters.iter().map(adapter).collect(),
        references: model
            .with
            .references
            .iter()
            .map(|file| path(file))
            .collect(),
        precision: model.with.precision.clone(),
    }
}

fn adapter((file, scale): &(PathBuf, f64)) -> AdapterRecord {
    AdapterRecord {
        path: path(file),
        scale: *scale,
    }
}

fn path(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

pub(super) fn model_of(record: ModelRecord) -> Model {
    Model {
        id: record.id,
        name: record.name,
        with: Equipment {
            adapters: record
                .adapters
                .into_iter()
                .map(|adapter| (adapter.path.into(), adapter.scale))
                .collect(),
            references: record.references.into_iter().map(PathBuf::from).collect(),
            precision: record.precision,
        },
    }
}

pub(super) fn base(base: &Base) -> BaseRecord {
    BaseRecord {
        take: base.take.0,
        recipe: base.recipe.clone(),
    }
}

pub(super) fn base_of(record: BaseRecord) -> Base {
    Base {
        take: TakeId(record.take),
        recipe: record.recipe,
    }
}

pub(super) fn mark(take: TakeId, mark: Mark) -> MarkRecord {
    MarkRecord {
        take: take.0,
        flag: match mark.flag {
            Flag::None => FlagRecord::None,
            Flag::Picked => FlagRecord::Picked,
            Flag::Rejected => FlagRecord::Rejected,
        },
        stars: mark.stars,
    }
}

pub(super) fn mark_of(record: MarkRecord) -> Mark {
    Mark {
        flag: match record.flag {
            FlagRecord::None => Flag::None,
            FlagRecord::Picked => Flag::Picked,
            FlagRecord::Rejected => Flag::Rejected,
        },
        stars: record.stars.min(5),
    }
}

pub(super) fn scores(card: &Scorecard) -> BTreeMap<String, JudgedRecord> {
    let judged = |score: &Score| JudgedRecord {
        value: number(score.value),
        spread: number(score.spread),
        reasons: score.reasons.iter().map(reason).collect(),
        unknown: false,
    };
    let unknown = |why: &Said| JudgedRecord {
        value: 0.0,
        spread: 0.0,
        reasons: vec![reason(&Reason {
            id: "unknown".to_owned(),
            text: why.clone(),
            passed: None,
            cost: 0.0,
            check: None,
            evidence: None,
        })],
        unknown: true,
    };
    let known = card.scores.iter();
    let known = known.map(|(dimension, score)| (dimension.0.clone(), judged(score)));
    let not = card.unknown.iter();
    let not = not.map(|(dimension, why)| (dimension.0.clone(), unknown(why)));
    known.chain(not).collect()
}

pub(super) fn by(by: &ScoredBy) -> ByRecord {
    ByRecord {
        names: by.names.clone(),
        rewards: by.rewards.clone(),
    }
}

pub(super) fn by_of(record: ByRecord) -> Arc<ScoredBy> {
    Arc::new(ScoredBy {
        names: record.names,
        rewards: record.rewards,
    })
}

pub(super) fn card_of(scores: BTreeMap<String, JudgedRecord>, raw: Vec<RawRecord>) -> Scorecard {
    let score = |judged: JudgedRecord| Score {
        value: judged.value,
        spread: judged.spread,
        reasons: judged.reasons.into_iter().map(reason_of).collect(),
        evidence: None,
    };
    let raw = raw.into_iter().map(|raw| Raw {
        reward: raw.reward,
        measures: raw.measures,
        told: raw.told,
    });
    let mut card = Scorecard {
        raw: raw.collect(),
        ..Scorecard::default()
    };
    for (dimension, judged) in scores {
        let dimension = Dimension(dimension);
        if judged.unknown {
            let why = judged.reasons.into_iter().next().map(reason_of);
            let why = why.map_or_else(Said::default, |reason| reason.text);
            card.unknown.insert(dimension, why);
        } else {
            card.scores.insert(dimension, score(judged));
        }
    }
    card
}

fn reason(reason: &Reason) -> ReasonRecord {
    ReasonRecord {
        id: reason.id.clone(),
        text: reason.text.to_string(),
        said: SaidRecord::of(&reason.text),
        passed: reason.passed,
        cost: number(reason.cost),
        check: reason.check.as_ref().map(|check| CheckRecord {
            quantity: check.quantity.id().to_owned(),
            before: number(check.before),
            after: number(check.after),
            low: number(check.asked.low),
            aim: number(check.asked.aim),
            high: number(check.asked.high),
            credit: number(check.credit),
        }),
    }
}

fn reason_of(record: ReasonRecord) -> Reason {
    Reason {
        id: record.id,
        text: SaidRecord::read(record.text, record.said),
        passed: record.passed,
        cost: record.cost,
        // a measurement of a quantity this program does not know keeps its words
        check: record.check.and_then(|check| {
            Some(Check {
                quantity: quantity(&check.quantity)?,
                before: check.before,
                after: check.after,
                asked: AskedRange {
                    low: check.low,
                    aim: check.aim,
                    high: check.high,
                },
                credit: check.credit,
            })
        }),
        evidence: None,
    }
}

fn quantity(id: &str) -> Option<Quantity> {
    let known = retake_core::QUANTITIES.iter().find(|info| info.id == id)?;
    Some(known.quantity)
}

/// JSON has no infinities; the farthest number stands for them.
fn number(value: f32) -> f32 {
    if value.is_nan() {
        return 0.0;
    }
    value.clamp(f32::MIN, f32::MAX)
}
