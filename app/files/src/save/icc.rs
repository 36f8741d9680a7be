//! The ICC profiles of the output spaces, built by us: version 4, matrix and parametric curve, the same bytes always.

use retake_pixels::display::Space;
use retake_pixels::matrix::{ADOBE_RGB, DISPLAY_P3, Primaries, REC2020, SRGB, xyz_from};

/// Bradford's cone response matrix, as ICC.1:2022 annex E gives it.
const BRADFORD: [[f64; 3]; 3] = [
    [0.8951, 0.2664, -0.1614],
    [-0.7502, 1.7135, 0.0367],
    [0.0389, -0.0685, 1.0296],
];
/// The profile connection space's white (ICC.1:2022, 7.2.16).
const D50: [f64; 3] = [0.9642, 1.0, 0.8249];
/// A fixed date, so that the same picture gives the same file: 2026-01-01.
const DATE: [u16; 6] = [2026, 1, 1, 0, 0, 0];

/// The primaries of an output space.
pub(super) fn primaries(space: Space) -> &'static Primaries {
    match space {
        Space::Srgb => &SRGB,
        Space::DisplayP3 => &DISPLAY_P3,
        Space::AdobeRgb => &ADOBE_RGB,
        Space::Rec2020 => &REC2020,
    }
}

/// The name other programs show.
pub(super) fn name(space: Space) -> &'static str {
    match space {
        Space::Srgb => "sRGB",
        Space::DisplayP3 => "Display P3",
        Space::AdobeRgb => "Adobe RGB (1998) compatible",
        Space::Rec2020 => "Rec. 2020",
    }
}

/// Parameters of ICC's parametric curve: type 0 (g) or type 3 (g a b c d).
fn curve(space: Space) -> Vec<f64> {
    match space {
        Space::Srgb | Space::DisplayP3 => {
            vec![2.4, 1.0 / 1.055, 0.055 / 1.055, 1.0 / 12.92, 0.04045]
        }
        Space::AdobeRgb => vec![563.0 / 256.0],
        Space::Rec2020 => {
            const ALPHA: f64 = 1.099_296_826_809_44;
            const BETA: f64 = 0.018_053_968_510_807;
            vec![
                1.0 / 0.45,
                1.0 / ALPHA,
                (ALPHA - 1.0) / ALPHA,
                1.0 / 4.5,
                4.5 * BETA,
            ]
        }
    }
}

/// The profile of an output space, ready to embed.
pub fn profile(space: Space) -> Vec<u8> {
    let adaptation = d50_from_d65();
    let to_xyz = xyz_from(primaries(space));
    let colorant = |column: usize| {
        let column = [to_xyz[0][column], to_xyz[1][column], to_xyz[2][column]];
        xyz_tag(std::array::from_fn(|row| {
            (0..3).map(|k| adaptation[row][k] * column[k]).sum()
        }))
    };
    let tags: [(&[u8; 4], Vec<u8>); 9] = [
        (b"desc", text_tag(name(space))),
        (b"cprt", text_tag("CC0: no rights reserved")),
        (b"wtpt", xyz_tag(D50)),
        (b"chad", chad_tag(&adaptation)),
        (b"rXYZ", colorant(0)),
        (b"gXYZ", colorant(1)),
        (b"bXYZ", colorant(2)),
        (b"rTRC", curve_tag(&curve(space))),
        (b"gTRC", Vec::new()), // the same curve as red
    ];
    let count = tags.len() + 1; // and bTRC, again the same curve
    let mut table = Vec::new();
    let mut data = Vec::new();
    let start = 128 + 4 + 12 * count;
    table.extend((count as u32).to_be_bytes());
    let mut place = (0, 0);
    for (name, content) in &tags {
        if !content.is_empty() {
            place = (start + data.len(), content.len());
            data.extend_from_slice(content);
            data.resize(data.len().next_multiple_of(4), 0);
        }
        table.extend_from_slice(*name);
        table.extend((place.0 as u32).to_be_bytes());
        table.extend((place.1 as u32).to_be_bytes());
    }
    table.extend_from_slice(b"bTRC");
    table.extend((place.0 as u32).to_be_bytes());
    table.extend((place.1 as u32).to_be_bytes());
    let mut out = header((start + data.len()) as u32);
    out.extend(table);
    out.extend(data);
    out
}

