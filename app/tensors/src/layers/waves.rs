//! A number as sines and cosines (Vaswani et al. 2017): so networks are told the time.

/// `count` waves of a number, the fastest first, sines before cosines or after them. In 32-bit floats throughout, as the
/// reference does: at time 999 the rounding of the angle shows.
pub fn waves(number: f32, count: usize, cosines_first: bool, freq_shift: f32) -> Vec<f32> {
    let half = count / 2;
    let angle = |i: usize| {
        let exponent = -(10_000f32.ln()) * i as f32 / (half as f32 - freq_shift);
        number * exponent.exp()
    };
    let sines = (0..half).map(|i| angle(i).sin());
    let cosines = (0..half).map(|i| angle(i).cos());
    let mut waves: Vec<f32> = if cosines_first {
        cosines.chain(sines).collect()
    } else {
        sines.chain(cosines).collect()
    };
    waves.resize(count, 0.0);
    waves
}
