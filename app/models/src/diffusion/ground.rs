//! What all candidates of one photo and one instruction share, made once: the text's states, the photo's latents, and
//! the map for glimpses.

use std::sync::{Arc, Mutex, PoisonError};

use candle_core::Tensor;
use retake_core::Raster;
use sha2::{Digest, Sha256};

use super::picture::Frame;
use super::preview::Glimpse;
use super::{Conditioned, Model, Texts};
use crate::ModelError;
use crate::residency::frugally;
use crate::vae::TinyVae;

/// The shared part.
pub(super) struct Ground<C> {
    /// what is edited, linear Rec.2020
    pub(super) source: Arc<Raster>,
    pub(super) frame: Frame,
    /// what the denoiser is told
    pub(super) conditions: C,
    /// the picture's latents on the denoiser's scale, (1, channels, height, width)
    pub(super) latents: Tensor,
    pub(super) glimpse: Glimpse,
    pub(super) tokens_cut: usize,
    /// of the picture and the texts
    pub(super) key: Key,
}

/// The last ground that was made.
pub(super) struct Grounds<C>(Mutex<Option<Arc<Ground<C>>>>);

/// SHA-256.
pub(super) type Key = [u8; 32];

impl<C> Default for Grounds<C> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<C> Grounds<C> {
    /// The ground of this picture and text, with the references that the editor always has; whoever comes second waits
    /// for the first and shares it.
    pub(super) fn of<M: Model<Conditions = C>>(
        &self,
        model: &M,
        source: &Arc<Raster>,
        references: &[Tensor],
        texts: Texts<'_>,
        enlarged: bool,
        tiny: Option<&Arc<TinyVae>>,
    ) -> Result<Arc<Ground<C>>, ModelError> {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let key = key(source, texts, enlarged);
        if let Some(ground) = last.as_ref().filter(|ground| ground.key == key) {
            return Ok(ground.clone());
        }
        let ground = Arc::new(Ground::new(
            model,
            (source, references),
            texts,
            enlarged,
            tiny,
            key,
        )?);
        *last = Some(ground.clone());
        Ok(ground)
    }
}

impl<C> Ground<C> {
    fn new<M: Model<Conditions = C>>(
        model: &M,
        (source, references): (&Arc<Raster>, &[Tensor]),
        texts: Texts<'_>,
        enlarged: bool,
        tiny: Option<&Arc<TinyVae>>,
        key: Key,
    ) -> Result<Self, ModelError> {
        let (width, height) = (source.width, source.height);
        let multiple = model.sizes().multiple;
        let room = model.room(width, height);
        let frame = Frame::new(width, height, room, multiple, enlarged);
        let picture = frame.into_network(source, model.device())?;
        let Conditioned {
            source: latents,
            conditions,
            tokens_cut,
        } = frugally(model.house(), || {
            model.conditions(&picture, references, texts)
        })?;
        Ok(Self {
            source: source.clone(),
            frame,
            glimpse: Glimpse::of(&picture, &latents, &model.finest(&latents)?, tiny)?,
            conditions,
            latents,
            tokens_cut,
            key,
        })
    }
}

fn key(source: &Raster, texts: Texts<'_>, enlarged: bool) -> Key {
    let Texts { wanted, unwanted } = texts;
    let mut hash = Sha256::new();
    for number in [source.width, source.height, wanted.len()] {
        hash.update(number.to_le_bytes());
    }
    hash.update([u8::from(enlarged)]);
    hash.update(wanted.as_bytes());
    hash.update(unwanted.as_bytes());
    for plane in &source.planes {
        let bytes: Vec<u8> = plane.iter().flat_map(|value| value.to_le_bytes()).collect();
        hash.update(&bytes);
    }
    hash.finalize().into()
}
