//! From sentences to vectors of length 1, and the encoder that is installed.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use candle_core::{DType, Device};
use retake_core::Meanings;

use super::kept::Kept;
use super::network::{Bert, BertConfig};
use crate::ModelError;
use crate::checkpoint::Alone;
use crate::store;

/// A sentence encoder of the family of all-MiniLM-L6-v2, on the processor.
pub struct SentenceEncoder {
    bert: Bert,
    tokenizer: tokenizers::Tokenizer,
    longest: usize,
}

/// The most tokens of a sentence that are read, as `sentence_bert_config.json` of all-MiniLM-L6-v2 has it.
const LONGEST: usize = 256;
/// Sentences that go through together.
const TOGETHER: usize = 64;
/// So many sentences take seconds, and their vectors are kept beside the model.
const WORTH_KEEPING: usize = 200;

impl SentenceEncoder {
    /// Reads `config.json`, `tokenizer.json` and the weights of a folder.
    ///
    /// # Errors
    /// A file is missing or damaged, or the network is no BERT.
    pub fn open(folder: &Path) -> Result<Self, ModelError> {
        let alone = Alone::open(folder)?.expect(&["bert"], "a sentence encoder (BERT)")?;
        let settings = alone.settings()?;
        let config = BertConfig::of(&settings)?;
        let path = folder.join("tokenizer.json");
        let mut tokenizer =
            tokenizers::Tokenizer::from_file(&path).map_err(|error| ModelError::Damaged {
                what: format!("the tokenizer cannot be understood ({error})"),
                path,
            })?;
        tokenizer.with_padding(None);
        // the file may cut and fill texts of its own accord
        tokenizer.with_truncation(None).map_err(|error| {
            settings.unsupported(format!("the tokenizer cannot be used ({error})"))
        })?;
        let known = tokenizer.get_vocab_size(true);
        if known > config.vocab_size {
            return Err(settings.unsupported(format!(
                "the tokenizer has {known} words and the network only {}",
                config.vocab_size
            )));
        }
        // the pooler belongs to another task, and the list of places to an older way of counting
        let tensors = alone
            .tensors(&[])?
            .without("pooler.")
            .without("embeddings.position_ids");
        let built = tensors.build(&Device::Cpu, DType::F32, |vb| Bert::new(&config, vb))?;
        Ok(Self {
            bert: built.network,
            longest: LONGEST.min(config.max_position_embeddings),
            tokenizer,
        })
    }

    /// The vectors of some sentences, of length 1.
    ///
    /// # Errors
    /// A sentence cannot be cut into tokens, or the memory is not enough.
    pub fn encode(&self, sentences: &[&str]) -> Result<Vec<Vec<f32>>, ModelError> {
        // those of one length go through together, so that nothing has to be filled up
        let mut by_length: BTreeMap<usize, Vec<(usize, Vec<u32>)>> = BTreeMap::new();
        for (index, sentence) in sentences.iter().enumerate() {
            let ids = self.tokens(sentence)?;
            by_length.entry(ids.len()).or_default().push((index, ids));
        }
        let mut vectors = vec![Vec::new(); sentences.len()];
        for (tokens, alike) in by_length {
            for some in alike.chunks(TOGETHER) {
                let ids: Vec<u32> = some.iter().flat_map(|(_, ids)| ids).copied().collect();
                let means = self.bert.forward(&ids, tokens)?.mean(1)?.to_vec2()?;
                for ((index, _), mean) in some.iter().zip(means) {
                    vectors[*index] = of_length_1(mean);
                }
            }
        }
        Ok(vectors)
    }

    /// Between the tokens that begin and end a text, which stay where it is cut.
    fn tokens(&self, sentence: &str) -> Result<Vec<u32>, ModelError> {
        let encoded = self
            .tokenizer
            .encode(sentence, true)
            .map_err(|error| ModelError::Machine(format!("the text cannot be read ({error})")))?;
        let all = encoded.get_ids();
        let mut ids = all[..all.len().min(self.longest)].to_vec();
        if let (Some(end), Some(last)) = (ids.last_mut(), all.last()) {
            *end = *last;
        }
        match ids.is_empty() {
            false => Ok(ids),
            true => Err(ModelError::Machine(
                "the tokenizer makes nothing of the text".to_owned(),
            )),
        }
    }
}

/// As `torch.nn.functional.normalize` does it.
fn of_length_1(mut vector: Vec<f32>) -> Vec<f32> {
    let squares = vector.iter().map(|x| f64::from(*x).powi(2));
    let length = (squares.sum::<f64>().sqrt() as f32).max(1e-12);
    vector.iter_mut().for_each(|x| *x /= length);
    vector
}

impl Meanings for SentenceEncoder {
    fn vectors(&self, sentences: &[&str]) -> Option<Vec<Vec<f32>>> {
        let vectors = self.encode(sentences).ok()?;
        let sound = vectors.iter().flatten().all(|x| x.is_finite());
        sound.then_some(vectors)
    }
}

/// The sentence encoder that is installed, read when it is first asked.
pub struct InstalledEncoder {
    folder: PathBuf,
    encoder: OnceLock<Option<SentenceEncoder>>,
}

impl InstalledEncoder {
    /// As the hub calls it; a folder of this name is also what an import makes.
    pub const NAME: &str = "sentence-transformers/all-MiniLM-L6-v2";

    /// Looks for it in the models folder and in the hub's cache, and reads nothing yet.
    pub fn find() -> Option<Self> {
        Some(Self {
            folder: store::network(Self::NAME)?,
            encoder: OnceLock::new(),
        })
    }

    /// Reads it.
    ///
    /// # Errors
    /// Those of [`SentenceEncoder::open`].
    pub fn open(&self) -> Result<(), ModelError> {
        if self.encoder.get().is_none() {
            let encoder = SentenceEncoder::open(&self.folder)?;
            self.encoder.get_or_init(|| Some(encoder));
        }
        Ok(())
    }
}

impl Meanings for InstalledEncoder {
    fn vectors(&self, sentences: &[&str]) -> Option<Vec<Vec<f32>>> {
        if sentences.len() < WORTH_KEEPING {
            return self.read(sentences);
        }
        let kept = Kept::of(&self.folder, sentences);
        if let Some(vectors) = kept.as_ref().and_then(Kept::read) {
            return Some(vectors);
        }
        let vectors = self.read(sentences)?;
        if let Some(kept) = kept {
            // next time it takes as long again; that is all
            let _ = kept.write(&vectors);
        }
        Some(vectors)
    }
}

impl InstalledEncoder {
    fn read(&self, sentences: &[&str]) -> Option<Vec<Vec<f32>>> {
        let open = || SentenceEncoder::open(&self.folder).ok();
        self.encoder.get_or_init(open).as_ref()?.vectors(sentences)
    }
}
