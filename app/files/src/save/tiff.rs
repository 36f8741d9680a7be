//! TIFF with Deflate, compressed on all cores. The camera's EXIF already is a TIFF structure, so the file begins with
//! it, byte for byte, and adds its own first directory: every offset in it, also those in maker notes, stays right.

use std::collections::BTreeMap;
use std::io::Write;

use flate2::Compression;
use flate2::write::ZlibEncoder;
use retake_core::{Stop, Watch, said};

use super::blocks::Blocks;
use super::ifd::Tiff;
use super::strips::{self, Coding, Rows};
use crate::{FileError, Place};

const SHORT: u16 = 3;
const LONG: u16 = 4;
const UNDEFINED: u16 = 7;
const BYTE: u16 = 1;
/// Tags of the first directory.
const XMP: u16 = 0x02BC;
const RESOLUTION_X: u16 = 0x011A;

/// What the file begins with, and the entries it already has: (kind, count, the four value bytes) by tag.
pub(super) struct Base {
    bytes: Vec<u8>,
    big_endian: bool,
    entries: BTreeMap<u16, (u16, u32, [u8; 4])>,
}

impl Base {
    pub(super) fn of(blocks: &Blocks) -> Self {
        blocks
            .exif
            .as_deref()
            .and_then(Self::from_exif)
            .unwrap_or_else(|| Self {
                bytes: b"II*\0\0\0\0\0".to_vec(),
                big_endian: false,
                entries: BTreeMap::new(),
            })
    }
    fn from_exif(exif: &[u8]) -> Option<Self> {
        let (tiff, first) = Tiff::parse(exif)?;
        let entries = tiff
            .ifd(first)?
            .entries
            .iter()
            .map(|entry| {
                let value = exif[entry.at + 8..entry.at + 12]
                    .try_into()
                    .unwrap_or_default();
                (entry.tag, (entry.kind, entry.count, value))
            })
            .collect();
        let mut bytes = exif.to_vec();
        bytes.resize(bytes.len().next_multiple_of(2), 0);
        Some(Self {
            bytes,
            big_endian: tiff.big_endian,
            entries,
        })
    }
    pub(super) fn big_endian(&self) -> bool {
        self.big_endian
    }
    fn u16(&self, value: u16) -> [u8; 2] {
        if self.big_endian {
            value.to_be_bytes()
        } else {
            value.to_le_bytes()
        }
    }
    fn u32(&self, value: u32) -> [u8; 4] {
        if self.big_endian {
            value.to_be_bytes()
        } else {
            value.to_le_bytes()
        }
    }
    /// Sets a tag; what is longer than four bytes is appended to the file.
    fn set(&mut self, tag: u16, kind: u16, count: usize, data: &[u8]) {
        let mut value = [0; 4];
        if data.len() <= 4 {
            value[..data.len()].copy_from_slice(data);
        } else {
            value = self.u32(self.bytes.len() as u32);
            self.bytes.extend_from_slice(data);
            self.bytes.resize(self.bytes.len().next_multiple_of(2), 0);
        }
        self.entries.insert(tag, (kind, count as u32, value));
    }
    fn set_short(&mut self, tag: u16, value: u16) {
        self.set(tag, SHORT, 1, &self.u16(value));
    }
    fn set_longs(&mut self, tag: u16, values: &[u32]) {
        let data: Vec<u8> = values.iter().flat_map(|&value| self.u32(value)).collect();
        self.set(tag, LONG, values.len(), &data);
    }
}

