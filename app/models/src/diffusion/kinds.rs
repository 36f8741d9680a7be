//! The table of editors that need weights.

use std::path::Path;
use std::sync::Arc;

use candle_core::Device;
use retake_core::{Editor, Said, said};

use super::{Diffusion, Model, Precision, Wishes};
use crate::vae::TinyVae;
use crate::{Checkpoint, ModelError, flux1, flux2, stable, store};

/// An editor that is ready to work.
pub type Opened = Result<Arc<dyn Editor>, ModelError>;

/// A row of the table.
pub struct Kind {
    /// short name for records
    pub id: &'static str,
    /// changes whenever the same request would give other pixels
    pub version: &'static str,
    /// for people
    pub name: &'static str,
    /// one sentence for the menu
    pub about: &'static str,
    /// what `model_index.json` calls the pipelines that it can do the work of
    pub pipelines: &'static [&'static str],
    /// the tiny autoencoder of its latents, as its maker published it
    pub tiny: &'static str,
    /// what its weights may be held in
    pub precisions: &'static [Precision],
    /// whether it reads further pictures beside the photo
    pub references: bool,
    /// a part and a tensor of it that tell checkpoints of this kind from others of the same pipeline
    pub mark: Option<(&'static str, &'static str)>,
    /// how many calls of the denoiser a candidate takes where nothing is asked
    pub way: fn(&Checkpoint) -> Result<Way, ModelError>,
    /// loads a checkpoint
    pub open: fn(&Checkpoint, &Device, &Wishes) -> Opened,
}

/// What a candidate takes of a denoiser where nothing is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Way {
    /// steps from noise to picture
    pub steps: usize,
    /// pictures that go through it at each, as guidance wants
    pub guided: usize,
    /// those of them that go through together
    pub together: usize,
}

/// All of them; those with a mark before those that have the same pipeline and none.
pub const KINDS: &[&Kind] = &[
    &stable::rewarded::KIND,
    &stable::pix2pix::KIND,
    &flux1::KIND,
    &flux2::KIND,
    &stable::img2img::KIND,
];

impl Kind {
    /// The kind of a checkpoint.
    pub fn of(checkpoint: &Checkpoint) -> Result<&'static Self, ModelError> {
        KINDS
            .iter()
            .copied()
            .filter(|kind| kind.pipelines.contains(&checkpoint.pipeline()))
            .find(|kind| {
                kind.mark
                    .is_none_or(|(part, tensor)| checkpoint.has_tensor(part, tensor))
            })
            .ok_or_else(|| {
                let known: Vec<&str> = KINDS.iter().map(|kind| kind.name).collect();
                ModelError::Unsupported {
                    what: format!(
                        "this is a checkpoint for {}, and the editors that Retake can make of one are {}",
                        checkpoint.pipeline(),
                        known.join(", ")
                    ),
                    path: checkpoint.folder().to_owned(),
                }
            })
    }

    /// Whether it can go by these wishes; only what can be said before its weights are read.
    fn takes(&self, wishes: &Wishes) -> Result<(), ModelError> {
        if !wishes.references.is_empty() && !self.references {
            let takers: Vec<&str> = KINDS
                .iter()
                .filter(|kind| kind.references)
                .map(|kind| kind.name)
                .collect();
            return Err(ModelError::Machine(format!(
                "{} takes no reference pictures beside the photo; {} does",
                self.name,
                takers.join(", ")
            )));
        }
        match wishes.precision {
            Some(precision) if !self.precisions.contains(&precision) => {
                let fit: Vec<&str> = self.precisions.iter().map(|fit| fit.id()).collect();
                Err(ModelError::Machine(format!(
                    "{} does not work in {}, whose numbers are too small for it; choose {}",
                    self.name,
                    precision.id(),
                    fit.join(" or ")
                )))
            }
            _ => Ok(()),
        }
    }
}

/// Makes an editor of the checkpoint in a folder, on the graphics card where this build knows one.
pub fn open(folder: &Path, wishes: &Wishes) -> Opened {
    let checkpoint = Checkpoint::open(folder)?;
    let kind = Kind::of(&checkpoint)?;
    wishes.check()?;
    kind.takes(wishes)?;
    let checkpoint = wishes
        .loras
        .iter()
        .try_fold(checkpoint, |checkpoint, (path, scale)| {
            checkpoint.with_adapter(path, *scale)
        })?;
    let device = best_device();
    let checkpoint = match wishes.precision {
        Some(precision) => precision.asked_of(checkpoint, &device)?,
        None => checkpoint,
    };
    (kind.open)(&checkpoint, &device, wishes)
}

/// What the rows of the table do.
pub(crate) fn open_as<M: Model>(
    checkpoint: &Checkpoint,
    device: &Device,
    wishes: &Wishes,
) -> Opened {
    let (tiny, notice) = match TinyVae::beside(checkpoint, device)? {
        Some(tiny) => (Some(tiny), None),
        None => installed_tiny(M::KIND.tiny, device),
    };
    let editor = Diffusion::new(M::open(checkpoint, device)?, wishes)?;
    Ok(Arc::new(editor.with_tiny(tiny, notice)))
}

/// A tiny autoencoder of this name, where it is installed; or why it is of no use.
fn installed_tiny(name: &'static str, device: &Device) -> (Option<TinyVae>, Option<Said>) {
    let Some(folder) = store::network(name) else {
        return (None, None);
    };
    match TinyVae::open(&folder, device) {
        Ok(tiny) => (Some(tiny), None),
        Err(error) => {
            let notice = said!(
                "Glimpses are made without the tiny autoencoder {name} ({why}).",
                name = name.to_owned(),
                why = error.to_string()
            );
            (None, Some(notice))
        }
    }
}

/// Where editors compute, for people and records: "cpu", "cuda" or "metal".
pub fn device_name() -> &'static str {
    match best_device() {
        Device::Cpu => "cpu",
        Device::Cuda(_) => "cuda",
        Device::Metal(_) => "metal",
    }
}

/// The graphics card where this build knows one, the processor otherwise.
pub fn best_device() -> Device {
    let card = if candle_core::utils::cuda_is_available() {
        Device::new_cuda(0)
    } else if candle_core::utils::metal_is_available() {
        Device::new_metal(0)
    } else {
        return Device::Cpu;
    };
    card.unwrap_or(Device::Cpu)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_its_own_name_and_pipelines_or_a_mark() {
        for (i, kind) in KINDS.iter().enumerate() {
            for other in &KINDS[i + 1..] {
                assert_ne!(kind.id, other.id);
                let shared = kind
                    .pipelines
                    .iter()
                    .find(|name| other.pipelines.contains(name));
                // the one with the mark is asked first
                let apart = shared.is_none() || (kind.mark.is_some() && other.mark.is_none());
                assert!(apart, "{} and {}: {shared:?}", kind.id, other.id);
            }
        }
    }

    #[test]
    fn another_kind_of_checkpoint_is_refused_by_its_name() {
        let folder = std::env::temp_dir().join(format!("retake-kind-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        let index = br#"{"_class_name": "StableAudioPipeline"}"#;
        std::fs::write(folder.join("model_index.json"), index).expect("a file");
        let said = match open(&folder, &Wishes::default()) {
            Ok(_) => panic!("a refusal"),
            Err(error) => error.to_string(),
        };
        std::fs::remove_dir_all(&folder).expect("gone");
        assert!(
            said.contains("a checkpoint for StableAudioPipeline"),
            "{said}"
        );
    }
}
