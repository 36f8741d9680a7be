//! Edits become files: rendered and encoded strip by strip on all cores, with a colour profile, the camera's EXIF
//! and the edit's own history, and written so that a file is there in whole or not at all.

mod blocks;
mod exif;
mod facts;
mod format;
mod icc;
mod ifd;
mod jpeg;
mod jpegscan;
mod jpegtables;
mod plain;
mod png;
mod pngfilter;
mod provenance;
mod strips;
#[cfg(test)]
mod tests;
mod tiff;
mod webp;
mod write;
mod xmp;

use std::io::Write;
use std::path::{Path, PathBuf};

use retake_core::{Carried, Picture, Said, Watch, said};
use retake_pixels::codes::Coder;
pub use retake_pixels::display::Space as OutputSpace;

use self::blocks::Blocks;
pub use self::facts::{Facts, facts};
pub use self::format::{FORMATS, Format, FormatInfo};
pub use self::icc::profile as icc_profile;
pub use self::plain::{save_gray, save_mask, save_rgb8};
pub use self::provenance::read_provenance;
use self::strips::{Coding, Rendered};
pub use self::write::{refuse_sources, same_file, write_beside_and_rename};
use crate::{FileError, Place};

/// What of the photo's metadata goes into the export.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MetadataPolicy {
    /// EXIF and XMP as far as they are still true (orientation 1, the new size, no thumbnail), and the edit's history
    #[default]
    Keep,
    /// the same without where it was taken: the GPS directory, places in XMP and IPTC, all overwritten, not only unlinked.
    /// Maker notes stay, but for makers known to write names of places into them.
    NoLocation,
    /// only the colour profile
    None,
}

/// How an export is written.
#[derive(Clone, Debug)]
pub struct SaveOptions {
    /// the file format
    pub format: Format,
    /// JPEG quality, 1 to 100
    pub quality: u8,
    /// the colour space of the file
    pub space: OutputSpace,
    /// bits a channel, 8 or 16; `None`, or a depth the format cannot hold, is the format's own first
    pub depth: Option<u8>,
    /// what is kept of the metadata
    pub metadata: MetadataPolicy,
    /// the photo's metadata
    pub carried: Option<Carried>,
    /// how the edit was made, as JSON
    pub provenance: Option<String>,
    /// files that must not be overwritten: the photo itself, above all
    pub sources: Vec<PathBuf>,
}

impl Default for SaveOptions {
    fn default() -> Self {
        Self {
            format: Format::Jpeg,
            quality: 92,
            space: OutputSpace::Srgb,
            depth: None,
            metadata: MetadataPolicy::Keep,
            carried: None,
            provenance: None,
            sources: Vec::new(),
        }
    }
}

/// A written export.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Saved {
    /// size of the file
    pub bytes: u64,
    /// what could not be kept, in sentences
    pub notes: Vec<Said>,
}

/// Renders, encodes and writes. `path` keeps what it held before unless all of it succeeds.
/// The same picture and options give the same bytes, whatever the number of threads.
///
/// Errors: the folder is missing or may not be written, the disk is full, `path` is one of `options.sources`,
/// the picture is too large for the format, the edit fails or is stopped.
pub fn save(
    path: &Path,
    picture: &dyn Picture,
    options: &SaveOptions,
    watch: &dyn Watch,
) -> Result<Saved, FileError> {
    refuse_sources(path, &options.sources)?;
    let (pieces, notes) = pieces(picture, options, watch).map_err(|error| error.at(path))?;
    let bytes = write_beside_and_rename(path, |out| write_all(out, &pieces))?;
    Ok(Saved { bytes, notes })
}

/// The bytes that [`save`] would write.
pub fn encode(
    picture: &dyn Picture,
    options: &SaveOptions,
    watch: &dyn Watch,
) -> Result<Vec<u8>, FileError> {
    Ok(pieces(picture, options, watch)?.0.concat())
}

fn write_all(out: &mut dyn Write, pieces: &[Vec<u8>]) -> std::io::Result<()> {
    pieces.iter().try_for_each(|piece| out.write_all(piece))
}

type Pieces = (Vec<Vec<u8>>, Vec<Said>);

fn pieces(
    picture: &dyn Picture,
    options: &SaveOptions,
    watch: &dyn Watch,
) -> Result<Pieces, FileError> {
    let size = picture.size();
    fits(options.format, size)?;
    picture.ready()?;
    let mut blocks = Blocks::new(
        options.carried.as_ref(),
        options.metadata,
        options.provenance.as_deref(),
        size,
        options.space,
    );
    let depths = options.format.info().depths;
    let depth = options
        .depth
        .filter(|depth| depths.contains(depth))
        .unwrap_or(depths[0]);
    let mut rows = Rendered {
        picture,
        space: options.space,
        coder: Coder::new(options.space),
        coding: if depth == 16 {
            Coding::SixteenBig
        } else {
            Coding::Eight
        },
    };
    let pieces = match options.format {
        Format::Jpeg => jpeg::encode(&rows, options.quality, &mut blocks, watch)?,
        Format::Png | Format::Png16 => vec![png::encode(&rows, options.space, &blocks, watch)?],
        Format::Tiff => {
            let directory = tiff::Base::of(&blocks);
            if depth == 16 && !directory.big_endian() {
                rows.coding = Coding::SixteenLittle;
            }
            tiff::encode(&rows, directory, &blocks, watch)?
        }
        Format::Webp => vec![webp::encode(&rows, &blocks, watch)?],
    };
    Ok((pieces, blocks.notes))
}

/// Whether the format can hold a picture of this size.
fn fits(format: Format, (width, height): (usize, usize)) -> Result<(), FileError> {
    let info = format.info();
    let too_large = |detail| {
        Err(FileError::TooLarge {
            detail,
            place: Place::default(),
        })
    };
    if width.max(height) > info.longest_side as usize {
        return too_large(said!(
            "{width} × {height} px, and {format} holds at most {most} px a side; choose PNG or TIFF, or a smaller size",
            width,
            height,
            format = info.name,
            most = info.longest_side
        ));
    }
    if width == 0 || height == 0 {
        return too_large(said!("it has no pixels"));
    }
    Ok(())
}
