//! How models are to work, as the window remembers it.

use retake_core::EditorSettings;
use retake_engine::{Equipment, Tuning};
use serde::{Deserialize, Serialize};

/// What a person set of a model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct TunedModel {
    /// paths of pictures that it looks at beside the photo
    references: Vec<String>,
    /// what its weights are held in
    #[serde(skip_serializing_if = "Option::is_none")]
    precision: Option<String>,
    /// of its runs; what is not in it is the model's own
    settings: EditorSettings,
    /// merged into its weights
    adapters: Vec<Adapter>,
}

/// An adapter.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Adapter {
    /// of its file
    path: String,
    /// how strongly; 1 is as it was trained
    scale: f64,
}

impl TunedModel {
    /// To be remembered.
    pub(super) fn of(tuning: &Tuning) -> Self {
        let adapters = tuning.with.adapters.iter().map(|(path, scale)| Adapter {
            path: path.to_string_lossy().into_owned(),
            scale: *scale,
        });
        let references = tuning.with.references.iter();
        Self {
            references: references
                .map(|path| path.to_string_lossy().into_owned())
                .collect(),
            precision: tuning.with.precision.clone(),
            settings: tuning.settings.clone(),
            adapters: adapters.collect(),
        }
    }
    /// For the engine.
    pub(super) fn tuning(&self) -> Tuning {
        let adapters = self.adapters.iter();
        Tuning {
            settings: self.settings.clone(),
            with: Equipment {
                adapters: adapters
                    .map(|adapter| (adapter.path.clone().into(), adapter.scale))
                    .collect(),
                references: self.references.iter().map(Into::into).collect(),
                precision: self.precision.clone(),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use retake_core::SettingValue;

    use super::*;
    use crate::settings::Settings;

    #[test]
    fn how_a_model_works_reads_back_as_it_was_written() {
        let tuning = Tuning {
            settings: [
                ("steps".to_owned(), SettingValue::Whole(8)),
                ("guidance".to_owned(), SettingValue::Number(3.0)),
                ("unwanted".to_owned(), SettingValue::Words("hats".into())),
            ]
            .into(),
            with: Equipment {
                adapters: vec![("/a/hats.safetensors".into(), 0.8)],
                references: vec!["/a/hat.jpg".into()],
                precision: Some("bf16".to_owned()),
            },
        };
        let mut settings = Settings::default();
        let model = TunedModel::of(&tuning);
        settings.models.insert("black/FLUX.2".to_owned(), model);
        let back = Settings::from_text(&settings.to_text());
        let back = back.models.get("black/FLUX.2").map(TunedModel::tuning);
        assert_eq!(back, Some(tuning));
    }
}
