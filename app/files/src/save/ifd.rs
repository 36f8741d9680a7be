//! Reads the directories of a TIFF structure, which EXIF is, without trusting a single number in it.

use std::ops::Range;

/// A TIFF structure's bytes and their order.
#[derive(Clone, Copy)]
pub(super) struct Tiff<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) big_endian: bool,
}

/// One entry of a directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) tag: u16,
    pub(super) kind: u16,
    pub(super) count: u32,
    /// the entry's twelve bytes
    pub(super) at: usize,
    /// where its value is: inside the entry, or anywhere
    pub(super) value: Range<usize>,
}

/// One directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Ifd {
    /// all of its bytes, with the link to the next one
    pub(super) range: Range<usize>,
    /// entries whose values lie inside the structure
    pub(super) entries: Vec<Entry>,
    /// how many others there are
    pub(super) damaged: usize,
    /// where the next directory is; 0 for none
    pub(super) next: usize,
}

impl<'a> Tiff<'a> {
    /// The structure and the place of its first directory; `None` when it is no TIFF structure.
    pub(super) fn parse(bytes: &'a [u8]) -> Option<(Self, usize)> {
        let big_endian = match bytes.get(..4)? {
            b"II*\0" => false,
            b"MM\0*" => true,
            _ => return None,
        };
        let tiff = Self { bytes, big_endian };
        let first = tiff.u32(4)? as usize;
        Some((tiff, first))
    }
    pub(super) fn u16(&self, at: usize) -> Option<u16> {
        let bytes = self.bytes.get(at..at.checked_add(2)?)?.try_into().ok()?;
        Some(if self.big_endian {
            u16::from_be_bytes(bytes)
        } else {
            u16::from_le_bytes(bytes)
        })
    }
    pub(super) fn u32(&self, at: usize) -> Option<u32> {
        let bytes = self.bytes.get(at..at.checked_add(4)?)?.try_into().ok()?;
        Some(if self.big_endian {
            u32::from_be_bytes(bytes)
        } else {
            u32::from_le_bytes(bytes)
        })
    }
    /// The directory at this place; `None` when it does not fit the structure.
    pub(super) fn ifd(&self, at: usize) -> Option<Ifd> {
        if at < 8 {
            return None;
        }
        let count = usize::from(self.u16(at)?);
        let next_at = at + 2 + count * 12;
        // Some cameras leave the last link out.
        let next = self.u32(next_at).unwrap_or(0) as usize;
        let end = (next_at + 4).min(self.bytes.len());
        if next_at > self.bytes.len() {
            return None;
        }
        let entries: Vec<Entry> = (0..count)
            .filter_map(|index| self.entry(at + 2 + index * 12))
            .collect();
        Some(Ifd {
            range: at..end,
            damaged: count - entries.len(),
            entries,
            next,
        })
    }
    fn entry(&self, at: usize) -> Option<Entry> {
        let (tag, kind, count) = (self.u16(at)?, self.u16(at + 2)?, self.u32(at + 4)?);
        let size = match kind {
            1 | 2 | 6 | 7 | 129 => 1,
            3 | 8 => 2,
            4 | 9 | 11 | 13 => 4,
            5 | 10 | 12 => 8,
            _ => return None,
        };
        let length = (count as usize).checked_mul(size)?;
        let start = if length <= 4 {
            at + 8
        } else {
            self.u32(at + 8)? as usize
        };
        let value = start..start.checked_add(length)?;
        (value.end <= self.bytes.len()).then_some(Entry {
            tag,
            kind,
            count,
            at,
            value,
        })
    }
    /// An entry's value as a whole number, when it is one.
    pub(super) fn number(&self, entry: &Entry) -> Option<u32> {
        match (entry.kind, entry.count) {
            (3, 1) => self.u16(entry.at + 8).map(u32::from),
            (4 | 13, 1) => self.u32(entry.at + 8),
            _ => None,
        }
    }
}

impl Ifd {
    pub(super) fn get(&self, tag: u16) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.tag == tag)
    }
}