fn header(size: u32) -> Vec<u8> {
    let mut out = Vec::with_capacity(1024);
    out.extend(size.to_be_bytes());
    out.extend([0; 4]); // no preferred colour engine
    out.extend([4, 0x30, 0, 0]); // version 4.3
    out.extend_from_slice(b"mntrRGB XYZ ");
    DATE.iter().for_each(|part| out.extend(part.to_be_bytes()));
    out.extend_from_slice(b"acsp");
    out.extend([0; 24]); // platform, flags, manufacturer, model, attributes
    out.extend([0; 4]); // perceptual
    D50.iter().for_each(|&value| out.extend(fixed(value)));
    out.resize(128, 0);
    out
}

/// s15Fixed16Number.
fn fixed(value: f64) -> [u8; 4] {
    ((value * 65536.0).round() as i32).to_be_bytes()
}

fn xyz_tag(xyz: [f64; 3]) -> Vec<u8> {
    let mut out = b"XYZ \0\0\0\0".to_vec();
    xyz.iter().for_each(|&value| out.extend(fixed(value)));
    out
}

fn chad_tag(matrix: &[[f64; 3]; 3]) -> Vec<u8> {
    let mut out = b"sf32\0\0\0\0".to_vec();
    for row in matrix {
        row.iter().for_each(|&value| out.extend(fixed(value)));
    }
    out
}

fn curve_tag(parameters: &[f64]) -> Vec<u8> {
    let mut out = b"para\0\0\0\0".to_vec();
    let kind: u16 = if parameters.len() == 1 { 0 } else { 3 };
    out.extend(kind.to_be_bytes());
    out.extend([0, 0]);
    parameters
        .iter()
        .for_each(|&value| out.extend(fixed(value)));
    out
}

/// multiLocalizedUnicodeType with one record, en-US.
fn text_tag(text: &str) -> Vec<u8> {
    let mut out = b"mluc\0\0\0\0".to_vec();
    let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    for number in [1, 12] {
        out.extend(u32::to_be_bytes(number));
    }
    out.extend_from_slice(b"enUS");
    out.extend((utf16.len() as u32).to_be_bytes());
    out.extend(28u32.to_be_bytes());
    out.extend(utf16);
    out
}

/// Linear Bradford adaptation (ICC.1:2022, annex E): a colour seen under D65 as it would be under D50.
fn d50_from_d65() -> [[f64; 3]; 3] {
    let (x, y) = retake_pixels::matrix::D65;
    let cones = |xyz: [f64; 3]| -> [f64; 3] {
        std::array::from_fn(|row| (0..3).map(|k| BRADFORD[row][k] * xyz[k]).sum())
    };
    let from = cones([x / y, 1.0, (1.0 - x - y) / y]);
    let to = cones(D50);
    let inverse = invert(&BRADFORD);
    std::array::from_fn(|row| {
        std::array::from_fn(|column| {
            (0..3)
                .map(|k| inverse[row][k] * to[k] / from[k] * BRADFORD[k][column])
                .sum()
        })
    })
}

fn invert(m: &[[f64; 3]; 3]) -> [[f64; 3]; 3] {
    let minor = |r: usize, c: usize| {
        let (r1, r2, c1, c2) = ((r + 1) % 3, (r + 2) % 3, (c + 1) % 3, (c + 2) % 3);
        m[r1][c1] * m[r2][c2] - m[r1][c2] * m[r2][c1]
    };
    let determinant: f64 = (0..3).map(|c| m[0][c] * minor(0, c)).sum();
    std::array::from_fn(|r| std::array::from_fn(|c| minor(c, r) / determinant))
}
