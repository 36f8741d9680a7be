//! ICC profiles: curves and a matrix are read out exactly; tables and inks are left to the colour-management crate.

use moxcms::{ColorProfile, DataColorSpace, ToneReprCurve, TransferCharacteristics};
use retake_core::{Said, said};

use super::decoded::Channels;
use super::encoding::{Curve, Encoding, Space, rec2020_from_pcs};
use super::guard;
use super::matrix::times;
use super::table::Table;

/// The way from a picture's code values to the working space.
pub(super) enum Profile {
    /// curves and a matrix
    Space(Box<Space>),
    /// look-up tables
    Table(Table),
}

/// Reads a profile for a picture of these channels; the error says in a few words why it cannot be used.
pub(super) fn read(bytes: &[u8], channels: Channels) -> Result<Profile, Said> {
    // a hostile profile must cost its colours, not the photo
    guard::caught(|| parse(bytes, channels)).unwrap_or(Err(said!("is broken")))
}

fn parse(bytes: &[u8], channels: Channels) -> Result<Profile, Said> {
    let profile = ColorProfile::new_from_slice(bytes).map_err(|_| said!("is broken"))?;
    let colours = channels.colours();
    match profile.color_space {
        DataColorSpace::Gray if colours == 1 => grey(&profile),
        DataColorSpace::Rgb if colours != 4 => rgb(&profile, channels),
        DataColorSpace::Cmyk if colours == 4 => table(&profile, channels),
        _ => Err(said!("is for another kind of picture")),
    }
}

fn has_table(profile: &ColorProfile) -> bool {
    profile.lut_a_to_b_perceptual.is_some()
        || profile.lut_a_to_b_colorimetric.is_some()
        || profile.lut_a_to_b_saturation.is_some()
}

fn table(profile: &ColorProfile, channels: Channels) -> Result<Profile, Said> {
    Table::new(profile, channels)
        .map(Profile::Table)
        .ok_or_else(|| said!("cannot be converted"))
}

fn rgb(profile: &ColorProfile, channels: Channels) -> Result<Profile, Said> {
    if let Some(cicp) = &profile.cicp
        && matches!(
            cicp.transfer_characteristics,
            TransferCharacteristics::Smpte2084 | TransferCharacteristics::Hlg
        )
        && let Some(encoding) = Encoding::from_cicp(
            cicp.color_primaries as u8,
            cicp.transfer_characteristics as u8,
        )
    {
        return Ok(Profile::Space(Box::new(encoding.space())));
    }
    if has_table(profile) {
        return table(profile, channels);
    }
    let (Some(red), Some(green), Some(blue)) =
        (&profile.red_trc, &profile.green_trc, &profile.blue_trc)
    else {
        return Err(said!("has no curves in it"));
    };
    let curves = [curve(red)?, curve(green)?, curve(blue)?];
    let space = Space::new(
        curves,
        times(&rec2020_from_pcs(), &profile.colorant_matrix().v),
    )
    .snapped();
    sound(space)
}

fn grey(profile: &ColorProfile) -> Result<Profile, Said> {
    let trc = profile
        .gray_trc
        .as_ref()
        .ok_or_else(|| said!("has no curve in it"))?;
    let mut grey = curve(trc)?;
    if profile.pcs == DataColorSpace::Lab {
        grey = Curve::Lightness(Box::new(grey));
    }
    let neutral = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];
    sound(Space::new([grey.clone(), grey.clone(), grey], neutral).snapped())
}

fn sound(space: Space) -> Result<Profile, Said> {
    space
        .is_sound()
        .then(|| Profile::Space(Box::new(space)))
        .ok_or_else(|| said!("has absurd numbers in it"))
}

/// ICC.1:2022, 10.6 (curveType) and 10.18 (parametricCurveType).
fn curve(trc: &ToneReprCurve) -> Result<Curve, Said> {
    Ok(match trc {
        ToneReprCurve::Lut(samples) if samples.is_empty() => Curve::Linear,
        ToneReprCurve::Lut(samples) if samples.len() == 1 => {
            Curve::Gamma(f64::from(samples[0]) / 256.0)
        }
        ToneReprCurve::Lut(samples) => Curve::Sampled(
            samples
                .iter()
                .map(|&sample| f32::from(sample) / 65535.0)
                .collect(),
        ),
        ToneReprCurve::Parametric(numbers) => {
            let numbers: Vec<f64> = numbers.iter().map(|&v| f64::from(v)).collect();
            match *numbers.as_slice() {
                [g] => Curve::Gamma(g),
                [g, a, b] if a != 0.0 => Curve::Parametric([g, a, b, 0.0, -b / a, 0.0, 0.0]),
                [g, a, b, c] if a != 0.0 => Curve::Parametric([g, a, b, 0.0, -b / a, c, c]),
                [g, a, b, c, d] => Curve::Parametric([g, a, b, c, d, 0.0, 0.0]),
                [g, a, b, c, d, e, f] => Curve::Parametric([g, a, b, c, d, e, f]),
                _ => return Err(said!("has a curve that cannot be used")),
            }
        }
    })
}
