//! 3 × 3 matrices between RGB spaces, worked out at compile time from the published chromaticities.

/// Rows of a matrix.
pub type Matrix = [[f32; 3]; 3];
/// The same in double precision, for working matrices out.
pub type Exact = [[f64; 3]; 3];

/// CIE 1931 chromaticities of red, green, blue and white.
pub struct Primaries {
    /// (x, y) of red, green, blue
    pub rgb: [(f64, f64); 3],
    /// (x, y) of white
    pub white: (f64, f64),
}

/// D65 as all four standards give it.
pub const D65: (f64, f64) = (0.3127, 0.3290);
/// sRGB / Rec.709 (IEC 61966-2-1).
pub const SRGB: Primaries = Primaries {
    rgb: [(0.64, 0.33), (0.30, 0.60), (0.15, 0.06)],
    white: D65,
};
/// Rec.2020 (ITU-R BT.2020-2), Retake's working primaries.
pub const REC2020: Primaries = Primaries {
    rgb: [(0.708, 0.292), (0.170, 0.797), (0.131, 0.046)],
    white: D65,
};
/// Display P3 (SMPTE EG 432-1 primaries, D65).
pub const DISPLAY_P3: Primaries = Primaries {
    rgb: [(0.680, 0.320), (0.265, 0.690), (0.150, 0.060)],
    white: D65,
};
/// Adobe RGB (1998).
pub const ADOBE_RGB: Primaries = Primaries {
    rgb: [(0.64, 0.33), (0.21, 0.71), (0.15, 0.06)],
    white: D65,
};

/// Product of two matrices.
pub const fn multiply(a: &Exact, b: &Exact) -> Exact {
    let mut out = [[0.0; 3]; 3];
    let mut i = 0;
    while i < 9 {
        let (row, column) = (i / 3, i % 3);
        out[row][column] =
            a[row][0] * b[0][column] + a[row][1] * b[1][column] + a[row][2] * b[2][column];
        i += 1;
    }
    out
}

/// Inverse of a regular matrix.
pub const fn invert(m: &Exact) -> Exact {
    let mut adjugate = [[0.0; 3]; 3];
    let mut i = 0;
    while i < 9 {
        let (r, c) = (i / 3, i % 3);
        let (r1, r2, c1, c2) = ((r + 1) % 3, (r + 2) % 3, (c + 1) % 3, (c + 2) % 3);
        adjugate[c][r] = m[r1][c1] * m[r2][c2] - m[r1][c2] * m[r2][c1];
        i += 1;
    }
    let determinant =
        m[0][0] * adjugate[0][0] + m[0][1] * adjugate[1][0] + m[0][2] * adjugate[2][0];
    let mut i = 0;
    while i < 9 {
        adjugate[i / 3][i % 3] /= determinant;
        i += 1;
    }
    adjugate
}

/// Matrix from linear RGB of these primaries to CIE XYZ with Y of white = 1 (SMPTE RP 177).
pub const fn xyz_from(p: &Primaries) -> Exact {
    let mut columns = [[0.0; 3]; 3];
    let mut i = 0;
    while i < 3 {
        let (x, y) = p.rgb[i];
        columns[0][i] = x / y;
        columns[1][i] = 1.0;
        columns[2][i] = (1.0 - x - y) / y;
        i += 1;
    }
    let (wx, wy) = p.white;
    let white = [wx / wy, 1.0, (1.0 - wx - wy) / wy];
    let inverse = invert(&columns);
    let mut i = 0;
    while i < 3 {
        let scale = inverse[i][0] * white[0] + inverse[i][1] * white[1] + inverse[i][2] * white[2];
        let mut row = 0;
        while row < 3 {
            columns[row][i] *= scale;
            row += 1;
        }
        i += 1;
    }
    columns
}

const fn rounded(m: &Exact) -> Matrix {
    let mut out = [[0.0; 3]; 3];
    let mut i = 0;
    while i < 9 {
        out[i / 3][i % 3] = m[i / 3][i % 3] as f32;
        i += 1;
    }
    out
}

/// Matrix from linear `from` to linear `to` (same white).
pub const fn between(to: &Primaries, from: &Primaries) -> Matrix {
    rounded(&multiply(&invert(&xyz_from(to)), &xyz_from(from)))
}

/// CIE XYZ (D65, Y of white 1) from linear Rec.2020.
pub const XYZ_FROM_REC2020: Matrix = rounded(&xyz_from(&REC2020));
/// Linear Rec.2020 from CIE XYZ (D65).
pub const REC2020_FROM_XYZ: Matrix = rounded(&invert(&xyz_from(&REC2020)));
/// Linear sRGB from linear Rec.2020.
pub const SRGB_FROM_REC2020: Matrix = between(&SRGB, &REC2020);
/// Linear Rec.2020 from linear sRGB.
pub const REC2020_FROM_SRGB: Matrix = between(&REC2020, &SRGB);
/// Weights of relative luminance Y for linear Rec.2020.
pub const LUMA: [f32; 3] = XYZ_FROM_REC2020[1];

const OKLAB_LMS_FROM_SRGB: Exact = [
    [0.412_221_470_8, 0.536_332_536_3, 0.051_445_992_9],
    [0.211_903_498_2, 0.680_699_545_1, 0.107_396_956_6],
    [0.088_302_461_9, 0.281_718_837_6, 0.629_978_700_5],
];
const SRGB_FROM_REC2020_EXACT: Exact = multiply(&invert(&xyz_from(&SRGB)), &xyz_from(&REC2020));
/// Oklab's cone responses from linear Rec.2020 (Ottosson 2020, "A perceptual color space for image processing").
pub const OKLAB_LMS_FROM_REC2020: Matrix =
    rounded(&multiply(&OKLAB_LMS_FROM_SRGB, &SRGB_FROM_REC2020_EXACT));
/// Linear Rec.2020 from Oklab's cone responses.
pub const REC2020_FROM_OKLAB_LMS: Matrix = rounded(&invert(&multiply(
    &OKLAB_LMS_FROM_SRGB,
    &SRGB_FROM_REC2020_EXACT,
)));

/// Matrix times column.
#[inline(always)]
pub fn apply(m: &Matrix, v: [f32; 3]) -> [f32; 3] {
    [
        m[0][0] * v[0] + m[0][1] * v[1] + m[0][2] * v[2],
        m[1][0] * v[0] + m[1][1] * v[1] + m[1][2] * v[2],
        m[2][0] * v[0] + m[2][1] * v[1] + m[2][2] * v[2],
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn srgb_to_xyz_is_the_published_matrix() {
        let m = xyz_from(&SRGB);
        assert!(
            (m[0][0] - 0.412_390_8).abs() < 1e-6 && (m[1][1] - 0.715_168_7).abs() < 1e-6,
            "{m:?}"
        );
    }

    #[test]
    fn white_stays_white_between_all_spaces() {
        for p in [&SRGB, &REC2020, &DISPLAY_P3, &ADOBE_RGB] {
            for value in apply(&between(p, &REC2020), [1.0; 3]) {
                assert!((value - 1.0).abs() < 1e-6);
            }
        }
    }
}
