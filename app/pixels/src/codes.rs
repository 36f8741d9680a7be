//! From linear light to 8-bit code values by table: exact rounding of any transfer curve for two loads and a compare,
//! where evaluating the curve would cost a logarithm and a power.

use crate::display::Space;

/// Buckets per octave: a curve may cross at most one rounding boundary inside a bucket, and all four spaces have
/// fewer than 128 codes per factor of e anywhere.
const BUCKET_BITS: u32 = 16;
/// Below this every space's code is 0: Adobe RGB's code 1 begins at 1.1e-6.
const DARKEST: f32 = 1.0 / (1u32 << 20) as f32;
const FIRST: u32 = DARKEST.to_bits() >> BUCKET_BITS;
/// A power of two above the number of buckets, so that a mask is all the bounds check there is.
const SIZE: usize = 4096;

/// One bucket: the code at its start, and from where on it is one more.
#[derive(Clone, Copy)]
struct Bucket {
    next_from: f32,
    code: u32,
}

/// Linear values to 8-bit code values of one space.
pub struct Coder {
    buckets: Box<[Bucket; SIZE]>,
}

impl Coder {
    /// The table of a space's transfer curve.
    pub fn new(space: Space) -> Self {
        // Code k begins where the curve reaches k - ½.
        let begins: Vec<f32> = (1..=255)
            .map(|code| space.decode_exactly((f64::from(code) - 0.5) / 255.0) as f32)
            .collect();
        let mut buckets = Box::new(
            [Bucket {
                next_from: f32::INFINITY,
                code: 255,
            }; SIZE],
        );
        let last = 1f32.to_bits() >> BUCKET_BITS;
        for index in FIRST..=last {
            let start = f32::from_bits(index << BUCKET_BITS);
            let code = begins.partition_point(|&begin| begin <= start);
            buckets[(index - FIRST) as usize] = Bucket {
                next_from: begins.get(code).copied().unwrap_or(f32::INFINITY),
                code: code as u32,
            };
        }
        Self { buckets }
    }

    /// The code of a linear value; what is not in [0, 1] is clipped, not-a-number is 0.
    #[expect(
        clippy::manual_clamp,
        reason = "max and min turn not-a-number into a number"
    )]
    #[inline(always)]
    pub fn code(&self, linear: f32) -> u8 {
        let x = linear.max(DARKEST).min(1.0);
        let bucket = self.buckets[((x.to_bits() >> BUCKET_BITS) - FIRST) as usize & (SIZE - 1)];
        (bucket.code + u32::from(x >= bucket.next_from)) as u8
    }

    /// Linear planes to interleaved codes; `out` has three bytes a pixel.
    pub fn interleave(&self, r: &[f32], g: &[f32], b: &[f32], out: &mut [u8]) {
        for (((r, g), b), out) in r.iter().zip(g).zip(b).zip(out.chunks_exact_mut(3)) {
            out[0] = self.code(*r);
            out[1] = self.code(*g);
            out[2] = self.code(*b);
        }
    }
}

impl Space {
    /// The linear value in [0, 1] of a code value in [0, 1], in double precision: the inverse of [`Space::encode`].
    pub fn decode_exactly(self, code: f64) -> f64 {
        match self {
            Self::Srgb | Self::DisplayP3 if code <= 0.040_45 => code / 12.92,
            Self::Srgb | Self::DisplayP3 => ((code + 0.055) / 1.055).powf(2.4),
            Self::AdobeRgb => code.powf(563.0 / 256.0),
            Self::Rec2020 if code < 4.5 * 0.018_053_968_510_807 => code / 4.5,
            Self::Rec2020 => {
                ((code + 0.099_296_826_809_44) / 1.099_296_826_809_44).powf(1.0 / 0.45)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SPACES: [Space; 4] = [
        Space::Srgb,
        Space::DisplayP3,
        Space::AdobeRgb,
        Space::Rec2020,
    ];

    #[test]
    fn no_bucket_is_crossed_by_two_boundaries() {
        for space in SPACES {
            let coder = Coder::new(space);
            let codes: Vec<u32> = coder.buckets.iter().map(|bucket| bucket.code).collect();
            let darkest = space.decode_exactly(0.5 / 255.0);
            assert!(darkest > f64::from(DARKEST), "{space:?} {darkest}");
            assert!(
                codes.windows(2).all(|pair| pair[1] <= pair[0] + 1),
                "{space:?}"
            );
        }
    }

    #[test]
    fn every_code_value_is_its_own_code() {
        for space in SPACES {
            let coder = Coder::new(space);
            for code in 0..=255u8 {
                let linear = space.decode_exactly(f64::from(code) / 255.0) as f32;
                assert_eq!(coder.code(linear), code, "{space:?}");
            }
            assert_eq!(
                [coder.code(-1.0), coder.code(f32::NAN), coder.code(2.0)],
                [0, 0, 255]
            );
        }
    }

    proptest! {
        #[test]
        fn codes_are_the_curve_rounded(x in 0.0f32..1.0) {
            for space in SPACES {
                let mut one = [x];
                space.encode(&mut one);
                let exact = f64::from(one[0]) * 255.0;
                let code = f64::from(Coder::new(space).code(x));
                prop_assert!((code - exact).abs() <= 0.5005, "{space:?} {x}: {code} {exact}");
            }
        }
    }
}
