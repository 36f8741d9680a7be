//! Bytes ⇄ values: photos and masks are read here, edits are written here, and nothing else touches the disk.

mod error;
mod folder;
pub mod open;
mod read;
pub mod record;
pub mod save;

pub use error::{FileError, Place};
pub use folder::NewFolder;
pub use open::{Limits, decode, guarded, open, open_mask};
pub use read::read_whole;
