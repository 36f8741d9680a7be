//! Bytes of a file as the system maps them into memory: nothing is copied, the pages come from the system's cache of the
//! disk and go back there, and several programs share them. An edit with an InstructPix2Pix of the published size, 2.1 GB in
//! 16 bits, has a peak of 4267 MB so, and of 4272 MB where its tensors are read into memory of their own.
//!
//! A map is only as good as its file. One that is cut short takes the pages behind its new end away, and touching them
//! ends the program; one that is written over changes under the reader. So a map lives as long as one tensor is read and
//! not longer, the length of the file is looked at before each, and after all of them whether the file is still the one
//! that was opened ([`Mark`]). What is left is a file that is cut short within the milliseconds of one tensor.

#![expect(
    unsafe_code,
    reason = "a map is read as a slice, which the system may change; see above for what is done about it"
)]

use std::fs::File;
use std::io;
use std::ops::Deref;
use std::time::SystemTime;

use memmap2::{Mmap, MmapOptions};

/// Bytes of a file.
pub(super) enum Bytes {
    /// as the system maps them
    Mapped(Mmap),
    /// in memory of our own
    Own(Vec<u8>),
}

impl Bytes {
    /// Those from `from` up to `to`, which must lie in the file; none where the system cannot map this file.
    pub(super) fn map(file: &File, from: u64, to: u64) -> Option<Self> {
        let length = usize::try_from(to.checked_sub(from)?).ok()?;
        if length == 0 {
            return Some(Self::Own(Vec::new()));
        }
        // SAFETY: the range lies in the file, as the caller has asked the system just now, and is only read. The file
        // may be changed by others meanwhile: its bytes are numbers, of which every pattern is sound to read, and
        // `Mark` tells afterwards that they were changed. See the module's words about files that are cut short.
        let map = unsafe { MmapOptions::new().offset(from).len(length).map(file) };
        map.ok().map(Self::Mapped)
    }

    /// The bytes in memory of our own.
    pub(super) fn into_vec(self) -> Vec<u8> {
        match self {
            Self::Mapped(map) => map.to_vec(),
            Self::Own(bytes) => bytes,
        }
    }
}

impl Deref for Bytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Self::Mapped(map) => map,
            Self::Own(bytes) => bytes,
        }
    }
}

/// What tells a file from itself after a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Mark {
    pub(super) length: u64,
    changed: Option<SystemTime>,
}

impl Mark {
    /// Of a file as it is now.
    pub(super) fn of(file: &File) -> io::Result<Self> {
        let data = file.metadata()?;
        Ok(Self {
            length: data.len(),
            changed: data.modified().ok(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn file(name: &str, bytes: &[u8]) -> (std::path::PathBuf, File) {
        let path = std::env::temp_dir().join(format!("retake-map-{}-{name}", std::process::id()));
        std::fs::write(&path, bytes).expect("writable");
        let file = File::open(&path).expect("readable");
        (path, file)
    }

    #[test]
    fn any_part_of_a_file_is_mapped() {
        let bytes: Vec<u8> = (0..=255).cycle().take(20_000).collect();
        let (path, file) = file("parts", &bytes);
        for (from, to) in [(0, 20_000), (4095, 4097), (19_999, 20_000), (7, 7)] {
            let part = Bytes::map(&file, from as u64, to as u64).expect("a map");
            assert_eq!(&part[..], &bytes[from..to]);
            assert_eq!(part.into_vec(), bytes[from..to]);
        }
        std::fs::remove_file(path).expect("gone");
    }

    #[test]
    fn a_file_that_was_written_to_has_another_mark() {
        let (path, file) = file("mark", &[1, 2, 3]);
        let mark = Mark::of(&file).expect("a mark");
        assert_eq!(Mark::of(&file).expect("a mark"), mark);
        let mut same = std::fs::OpenOptions::new()
            .append(true)
            .open(&path)
            .expect("writable");
        same.write_all(&[4]).expect("written");
        assert_ne!(Mark::of(&file).expect("a mark"), mark);
        std::fs::remove_file(path).expect("gone");
    }
}
