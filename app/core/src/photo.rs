//! An immutable picture and what must survive with it. A photo keeps the file's own samples and the exact way to
//! linear Rec.2020, so that 24 megapixels of JPEG take 72 MB and not 288, and nothing is lost.

use std::ops::Range;
use std::sync::Arc;

use crate::{Raster, Rect, Said, Stop};

/// SHA-256 of the file's bytes (or of the samples, for a picture that never was a file).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PhotoId(pub [u8; 32]);

impl std::fmt::Display for PhotoId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// Anything that can be asked for its rows: a photo, or an edit that is rendered as it is read.
/// Rows may be asked for in any order and from several threads; asking twice gives the same bits.
pub trait Picture: Send + Sync {
    /// (width, height) in px.
    fn size(&self) -> (usize, usize);
    /// Rows `y` (whole width) as linear Rec.2020.
    fn rows(&self, y: Range<usize>) -> Result<Raster, Stop>;
    /// The pixels of `rect`, which must lie inside the picture.
    fn part(&self, rect: Rect) -> Result<Raster, Stop> {
        let rows = self.rows(rect.y0..rect.y1)?;
        Ok(rows.crop(Rect {
            y0: 0,
            y1: rect.height(),
            ..rect
        }))
    }
    /// All rows are about to be read: what is cheaper done for all of them at once is done now. The rows are the same
    /// without it.
    fn ready(&self) -> Result<(), Stop> {
        Ok(())
    }
    /// How many rows at a time are cheap to ask for (the more neighbours an edit needs, the more).
    fn strip_rows(&self) -> usize {
        64
    }
}

/// Integer samples as the file had them, already turned upright, with the way to linear Rec.2020.
#[derive(Clone, Debug)]
pub struct CodedPixels<T> {
    /// interleaved RGB code values, `width * height * 3`
    pub rgb: Vec<T>,
    /// per channel: linear value of each code value (256 or 65 536 entries)
    pub linear_from_code: [Vec<f32>; 3],
    /// rows of the matrix from the file's linear primaries to Rec.2020 D65
    pub rec2020_from_file: [[f32; 3]; 3],
}

/// The samples of a photo.
#[derive(Clone, Debug)]
pub enum Samples {
    /// 8 bits a channel with a curve-and-matrix colour space (nearly every JPEG)
    Eight(CodedPixels<u8>),
    /// 16 bits a channel with a curve-and-matrix colour space
    Sixteen(CodedPixels<u16>),
    /// anything else, converted: linear Rec.2020
    Linear(Arc<Raster>),
}

/// What a photo carries from its file to every export.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Carried {
    /// the EXIF block (TIFF structure, without the `Exif\0\0` prefix), orientation already applied to the pixels
    pub exif: Option<Vec<u8>>,
    /// the XMP packet
    pub xmp: Option<Vec<u8>>,
    /// the embedded ICC profile
    pub icc: Option<Vec<u8>>,
    /// the format's usual name: "JPEG", "PNG", …; empty for a picture made in memory
    pub format: String,
    /// bits a channel in the file
    pub bits: u8,
    /// what was changed while reading, in sentences ("The transparent parts were put on white.")
    pub notes: Vec<Said>,
}

#[derive(Debug)]
struct Inner {
    width: usize,
    height: usize,
    id: PhotoId,
    samples: Samples,
    carried: Carried,
}

/// An immutable picture: linear-light f32 RGB, Rec.2020 primaries (D65), upright. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Photo(Arc<Inner>);

