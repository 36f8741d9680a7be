//! Noise levels that are not those of evenly spread training steps, but spread themselves from the highest to the lowest.

use super::schedule::Schedule;

/// How noise levels are spread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ramp {
    /// as the training steps have them
    Even,
    /// evenly in σ to the power of 1/7 (Karras et al. 2022, equation 5)
    Karras,
    /// evenly in the logarithm of σ
    Exponential,
}

/// ρ of Karras et al. 2022.
const RHO: f64 = 7.0;

impl Ramp {
    /// So many noise levels from the highest to the lowest; `None` if they are the training's own.
    pub(super) fn sigmas(self, high: f64, low: f64, steps: usize) -> Option<Vec<f64>> {
        let along = |from: f64, to: f64| {
            let last = steps.saturating_sub(1).max(1) as f64;
            (0..steps).map(move |i| from + (to - from) * i as f64 / last)
        };
        match self {
            Self::Even => None,
            Self::Karras => {
                let root = |sigma: f64| sigma.powf(1.0 / RHO);
                let roots = along(root(high), root(low));
                Some(roots.map(|root| root.powf(RHO)).collect())
            }
            Self::Exponential => Some(along(high.ln(), low.ln()).map(f64::exp).collect()),
        }
    }
}

impl Schedule {
    /// The training step that has so much noise, between two of them where none has: the logarithm of σ decides.
    pub(super) fn time_of(&self, sigma: f64) -> f64 {
        let last = self.training_steps() - 1;
        let at = |step: usize| self.sigma(step as f64).max(1e-10).ln();
        let sigma = sigma.max(1e-10).ln();
        let above = (0..=last).rev().find(|&step| at(step) <= sigma);
        let low = above.unwrap_or(0).min(last - 1);
        let share = (sigma - at(low)) / (at(low + 1) - at(low));
        low as f64 + share.clamp(0.0, 1.0)
    }
}
