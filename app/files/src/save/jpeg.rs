//! Baseline JPEG, encoded on all cores: coding starts afresh after a restart marker (ITU-T T.81, E.1.4), so every strip
//! of rows is coded on its own and a marker put between two of them.

use retake_core::{Watch, said};

use super::blocks::Blocks;
use super::jpegscan::Scan;
use super::jpegtables::{self, HUFFMAN, ZIGZAG};
use super::strips::{self, Rows};
use crate::FileError;

/// From this quality on colour is kept at full resolution (4:4:4), below it at half (4:2:0).
const FULL_COLOUR_QUALITY: u8 = 90;
/// What fits a segment after its two length bytes.
const SEGMENT: usize = 65_533;
const EXIF: &[u8] = b"Exif\0\0";
const XMP: &[u8] = b"http://ns.adobe.com/xap/1.0/\0";
const ICC: &[u8] = b"ICC_PROFILE\0";

/// The file in pieces, to be written one after the other. `rows` are RGB, `quality` is 1 to 100.
pub(super) fn encode(
    rows: &dyn Rows,
    quality: u8,
    blocks: &mut Blocks,
    watch: &dyn Watch,
) -> Result<Vec<Vec<u8>>, FileError> {
    let (width, height) = rows.size();
    let quantisation = jpegtables::quantisation(quality);
    let half_colour = quality < FULL_COLOUR_QUALITY;
    let scan = Scan::new(width, &quantisation, half_colour);
    let unit = scan.unit();
    let rows_a_strip = strip_height(width, rows.cheap_rows(), unit);
    let mut strips = strips::each(rows, rows_a_strip, watch, |_, rgb| Ok(scan.encode(rgb)))?;
    let last = strips.len() - 1;
    for (index, strip) in strips.iter_mut().enumerate() {
        let marker = if index == last {
            0xD9
        } else {
            0xD0 + (index % 8) as u8
        };
        strip.extend([0xFF, marker]);
    }

    let mut first = vec![0xFF, 0xD8];
    // JFIF 1.02 with square pixels (T.871, 10.1)
    add_segment(&mut first, 0xE0, &[b"JFIF\0", &[1, 2, 0, 0, 1, 0, 1, 0, 0]]);
    add_metadata(&mut first, blocks);
    for (index, steps) in (0..).zip(&quantisation) {
        let ordered = ZIGZAG.map(|at| steps[usize::from(at)]);
        add_segment(&mut first, 0xDB, &[&[index], &ordered]);
    }
    let [height_high, height_low] = (height as u16).to_be_bytes();
    let [width_high, width_low] = (width as u16).to_be_bytes();
    let sampling = if half_colour { 0x22 } else { 0x11 };
    add_segment(
        &mut first,
        0xC0,
        &[
            &[8, height_high, height_low, width_high, width_low, 3],
            &[1, sampling, 0, 2, 0x11, 1, 3, 0x11, 1],
        ],
    );
    for (index, tables) in (0..).zip(&HUFFMAN) {
        for (class, table) in (0..).zip(tables) {
            add_segment(
                &mut first,
                0xC4,
                &[&[class << 4 | index], &table.lengths, table.symbols],
            );
        }
    }
    if last > 0 {
        let interval = (width.div_ceil(unit) * (rows_a_strip / unit)) as u16;
        add_segment(&mut first, 0xDD, &[&interval.to_be_bytes()]);
    }
    add_segment(
        &mut first,
        0xDA,
        &[&[3, 1, 0x00, 2, 0x11, 3, 0x11, 0, 63, 0]],
    );
    strips.insert(0, first);
    Ok(strips)
}

/// Whole units high, near what is cheap, with a restart interval that fits its 16 bits.
fn strip_height(width: usize, cheap_rows: usize, unit: usize) -> usize {
    let across = width.div_ceil(unit);
    let most = (65_535 / across).max(1) * unit;
    cheap_rows
        .clamp(16, 4096)
        .next_multiple_of(16)
        .min(most / 16 * 16)
}

/// The segments up to and with the start of the first scan: marker code and place, marker included.
pub(super) fn segments(jpeg: &[u8]) -> impl Iterator<Item = (u8, std::ops::Range<usize>)> {
    let mut at = 2;
    let mut over = !jpeg.starts_with(&[0xFF, 0xD8]);
    std::iter::from_fn(move || {
        let head = jpeg
            .get(at..at + 4)
            .filter(|head| !over && head[0] == 0xFF)?;
        let length = usize::from(u16::from_be_bytes([head[2], head[3]]));
        let range = at..at + 2 + length;
        jpeg.get(range.clone())?;
        over = head[1] == 0xDA || length < 2;
        at = range.end;
        (length >= 2).then_some((head[1], range))
    })
}

fn add_segment(out: &mut Vec<u8>, marker: u8, parts: &[&[u8]]) {
    let length: usize = parts.iter().map(|part| part.len()).sum();
    out.extend([0xFF, marker]);
    out.extend(((length + 2) as u16).to_be_bytes());
    parts.iter().for_each(|part| out.extend_from_slice(part));
}

/// EXIF, XMP and the profile as other programs look for them (CIPA DC-008, 4.7.2; Adobe XMP part 3, 1.1.3;
/// ICC.1:2022, B.4). What does not fit its segment is left out with a note; only a profile may be split.
fn add_metadata(out: &mut Vec<u8>, blocks: &mut Blocks) {
    if let Some(exif) = &blocks.exif {
        if EXIF.len() + exif.len() <= SEGMENT {
            add_segment(out, 0xE1, &[EXIF, exif]);
        } else {
            blocks.notes.push(said!(
                "The camera's EXIF is larger than a JPEG can hold (64 KB) and was left out."
            ));
        }
    }
    let room = SEGMENT - XMP.len();
    if let Some(xmp) = blocks.xmp_within(room) {
        add_segment(out, 0xE1, &[XMP, xmp.as_bytes()]);
    }
    let chunks = blocks.icc.chunks(SEGMENT - ICC.len() - 2);
    let count = chunks.len() as u8;
    for (index, chunk) in chunks.enumerate() {
        add_segment(out, 0xE2, &[ICC, &[index as u8 + 1, count], chunk]);
    }
}

/// The XMP packet of a JPEG.
pub(super) fn xmp_of(jpeg: &[u8]) -> Option<&[u8]> {
    segments(jpeg)
        .filter(|(marker, _)| *marker == 0xE1)
        .find_map(|(_, range)| jpeg[range.start + 4..range.end].strip_prefix(XMP))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn restart_intervals_fit_their_16_bits_at_every_width() {
        for width in [1, 7, 16, 6000, 8192, 32_768, 65_528, 65_535] {
            for unit in [8, 16] {
                for cheap in [1, 64, 100, 5000] {
                    let rows = strip_height(width, cheap, unit);
                    assert!(rows >= 16 && rows.is_multiple_of(16));
                    assert!(width.div_ceil(unit) * (rows / unit) <= 65_535);
                }
            }
        }
    }
}
