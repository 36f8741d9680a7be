//! Qwen2.5-VL and Qwen3-VL (Bai et al. 2025; transformers' Qwen2_5_VLForConditionalGeneration and
//! Qwen3VLForConditionalGeneration): language models that can be asked about pictures.
//!
//! [`QwenVl`] is the model, [`Prefix`] what several questions begin with and is read once, [`Asked`] a question that was
//! read, from which answers are written or weighed. A checkpoint may also have heads that give numbers instead of words
//! ([`heads`]).

mod blocks;
mod config;
mod conversation;
mod eyes;
mod folder;
mod grid;
pub mod heads;
#[cfg(test)]
mod manifests;
mod places;
mod processor;
mod sampling;
#[cfg(test)]
mod tests;
mod writing;

use std::collections::VecDeque;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use candle_core::{Device, Result, Tensor};
use retake_models::ModelError;
use retake_models::qwen3::{Chat, Keep, Memory, Qwen3};
use retake_tensors::checkpoint::{Alone, Weights, fingerprint, names};
use sha2::{Digest, Sha256};

use crate::picture::Bitmap;
use heads::Heads;
use places::Told;

pub use config::{Family, VlConfig};
pub use conversation::{Asked, Part, Prefix, Several};
pub use eyes::{Eyes, Seen};
pub use folder::{has_heads, open_here};
pub use grid::Grid;
pub use processor::Processor;
pub use retake_tensors::checkpoint::Density;
pub use sampling::How;
pub use writing::{Answer, Writing, Written};

/// Kinds of networks (`model_type`) that are one of these.
pub const KINDS: [&str; 2] = ["qwen2_5_vl", "qwen3_vl"];

/// A language model with eyes.
pub struct QwenVl {
    config: VlConfig,
    chat: Chat,
    processor: Processor,
    networks: Networks,
    device: Device,
    weights: String,
    /// the pictures seen last, the newest at the back
    seen: Mutex<VecDeque<([u8; 32], Arc<Seen>)>>,
}

/// What of a checkpoint is made of tensors.
pub struct Networks {
    eyes: Eyes,
    language: Qwen3,
    heads: Option<Heads>,
}

/// Pictures that are remembered: a source, and the candidates of a group.
const REMEMBERED: usize = 12;

impl Networks {
    /// Reads all tensors of a checkpoint.
    pub fn new(config: &VlConfig, heads: &[heads::Sizes], vb: Weights) -> Result<Self> {
        let keep = Keep {
            layers: config.text.layers,
            words: heads.is_empty(),
        };
        Ok(Self {
            eyes: Eyes::new(&config.eyes, vb.fine().pp("visual"))?,
            language: Qwen3::of(&config.text, keep, vb.clone())?,
            heads: Heads::new(heads, vb.fine())?,
        })
    }
}

impl QwenVl {
    /// Loads it from a folder as transformers writes it, in the numbers that the files have.
    pub fn open(folder: &Path, device: &Device) -> std::result::Result<Self, ModelError> {
        Self::of(&Alone::open(folder)?, device, None)
    }

    /// Loads it; an adapter of the checkpoint is merged into its weights. Matrices are held as densely as is asked, or as
    /// the files have them.
    pub fn of(
        checkpoint: &Alone,
        device: &Device,
        density: Option<Density>,
    ) -> std::result::Result<Self, ModelError> {
        let folder = checkpoint.folder();
        let settings = checkpoint.settings()?;
        let mut config = VlConfig::of(&settings)?;
        let tensors = checkpoint.tensors(names::QWEN_VL)?.wide(heads::BEGINNING);
        let sizes = heads::sizes(tensors.shapes());
        let mut chat = Chat::open(folder)?;
        if !sizes.is_empty() {
            // training added a token and cut the table of words to the tokenizer's
            chat.with_token(heads::TOKEN)?;
            let table = tensors
                .shapes()
                .find(|(name, _)| *name == "embed_tokens.weight");
            if let Some((_, &[words, _])) = table {
                config = config.with_words(words);
            }
        }
        let processor = Processor::open(folder, &config.eyes)?;
        let make = |vb: Weights| Networks::new(&config, &sizes, vb);
        let built = tensors.build_in(device, density, make)?;
        if chat.size() > config.text.words {
            return Err(settings.unsupported(format!(
                "the tokenizer has tokens up to {} and the model has {} words: they do not belong together",
                chat.size(),
                config.text.words
            )));
        }
        Ok(Self {
            chat,
            processor,
            networks: built.network,
            device: device.clone(),
            weights: match density {
                None => fingerprint(&[&built.fingerprint]),
                Some(density) => {
                    let asked: [u8; 32] = Sha256::digest(density.id()).into();
                    fingerprint(&[&built.fingerprint, &asked])
                }
            },
            seen: Mutex::default(),
            config,
        })
    }

    /// The same where pictures are brought to an area within these bounds, px.
    pub fn within(mut self, least_pixels: usize, most_pixels: usize) -> Self {
        self.processor = self.processor.within(least_pixels, most_pixels);
        self
    }

    /// Its settings.
    pub fn config(&self) -> &VlConfig {
        &self.config
    }

    /// Its tokenizer and chat template.
    pub fn chat(&self) -> &Chat {
        &self.chat
    }

    /// How pictures are cut.
    pub fn processor(&self) -> &Processor {
        &self.processor
    }

    /// SHA-256 of the weights that it is made of and of how they are held, adapters included, in hexadecimal digits.
    pub fn weights(&self) -> &str {
        &self.weights
    }

