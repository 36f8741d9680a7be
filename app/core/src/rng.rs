//! Retake's own seeded generator, so that a seed means one picture for ever: SplitMix64 to spread the seed,
//! xoshiro256++ to draw (Blackman & Vigna 2019, <https://prng.di.unimi.it/>; both are in the public domain).

/// A stream of numbers fixed by its seed.
#[derive(Clone, Debug)]
pub struct Rng {
    state: [u64; 4],
}

/// One step of SplitMix64.
fn splitmix(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

impl Rng {
    /// The stream of this seed.
    pub fn new(seed: u64) -> Self {
        let mut spread = seed;
        Self {
            state: std::array::from_fn(|_| splitmix(&mut spread)),
        }
    }
    /// The seed of candidate `index` in a run of `seed`: depends on nothing else, so not on how many there are. Its
    /// lowest 20 bits are the index, so that neighbours can keep out of each other's way (see [`Self::place_of`]).
    pub fn seed_of(seed: u64, index: u64) -> u64 {
        let mut spread = seed ^ (index >> Self::PLACE_BITS).wrapping_mul(0xD1B5_4A32_D192_ED03);
        splitmix(&mut spread);
        let place = (1 << Self::PLACE_BITS) - 1;
        (splitmix(&mut spread) & !place) | (index & place)
    }
    const PLACE_BITS: u32 = 20;
    /// What [`Self::seed_of`] was made from: a seed that all candidates of the run share, and the index.
    pub fn place_of(seed: u64) -> (u64, u64) {
        let place = (1 << Self::PLACE_BITS) - 1;
        (seed & !place, seed & place)
    }
    /// The next 64 bits.
    pub fn next_u64(&mut self) -> u64 {
        let s = &mut self.state;
        let result = s[0].wrapping_add(s[3]).rotate_left(23).wrapping_add(s[0]);
        let t = s[1] << 17;
        s[2] ^= s[0];
        s[3] ^= s[1];
        s[1] ^= s[2];
        s[0] ^= s[3];
        s[2] ^= t;
        s[3] = s[3].rotate_left(45);
        result
    }
    /// Uniform in [0, 1), 24 bits.
    pub fn uniform(&mut self) -> f32 {
        (self.next_u64() >> 40) as f32 / (1u64 << 24) as f32
    }
    /// Uniform in [low, high).
    pub fn between(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * self.uniform()
    }
    /// Standard normal (Box–Muller, cosine branch).
    pub fn normal(&mut self) -> f32 {
        let radius = (-2.0 * (1.0 - f64::from(self.uniform())).ln()).sqrt();
        (radius * (std::f64::consts::TAU * f64::from(self.uniform())).cos()) as f32
    }
    /// Uniform in 0..count; 0 when `count` is 0.
    pub fn below(&mut self, count: usize) -> usize {
        ((u128::from(self.next_u64()) * count as u128) >> 64) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stream_of_a_seed_never_changes() {
        let mut rng = Rng::new(0);
        assert_eq!(
            [rng.next_u64(), rng.next_u64()],
            [0x53175d61490b23df, 0x61da6f3dc380d507]
        );
    }

    #[test]
    fn a_seed_tells_its_run_and_its_place() {
        for index in [0, 1, 7, 9_999] {
            let (run, place) = Rng::place_of(Rng::seed_of(5, index));
            assert_eq!((run, place), (Rng::place_of(Rng::seed_of(5, 0)).0, index));
        }
        assert_ne!(Rng::seed_of(5, 0), Rng::seed_of(6, 0));
        assert_ne!(Rng::seed_of(5, 3), Rng::seed_of(5, 3 + (1 << 20)));
    }

    #[test]
    fn normal_draws_have_mean_zero_and_variance_one() {
        let mut rng = Rng::new(7);
        let draws: Vec<f64> = (0..20_000).map(|_| f64::from(rng.normal())).collect();
        let mean = draws.iter().sum::<f64>() / draws.len() as f64;
        let variance = draws.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / draws.len() as f64;
        assert!(
            mean.abs() < 0.03 && (variance - 1.0).abs() < 0.04,
            "{mean} {variance}"
        );
    }
}
