//! A network that is published alone, as transformers writes it: a folder with `config.json` beside the weights, which
//! lie in one file or in shards, and beside what belongs to it (tokenizer, image processor).

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::adapter::Adapter;
use super::config::Settings;
use super::names::Rename;
use super::{Tensors, weight_files};
use crate::ModelError;

/// A folder with one published network in it.
#[derive(Clone, Debug)]
pub struct Alone {
    folder: PathBuf,
    kind: String,
    adapters: Vec<Arc<Adapter>>,
}

impl Alone {
    /// Looks at `config.json`, and at nothing else yet.
    pub fn open(folder: &Path) -> Result<Self, ModelError> {
        let config = folder.join("config.json");
        if !config.is_file() {
            let has = |name: &str| folder.join(name).is_file();
            let what = if has("model_index.json") {
                "this folder holds a model of several networks (model_index.json); a network with its config.json is called for"
            } else if has("adapter_config.json") {
                "this folder holds an adapter (adapter_config.json); the network that it was trained on is called for"
            } else if folder.is_dir() {
                "this folder is no network: it has no config.json"
            } else if folder.is_file() {
                "this is a file; name the folder in which config.json and the weights lie"
            } else {
                "there is no such folder"
            };
            return Err(ModelError::NotACheckpoint {
                what: what.to_owned(),
                path: folder.to_owned(),
            });
        }
        let settings = Settings::read(&config)?;
        let kind = settings.text("model_type").unwrap_or_default().to_owned();
        Ok(Self {
            folder: folder.to_owned(),
            kind,
            adapters: Vec::new(),
        })
    }

    /// The same, if it is of one of these kinds (`model_type`); `called_for` is what a person calls them.
    pub fn expect(self, kinds: &[&str], called_for: &str) -> Result<Self, ModelError> {
        if kinds.contains(&self.kind.as_str()) {
            return Ok(self);
        }
        let is = match self.kind.as_str() {
            "" => "config.json does not say what network this is (model_type)".to_owned(),
            kind => format!("this is a network of the kind {kind}"),
        };
        Err(ModelError::Unsupported {
            what: format!("{is}; {called_for} is called for"),
            path: self.folder,
        })
    }

    /// The same with an adapter (LoRA) merged into its weights when they are loaded. `path` is a file, or a folder as
    /// PEFT writes it; `scale` is how strongly it is added, 1 as it was trained. Several add up.
    pub fn with_adapter(mut self, path: &Path, scale: f64) -> Result<Self, ModelError> {
        self.adapters.push(Adapter::open_alone(path, scale)?);
        Ok(self)
    }

    /// What kind of network it says it is: "clip", "dinov2", "qwen3_vl", …; empty if it says nothing.
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// Where it is.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// What `config.json` says.
    pub fn settings(&self) -> Result<Settings, ModelError> {
        Settings::read(&self.folder.join("config.json"))
    }

    /// Its weights.
    pub fn tensors(&self, renames: &[Rename]) -> Result<Tensors, ModelError> {
        let files = weight_files(&self.folder)?;
        let tensors = Tensors::of_files(&self.folder, files, renames, &[])?;
        self.adapters.iter().try_fold(tensors, |tensors, adapter| {
            tensors.adapted(adapter, Adapter::ALONE, renames, &[])
        })
    }
}
