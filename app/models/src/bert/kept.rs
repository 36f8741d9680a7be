//! Vectors of many sentences, kept beside an imported model, so that they are worked out once. The file is named after the
//! sentences and the model; what does not fit is worked out again.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use candle_core::{Device, Tensor, safetensors};
use sha2::{Digest, Sha256};

use crate::store;

/// The one tensor in the file, (sentences, width).
const NAME: &str = "vectors";

/// Where the vectors of some sentences are kept.
pub(super) struct Kept {
    path: PathBuf,
    sentences: usize,
}

impl Kept {
    /// `None` in a folder that is not Retake's own.
    pub(super) fn of(folder: &Path, sentences: &[&str]) -> Option<Self> {
        let record = std::fs::read(folder.join(store::RECORD)).ok()?;
        let mut hash = Sha256::new_with_prefix(record);
        for sentence in sentences {
            hash.update([0]);
            hash.update(sentence);
        }
        let digest = hash.finalize();
        let name: String = digest[..8]
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        Some(Self {
            path: folder.join(format!("vectors-{name}.safetensors")),
            sentences: sentences.len(),
        })
    }

    pub(super) fn read(&self) -> Option<Vec<Vec<f32>>> {
        let mut tensors = safetensors::load(&self.path, &Device::Cpu).ok()?;
        let vectors = tensors.remove(NAME)?.to_vec2::<f32>().ok()?;
        let sound = vectors.len() == self.sentences
            && vectors.iter().flatten().all(|number| number.is_finite());
        sound.then_some(vectors)
    }

    /// Writes beside it and renames; older ones go.
    pub(super) fn write(&self, vectors: &[Vec<f32>]) -> candle_core::Result<()> {
        let width = vectors.first().map_or(0, Vec::len);
        let all: Vec<f32> = vectors.concat();
        let tensor = Tensor::from_vec(all, (vectors.len(), width), &Device::Cpu)?;
        let folder = self.path.parent().unwrap_or(Path::new("."));
        let beside = folder.join(format!(".vectors-{}", std::process::id()));
        let written = safetensors::save(&HashMap::from([(NAME, tensor)]), &beside);
        if let Err(error) = written {
            let _ = std::fs::remove_file(&beside);
            return Err(error);
        }
        for entry in std::fs::read_dir(folder)?.flatten() {
            if entry.file_name().to_string_lossy().starts_with("vectors-") {
                let _ = std::fs::remove_file(entry.path());
            }
        }
        Ok(std::fs::rename(&beside, &self.path)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vectors_are_kept_for_these_sentences_and_this_model_only() {
        let folder = std::env::temp_dir().join(format!("retake-kept-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        assert!(Kept::of(&folder, &["warm"]).is_none(), "no import made it");
        std::fs::write(folder.join(store::RECORD), "one").expect("a file");
        let kept = |sentences: &[&str]| Kept::of(&folder, sentences).expect("a place");
        let vectors = vec![vec![0.6, 0.8], vec![1.0, 0.0]];
        assert!(kept(&["warm", "cold"]).read().is_none());
        kept(&["warm", "cold"]).write(&vectors).expect("room");
        assert_eq!(kept(&["warm", "cold"]).read(), Some(vectors));
        assert!(kept(&["warm", "colder"]).read().is_none());
        std::fs::write(folder.join(store::RECORD), "two").expect("a file");
        assert!(kept(&["warm", "cold"]).read().is_none());
        let _ = std::fs::remove_dir_all(folder);
    }
}
