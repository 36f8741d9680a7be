//! What all candidates of one photo and one instruction share, made once: the text's states, the photo's latents, and
//! the map for glimpses.

use std::sync::{Arc, Mutex, PoisonError};

use candle_core::Tensor;
use retake_core::Raster;
use sha2::{Digest, Sha256};

use super::picture::Frame;
use super::preview::Glimpse;
use super::{Networks, Unwanted};
use crate::ModelError;
use crate::clip::Tokens;

/// The shared part.
pub(super) struct Ground {
    /// what is edited, linear Rec.2020
    pub(super) source: Arc<Raster>,
    pub(super) frame: Frame,
    /// (3, tokens, width): what is wanted, and twice what is not
    pub(super) text: Tensor,
    /// the photo's latents, (1, channels, height, width)
    pub(super) latents: Tensor,
    pub(super) glimpse: Glimpse,
    pub(super) tokens_cut: usize,
    /// of the picture and the texts
    pub(super) key: Key,
}

/// The last ground that was made.
#[derive(Default)]
pub(super) struct Grounds(Mutex<Option<Arc<Ground>>>);

/// SHA-256.
pub(super) type Key = [u8; 32];

impl Grounds {
    /// The ground of this picture and text; whoever comes second waits for the first and shares it.
    pub(super) fn of(
        &self,
        networks: &Networks,
        source: &Arc<Raster>,
        wanted: &str,
        unwanted: Unwanted<'_>,
    ) -> Result<Arc<Ground>, ModelError> {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let key = key(source, wanted, unwanted);
        if let Some(ground) = last.as_ref().filter(|ground| ground.key == key) {
            return Ok(ground.clone());
        }
        let ground = Arc::new(Ground::new(networks, source, wanted, unwanted, key)?);
        *last = Some(ground.clone());
        Ok(ground)
    }
}

impl Ground {
    fn new(
        networks: &Networks,
        source: &Arc<Raster>,
        wanted: &str,
        unwanted: Unwanted<'_>,
        key: Key,
    ) -> Result<Self, ModelError> {
        let frame = Frame::new(source.width, source.height, networks.sizes());
        let tokens: Tokens = networks.tokens(wanted)?;
        let wanted = networks.text_states(&tokens)?;
        let unwanted = networks.text_states(&networks.tokens(unwanted.0)?)?;
        let picture = frame.into_network(source, networks.device())?;
        let latents = networks.encode(&picture)?;
        Ok(Self {
            source: source.clone(),
            frame,
            text: Tensor::cat(&[&wanted, &unwanted, &unwanted], 0)?,
            glimpse: Glimpse::fit(&picture, &latents)?,
            latents,
            tokens_cut: tokens.cut,
            key,
        })
    }
}

fn key(source: &Raster, wanted: &str, unwanted: Unwanted<'_>) -> Key {
    let mut hash = Sha256::new();
    for number in [source.width, source.height, wanted.len()] {
        hash.update(number.to_le_bytes());
    }
    hash.update(wanted.as_bytes());
    hash.update(unwanted.0.as_bytes());
    for plane in &source.planes {
        let bytes: Vec<u8> = plane.iter().flat_map(|value| value.to_le_bytes()).collect();
        hash.update(&bytes);
    }
    hash.finalize().into()
}
