//! From what a decoder hands on to a photo's samples: kept as code values where a curve and a matrix say it all,
//! converted to linear Rec.2020 otherwise; transparent parts put on white; everything turned upright.

use std::sync::atomic::{AtomicBool, Ordering};

use bytemuck::Pod;
use rayon::prelude::*;
use retake_core::{Carried, CodedPixels, Raster, Samples, said};

use super::decoded::{Channels, Decoded, Values};
use super::encoding::{Encoding, Space};
use super::exif;
use super::icc::{self, Profile};
use super::limits::Limits;
use super::orient::upright;
use super::table::Table;
use crate::FileError;

/// The brightest a float sample may be: the largest half float. It keeps infinities out of every later sum.
const BRIGHTEST: f32 = 65504.0;

/// A picture ready to become a `Photo`.
pub(super) struct Finished {
    pub width: usize,
    pub height: usize,
    pub samples: Samples,
    pub carried: Carried,
}

/// Brings a decoded file to its final form.
pub(super) fn finish(mut decoded: Decoded, limits: &Limits) -> Result<Finished, FileError> {
    let said = decoded
        .carried
        .exif
        .as_deref()
        .map(exif::read)
        .unwrap_or_default();
    let orientation = decoded.orientation.or(said.orientation).unwrap_or(1);
    if decoded.channels == Channels::Cmyk && decoded.carried.icc.is_none() {
        decoded.values = rgb_from_inks(&decoded.values);
        decoded.channels = Channels::Rgb;
        decoded.note(said!(
            "The inks (CMYK) come without a colour profile; their colours are approximate."
        ));
    }
    let profile = profile(&mut decoded, said.adobe_rgb);
    drop_opaque_alpha(&mut decoded);
    if decoded.channels.has_alpha() {
        decoded.note(said!("The transparent parts were put on white."));
    }
    let plain = !decoded.channels.has_alpha() && decoded.channels != Channels::Cmyk;
    let grey = decoded.channels == Channels::Grey;
    let size = (decoded.width, decoded.height);
    let (samples, width, height) = match (profile, &mut decoded.values) {
        (Profile::Space(space), Values::Eight(codes)) if plain => {
            let (coded, size) = keep(std::mem::take(codes), grey, size, orientation, &space, 256);
            (Samples::Eight(coded), size.0, size.1)
        }
        (Profile::Space(space), Values::Sixteen(codes)) if plain => {
            let (coded, size) = keep(
                std::mem::take(codes),
                grey,
                size,
                orientation,
                &space,
                65536,
            );
            (Samples::Sixteen(coded), size.0, size.1)
        }
        (profile, _) => {
            let held = decoded.channels.count() as u64 * u64::from(decoded.carried.bits.max(8) / 8);
            let (width, height) = size;
            limits.check(width as u64, height as u64, held + 12)?;
            let raster = linear(&mut decoded, profile);
            let [r, g, b] = raster
                .planes
                .map(|plane| upright(plane, width, height, orientation));
            let (width, height) = (r.1, r.2);
            let planes = [r.0, g.0, b.0];
            let raster = Raster {
                width,
                height,
                planes,
            };
            (Samples::Linear(raster.into()), width, height)
        }
    };
    Ok(Finished {
        width,
        height,
        samples,
        carried: decoded.carried,
    })
}

/// What the file states, else its profile, else what its EXIF says, else sRGB (linear for floats).
fn profile(decoded: &mut Decoded, adobe_rgb: bool) -> Profile {
    if let Some(encoding) = &decoded.stated {
        if encoding.is_sound() {
            return Profile::Space(Box::new(encoding.space()));
        }
        decoded.note(said!(
            "The colour space stated in the file makes no sense; it was taken for sRGB."
        ));
    } else if let Some(bytes) = decoded.carried.icc.take() {
        match icc::read(&bytes, decoded.channels) {
            Ok(profile) => {
                decoded.carried.icc = Some(bytes);
                return profile;
            }
            Err(why) => {
                // a profile that means nothing to these pixels must not travel on to the exports
                decoded.note(said!(
                    "The embedded colour profile {why}; the photo was taken for sRGB.",
                    why
                ));
                if decoded.channels == Channels::Cmyk {
                    decoded.values = rgb_from_inks(&decoded.values);
                    decoded.channels = Channels::Rgb;
                }
            }
        }
    }
    let encoding = match &decoded.values {
        Values::Float(_) => Encoding::linear_srgb(),
        _ if adobe_rgb => Encoding::adobe_rgb(),
        _ => Encoding::srgb(),
    };
    Profile::Space(Box::new(encoding.space()))
}

