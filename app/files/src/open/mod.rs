//! Files become photos: bytes of any picture format in, samples with the exact way to linear Rec.2020 out.
//! The format is told by the content; whatever is wrong becomes one sentence, before memory is taken for it.

mod decoded;
mod encoding;
mod exif;
mod guard;
mod icc;
mod jpeg;
mod limits;
mod mask;
mod matrix;
mod orient;
mod other;
mod png;
mod samples;
mod sniff;
mod table;
mod tiff;
mod tiffexif;

use std::path::Path;

use retake_core::{Mask, Photo, PhotoId};
use sha2::{Digest, Sha256};

pub(crate) use guard::caught;
pub use guard::guarded;
pub use limits::Limits;
pub use sniff::KINDS_NOT_READ;

use crate::{FileError, Place, read_whole};
use decoded::Decoded;
use sniff::Format;

/// Opens a photo. A name with the wrong ending is no obstacle; it becomes a note.
pub fn open(path: &Path, limits: &Limits) -> Result<Photo, FileError> {
    let bytes = read_whole(path, limits.max_file_bytes)?;
    photo(&bytes, Some(path), limits).map_err(|error| error.at(path))
}

/// The photo in these bytes; for tests and fuzzing, and for pictures that never were a file.
pub fn decode(bytes: &[u8], limits: &Limits) -> Result<Photo, FileError> {
    photo(bytes, None, limits)
}

/// Opens a painted mask of any size: the luminance of its code values (Rec.709 weights) times its alpha, 0 to 1.
/// Code values are not made linear: half grey means half.
pub fn open_mask(path: &Path, limits: &Limits) -> Result<Mask, FileError> {
    let bytes = read_whole(path, limits.max_file_bytes)?;
    let (decoded, _) = samples(&bytes, limits).map_err(|error| error.at(path))?;
    mask::from(&decoded, limits).map_err(|error| error.at(path))
}

fn photo(bytes: &[u8], path: Option<&Path>, limits: &Limits) -> Result<Photo, FileError> {
    let hash = || PhotoId(Sha256::digest(bytes).into());
    let finished = || {
        let (mut decoded, format) = samples(bytes, limits)?;
        decoded.carried.format = format.name().to_owned();
        decoded
            .carried
            .notes
            .extend(path.and_then(|path| format.note_about(path)));
        samples::finish(decoded, limits)
    };
    let (finished, id) = rayon::join(finished, hash);
    let finished = finished?;
    Ok(Photo::new(
        finished.width,
        finished.height,
        id,
        finished.samples,
        finished.carried,
    ))
}

fn samples(bytes: &[u8], limits: &Limits) -> Result<(Decoded, Format), FileError> {
    if bytes.is_empty() {
        return Err(FileError::Empty {
            place: Place::default(),
        });
    }
    let format = sniff::sniff(bytes).map_err(decoded::unsupported)?;
    let decode = || match format {
        Format::Jpeg => jpeg::decode(bytes, limits),
        Format::Png => png::decode(bytes, limits),
        Format::Tiff => tiff::decode(bytes, limits),
        other => other::decode(bytes, other, limits),
    };
    let decoded = guard::caught(decode).unwrap_or_else(|| {
        Err(decoded::damaged(
            format.name(),
            retake_core::said!("its parts contradict each other"),
        ))
    })?;
    Ok((decoded, format))
}

/// How the names of photos end.
pub const ENDINGS: [&str; 17] = [
    "jpg", "jpeg", "jpe", "png", "tif", "tiff", "webp", "exr", "hdr", "bmp", "gif", "pnm", "ppm",
    "pgm", "pam", "qoi", "tga",
];

/// Whether a file's name ends as photos' names do; what is in it is only known once it is opened.
pub fn looks_like_photo(path: &Path) -> bool {
    let ending = path.extension().map(|e| e.to_string_lossy().to_lowercase());
    ending.is_some_and(|ending| ENDINGS.contains(&ending.as_str()))
}