/// The file in pieces. The samples' byte order must be the base's.
pub(super) fn encode(
    rows: &dyn Rows,
    mut base: Base,
    blocks: &Blocks,
    watch: &dyn Watch,
) -> Result<Vec<Vec<u8>>, FileError> {
    let (width, height) = rows.size();
    let (channels, coding) = (rows.channels(), rows.coding());
    let rows_a_strip = rows.cheap_rows().clamp(1, 4096);
    let row_bytes = width * channels * coding.bytes();
    let strips = strips::each(rows, rows_a_strip, watch, |_, samples| {
        deflate(&differences(samples, row_bytes, channels, coding)).map_err(|error| {
            Stop::Failed(said!(
                "the TIFF encoder failed ({error})",
                error = error.to_string()
            ))
            .into()
        })
    })?;

    let depth = base.u16(coding.bytes() as u16 * 8).repeat(channels);
    base.set_longs(0x0100, &[width as u32]);
    base.set_longs(0x0101, &[height as u32]);
    base.set(0x0102, SHORT, channels, &depth);
    base.set_short(0x0103, 8); // Deflate
    base.set_short(0x0106, 2); // RGB
    base.set_short(0x0112, 1); // upright
    base.set_short(0x0115, channels as u16);
    base.set_longs(0x0116, &[rows_a_strip as u32]);
    base.set_short(0x011C, 1); // interleaved
    base.set_short(0x013D, 2); // horizontal differences
    base.set(0x8773, UNDEFINED, blocks.icc.len(), &blocks.icc);
    if let Some(xmp) = &blocks.xmp {
        base.set(XMP, BYTE, xmp.len(), xmp.as_bytes());
    }
    if !base.entries.contains_key(&RESOLUTION_X) {
        // TIFF 6 wants a resolution; 72 an inch says nothing and harms nothing.
        let inch = [base.u32(72), base.u32(1)].concat();
        base.set(RESOLUTION_X, 5, 1, &inch);
        base.set(0x011B, 5, 1, &inch);
        base.set_short(0x0128, 2);
    }
    let lengths: Vec<u32> = strips.iter().map(|strip| strip.len() as u32).collect();
    base.set_longs(0x0117, &lengths);

    // The strips follow what is there, the directory follows the strips.
    let mut at = base.bytes.len() as u64;
    let places: Vec<u64> = lengths
        .iter()
        .map(|&length| {
            let place = at;
            at += u64::from(length);
            place
        })
        .collect();
    if at + 1_000_000 > u64::from(u32::MAX) {
        return Err(FileError::TooLarge {
            detail: said!(
                "{width} × {height} px do not fit the 4 GB of a TIFF; choose PNG or a smaller size",
                width,
                height
            ),
            place: Place::default(),
        });
    }
    let places: Vec<u8> = places
        .iter()
        .flat_map(|&place| base.u32(place as u32))
        .collect();
    let mut tail = vec![0; (at % 2) as usize];
    let value = match strips.len() {
        1 => places.try_into().unwrap_or_default(),
        _ => {
            let value = base.u32((at as usize + tail.len()) as u32);
            tail.extend_from_slice(&places);
            value
        }
    };
    base.entries
        .insert(0x0111, (LONG, strips.len() as u32, value));
    let directory = base.u32((at as usize + tail.len()) as u32);
    base.bytes[4..8].copy_from_slice(&directory);
    tail.extend(base.u16(base.entries.len() as u16));
    for (&tag, &(kind, count, value)) in &base.entries {
        tail.extend(base.u16(tag));
        tail.extend(base.u16(kind));
        tail.extend(base.u32(count));
        tail.extend(value);
    }
    tail.extend([0; 4]);
    let mut pieces = vec![base.bytes];
    pieces.extend(strips);
    pieces.push(tail);
    Ok(pieces)
}

/// TIFF's predictor 2 (TIFF 6, section 14): every sample less the same channel's sample of the pixel before.
fn differences(samples: &[u8], row_bytes: usize, channels: usize, coding: Coding) -> Vec<u8> {
    let mut out = samples.to_vec();
    let rows = out
        .chunks_exact_mut(row_bytes)
        .zip(samples.chunks_exact(row_bytes));
    for (out, row) in rows {
        match coding {
            Coding::Eight => {
                for ((out, x), left) in out[channels..].iter_mut().zip(&row[channels..]).zip(row) {
                    *out = x.wrapping_sub(*left);
                }
            }
            Coding::SixteenBig => {
                differences16(out, row, channels, u16::from_be_bytes, u16::to_be_bytes);
            }
            Coding::SixteenLittle => {
                differences16(out, row, channels, u16::from_le_bytes, u16::to_le_bytes);
            }
        }
    }
    out
}

fn differences16(
    out: &mut [u8],
    row: &[u8],
    channels: usize,
    from: impl Fn([u8; 2]) -> u16,
    to: impl Fn(u16) -> [u8; 2],
) {
    let pairs = row[channels * 2..].chunks_exact(2).zip(row.chunks_exact(2));
    for (out, (x, left)) in out[channels * 2..].chunks_exact_mut(2).zip(pairs) {
        let difference = from([x[0], x[1]]).wrapping_sub(from([left[0], left[1]]));
        out.copy_from_slice(&to(difference));
    }
}

fn deflate(data: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut encoder = ZlibEncoder::new(
        Vec::with_capacity(data.len() / 2 + 1024),
        Compression::new(4),
    );
    encoder.write_all(data)?;
    encoder.finish()
}

/// The XMP packet of a TIFF.
pub(super) fn xmp_of(file: &[u8]) -> Option<&[u8]> {
    let (tiff, first) = Tiff::parse(file)?;
    let ifd = tiff.ifd(first)?;
    file.get(ifd.get(XMP)?.value.clone())
}
