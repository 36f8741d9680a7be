//! Colour spaces given by primaries, a white point and a curve, and the exact way from their code values to linear Rec.2020.

use super::matrix::{Matrix, bradford, inverse, times, xyz_from_rgb};

/// CIE xy of D65 (IEC 61966-2-1, Rec. ITU-R BT.2020).
pub(super) const D65: [f64; 2] = [0.3127, 0.3290];
/// CIE xy of D50 (ROMM RGB, ISO 22028-2).
const D50: [f64; 2] = [0.345704, 0.358540];
/// Rec. ITU-R BT.2020-2, table 3.
const REC2020: [[f64; 2]; 3] = [[0.708, 0.292], [0.170, 0.797], [0.131, 0.046]];
/// Rec. ITU-R BT.709-6; also sRGB.
const REC709: [[f64; 2]; 3] = [[0.640, 0.330], [0.300, 0.600], [0.150, 0.060]];
/// SMPTE EG 432-1.
const P3: [[f64; 2]; 3] = [[0.680, 0.320], [0.265, 0.690], [0.150, 0.060]];
/// Adobe RGB (1998), version 2005-05, section 4.2.
const ADOBE: [[f64; 2]; 3] = [[0.640, 0.330], [0.210, 0.710], [0.150, 0.060]];
/// ROMM RGB, ISO 22028-2.
const PROPHOTO: [[f64; 2]; 3] = [[0.7347, 0.2653], [0.1596, 0.8404], [0.0366, 0.0001]];

/// From a code value in [0, 1] to linear light, diffuse white 1.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Curve {
    Linear,
    /// IEC 61966-2-1
    Srgb,
    /// a plain power
    Gamma(f64),
    /// the inverse of Rec. ITU-R BT.709-6, item 1.2
    Rec709,
    /// SMPTE ST 2084, with diffuse white at 203 cd/m² (Rep. ITU-R BT.2408)
    Pq,
    /// Rec. ITU-R BT.2100-2, table 5, with diffuse white at 75 % signal (Rep. ITU-R BT.2408)
    Hlg,
    /// ICC.1:2022, table 68, function type 4: (a·x + b)^g + e from d on, c·x + f below; in the order g a b c d e f
    Parametric([f64; 7]),
    /// evenly spaced samples, straight lines between them
    Sampled(Vec<f32>),
    /// a curve that yields L*/100
    Lightness(Box<Curve>),
}

impl Curve {
    /// Linear light of a code value. Beyond [0, 1], as float files have, curves go on, odd about 0; sampled ones stop.
    pub(super) fn linear(&self, code: f64) -> f64 {
        match self {
            Self::Linear => code,
            Self::Srgb => odd(code, |v| {
                if v <= 0.04045 {
                    v / 12.92
                } else {
                    ((v + 0.055) / 1.055).powf(2.4)
                }
            }),
            Self::Gamma(gamma) => odd(code, |v| v.powf(*gamma)),
            Self::Rec709 => odd(code, |v| {
                if v < 4.5 * 0.018_053_968_510_807 {
                    v / 4.5
                } else {
                    ((v + 0.099_296_826_809_44) / 1.099_296_826_809_44).powf(1.0 / 0.45)
                }
            }),
            Self::Pq => odd(code, |v| {
                let root = v.min(1.0).powf(32.0 / 2523.0);
                let (c1, c2, c3) = (107.0 / 128.0, 2413.0 / 128.0, 2392.0 / 128.0);
                ((root - c1).max(0.0) / (c2 - c3 * root)).powf(8192.0 / 1305.0) * 10_000.0 / 203.0
            }),
            Self::Hlg => odd(code, hlg) / hlg(0.75),
            Self::Parametric([g, a, b, c, d, e, f]) => {
                if code >= *d {
                    (a * code + b).max(0.0).powf(*g) + e
                } else {
                    c * code + f
                }
            }
            Self::Sampled(samples) => {
                let last = samples.len().saturating_sub(1);
                let at = code.clamp(0.0, 1.0) * last as f64;
                let i = (at as usize).min(last.saturating_sub(1));
                let below = f64::from(samples.get(i).copied().unwrap_or(0.0));
                let above = samples.get(i + 1).map_or(below, |&v| f64::from(v));
                below + (above - below) * (at - i as f64)
            }
            Self::Lightness(curve) => {
                let f = (curve.linear(code) * 100.0 + 16.0) / 116.0;
                let (delta, slope) = (6.0 / 29.0, 3.0 * (6.0f64 / 29.0).powi(2));
                if f > delta {
                    f.powi(3)
                } else {
                    slope * (f - 4.0 / 29.0)
                }
            }
        }
    }
}

