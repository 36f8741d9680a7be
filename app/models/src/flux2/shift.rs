//! How far the noise levels of a run are bent towards the noisy end.

/// Tokens from which on the number of steps does not matter.
const MANY_TOKENS: usize = 4300;

/// The shift μ for a picture of so many tokens in so many steps: measured by the makers of the model as one straight
/// line over the tokens for 10 steps and one for 200, and a straight line between the two over the steps
/// (black-forest-labs/flux2, src/flux2/sampling.py, `compute_empirical_mu`).
pub(super) fn shift(tokens: usize, steps: usize) -> f64 {
    let count = tokens as f64;
    let after_10 = 8.73809524e-5 * count + 1.89833333;
    let after_200 = 0.00016927 * count + 0.45666666;
    if tokens > MANY_TOKENS {
        return after_200;
    }
    let slope = (after_200 - after_10) / 190.0;
    slope * steps as f64 + (after_200 - 200.0 * slope)
}

#[cfg(test)]
mod tests {
    use super::shift;

    #[test]
    fn the_shift_is_that_of_the_reference() {
        // diffusers 0.42.1, compute_empirical_mu
        for (tokens, steps, theirs) in REFERENCE {
            assert!(
                (shift(tokens, steps) - theirs).abs() < 1e-9,
                "{tokens} {steps}"
            );
        }
    }

    const REFERENCE: [(usize, usize, f64); 4] = [
        (24, 4, 1.9458947254741559),
        (4096, 4, 2.291179894115571),
        (4096, 50, 2.0233511571292637),
        (4301, 50, 1.18469693),
    ];
}