impl Photo {
    /// Panics if the samples are not `width * height` pixels: a decoder's mistake, never a user's.
    pub fn new(
        width: usize,
        height: usize,
        id: PhotoId,
        samples: Samples,
        carried: Carried,
    ) -> Self {
        let pixels = match &samples {
            Samples::Eight(coded) => coded.rgb.len() / 3,
            Samples::Sixteen(coded) => coded.rgb.len() / 3,
            Samples::Linear(raster) => raster.len(),
        };
        assert_eq!(
            pixels,
            width * height,
            "a photo of {width} × {height} with {pixels} pixels"
        );
        Self(Arc::new(Inner {
            width,
            height,
            id,
            samples,
            carried,
        }))
    }
    /// A picture made in memory; one that is shared stays shared.
    pub fn from_raster(raster: impl Into<Arc<Raster>>, id: PhotoId) -> Self {
        let raster = raster.into();
        Self::new(
            raster.width,
            raster.height,
            id,
            Samples::Linear(raster),
            Carried::default(),
        )
    }
    /// Width in px.
    pub fn width(&self) -> usize {
        self.0.width
    }
    /// Height in px.
    pub fn height(&self) -> usize {
        self.0.height
    }
    /// Content hash.
    pub fn id(&self) -> PhotoId {
        self.0.id
    }
    /// The samples as they are kept.
    pub fn samples(&self) -> &Samples {
        &self.0.samples
    }
    /// What survives to every export.
    pub fn carried(&self) -> &Carried {
        &self.0.carried
    }
    /// Reads `x` of row `y` into three equally long slices, linear Rec.2020.
    pub fn read_span(
        &self,
        y: usize,
        x: Range<usize>,
        r: &mut [f32],
        g: &mut [f32],
        b: &mut [f32],
    ) {
        let start = y * self.0.width + x.start;
        let count = x.len();
        match &self.0.samples {
            Samples::Eight(coded) => coded.read(start, count, r, g, b),
            Samples::Sixteen(coded) => coded.read(start, count, r, g, b),
            Samples::Linear(raster) => {
                r.copy_from_slice(&raster.planes[0][start..start + count]);
                g.copy_from_slice(&raster.planes[1][start..start + count]);
                b.copy_from_slice(&raster.planes[2][start..start + count]);
            }
        }
    }
}

impl<T: Copy + Into<usize>> CodedPixels<T> {
    #[inline]
    fn read(&self, start: usize, count: usize, r: &mut [f32], g: &mut [f32], b: &mut [f32]) {
        let [curve_r, curve_g, curve_b] = &self.linear_from_code;
        let m = &self.rec2020_from_file;
        let pixels = self.rgb[start * 3..(start + count) * 3].chunks_exact(3);
        let out = r.iter_mut().zip(g.iter_mut()).zip(b.iter_mut());
        for (code, ((r, g), b)) in pixels.zip(out) {
            let (lr, lg, lb) = (
                curve_r[code[0].into()],
                curve_g[code[1].into()],
                curve_b[code[2].into()],
            );
            *r = m[0][0] * lr + m[0][1] * lg + m[0][2] * lb;
            *g = m[1][0] * lr + m[1][1] * lg + m[1][2] * lb;
            *b = m[2][0] * lr + m[2][1] * lg + m[2][2] * lb;
        }
    }
}

impl Picture for Photo {
    fn size(&self) -> (usize, usize) {
        (self.width(), self.height())
    }
    fn rows(&self, y: Range<usize>) -> Result<Raster, Stop> {
        let width = self.width();
        let mut out = Raster::new(width, y.len());
        let [r, g, b] = &mut out.planes;
        for (row, from) in y.enumerate() {
            let span = row * width..(row + 1) * width;
            self.read_span(
                from,
                0..width,
                &mut r[span.clone()],
                &mut g[span.clone()],
                &mut b[span],
            );
        }
        Ok(out)
    }
    fn part(&self, rect: Rect) -> Result<Raster, Stop> {
        let width = rect.width();
        let mut out = Raster::new(width, rect.height());
        let [r, g, b] = &mut out.planes;
        for (row, from) in (rect.y0..rect.y1).enumerate() {
            let span = row * width..(row + 1) * width;
            self.read_span(
                from,
                rect.x0..rect.x1,
                &mut r[span.clone()],
                &mut g[span.clone()],
                &mut b[span],
            );
        }
        Ok(out)
    }
}
