//! A checkpoint on disk in the layout of published models: a folder with `model_index.json` and one folder for each
//! part, with its settings and its weights in one file or in shards; or one network alone ([`Alone`]).

mod adapter;
mod alone;
pub mod config;
mod density;
mod dialect;
mod entries;
mod file;
mod gguf;
mod map;
mod merge;
pub mod names;
mod pickle;
mod source;
mod tensors;
#[cfg(test)]
mod tests;
mod weights;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use candle_core::DType;
use serde::Deserialize;

use crate::ModelError;
use adapter::Adapter;
pub use alone::Alone;
use config::Settings;
pub use density::Density;
use file::WeightFile;
use names::Rename;
pub use pickle::{numbers as pickled_numbers, torch::safetensors_of_torch};
pub use tensors::{Built, Tensors, fingerprint};
pub use weights::Weights;

/// Names that files of weights have, the most exact numbers first.
pub const WEIGHTS: &[&str] = &[
    "diffusion_pytorch_model",
    "model",
    "diffusion_pytorch_model.fp16",
    "model.fp16",
];

/// Names that weights have where they are no use to us.
const PICKLED: &[&str] = &["diffusion_pytorch_model.bin", "pytorch_model.bin"];

/// The part that may lie in a GGUF file.
const TRANSFORMER: &str = "transformer";

/// A folder with a published model in it.
#[derive(Clone, Debug)]
pub struct Checkpoint {
    folder: PathBuf,
    pipeline: String,
    /// a GGUF file that was named in place of the folder's own transformer
    transformer: Option<PathBuf>,
    adapters: Vec<Arc<Adapter>>,
    precision: Option<DType>,
}

#[derive(Deserialize)]
struct Index {
    #[serde(rename = "_class_name")]
    class_name: String,
}

#[derive(Deserialize)]
struct Shards {
    weight_map: BTreeMap<String, String>,
}

impl Checkpoint {
    /// Looks at `model_index.json`, and at nothing else yet. A GGUF file may be named instead of the folder in which
    /// it lies, or of the one beside it; then the transformer's weights are read from it.
    pub fn open(path: &Path) -> Result<Self, ModelError> {
        let named = path.is_file() && is_gguf(path);
        let folder = if named {
            folder_of(path)?
        } else {
            path.to_owned()
        };
        let index = folder.join("model_index.json");
        if !index.is_file() {
            return Err(ModelError::NotACheckpoint {
                what: if folder.is_dir() {
                    "this folder is no checkpoint: it has no model_index.json".to_owned()
                } else if folder.is_file() {
                    "this is a file; name the folder of a checkpoint, or a .gguf file in one"
                        .to_owned()
                } else {
                    "there is no such folder".to_owned()
                },
                path: folder,
            });
        }
        let Index { class_name } = Settings::read(&index)?.typed()?;
        Ok(Self {
            folder,
            pipeline: class_name,
            transformer: named.then(|| path.to_owned()),
            adapters: Vec::new(),
            precision: None,
        })
    }

    /// The same with an adapter (LoRA) merged into its weights when they are loaded. `path` is a file, or a folder as
    /// PEFT writes it; `scale` is how strongly it is added, 1 as it was trained. Several add up.
    pub fn with_adapter(mut self, path: &Path, scale: f64) -> Result<Self, ModelError> {
        self.adapters
            .push(Adapter::open(path, scale, &self.folder)?);
        Ok(self)
    }

    /// The same with its matrices held in F32, F16 or BF16, whatever they are written in.
    pub fn with_precision(mut self, dtype: DType) -> Self {
        self.precision = Some(dtype);
        self
    }

    /// What its matrices are to be held in, if that was asked.
    pub fn precision(&self) -> Option<DType> {
        self.precision
    }

    /// What kind of model it says it is: "StableDiffusionInstructPix2PixPipeline", …
    pub fn pipeline(&self) -> &str {
        &self.pipeline
    }

    /// Where it is.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Its parts and their classes, as `model_index.json` lists them: ("unet", "UNet2DConditionModel"), …
    pub fn parts(&self) -> Result<Vec<(String, String)>, ModelError> {
        let index = Settings::read(&self.folder.join("model_index.json"))?;
        Ok(index.pairs())
    }

    /// Whether it says that it was distilled to few steps; `None` if it says nothing.
    pub fn distilled(&self) -> Option<bool> {
        let index = Settings::read(&self.folder.join("model_index.json")).ok()?;
        index.switch("is_distilled")
    }

    /// The settings of a part: "unet", "vae", …
    pub fn settings(&self, part: &str) -> Result<Settings, ModelError> {
        Settings::read(&self.folder.join(part).join("config.json"))
    }

    /// Whether a part has a tensor of this name; only the heads of its files are read.
    pub fn has_tensor(&self, part: &str, name: &str) -> bool {
        self.tensors(part, &[])
            .is_ok_and(|tensors| tensors.contains(name))
    }

