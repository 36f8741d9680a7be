//! Bytes ⇄ values: photos and masks are read here, edits are written here, and nothing else touches the disk.

mod error;
mod folder;
pub mod journal;
pub mod open;
mod read;
pub mod record;
pub mod save;
mod screen;

pub use error::{FileError, Place};
pub use folder::NewFolder;
pub use open::{Limits, decode, guarded, open, open_mask};
pub use read::read_whole;
pub use screen::ScreenProfile;

/// SHA-256 of some bytes, as photos and outputs are named by.
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    use sha2::Digest;
    sha2::Sha256::digest(bytes).into()
}
