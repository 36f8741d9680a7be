//! Opening a judge from what a person names: the folder of a model, a GGUF file in one, or an adapter that knows what it was trained on, as
//! EditScore is published.

use std::path::{Path, PathBuf};

use retake_models::ModelError;
use retake_models::diffusion::best_device;
use retake_models::store::free_bytes;
use retake_tensors::checkpoint::config::Settings;
use retake_tensors::checkpoint::{Alone, Density, names};

use super::heads::{BEGINNING, sizes};
use super::{KINDS, QwenVl};

/// What an adapter calls the model that it was trained on.
const BASE: &str = "base_model_name_or_path";

/// Loads the model of a folder onto the graphics card where this build knows one, onto the processor otherwise, held as
/// densely as is asked, or as its files have it.
pub fn open_here(folder: &Path, density: Option<Density>) -> Result<QwenVl, ModelError> {
    let checkpoint = checkpoint_of(folder)?.expect(&KINDS, "a Qwen2.5-VL or Qwen3-VL")?;
    let device = best_device();
    let tensors = checkpoint.tensors(names::QWEN_VL)?.wide(BEGINNING);
    let needed = tensors.bytes_in(density);
    if let Some(free) = free_bytes(&device).filter(|&free| free < needed) {
        let gigabytes = |bytes: u64| bytes as f64 / 1e9;
        return Err(ModelError::Machine(format!(
            "the judge needs {:.1} GB of memory and {:.1} GB are free; close other programs, hold it in q8 or q4, take a smaller judge, or one behind a server",
            gigabytes(needed),
            gigabytes(free)
        )));
    }
    QwenVl::of(&checkpoint, &device, density)
}

/// Whether the model of a folder gives numbers instead of words: only the heads of its files are read. Of a folder that
/// cannot be read it does not.
pub fn has_heads(folder: &Path) -> bool {
    let tensors = checkpoint_of(folder).and_then(|checkpoint| checkpoint.tensors(names::QWEN_VL));
    tensors.is_ok_and(|tensors| !sizes(tensors.shapes()).is_empty())
}

/// The model of a folder, with the adapter that lies there where it is one.
pub(super) fn checkpoint_of(folder: &Path) -> Result<Alone, ModelError> {
    let settings = folder.join("adapter_config.json");
    if folder.join("config.json").is_file() || !settings.is_file() {
        return Alone::open(folder);
    }
    let settings = Settings::read(&settings)?;
    let base = settings.text(BASE).unwrap_or_default();
    let last = Path::new(base)
        .file_name()
        .map(PathBuf::from)
        .unwrap_or_default();
    let beside = folder.parent().unwrap_or(Path::new(".")).join(&last);
    let found = [PathBuf::from(base), folder.join(base), beside.clone()]
        .into_iter()
        .find(|place| !base.is_empty() && place.join("config.json").is_file());
    match found {
        Some(base) => Alone::open(&base)?.with_adapter(folder, 1.0),
        None if base.is_empty() => Err(settings.unsupported(format!(
            "the adapter does not say what it was trained on ({BASE})"
        ))),
        None => Err(ModelError::NotACheckpoint {
            what: format!("the adapter was trained on {base}; put that model's folder beside it"),
            path: beside,
        }),
    }
}
