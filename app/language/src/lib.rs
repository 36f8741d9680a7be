//! From a sentence to measurable goals, in English, German, French, Spanish and Chinese.
//!
//! 1. `text` brings the sentence into one form (width, quotes, accents) and cuts it into tokens.
//!    `lettering` takes out what asks for words in the picture ("write 'SALE' on it").
//! 2. `read` finds the language by its words, mends slips (`spelling`) and matches the longest phrases of the lexicon.
//!    `refine` settles words whose meaning hangs on their neighbours.
//! 3. `clause` cuts the items into clauses at marks, conjunctions and turns ("without", "keep").
//! 4. `places` finds where a clause applies; clauses hand places on: "make the sky darker and more saturated".
//! 5. `heads` finds the words that ask for something, each with its direction, degree and number.
//! 6. `generative` sets aside what needs new content; `constraints` reads "keep", "without" and "don't".
//! 7. `goals` and `amounts` turn each head into goals; style words become several, with less weight.
//! 8. `tidy` settles contradictions. Words that meant nothing are listed, never dropped.
//!
//! A sentence of which nothing is understood can be read as the nearest known words (`nearest`), if a network that knows
//! what sentences mean is handed in.
//!
//! The words are data: `assets/lexicon/*.toml`, which a user's own file can extend. The grammar here knows no language.

mod amounts;
mod clause;
mod colours;
mod constraints;
mod error;
mod file;
mod generative;
mod goals;
mod heads;
mod lettering;
mod lexicon;
mod nearest;
mod places;
mod read;
mod refine;
mod sense;
mod spelling;
mod text;
mod things;
mod tidy;
mod understand;
mod unfound;
mod wish;

pub use error::{InstructionError, LexiconError};
pub use generative::GENERATIVE;
pub use lexicon::Lexicon;
pub use nearest::{Nearest, as_known, understand_nearest};
pub use understand::{understand, understand_with_mask};

/// The most characters an instruction may have.
pub const LONGEST_INSTRUCTION: usize = 2000;
