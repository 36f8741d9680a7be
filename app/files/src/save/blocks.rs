//! What goes into a file beside its pixels: profile, EXIF, XMP, provenance, each made ready for every format.

use retake_core::{Carried, Said, said};
use retake_pixels::display::Space;

use super::{MetadataPolicy, exif, icc, xmp};

/// Everything but the pixels.
#[derive(Debug, Default)]
pub(super) struct Blocks {
    pub(super) icc: Vec<u8>,
    pub(super) exif: Option<Vec<u8>>,
    pub(super) xmp: Option<String>,
    pub(super) provenance: Option<String>,
    /// what was left out, in sentences
    pub(super) notes: Vec<Said>,
}

impl Blocks {
    /// `size` is the edit's (width, height), px.
    pub(super) fn new(
        carried: Option<&Carried>,
        policy: MetadataPolicy,
        provenance: Option<&str>,
        size: (usize, usize),
        space: Space,
    ) -> Self {
        let mut blocks = Self {
            icc: icc::profile(space),
            ..Self::default()
        };
        if policy == MetadataPolicy::None {
            return blocks;
        }
        let keep_location = policy == MetadataPolicy::Keep;
        if let Some(source) = carried.and_then(|carried| carried.exif.as_deref()) {
            blocks.exif(
                source,
                exif::Now {
                    width: size.0,
                    height: size.1,
                    space,
                    keep_location,
                },
            );
        }
        let source = carried.and_then(|carried| carried.xmp.as_deref());
        blocks.xmp = match xmp::packet(source, keep_location, provenance) {
            Ok(packet) => packet,
            Err(xmp::Unreadable) => {
                blocks
                    .notes
                    .push(said!("The photo's XMP is damaged and was left out."));
                xmp::packet(None, keep_location, provenance).unwrap_or_default()
            }
        };
        blocks.provenance = provenance.map(str::to_owned);
        blocks
    }

    fn exif(&mut self, source: &[u8], now: exif::Now) {
        match exif::made_true(source, now) {
            Ok((kept, damaged)) => {
                self.exif = Some(kept);
                if damaged {
                    self.notes.push(said!(
                        "Parts of the camera's EXIF are damaged and were left out."
                    ));
                }
            }
            Err(exif::Unreadable) => self
                .notes
                .push(said!("The camera's EXIF is damaged and was left out.")),
        }
    }

    /// The XMP packet if it has at most this many bytes; otherwise a smaller one, with a note.
    pub(super) fn xmp_within(&mut self, bytes: usize) -> Option<String> {
        let whole = self.xmp.as_ref()?;
        if whole.len() <= bytes {
            return Some(whole.clone());
        }
        let own = xmp::packet(None, true, self.provenance.as_deref())
            .unwrap_or_default()
            .filter(|own| own.len() <= bytes);
        self.notes.push(match (&own, &self.provenance) {
            (None, Some(_)) => said!(
                "The history of this edit is larger than a JPEG can hold (64 KB) and was left out."
            ),
            _ => said!("The photo's XMP is larger than a JPEG can hold (64 KB) and was left out."),
        });
        own
    }

    /// About how many bytes all of it takes.
    pub(super) fn bytes(&self) -> usize {
        let text = |text: &Option<String>| text.as_ref().map_or(0, String::len);
        self.icc.len()
            + self.exif.as_ref().map_or(0, Vec::len)
            + text(&self.xmp)
            + text(&self.provenance)
    }
}