fn odd(code: f64, curve: impl Fn(f64) -> f64) -> f64 {
    curve(code.abs()).copysign(code)
}

/// Scene light of an HLG signal, Rec. ITU-R BT.2100-2, table 5.
fn hlg(signal: f64) -> f64 {
    const A: f64 = 0.178_832_77;
    let (b, c) = (1.0 - 4.0 * A, 0.5 - A * (4.0 * A).ln());
    if signal <= 0.5 {
        signal * signal / 3.0
    } else {
        (((signal - c) / A).exp() + b) / 12.0
    }
}

/// A colour space by its published numbers.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Encoding {
    pub primaries: [[f64; 2]; 3],
    pub white: [f64; 2],
    pub curve: Curve,
}

impl Encoding {
    pub(super) fn srgb() -> Self {
        Self::d65(REC709, Curve::Srgb)
    }
    pub(super) fn linear_srgb() -> Self {
        Self::d65(REC709, Curve::Linear)
    }
    pub(super) fn adobe_rgb() -> Self {
        Self::d65(ADOBE, Curve::Gamma(563.0 / 256.0))
    }
    fn d65(primaries: [[f64; 2]; 3], curve: Curve) -> Self {
        Self {
            primaries,
            white: D65,
            curve,
        }
    }
    /// Rec. ITU-T H.273, tables 2 and 3; `None` for codes that no photo uses.
    pub(super) fn from_cicp(primaries: u8, transfer: u8) -> Option<Self> {
        let primaries = match primaries {
            1 => REC709,
            5 => [[0.640, 0.330], [0.290, 0.600], [0.150, 0.060]],
            6 | 7 => [[0.630, 0.340], [0.310, 0.595], [0.155, 0.070]],
            9 => REC2020,
            12 => P3,
            22 => [[0.630, 0.340], [0.295, 0.605], [0.155, 0.077]],
            _ => return None,
        };
        let curve = match transfer {
            1 | 6 | 14 | 15 => Curve::Rec709,
            4 => Curve::Gamma(2.2),
            5 => Curve::Gamma(2.8),
            8 => Curve::Linear,
            13 => Curve::Srgb,
            16 => Curve::Pq,
            18 => Curve::Hlg,
            _ => return None,
        };
        Some(Self::d65(primaries, curve))
    }
    /// Whether the numbers make a colour space at all: points within the diagram, primaries that span a triangle.
    pub(super) fn is_sound(&self) -> bool {
        let inside = |xy: &[f64; 2]| {
            xy.iter().all(|v| v.is_finite() && (-0.2..=1.2).contains(v)) && xy[1] > 1e-5
        };
        let [r, g, b] = self.primaries;
        let area = (g[0] - r[0]) * (b[1] - r[1]) - (b[0] - r[0]) * (g[1] - r[1]);
        self.primaries.iter().all(inside)
            && inside(&self.white)
            && self.white[1] > 0.05
            && area.abs() > 1e-3
    }
    /// The way to Rec.2020.
    pub(super) fn space(&self) -> Space {
        Space::new(
            std::array::from_fn(|_| self.curve.clone()),
            rec2020_from(self.primaries, self.white),
        )
    }
}