/// Inks without a profile: what each ink leaves of the light, as every viewer does it.
fn rgb_from_inks(inks: &Values) -> Values {
    fn mix<T: Copy>(
        inks: &[T],
        full: f32,
        to: impl Fn(f32) -> T,
        from: impl Fn(T) -> f32,
    ) -> Vec<T> {
        let left = |ink: T| (full - from(ink)) / full;
        let pixel = |p: &[T]| -> [T; 3] {
            std::array::from_fn(|c| to((left(p[c]) * left(p[3]) * full).round()))
        };
        inks.chunks_exact(4).flat_map(pixel).collect()
    }
    match inks {
        Values::Eight(inks) => Values::Eight(mix(inks, 255.0, |v| v as u8, f32::from)),
        Values::Sixteen(inks) => Values::Sixteen(mix(inks, 65535.0, |v| v as u16, f32::from)),
        Values::Float(inks) => Values::Float(
            inks.chunks_exact(4)
                .flat_map(|p| [0, 1, 2].map(|c| (1.0 - p[c]) * (1.0 - p[3])))
                .collect(),
        ),
    }
}

/// An alpha channel that hides nothing goes, in place.
fn drop_opaque_alpha(decoded: &mut Decoded) {
    fn drop<T: Copy + PartialEq + Sync>(values: &mut Vec<T>, channels: usize, full: T) -> bool {
        let opaque = values.par_chunks(channels << 16).all(|pixels| {
            pixels
                .chunks_exact(channels)
                .all(|p| p[channels - 1] == full)
        });
        if opaque {
            let kept = channels - 1;
            let pixels = values.len() / channels;
            for i in 0..pixels {
                values.copy_within(i * channels..i * channels + kept, i * kept);
            }
            values.truncate(pixels * kept);
            values.shrink_to_fit();
        }
        opaque
    }
    if !decoded.channels.has_alpha() {
        return;
    }
    let channels = decoded.channels.count();
    let opaque = match &mut decoded.values {
        Values::Eight(values) => drop(values, channels, u8::MAX),
        Values::Sixteen(values) => drop(values, channels, u16::MAX),
        Values::Float(values) => drop(values, channels, 1.0),
    };
    if opaque {
        decoded.channels = match decoded.channels {
            Channels::GreyAlpha => Channels::Grey,
            _ => Channels::Rgb,
        };
    }
}

/// Code values as they are, three a pixel and upright.
fn keep<T: Pod + Default + Send + Sync>(
    mut codes: Vec<T>,
    grey: bool,
    (width, height): (usize, usize),
    orientation: u8,
    space: &Space,
    levels: usize,
) -> (CodedPixels<T>, (usize, usize)) {
    let mut size = (width, height);
    if grey {
        codes = codes.iter().flat_map(|&code| [code; 3]).collect();
    }
    if orientation > 1 {
        let pixels: Vec<[T; 3]> = bytemuck::try_cast_vec(codes)
            .unwrap_or_else(|(_, codes)| codes.as_chunks::<3>().0.to_vec());
        let (pixels, width, height) = upright(pixels, width, height, orientation);
        codes = pixels.into_flattened();
        size = (width, height);
    }
    let coded = CodedPixels {
        rgb: codes,
        linear_from_code: space.tables(levels),
        rec2020_from_file: space.matrix(),
    };
    (coded, size)
}

/// Everything that is not kept as codes: any channels, any curve, transparency over white.
fn linear(decoded: &mut Decoded, profile: Profile) -> Raster {
    let (width, height) = (decoded.width, decoded.height);
    let mut raster = Raster::new(width, height);
    let strange = AtomicBool::new(false);
    let converter = Converter::new(profile, decoded);
    let shared: &Decoded = decoded;
    let [red, green, blue] = &mut raster.planes;
    red.par_chunks_mut(width)
        .zip(green.par_chunks_mut(width))
        .zip(blue.par_chunks_mut(width))
        .enumerate()
        .for_each_init(Vec::new, |line, (y, ((red, green), blue))| {
            line.clear();
            converter.row(shared, y, line);
            let out = red.iter_mut().zip(green).zip(blue);
            for (rgb, ((r, g), b)) in line.iter().zip(out) {
                let [tame_r, tame_g, tame_b] = rgb.map(tame);
                if [tame_r, tame_g, tame_b] != *rgb {
                    strange.store(true, Ordering::Relaxed);
                }
                (*r, *g, *b) = (tame_r, tame_g, tame_b);
            }
        });
    if strange.into_inner() {
        decoded.note(said!(
            "Some samples were infinite or not numbers; they were replaced by white-hot and black."
        ));
    }
    raster
}

