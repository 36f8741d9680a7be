//! A network that is published alone, as transformers writes it: a folder with `config.json` beside the weights, which
//! lie in one file or in shards, and beside what belongs to it (tokenizer, image processor).

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::adapter::Adapter;
use super::config::Settings;
use super::dialect::{self, Dialect};
use super::file::WeightFile;
use super::names::Rename;
use super::{Tensors, is_gguf, listed, weight_files};
use crate::ModelError;

/// A folder with one published network in it.
#[derive(Clone, Debug)]
pub struct Alone {
    folder: PathBuf,
    kind: String,
    /// a GGUF file that was named in place of the folder's own weights
    named: Option<PathBuf>,
    adapters: Vec<Arc<Adapter>>,
}

impl Alone {
    /// Looks at `config.json`, and at nothing else yet. Of networks whose GGUF files have names that are known, such a
    /// file may be named instead of the folder in which it lies; without safetensors there, its GGUF files are read.
    pub fn open(path: &Path) -> Result<Self, ModelError> {
        let named = path.is_file() && is_gguf(path);
        let folder = match path.parent() {
            Some(parent) if named && parent.as_os_str().is_empty() => Path::new("."),
            Some(parent) if named => parent,
            _ => path,
        };
        let config = folder.join("config.json");
        if !config.is_file() {
            let has = |name: &str| folder.join(name).is_file();
            let what = if named {
                "a GGUF file holds the weights alone; put config.json, preprocessor_config.json and the tokenizer's files of the model that it was made of beside it"
            } else if has("model_index.json") {
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
            named: named.then(|| path.to_owned()),
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
        let dialect = dialect::of_class(&self.kind);
        let (path, files) = match &self.named {
            Some(named) => (named, self.blocks(Some(named), dialect)?),
            None => match weight_files(&self.folder) {
                Err(_) if has_gguf(&self.folder) => (&self.folder, self.blocks(None, dialect)?),
                files => (&self.folder, files?),
            },
        };
        let tensors = Tensors::of_files(path, files, renames, dialect)?;
        self.adapters.iter().try_fold(tensors, |tensors, adapter| {
            tensors.adapted(adapter, Adapter::ALONE, renames, &[])
        })
    }

    /// The GGUF files: the network, and its eyes where llama.cpp writes these into a file of their own (mmproj).
    fn blocks(
        &self,
        named: Option<&PathBuf>,
        dialect: Dialect,
    ) -> Result<Vec<WeightFile>, ModelError> {
        let refused = |what: String, path: &Path| ModelError::NotACheckpoint {
            what,
            path: path.to_owned(),
        };
        if dialect.is_empty() {
            let what = "Retake does not know the names of this network in GGUF files; its weights must be in the safetensors format";
            return Err(refused(what.to_owned(), named.unwrap_or(&self.folder)));
        }
        let (mut eyes, mut others) = (Vec::new(), Vec::new());
        for path in listed(&self.folder).iter().filter(|path| is_gguf(path)) {
            let file = WeightFile::open(path)?;
            match file.note("general.architecture") {
                Some(EYES) => eyes.push(file),
                _ => others.push(file),
            }
        }
        if let Some(named) = named {
            let is_named = |file: &WeightFile| file.path().file_name() == named.file_name();
            if eyes.iter().any(is_named) {
                let what = "this GGUF file holds the eyes of the model (mmproj); name the one of the language model";
                return Err(refused(what.to_owned(), named));
            }
            others.retain(is_named);
        }
        for (files, what) in [
            (&others, "of a language model"),
            (&eyes, "of eyes (mmproj)"),
        ] {
            if files.len() != 1 {
                let what = format!(
                    "there are {} GGUF files {what} and one is called for; leave one of each, or name the one of the language model",
                    files.len()
                );
                return Err(refused(what, &self.folder));
            }
        }
        others.append(&mut eyes);
        Ok(others)
    }
}

/// What llama.cpp calls the kind of a file with eyes.
const EYES: &str = "clip";

fn has_gguf(folder: &Path) -> bool {
    listed(folder).iter().any(|path| is_gguf(path))
}
