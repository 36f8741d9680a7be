//! The samplers, each from its paper.

use super::ramp::Ramp;
use super::schedule::{Schedule, Spacing};
use super::{Plan, Step};

/// Training steps that a run visits, the noisiest first.
fn times(schedule: &Schedule, spacing: Spacing, steps: usize) -> Vec<f64> {
    let all = schedule.training_steps() as f64;
    (0..steps)
        .map(|i| match spacing {
            Spacing::Linspace if steps == 1 => 0.0,
            Spacing::Linspace => (all - 1.0) * (steps - 1 - i) as f64 / (steps - 1) as f64,
            Spacing::Leading => {
                let stride = schedule.training_steps() / steps;
                ((steps - 1 - i) * stride + schedule.offset) as f64
            }
            Spacing::Trailing => (all - i as f64 * all / steps as f64).round_ties_even() - 1.0,
        })
        .collect()
}

/// Ancestral sampling with Euler steps (Karras et al. 2022, algorithm 2, with the split of Song et al. 2021a between what
/// is taken away and what is drawn anew). Latents are the clean ones plus σ of noise.
pub(super) fn euler_ancestral(schedule: &Schedule, spacing: Spacing, steps: usize) -> Plan {
    along_sigma(schedule, spacing, Ramp::Even, steps, |now, next| {
        next * (1.0 - (next / now).powi(2)).max(0.0).sqrt()
    })
}

/// Euler steps along the probability flow (Karras et al. 2022, algorithm 1 without its correction): nothing is drawn anew.
pub(super) fn euler(schedule: &Schedule, spacing: Spacing, steps: usize) -> Plan {
    along_sigma(schedule, spacing, schedule.ramp, steps, |_, _| 0.0)
}

/// Steps from σ to the next; `drawn` is how much of the next is fresh noise.
fn along_sigma(
    schedule: &Schedule,
    spacing: Spacing,
    ramp: Ramp,
    steps: usize,
    drawn: impl Fn(f64, f64) -> f64,
) -> Plan {
    let mut times = times(schedule, spacing, steps);
    let mut sigmas: Vec<f64> = times.iter().map(|&time| schedule.sigma(time)).collect();
    if let Some(spread) = ramp.sigmas(sigmas[0], sigmas[steps - 1], steps) {
        times = spread
            .iter()
            .map(|&sigma| schedule.time_of(sigma))
            .collect();
        sigmas = spread;
    }
    sigmas.push(0.0);
    let highest = sigmas.iter().copied().fold(0.0, f64::max);
    let steps = times
        .iter()
        .zip(sigmas.windows(2))
        .map(|(&time, sigma)| {
            let (now, next) = (sigma[0], sigma[1]);
            let drawn = drawn(now, next);
            let left = (next * next - drawn * drawn).max(0.0).sqrt();
            Step {
                time,
                signal: 1.0,
                spread: now,
                from_now: left / now,
                from_clean: 1.0 - left / now,
                from_last: 0.0,
                from_noise: drawn,
            }
        })
        .collect();
    Plan {
        steps,
        first: match spacing {
            Spacing::Leading => highest.hypot(1.0),
            Spacing::Linspace | Spacing::Trailing => highest,
        },
        prediction: schedule.prediction,
    }
}

/// DDIM (Song et al. 2021b, equation 12 with σ = 0). Latents are √ᾱ clean + √(1 − ᾱ) noise.
pub(super) fn ddim(schedule: &Schedule, spacing: Spacing, steps: usize) -> Plan {
    let stride = schedule.training_steps() / steps;
    let kept = |time: f64| schedule.kept[(time as usize).min(schedule.kept.len() - 1)];
    let steps = times(schedule, spacing, steps)
        .into_iter()
        .map(|time| {
            let time = time.round_ties_even();
            let now = kept(time);
            let next = match time - stride as f64 {
                before if before >= 0.0 => kept(before),
                _ => schedule.kept_at_end,
            };
            let (signal, spread) = (now.sqrt(), (1.0 - now).sqrt());
            let from_now = (1.0 - next).sqrt() / spread;
            Step {
                time,
                signal,
                spread,
                from_now,
                from_clean: next.sqrt() - from_now * signal,
                from_last: 0.0,
                from_noise: 0.0,
            }
        })
        .collect();
    Plan {
        steps,
        first: 1.0,
        prediction: schedule.prediction,
    }
}

/// DPM-Solver++ (2M) (Lu et al. 2022, algorithm 2): the second order from the clean latents of the step before; the
/// first step and the last are of the first order.
pub(super) fn dpm_solver_2m(schedule: &Schedule, spacing: Spacing, steps: usize) -> Plan {
    let all = schedule.training_steps() as f64;
    let mut times: Vec<f64> = (0..steps)
        .map(|i| match spacing {
            Spacing::Linspace => {
                ((all - 1.0) * (steps - i) as f64 / steps as f64).round_ties_even()
            }
            Spacing::Leading => {
                let stride = schedule.training_steps() / (steps + 1);
                ((steps - i) * stride + schedule.offset) as f64
            }
            Spacing::Trailing => (all - i as f64 * all / steps as f64).round_ties_even() - 1.0,
        })
        .collect();
    let mut sigmas: Vec<f64> = times.iter().map(|&time| schedule.sigma(time)).collect();
    let ends = (schedule.sigma(all - 1.0), schedule.sigma(0.0));
    if let Some(spread) = schedule.ramp.sigmas(ends.0, ends.1, steps) {
        // the network is told whole training steps; the reference rounds the one and cuts the other, whose highest
        // comes out of a logarithm a hair below the last step
        let whole = |time: f64| match schedule.ramp {
            Ramp::Karras => time.round_ties_even(),
            _ => (time - 1e-6).max(0.0).trunc(),
        };
        let told = |&sigma: &f64| whole(schedule.time_of(sigma));
        times = spread.iter().map(told).collect();
        sigmas = spread;
    }
    // λ = log(signal / spread), infinite at the end
    let (signals, spreads): (Vec<f64>, Vec<f64>) = sigmas
        .into_iter()
        .chain([0.0])
        .map(|sigma| (1.0 / sigma.hypot(1.0), sigma / sigma.hypot(1.0)))
        .unzip();
    let lambda = |i: usize| (signals[i] / spreads[i]).ln();
    let steps = (0..times.len())
        .map(|i| {
            let (signal, spread) = (signals[i], spreads[i]);
            let shrink = spreads[i + 1] / spread;
            // −signal' · (e^(−h) − 1)
            let towards = signals[i + 1] - shrink * signal;
            let last = i + 1 == times.len();
            let bend = if i == 0 || last {
                0.0
            } else {
                let (step, before) = (lambda(i + 1) - lambda(i), lambda(i) - lambda(i - 1));
                0.5 * towards * step / before
            };
            Step {
                time: times[i],
                signal,
                spread,
                from_now: shrink,
                from_clean: towards + bend,
                from_last: -bend,
                from_noise: 0.0,
            }
        })
        .collect();
    Plan {
        steps,
        first: 1.0,
        prediction: schedule.prediction,
    }
}