/// From linear light in these primaries to linear Rec.2020, the white adapted to D65 by Bradford.
fn rec2020_from(primaries: [[f64; 2]; 3], white: [f64; 2]) -> Matrix {
    let adapted = times(&bradford(white, D65), &xyz_from_rgb(primaries, white));
    times(&inverse(&xyz_from_rgb(REC2020, D65)), &adapted)
}

/// From colours about the ICC connection space's D50 white to linear Rec.2020.
pub(super) fn rec2020_from_pcs() -> Matrix {
    // ICC.1:2022, 7.2.16: the D50 illuminant as s15Fixed16 numbers
    let (x, y, z) = (0.964_202_88, 1.0, 0.824_905_40);
    let pcs_white = [x / (x + y + z), y / (x + y + z)];
    times(
        &inverse(&xyz_from_rgb(REC2020, D65)),
        &bradford(pcs_white, D65),
    )
}

/// A colour space as a curve for each channel and a matrix to linear Rec.2020.
#[derive(Clone, Debug)]
pub(super) struct Space {
    pub curves: [Curve; 3],
    rec2020_from_file: Matrix,
}

impl Space {
    pub(super) fn new(curves: [Curve; 3], rec2020_from_file: Matrix) -> Self {
        Self {
            curves,
            rec2020_from_file,
        }
    }
    /// A profile's numbers are rounded to 16 bits and its curve often sampled. What is within that
    /// rounding of a published space is that space, so that its photos keep their code values exactly.
    pub(super) fn snapped(mut self) -> Self {
        let known = [
            (REC709, D65),
            (P3, D65),
            (ADOBE, D65),
            (REC2020, D65),
            (PROPHOTO, D50),
        ];
        for (primaries, white) in known {
            let exact = rec2020_from(primaries, white);
            let pairs = exact
                .iter()
                .flatten()
                .zip(self.rec2020_from_file.iter().flatten());
            if pairs.into_iter().all(|(a, b)| (a - b).abs() < 1.5e-3) {
                self.rec2020_from_file = exact;
                break;
            }
        }
        for curve in &mut self.curves {
            let near = (0..=255).all(|code| {
                let code = f64::from(code) / 255.0;
                let found = curve.linear(code);
                let step = 0.25 / 255.0;
                (Curve::Srgb.linear(code - step)..=Curve::Srgb.linear(code + step)).contains(&found)
            });
            if near {
                *curve = Curve::Srgb;
            }
        }
        self
    }
    /// Whether pictures could be seen through it: finite, white roughly white, neither black nor blinding.
    pub(super) fn is_sound(&self) -> bool {
        let finite = self
            .rec2020_from_file
            .iter()
            .flatten()
            .all(|v| v.is_finite());
        let whites = self.rec2020_from_file.map(|row| row.iter().sum::<f64>());
        let bright = self.curves.iter().all(|curve| {
            let values: Vec<f64> = (0..=16)
                .map(|i| curve.linear(f64::from(i) / 16.0))
                .collect();
            let top = values.iter().copied().fold(0.0, f64::max);
            values.iter().all(|v| v.is_finite() && *v > -0.5) && (0.1..200.0).contains(&top)
        });
        finite && bright && whites.iter().all(|white| (0.6..1.4).contains(white))
    }
    /// The matrix in f32, its rows adjusted by the last bit so that white stays exactly [1, 1, 1] when it was nearly that.
    pub(super) fn matrix(&self) -> [[f32; 3]; 3] {
        self.rec2020_from_file.map(|row| {
            let sum: f64 = row.iter().sum();
            if (sum - 1.0).abs() > 2e-3 {
                return row.map(|v| v as f32);
            }
            let mut row = row.map(|v| (v / sum) as f32);
            let largest = (0..3)
                .max_by(|&a, &b| row[a].total_cmp(&row[b]))
                .unwrap_or(0);
            for _ in 0..4 {
                row[largest] += 1.0 - (row[0] + row[1] + row[2]);
            }
            row
        })
    }
    /// Linear value of each of `levels` code values, per channel.
    pub(super) fn tables(&self, levels: usize) -> [Vec<f32>; 3] {
        let table = |curve: &Curve| -> Vec<f32> {
            (0..levels)
                .map(|code| curve.linear(code as f64 / (levels - 1) as f64) as f32)
                .collect()
        };
        let red = table(&self.curves[0]);
        let other = |i: usize| {
            if self.curves[i] == self.curves[0] {
                red.clone()
            } else {
                table(&self.curves[i])
            }
        };
        let (green, blue) = (other(1), other(2));
        [red, green, blue]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn through(space: &Space, rgb: [f32; 3]) -> [f32; 3] {
        space
            .matrix()
            .map(|row| row[0] * rgb[0] + row[1] * rgb[1] + row[2] * rgb[2])
    }

    #[test]
    fn white_of_every_known_space_is_exactly_one() {
        for primaries in [REC709, P3, ADOBE, REC2020] {
            let space = Encoding::d65(primaries, Curve::Linear).space();
            assert_eq!(through(&space, [1.0; 3]), [1.0; 3], "{primaries:?}");
        }
        let prophoto = Space::new(
            [Curve::Linear, Curve::Linear, Curve::Linear],
            rec2020_from(PROPHOTO, D50),
        );
        assert_eq!(through(&prophoto, [1.0; 3]), [1.0; 3]);
    }

    #[test]
    fn srgb_primaries_have_the_published_rec2020_coordinates() {
        // Rep. ITU-R BT.2087-0, section 2.2, matrix M2 (four decimals there)
        let published = [
            [0.6274, 0.3293, 0.0433],
            [0.0691, 0.9195, 0.0114],
            [0.0164, 0.0880, 0.8956],
        ];
        for (row, expected) in Encoding::srgb().space().matrix().iter().zip(published) {
            for (value, expected) in row.iter().zip(expected) {
                assert!((value - expected).abs() < 6e-5, "{value} {expected}");
            }
        }
    }

    #[test]
    fn pq_puts_203_nits_at_diffuse_white() {
        // Rep. ITU-R BT.2408-7, table 1: HDR reference white is 58 % PQ and 75 % HLG
        assert!((Curve::Pq.linear(0.580_689) - 1.0).abs() < 1e-3);
        assert!((Curve::Hlg.linear(0.75) - 1.0).abs() < 1e-12);
    }

    #[test]
    fn curves_rise_from_nothing_to_one() {
        for curve in [Curve::Linear, Curve::Srgb, Curve::Gamma(2.2), Curve::Rec709] {
            assert_eq!(curve.linear(0.0), 0.0);
            assert!((curve.linear(1.0) - 1.0).abs() < 1e-12, "{curve:?}");
            for i in 0..1000 {
                assert!(
                    curve.linear(f64::from(i) / 1000.0) < curve.linear(f64::from(i + 1) / 1000.0)
                );
            }
        }
    }

    #[test]
    fn a_sampled_srgb_curve_becomes_the_formula() {
        let sampled: Vec<f32> = (0..1024)
            .map(|i| (Curve::Srgb.linear(f64::from(i) / 1023.0) * 65535.0).round() as f32 / 65535.0)
            .collect();
        let space = Space::new(
            std::array::from_fn(|_| Curve::Sampled(sampled.clone())),
            rec2020_from(REC709, D65),
        );
        assert_eq!(space.snapped().curves[0], Curve::Srgb);
    }

    #[test]
    fn a_plain_gamma_is_not_taken_for_srgb() {
        let space = Space::new(
            std::array::from_fn(|_| Curve::Gamma(2.2)),
            rec2020_from(REC709, D65),
        );
        assert_eq!(space.snapped().curves[0], Curve::Gamma(2.2));
    }
}
