//! What can go wrong with a checkpoint, sorted by what the person can do about it. Each message is one sentence,
//! the path last.

use std::path::PathBuf;

/// Why a checkpoint cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    /// Another folder must be named.
    #[error("{what}: {}", path.display())]
    NotACheckpoint {
        /// the sentence, without full stop
        what: String,
        /// the folder or file
        path: PathBuf,
    },
    /// The file must be fetched again.
    #[error("{what}: {}", path.display())]
    Damaged {
        /// the sentence, without full stop
        what: String,
        /// the file
        path: PathBuf,
    },
    /// The weights do not belong to this `config.json`, or are not fit to compute with.
    #[error("{what}: {}", path.display())]
    Weights {
        /// the sentence, without full stop; names the tensor
        what: String,
        /// the folder
        path: PathBuf,
    },
    /// A sound checkpoint of a kind that Retake does not know.
    #[error("{what}: {}", path.display())]
    Unsupported {
        /// the sentence, without full stop; names the setting
        what: String,
        /// the file
        path: PathBuf,
    },
    /// The model is not here, or does not come from where it is published.
    #[error("{0}")]
    Hub(String),
    /// The machine cannot: memory, device.
    #[error("{0}")]
    Machine(String),
}

impl From<candle_core::Error> for ModelError {
    fn from(error: candle_core::Error) -> Self {
        Self::Machine(plain(&error))
    }
}

/// The first line of an error of the tensor library, without its backtrace, or what to do about memory that ran out.
pub fn plain(error: &candle_core::Error) -> String {
    let text = error.to_string();
    if is_out_of_memory(&text) {
        return "the graphics card ran out of memory (out of memory even with one network at a time); close other programs that use it, or choose a smaller size, a smaller model or a GGUF file of this one"
            .to_owned();
    }
    format!(
        "the model could not be computed: {}",
        text.lines().next().unwrap_or_default()
    )
}

/// Whether an error says that a graphics card's memory ran out, in the words of CUDA or Metal.
pub fn is_out_of_memory(said: &str) -> bool {
    let said = said.to_lowercase();
    ["out of memory", "out_of_memory", "outofmemory"]
        .iter()
        .any(|words| said.contains(words))
}
