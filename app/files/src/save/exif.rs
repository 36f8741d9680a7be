//! The camera's EXIF, made true for the edited picture. Everything stays at its place, since maker notes hold offsets
//! that nobody but the camera can correct; what has to go is taken out of its directory and overwritten with zeros.

use std::ops::Range;

use retake_pixels::display::Space;

use super::ifd::{Entry, Ifd, Tiff};

/// What the EXIF is made true for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Now {
    /// px
    pub(super) width: usize,
    /// px
    pub(super) height: usize,
    pub(super) space: Space,
    pub(super) keep_location: bool,
}

/// Why it could not be kept; the sentence continues "The camera's EXIF …".
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Unreadable;

const ORIENTATION: u16 = 0x0112;
const EXIF_IFD: u16 = 0x8769;
const GPS_IFD: u16 = 0x8825;
const INTEROP_IFD: u16 = 0xA005;
const MAKER_NOTE: u16 = 0x927C;
const IPTC: u16 = 0x83BB;
const COLOUR_SPACE: u16 = 0xA001;
const WIDTHS: [u16; 2] = [0x0100, 0xA002];
const HEIGHTS: [u16; 2] = [0x0101, 0xA003];
/// In the first directory: how the source's samples were stored, its profile, its XMP and Photoshop's blocks.
/// All of these are written anew or would be untrue.
const STORAGE: [u16; 33] = [
    0x00FE, 0x00FF, 0x0102, 0x0103, 0x0106, 0x0107, 0x010A, 0x0111, 0x0115, 0x0116, 0x0117, 0x0118,
    0x0119, 0x011C, 0x0120, 0x0121, 0x0122, 0x0123, 0x013D, 0x0140, 0x0142, 0x0143, 0x0144, 0x0145,
    0x014A, 0x0152, 0x0153, 0x015B, 0x0201, 0x0202, 0x02BC, 0x8649, 0x8773,
];
/// Makers whose notes can hold the names of places (Panasonic's travel mode and its Leica twins).
const PLACE_NAMING_MAKERS: [&[u8]; 2] = [b"Panasonic", b"LEICA"];

/// Orientation 1, no thumbnail, the new size, no location unless kept.
/// The second value says whether a damaged part had to be left out.
pub(super) fn made_true(exif: &[u8], now: Now) -> Result<(Vec<u8>, bool), Unreadable> {
    let exif = exif.strip_prefix(b"Exif\0\0").unwrap_or(exif);
    let (tiff, first) = Tiff::parse(exif).ok_or(Unreadable)?;
    let mut plan = Plan::new(tiff, now);
    let main = tiff.ifd(first).ok_or(Unreadable)?;
    plan.keep.push(0..8);
    plan.thumbnails(main.next);
    plan.directory(&main, &mut |plan, entry| match entry.tag {
        tag if STORAGE.contains(&tag) => false,
        EXIF_IFD => plan.below(entry, Plan::exif_entry),
        _ => plan.entry(entry),
    });
    plan.carry_out()
}

/// What to do with the bytes, worked out before any of them is touched.
struct Plan<'a> {
    tiff: Tiff<'a>,
    now: Now,
    out: Vec<u8>,
    keep: Vec<Range<usize>>,
    wipe: Vec<Range<usize>>,
    secret: Vec<Range<usize>>,
    damaged: bool,
}

impl<'a> Plan<'a> {
    fn new(tiff: Tiff<'a>, now: Now) -> Self {
        Self {
            tiff,
            now,
            out: tiff.bytes.to_vec(),
            keep: Vec::new(),
            wipe: Vec::new(),
            secret: Vec::new(),
            damaged: false,
        }
    }

    /// Rewrites a directory with the entries that `keeps` says yes to.
    fn directory(&mut self, ifd: &Ifd, keeps: &mut dyn FnMut(&mut Self, &Entry) -> bool) {
        self.damaged |= ifd.damaged > 0;
        let mut kept = Vec::new();
        for entry in &ifd.entries {
            if keeps(self, entry) {
                kept.push(entry);
                self.keep.push(entry.value.clone());
            } else if !(entry.at..entry.at + 12).contains(&entry.value.start) {
                self.wipe.push(entry.value.clone());
            }
        }
        // From the plan's own copy: values inside entries may have been brought up to date already.
        let lines: Vec<u8> = kept
            .iter()
            .flat_map(|entry| self.out[entry.at..entry.at + 12].to_vec())
            .collect();
        let start = ifd.range.start;
        self.out[ifd.range.clone()].fill(0);
        self.put_u16(start, kept.len() as u16);
        self.out[start + 2..start + 2 + lines.len()].copy_from_slice(&lines);
        self.keep.push(ifd.range.clone());
    }

    /// The directory an entry points to; the entry stays only if the directory can be read.
    fn below(&mut self, entry: &Entry, mut keeps: impl FnMut(&mut Self, &Entry) -> bool) -> bool {
        let ifd = self
            .tiff
            .number(entry)
            .and_then(|at| self.tiff.ifd(at as usize));
        let Some(ifd) = ifd.filter(|ifd| !self.overlaps(&ifd.range)) else {
            self.damaged = true;
            return false;
        };
        self.directory(&ifd, &mut keeps);
        true
    }