    /// The weights of a part.
    pub fn tensors(&self, part: &str, renames: &[Rename]) -> Result<Tensors, ModelError> {
        let folder = self.folder.join(part);
        let dialect = match self.settings(part) {
            Ok(settings) => dialect::of_class(settings.text("_class_name").unwrap_or_default()),
            Err(_) => &[],
        };
        let files = self.files(part)?;
        let path = match &self.transformer {
            Some(gguf) if part == TRANSFORMER => gguf,
            _ => &folder,
        };
        let tensors = Tensors::of_files(path, files, renames, dialect)?.held_in(self.precision);
        self.adapters.iter().try_fold(tensors, |tensors, adapter| {
            tensors.adapted(adapter, part, renames, dialect)
        })
    }

    fn files(&self, part: &str) -> Result<Vec<WeightFile>, ModelError> {
        let folder = self.folder.join(part);
        if part == TRANSFORMER {
            let gguf = match &self.transformer {
                Some(named) => Some(named.clone()),
                None => only_gguf(&folder)?,
            };
            if let Some(gguf) = gguf {
                return Ok(vec![WeightFile::open(&gguf)?]);
            }
        }
        weight_files(&folder)
    }
}

/// The weights in a folder: one file, or shards.
fn weight_files(folder: &Path) -> Result<Vec<WeightFile>, ModelError> {
    for stem in WEIGHTS {
        let single = folder.join(format!("{stem}.safetensors"));
        if single.is_file() {
            return Ok(vec![WeightFile::open(&single)?]);
        }
        let index = folder.join(format!("{stem}.safetensors.index.json"));
        if index.is_file() {
            return shards(folder, &index);
        }
    }
    let pickled = PICKLED.iter().any(|name| folder.join(name).is_file());
    Err(ModelError::NotACheckpoint {
        what: if pickled {
            "the weights are there only as a pickle file, which could run code; they must be in the safetensors format"
                .to_owned()
        } else {
            "there are no weights".to_owned()
        },
        path: folder.to_owned(),
    })
}

fn is_gguf(path: &Path) -> bool {
    path.extension()
        .is_some_and(|ending| ending.eq_ignore_ascii_case("gguf"))
}

/// The folder that a GGUF file belongs to: where it lies, or the only checkpoint beside it.
fn folder_of(gguf: &Path) -> Result<PathBuf, ModelError> {
    let here = gguf.parent().unwrap_or(Path::new("."));
    let here = if here.as_os_str().is_empty() {
        Path::new(".")
    } else {
        here
    };
    let is_checkpoint = |folder: &Path| folder.join("model_index.json").is_file();
    if is_checkpoint(here) {
        return Ok(here.to_owned());
    }
    let beside = listed(here)
        .into_iter()
        .filter(|folder| is_checkpoint(folder));
    match &beside.collect::<Vec<_>>()[..] {
        [folder] => Ok(folder.clone()),
        found => Err(ModelError::NotACheckpoint {
            what: format!(
                "a GGUF file holds the transformer alone; put it into the folder of its model, beside model_index.json ({} such folders are beside it)",
                found.len()
            ),
            path: gguf.to_owned(),
        }),
    }
}

/// The GGUF file in a folder.
fn only_gguf(folder: &Path) -> Result<Option<PathBuf>, ModelError> {
    let found: Vec<PathBuf> = listed(folder)
        .into_iter()
        .filter(|path| is_gguf(path))
        .collect();
    match &found[..] {
        [] => Ok(None),
        [one] => Ok(Some(one.clone())),
        several => Err(ModelError::NotACheckpoint {
            what: format!(
                "there are {} GGUF files and only one can be meant; name it in place of the folder",
                several.len()
            ),
            path: folder.to_owned(),
        }),
    }
}

/// What is in a folder, in the order of its names.
fn listed(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    paths.sort();
    paths
}

/// Opens the files that an index names and checks that each has what the index promises.
fn shards(folder: &Path, index: &Path) -> Result<Vec<WeightFile>, ModelError> {
    let Shards { weight_map } = Settings::read(index)?.typed()?;
    let names: BTreeSet<&String> = weight_map.values().collect();
    let mut files = Vec::new();
    for name in names {
        if Path::new(name).components().count() != 1 || name.contains(['/', '\\']) {
            return Err(ModelError::Damaged {
                what: format!("the list of shards names {name}, which lies outside the folder"),
                path: index.to_owned(),
            });
        }
        let file = WeightFile::open(&folder.join(name))?;
        let has: BTreeSet<&str> = file.tensors().map(|(name, _)| name).collect();
        let promised = weight_map.iter().filter(|(_, file)| *file == name);
        for (tensor, _) in promised {
            if !has.contains(tensor.as_str()) {
                return Err(ModelError::Damaged {
                    what: format!(
                        "the shard lacks the tensor {tensor}, which the list of shards places there"
                    ),
                    path: folder.join(name),
                });
            }
        }
        files.push(file);
    }
    Ok(files)
}
