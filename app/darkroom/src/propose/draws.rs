//! What a candidate draws. Neighbouring candidates of a run are spread evenly rather than left to chance, so that even a
//! few show the whole way from gentle to strong, and all ways of meeting a goal have their turn. A draw depends on the
//! candidate's own seed alone.

use retake_core::Rng;

/// Fractions of √2, √3, √5 …: steps that are irrational, and of no simple relation to each other, fill the unit interval
/// evenly in each dimension and together (Kronecker's sequence; Niederreiter 1992, chapter 3).
const PRIMES: [u16; 24] = [
    2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89,
];

/// The draws of one candidate, in a fixed order.
pub(crate) struct Draws {
    place: u64,
    shift: Rng,
    own: Rng,
    dimension: usize,
}

impl Draws {
    pub(crate) fn new(seed: u64) -> Self {
        let (run, place) = Rng::place_of(seed);
        Self {
            place,
            shift: Rng::new(run),
            own: Rng::new(seed),
            dimension: 0,
        }
    }

    /// How strong the whole candidate is, 0 gentlest to 1 strongest: the first of a run is in the middle, the next
    /// halve what is left (van der Corput 1935).
    pub(crate) fn overall(&mut self) -> f32 {
        let halved = self.place.reverse_bits() as f64 / 2f64.powi(64);
        let jitter = (f64::from(self.own.uniform()) - 0.5) / 32.0;
        (0.5 + halved + jitter).rem_euclid(1.0) as f32
    }

    /// In [0, 1), spread over the candidates of a run.
    pub(crate) fn spread(&mut self) -> f32 {
        let Some(&prime) = PRIMES.get(self.dimension) else {
            return self.own.uniform();
        };
        self.dimension += 1;
        let start = f64::from(self.shift.uniform());
        let step = f64::from(prime).sqrt().fract();
        (start + self.place as f64 * step).fract() as f32
    }

    /// In [0, 1), by chance.
    pub(crate) fn uniform(&mut self) -> f32 {
        self.own.uniform()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_run(run: u64, count: u64, draw: impl Fn(&mut Draws) -> f32) -> Vec<f32> {
        let mut values: Vec<f32> = (0..count)
            .map(|i| draw(&mut Draws::new(Rng::seed_of(run, i))))
            .collect();
        values.sort_by(f32::total_cmp);
        values
    }

    #[test]
    fn eight_candidates_go_all_the_way_from_gentle_to_strong() {
        for run in 0..50 {
            let all = of_run(run, 8, Draws::overall);
            assert!(all[0] < 0.2 && all[7] > 0.8, "{all:?}");
            assert!(all.windows(2).all(|w| w[1] - w[0] < 0.2), "{all:?}");
        }
    }

    #[test]
    fn the_first_candidate_does_as_asked() {
        for run in 0..50 {
            let first = Draws::new(Rng::seed_of(run, 0)).overall();
            assert!((first - 0.5).abs() < 0.02, "{first}");
        }
    }

    #[test]
    fn spread_draws_leave_no_half_empty() {
        for run in 0..50 {
            let all = of_run(run, 8, |draws| {
                draws.spread();
                draws.spread()
            });
            let low = all.iter().filter(|v| **v < 0.5).count();
            assert!((2..=6).contains(&low), "{all:?}");
        }
    }
}
