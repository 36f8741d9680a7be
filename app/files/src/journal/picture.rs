//! Pictures of takes as text.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::record::session::PictureRecord;

/// The picture of a take, as the bytes of a file.
pub fn picture_record(take: u64, file: &[u8]) -> PictureRecord {
    PictureRecord {
        take,
        bytes: STANDARD.encode(file),
    }
}

/// The bytes of the file; `None` for what is damaged.
pub fn picture_from_record(record: &PictureRecord) -> Option<Vec<u8>> {
    STANDARD.decode(&record.bytes).ok()
}
