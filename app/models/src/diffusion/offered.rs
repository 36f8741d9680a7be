//! What may be set of a diffusion editor for a run, with ranges that make sense, and how it is read.

use retake_core::{EditorSettings, Setting, SettingKind};

use super::{Model, Settings, Wishes};
use crate::ModelError;
use crate::sampler::{Flow, SAMPLERS, name_of};

/// What a model takes notice of, by the short names of settings, in the order they are shown.
pub type Heeded = &'static [&'static str];

/// How a setting is offered: its short name, and what it can be for a model whose own settings are these.
type Offered = (&'static str, fn(&Settings) -> SettingKind);

/// Every number that can be set. The ranges are those within which a picture comes out, narrower than what a run can have.
const NUMBERS: &[Offered] = &[
    ("steps", |own| SettingKind::Whole {
        from: 1,
        to: 100,
        own: u32::try_from(own.steps).unwrap_or(u32::MAX),
    }),
    ("guidance", |own| SettingKind::Number {
        from: 0.0,
        to: 20.0,
        own: own.guidance.text,
    }),
    ("image-guidance", |own| SettingKind::Number {
        from: 0.0,
        to: 5.0,
        own: own.guidance.image,
    }),
    ("strength", |own| SettingKind::Number {
        from: 0.15,
        to: 1.0,
        own: own.strength,
    }),
    ("unwanted", |_| SettingKind::Words),
];

/// The setting of who takes noise away.
const SAMPLER: &str = "sampler";

/// All that may be set of a model.
pub(super) fn offered<M: Model>(model: &M, own: &Settings) -> Vec<Setting> {
    let heeded = model.heeds();
    let numbers = NUMBERS.iter().filter(|(id, _)| heeded.contains(id));
    let mut all: Vec<Setting> = numbers
        .map(|&(id, kind)| Setting {
            id,
            kind: kind(own),
        })
        .collect();
    let ids = SAMPLERS.iter().map(|sampler| sampler.id);
    let of: Vec<_> = ids
        .chain([Flow::ID])
        .filter(|id| model.plan(id, 1, (1, 1)).is_some())
        .filter_map(|id| Some((id, name_of(id)?)))
        .collect();
    if of.len() > 1 {
        let own = own.sampler.clone();
        let kind = SettingKind::Choice { of, own };
        all.push(Setting { id: SAMPLER, kind });
    }
    if M::KIND.precisions.len() > 1 {
        let of = M::KIND.precisions.iter();
        all.push(Setting {
            id: "precision",
            kind: SettingKind::Precision(of.map(|fit| (fit.id(), fit.words())).collect()),
        });
    }
    all.push(Setting {
        id: "adapters",
        kind: SettingKind::Adapters,
    });
    if M::KIND.references {
        all.push(Setting {
            id: "references",
            kind: SettingKind::Pictures,
        });
    }
    all
}

impl Wishes {
    /// What a request sets.
    pub(super) fn read(set: &EditorSettings) -> Result<Self, ModelError> {
        let known = |id: &str| id == SAMPLER || NUMBERS.iter().any(|(known, _)| *known == id);
        if let Some(id) = set.keys().find(|id| !known(id)) {
            return Err(ModelError::Machine(format!(
                "a run has no setting named {id}"
            )));
        }
        let value = serde_json::to_value(set).unwrap_or_default();
        let wishes: Self = serde_json::from_value(value).map_err(|error| {
            ModelError::Machine(format!("the settings cannot be understood ({error})"))
        })?;
        wishes.check()?;
        Ok(wishes)
    }
}
