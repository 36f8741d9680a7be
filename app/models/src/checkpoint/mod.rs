//! A checkpoint on disk in the layout of published models: a folder with `model_index.json` and one folder for each
//! part, with its settings and its weights in one file or in shards.

pub(crate) mod config;
mod file;
pub(crate) mod names;
mod tensors;
#[cfg(test)]
mod tests;
mod weights;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::ModelError;
use config::Settings;
use file::WeightFile;
use names::Rename;
pub(crate) use tensors::{Built, Tensors, fingerprint};
pub(crate) use weights::Weights;

/// Names that files of weights have, the most exact numbers first.
const WEIGHTS: &[&str] = &[
    "diffusion_pytorch_model",
    "model",
    "diffusion_pytorch_model.fp16",
    "model.fp16",
];

/// Names that weights have where they are no use to us.
const PICKLED: &[&str] = &["diffusion_pytorch_model.bin", "pytorch_model.bin"];

/// A folder with a published model in it.
#[derive(Debug)]
pub struct Checkpoint {
    folder: PathBuf,
    pipeline: String,
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
    /// Looks at `model_index.json`, and at nothing else yet.
    pub fn open(folder: &Path) -> Result<Self, ModelError> {
        let index = folder.join("model_index.json");
        if !index.is_file() {
            return Err(ModelError::NotACheckpoint {
                what: if folder.is_dir() {
                    "this folder is no checkpoint: it has no model_index.json".to_owned()
                } else {
                    "there is no such folder".to_owned()
                },
                path: folder.to_owned(),
            });
        }
        let Index { class_name } = Settings::read(&index)?.typed()?;
        Ok(Self {
            folder: folder.to_owned(),
            pipeline: class_name,
        })
    }

    /// What kind of model it says it is: "StableDiffusionInstructPix2PixPipeline", …
    pub fn pipeline(&self) -> &str {
        &self.pipeline
    }

    /// Where it is.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The settings of a part: "unet", "vae", …
    pub(crate) fn settings(&self, part: &str) -> Result<Settings, ModelError> {
        Settings::read(&self.folder.join(part).join("config.json"))
    }

    /// The weights of a part.
    pub(crate) fn tensors(&self, part: &str, renames: &[Rename]) -> Result<Tensors, ModelError> {
        let folder = self.folder.join(part);
        for stem in WEIGHTS {
            let single = folder.join(format!("{stem}.safetensors"));
            if single.is_file() {
                return Tensors::of_files(&folder, vec![WeightFile::open(&single)?], renames);
            }
            let index = folder.join(format!("{stem}.safetensors.index.json"));
            if index.is_file() {
                return Tensors::of_files(&folder, shards(&folder, &index)?, renames);
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
            path: folder,
        })
    }
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
