//! Feynman–Kac steering (Singhal et al. 2025, arXiv 2501.06848, algorithm 1): weights from potentials of the looks,
//! systematic resampling (Kitagawa 1996) where the effective number of particles is small.

use retake_core::{Rng, Selector, Stop, Studio, number, said};

use super::{Particles, Potential, cannot_branch};
use crate::strategies::budget::step_to;
use crate::strategies::group::{looks, overall};

/// A candidate under way with what was seen of it, its own and its forebears'.
#[derive(Clone, Debug)]
struct Particle {
    index: u64,
    last: Option<f64>,
    highest: f64,
    sum: f64,
    /// logarithm of its weight
    weight: f64,
}

impl Particle {
    fn new(index: u64) -> Self {
        Self {
            index,
            last: None,
            highest: f64::NEG_INFINITY,
            sum: 0.0,
            weight: 0.0,
        }
    }

    /// Takes a look's overall score in; the weight grows by its potential.
    fn seen(&mut self, reward: f64, how: &Particles) {
        let rise = reward - self.last.unwrap_or(0.0);
        self.last = Some(reward);
        self.highest = self.highest.max(reward);
        self.sum += reward;
        self.weight += how.strength
            * match how.potential {
                Potential::Difference => rise,
                Potential::Max => self.highest,
                Potential::Sum => self.sum,
            };
    }
}

/// Goes with all of them up to the last look and resamples on the way; those that are open then.
pub(super) fn steer(
    how: &Particles,
    studio: &mut dyn Studio,
    selector: &dyn Selector,
    all: Vec<u64>,
    points: &[usize],
) -> Result<Vec<u64>, Stop> {
    let mut particles: Vec<Particle> = all.into_iter().map(Particle::new).collect();
    for (place, &point) in points.iter().enumerate() {
        let indices: Vec<u64> = particles.iter().map(|one| one.index).collect();
        let alive = step_to(studio, &indices, point)?;
        particles.retain(|one| alive.contains(&one.index));
        let cards = looks(studio, &alive)?;
        let values = overall(selector, &cards);
        if values.iter().all(Option::is_none) {
            break;
        }
        for (particle, value) in particles.iter_mut().zip(&values) {
            if let Some(value) = value {
                particle.seen(f64::from(*value), how);
            }
        }
        let weights = normalised(&particles);
        if effective(&weights) >= how.fewer * particles.len() as f64 {
            continue;
        }
        let seed = Rng::seed_of(studio.brief().seed ^ 0x5EED, place as u64);
        let copies = systematic(&weights, Rng::new(seed).uniform().into());
        match resampled(studio, particles, &copies, point) {
            Ok(next) => particles = next,
            Err(same) => {
                cannot_branch(studio);
                particles = same;
                break;
            }
        }
    }
    Ok(particles.iter().map(|one| one.index).collect())
}

/// Weights that sum to 1.
fn normalised(particles: &[Particle]) -> Vec<f64> {
    let most = particles.iter().map(|one| one.weight);
    let most = most.fold(f64::NEG_INFINITY, f64::max);
    let raw: Vec<f64> = particles
        .iter()
        .map(|one| (one.weight - most).exp())
        .collect();
    let sum: f64 = raw.iter().sum();
    raw.iter().map(|weight| weight / sum).collect()
}

/// Effective number of particles, 1/Σw² (Kong et al. 1994).
fn effective(weights: &[f64]) -> f64 {
    1.0 / weights.iter().map(|weight| weight * weight).sum::<f64>()
}

/// How often each is taken; `start` in [0, 1) is where the comb begins.
fn systematic(weights: &[f64], start: f64) -> Vec<usize> {
    let count = weights.len();
    let mut copies = vec![0; count];
    let (mut place, mut reached) = (0, weights.first().copied().unwrap_or(0.0));
    for tooth in 0..count {
        let at = (tooth as f64 + start) / count as f64;
        while reached < at && place + 1 < count {
            place += 1;
            reached += weights[place];
        }
        copies[place] += 1;
    }
    copies
}

/// The next generation; the same one where the editor cannot branch.
fn resampled(
    studio: &mut dyn Studio,
    particles: Vec<Particle>,
    copies: &[usize],
    point: usize,
) -> Result<Vec<Particle>, Vec<Particle>> {
    let mut next = Vec::with_capacity(particles.len());
    // branches first: nobody is given up before there is somebody in its place
    for (particle, &count) in particles.iter().zip(copies) {
        let weightless = |index| Particle {
            index,
            weight: 0.0,
            ..particle.clone()
        };
        if count > 0 {
            next.push(weightless(particle.index));
        }
        for _ in 1..count {
            let why = said!("looked well at step {step}", step = number(point));
            match studio.fork(particle.index, why) {
                Some(index) => next.push(weightless(index)),
                None => return Err(particles),
            }
        }
    }
    for (particle, &count) in particles.iter().zip(copies) {
        if count == 0 {
            let why = said!(
                "looked worse than others at step {step}",
                step = number(point)
            );
            studio.let_go(particle.index, why);
        }
    }
    Ok(next)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_potentials_are_those_of_the_paper() {
        let weight = |potential| {
            let how = Particles {
                potential,
                strength: 2.0,
                ..Particles::default()
            };
            let mut particle = Particle::new(0);
            for reward in [0.5, 0.75, 0.25] {
                particle.seen(reward, &how);
            }
            particle.weight
        };
        // λ times: the last; the highest so far at each look; the sum so far at each look
        assert_eq!(weight(Potential::Difference), 2.0 * 0.25);
        assert_eq!(weight(Potential::Max), 2.0 * (0.5 + 0.75 + 0.75));
        assert_eq!(weight(Potential::Sum), 2.0 * (0.5 + 1.25 + 1.5));
    }

    #[test]
    fn equal_weights_are_as_many_particles_as_there_are() {
        assert_eq!(effective(&[0.25; 4]), 4.0);
        assert_eq!(effective(&[1.0, 0.0, 0.0, 0.0]), 1.0);
    }

    proptest! {
        #[test]
        fn everybody_is_taken_as_often_as_its_weight_says(
            raw in prop::collection::vec(0.01f64..1.0, 1..20),
            start in 0.0f64..1.0,
        ) {
            let sum: f64 = raw.iter().sum();
            let weights: Vec<f64> = raw.iter().map(|weight| weight / sum).collect();
            let copies = systematic(&weights, start);
            prop_assert_eq!(copies.iter().sum::<usize>(), weights.len());
            for (&copies, weight) in copies.iter().zip(&weights) {
                let due = weight * weights.len() as f64;
                prop_assert!((copies as f64 - due).abs() <= 1.0 + 1e-9, "{} for {}", copies, due);
            }
        }
    }
}
