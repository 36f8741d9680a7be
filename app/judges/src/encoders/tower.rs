//! CLIP's eye, which several rewards may stand on: it looks at a picture once, whoever asks.

use std::collections::VecDeque;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use retake_core::Said;
use retake_vision::encoder::{Clip, Direction};
use retake_vision::picture::Bitmap;
use sha2::{Digest, Sha256};

use super::fault;

/// Pictures that are remembered, of 3 kB each: two large groups.
const REMEMBERED: usize = 512;

/// See the module.
pub(super) struct Tower {
    clip: Clip,
    /// what was seen last, by the hash of the picture, the newest at the back
    seen: Mutex<VecDeque<([u8; 32], Direction)>>,
    #[cfg(test)]
    pub(super) looks: std::sync::atomic::AtomicUsize,
}

impl Tower {
    /// Loads a CLIP.
    pub(super) fn open(folder: &Path) -> Result<Self, Said> {
        Ok(Self {
            clip: Clip::on_processor(folder).map_err(|error| fault(&error))?,
            seen: Mutex::default(),
            #[cfg(test)]
            looks: Default::default(),
        })
    }

    /// The whole of it, for words.
    pub(super) fn clip(&self) -> &Clip {
        &self.clip
    }

    /// Where a picture lies in CLIP's space.
    pub(super) fn picture(&self, picture: &Bitmap) -> Result<Direction, Said> {
        let mut hash = Sha256::new();
        hash.update((picture.width as u64).to_le_bytes());
        hash.update(&picture.rgb);
        let hash: [u8; 32] = hash.finalize().into();
        let seen = || self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, direction)) = seen().iter().find(|(known, _)| *known == hash) {
            return Ok(direction.clone());
        }
        #[cfg(test)]
        self.looks
            .fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let direction = self.clip.picture(picture).map_err(|error| fault(&error))?;
        let mut seen = seen();
        if seen.len() == REMEMBERED {
            seen.pop_front();
        }
        seen.push_back((hash, direction.clone()));
        Ok(direction)
    }
}