fn tame(value: f32) -> f32 {
    if value.is_nan() {
        0.0
    } else {
        value.clamp(-BRIGHTEST, BRIGHTEST)
    }
}

/// One row of code values to linear Rec.2020.
enum Converter {
    Tables([Vec<f32>; 3], [[f32; 3]; 3]),
    Curves(Space, [[f32; 3]; 3]),
    Table(Table),
}

impl Converter {
    fn new(profile: Profile, decoded: &Decoded) -> Self {
        match (profile, &decoded.values) {
            (Profile::Table(table), _) => Self::Table(table),
            (Profile::Space(space), Values::Eight(_)) => {
                Self::Tables(space.tables(256), space.matrix())
            }
            (Profile::Space(space), Values::Sixteen(_)) => {
                Self::Tables(space.tables(65536), space.matrix())
            }
            (Profile::Space(space), Values::Float(_)) => {
                let matrix = space.matrix();
                Self::Curves(*space, matrix)
            }
        }
    }

    /// Appends row `y` to `out`.
    fn row(&self, decoded: &Decoded, y: usize, out: &mut Vec<[f32; 3]>) {
        let channels = decoded.channels.count();
        let colours = decoded.channels.colours();
        let start = y * decoded.width * channels;
        let pixels = (0..decoded.width).map(|x| start + x * channels);
        match self {
            Self::Table(table) => {
                let mut codes = Vec::with_capacity(decoded.width * colours.max(3));
                for i in pixels.clone() {
                    if colours == 1 {
                        codes.extend([decoded.colour(i, 0); 3]);
                    } else {
                        codes.extend((0..colours).map(|c| decoded.colour(i, c)));
                    }
                }
                table.linear(&codes, out);
            }
            Self::Tables(tables, matrix) => out.extend(pixels.clone().map(|i| {
                let linear =
                    std::array::from_fn(|c| tables[c][decoded.code(i, c.min(colours - 1))]);
                apply(matrix, linear)
            })),
            Self::Curves(space, matrix) => out.extend(pixels.clone().map(|i| {
                let linear = std::array::from_fn(|c| {
                    let code = decoded.colour(i, c.min(colours - 1));
                    space.curves[c].linear(f64::from(code)) as f32
                });
                apply(matrix, linear)
            })),
        }
        if decoded.channels.has_alpha() {
            for (rgb, i) in out.iter_mut().zip(pixels) {
                let alpha = decoded.values.share(i + colours).clamp(0.0, 1.0);
                // what glows through no surface at all (fire in an OpenEXR) was premultiplied and is added as it is
                let own = if decoded.premultiplied && alpha == 0.0 {
                    1.0
                } else {
                    alpha
                };
                *rgb = rgb.map(|v| v * own + (1.0 - alpha));
            }
        }
    }
}

impl Decoded {
    /// The code that stands in a table for [`Self::colour`].
    #[inline]
    fn code(&self, i: usize, c: usize) -> usize {
        let divide = |full: f32| (self.colour(i, c) * full).round().clamp(0.0, full) as usize;
        match &self.values {
            Values::Eight(_) if self.premultiplied => divide(255.0),
            Values::Sixteen(_) if self.premultiplied => divide(65535.0),
            Values::Eight(values) => usize::from(values[i + c]),
            Values::Sixteen(values) => usize::from(values[i + c]),
            Values::Float(_) => 0,
        }
    }

    /// Colour channel `c` of the pixel that begins at `i`, with full scale 1 and not multiplied by alpha.
    #[inline]
    fn colour(&self, i: usize, c: usize) -> f32 {
        let value = self.values.share(i + c);
        if !self.premultiplied || !self.channels.has_alpha() {
            return value;
        }
        let alpha = self.values.share(i + self.channels.colours());
        if alpha > 0.0 { value / alpha } else { value }
    }
}

fn apply(m: &[[f32; 3]; 3], v: [f32; 3]) -> [f32; 3] {
    m.map(|row| row[0] * v[0] + row[1] * v[1] + row[2] * v[2])
}