    fn exif_entry(&mut self, entry: &Entry) -> bool {
        match entry.tag {
            EXIF_IFD => false,
            MAKER_NOTE if !self.now.keep_location => {
                let note = &self.tiff.bytes[entry.value.clone()];
                let names_places = PLACE_NAMING_MAKERS
                    .iter()
                    .any(|maker| note.starts_with(maker));
                if names_places {
                    self.secret.push(entry.value.clone());
                }
                !names_places
            }
            _ => self.entry(entry),
        }
    }

    /// What is the same in every directory.
    fn entry(&mut self, entry: &Entry) -> bool {
        match entry.tag {
            GPS_IFD if self.now.keep_location => self.below(entry, |_, _| true),
            GPS_IFD => {
                self.location(entry);
                false
            }
            IPTC if !self.now.keep_location => {
                self.secret.push(entry.value.clone());
                false
            }
            INTEROP_IFD => self.below(entry, |_, _| true),
            ORIENTATION => self.put_number(entry, 1),
            COLOUR_SPACE => {
                let srgb = self.now.space == Space::Srgb;
                self.put_number(entry, if srgb { 1 } else { 0xFFFF })
            }
            tag if WIDTHS.contains(&tag) => self.put_number(entry, self.now.width as u32),
            tag if HEIGHTS.contains(&tag) => self.put_number(entry, self.now.height as u32),
            _ => true,
        }
    }

    /// Everything the GPS directory holds is to be overwritten.
    fn location(&mut self, entry: &Entry) {
        if let Some(ifd) = self
            .tiff
            .number(entry)
            .and_then(|at| self.tiff.ifd(at as usize))
        {
            self.secret
                .extend(ifd.entries.iter().map(|entry| entry.value.clone()));
            self.secret.push(ifd.range);
        }
    }

    /// The chain of directories after the first describes thumbnails.
    fn thumbnails(&mut self, mut at: usize) {
        // A chain longer than this is a loop.
        for _ in 0..16 {
            let Some(ifd) = self.tiff.ifd(at) else {
                return;
            };
            let number = |tag| {
                ifd.get(tag)
                    .and_then(|entry| self.tiff.number(entry))
                    .map(|n| n as usize)
            };
            for (start, length) in [(0x0201, 0x0202), (0x0111, 0x0117)] {
                if let (Some(start), Some(length)) = (number(start), number(length)) {
                    let end = start.saturating_add(length).min(self.tiff.bytes.len());
                    self.wipe.push(start.min(end)..end);
                }
            }
            if let Some(gps) = ifd
                .get(GPS_IFD)
                .filter(|_| !self.now.keep_location)
                .cloned()
            {
                self.location(&gps);
            }
            self.wipe
                .extend(ifd.entries.iter().map(|entry| entry.value.clone()));
            self.wipe.push(ifd.range);
            at = ifd.next;
        }
    }

    fn overlaps(&self, range: &Range<usize>) -> bool {
        self.keep
            .iter()
            .any(|kept| kept.start < range.end && range.start < kept.end)
    }

    fn put_u16(&mut self, at: usize, value: u16) {
        let bytes = if self.tiff.big_endian {
            value.to_be_bytes()
        } else {
            value.to_le_bytes()
        };
        self.out[at..at + 2].copy_from_slice(&bytes);
    }

    /// Sets a whole number inside its entry; an entry that cannot hold one is left out.
    fn put_number(&mut self, entry: &Entry, value: u32) -> bool {
        if !matches!((entry.kind, entry.count), (3 | 4, 1)) {
            return false;
        }
        let short = u16::try_from(value).ok().filter(|_| entry.kind == 3);
        let mut bytes = [0; 4];
        match (short, self.tiff.big_endian) {
            (Some(value), true) => bytes[..2].copy_from_slice(&value.to_be_bytes()),
            (Some(value), false) => bytes[..2].copy_from_slice(&value.to_le_bytes()),
            (None, true) => bytes = value.to_be_bytes(),
            (None, false) => bytes = value.to_le_bytes(),
        }
        if short.is_none() {
            self.put_u16(entry.at + 2, 4);
        }
        self.out[entry.at + 8..entry.at + 12].copy_from_slice(&bytes);
        true
    }

    /// Overwrites, cuts off what became an empty end, and checks that the result is still readable.
    fn carry_out(mut self) -> Result<(Vec<u8>, bool), Unreadable> {
        let mut kept = vec![false; self.out.len()];
        for range in &self.keep {
            kept[range.clone()].fill(true);
        }
        let mut end = self.out.len();
        self.wipe.sort_by_key(|range| std::cmp::Reverse(range.end));
        for range in &self.wipe {
            for at in range.clone() {
                if !kept[at] {
                    self.out[at] = 0;
                }
            }
            if range.end >= end && range.start < end && !kept[range.start..end].contains(&true) {
                end = range.start;
            }
        }
        // The location goes even where damaged EXIF says that something else lies at the same place.
        let mut clash = false;
        for range in &self.secret {
            clash |= kept[range.clone()].contains(&true);
            self.out[range.clone()].fill(0);
        }
        if clash {
            return Err(Unreadable);
        }
        self.out.truncate(end.max(8));
        Ok((self.out, self.damaged))
    }
}