    /// Its heads, where it gives numbers instead of words.
    pub fn heads(&self) -> Option<&Heads> {
        self.networks.heads.as_ref()
    }

    /// The eyes alone.
    pub fn eyes(&self) -> &Eyes {
        &self.networks.eyes
    }

    /// A number for each word of the vocabulary, from last states: (1, tokens, width) to (1, tokens, words).
    pub fn logits(&self, states: &Tensor) -> std::result::Result<Tensor, ModelError> {
        Ok(self.networks.language.logits(states)?)
    }

    /// Forgets the pictures that were seen lately.
    pub fn forget(&self) {
        self.seen
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
    }

    /// What the eyes tell of a picture; pictures seen lately are remembered. `None` once `stop` says so.
    pub fn see(
        &self,
        picture: &Bitmap,
        stop: &dyn Fn() -> bool,
    ) -> std::result::Result<Option<Arc<Seen>>, ModelError> {
        let mut hash = Sha256::new();
        hash.update((picture.width as u64).to_le_bytes());
        hash.update((picture.height as u64).to_le_bytes());
        hash.update(&picture.rgb);
        let hash: [u8; 32] = hash.finalize().into();
        let lately = || self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, seen)) = lately().iter().find(|(known, _)| *known == hash) {
            return Ok(Some(seen.clone()));
        }
        let (patches, grid) = self.processor.patches(picture)?;
        let Some(seen) = self.networks.eyes.look(&patches, grid, stop)?.map(Arc::new) else {
            return Ok(None);
        };
        let mut known = lately();
        while known.len() >= REMEMBERED {
            known.pop_front();
        }
        known.push_back((hash, seen.clone()));
        Ok(Some(seen))
    }

    /// Whether this model was trained with places that count all tokens one after another: EditReward on Qwen2.5-VL
    /// hands the language model embeddings without telling it where the pictures are.
    fn counts_plainly(&self) -> bool {
        self.networks.heads.is_some() && self.config.family == Family::Qwen25
    }

    /// Reads the tokens of some messages from those on that the memory of each holds, and gives their last states one
    /// behind the other, (1, tokens, width). Every weight is read once for all of them.
    fn read(
        &self,
        messages: &mut [Message<'_>],
        stop: &dyn Fn() -> bool,
    ) -> std::result::Result<Option<Tensor>, ModelError> {
        let decoder = self.networks.language.decoder();
        let mut pieces = Vec::new();
        let mut places: Vec<[usize; 3]> = Vec::new();
        let layers = messages.iter().flat_map(|message| message.shown());
        let layers = layers.map(|seen| seen.deep.len()).max().unwrap_or(0);
        let mut added: Vec<Vec<Tensor>> = vec![Vec::new(); layers];
        for message in &*messages {
            self.embedded(message, &mut pieces, &mut added)?;
            places.extend(&message.told.places[message.memory.length()..]);
        }
        let joined = |pieces: &Vec<Tensor>| Tensor::cat(pieces, 0)?.unsqueeze(0);
        let added: Vec<Tensor> = added.iter().map(joined).collect::<Result<_>>()?;
        let axes = self.config.axes;
        let turns =
            decoder.turns_at(places.into_iter(), |pair| axes.of_pair(pair), &self.device)?;
        let mut texts: Vec<(&mut Memory, usize)> = messages
            .iter_mut()
            .map(|message| {
                let rows = message.rows();
                (&mut *message.memory, rows)
            })
            .collect();
        Ok(decoder.forward_together(&joined(&pieces)?, &turns, &mut texts, &added, stop)?)
    }

    /// What the first layer reads of a message, (tokens, width) in pieces, and what is added behind the first layers.
    fn embedded(
        &self,
        message: &Message<'_>,
        pieces: &mut Vec<Tensor>,
        added: &mut [Vec<Tensor>],
    ) -> Result<()> {
        let language = &self.networks.language;
        let told = message.told;
        let first = message.memory.length();
        let words =
            |from: usize, to: usize, pieces: &mut Vec<Tensor>, added: &mut [Vec<Tensor>]| {
                if from < to {
                    pieces.push(language.embedded(&told.ids[from..to])?.squeeze(0)?);
                    let (width, dtype) = (self.config.text.width, self.networks.eyes.dtype());
                    for added in added {
                        added.push(Tensor::zeros((to - from, width), dtype, &self.device)?);
                    }
                }
                Ok::<(), candle_core::Error>(())
            };
        let mut at = first;
        let shown = told.pictures.iter().zip(message.seen);
        for (range, seen) in shown.filter(|(range, _)| range.end > first) {
            let start = range.start.max(first);
            words(at, start, pieces, added)?;
            let part = |tokens: &Tensor| tokens.narrow(0, start - range.start, range.end - start);
            pieces.push(part(&seen.tokens)?);
            for (added, deep) in added.iter_mut().zip(&seen.deep) {
                added.push(part(deep)?);
            }
            at = range.end;
        }
        words(at, told.ids.len(), pieces, added)
    }
}

/// A message that is to be read, of which the first tokens are known.
struct Message<'a> {
    told: &'a Told,
    seen: &'a [Arc<Seen>],
    memory: &'a mut Memory,
}

impl Message<'_> {
    /// Tokens that are new.
    fn rows(&self) -> usize {
        self.told.ids.len() - self.memory.length()
    }

    /// The pictures that are new, at least in part.
    fn shown(&self) -> impl Iterator<Item = &Arc<Seen>> {
        let first = self.memory.length();
        let shown = self.told.pictures.iter().zip(self.seen);
        shown
            .filter(move |(range, _)| range.end > first)
            .map(|(_, seen)| seen)
    }
}
