//! How sure a score is: what one pass of the judges is worth, from what they say of themselves and from how far they were
//! seen to lie apart.

/// One standard deviation of a pass, of an overall score in [0, 1], where no judge says anything of it.
const PASS: f64 = 0.1;
/// What the judges say of themselves counts like so many passes that were seen to differ.
const STATED: f64 = 4.0;

/// What is known of one: its overall score so far and the passes behind it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Runner {
    pub(super) index: u64,
    pub(super) mean: f64,
    pub(super) passes: usize,
    /// one standard deviation of the mean, as the judges say it
    pub(super) stated: f64,
}

/// How much one pass differs from another: what the judges say of it, and what is seen when they are asked again.
#[derive(Debug, Default)]
pub(super) struct Noise {
    last: Vec<Runner>,
    /// squared differences that were seen, each an estimate of the variance of a pass
    seen: Vec<f64>,
}

impl Noise {
    /// Compares with what was known before the last calls.
    pub(super) fn learn(&mut self, now: &[Runner]) {
        for runner in now {
            let before = self.last.iter().find(|last| last.index == runner.index);
            if let Some(before) = before.filter(|before| before.passes < runner.passes) {
                let (n, all) = (before.passes as f64, runner.passes as f64);
                // mean of the new passes, and Welford's variance of its distance from the mean of the old ones
                let new = (runner.mean * all - before.mean * n) / (all - n);
                let share = 1.0 / n + 1.0 / (all - n);
                self.seen.push((new - before.mean).powi(2) / share);
            }
        }
        self.last = now.to_vec();
    }

    /// Variance of a single pass about this one.
    fn of_pass(&self, runner: &Runner) -> f64 {
        let stated = match runner.stated.powi(2) * runner.passes as f64 {
            stated if stated > 0.0 => stated,
            _ => PASS.powi(2),
        };
        let seen: f64 = self.seen.iter().sum();
        (STATED * stated + seen) / (STATED + self.seen.len() as f64)
    }

    /// Whether the noise drowns what the candidates differ by: so many calls, spent evenly, would leave a mean further off
    /// than candidates lie apart, by the scatter of their means less what the noise makes of it (a variance component, as in
    /// an analysis of variance).
    pub(super) fn drowns(&self, runners: &[Runner], calls: usize) -> bool {
        let count = runners.len() as f64;
        if runners.len() < 3 {
            return false;
        }
        let over = |of: &dyn Fn(&Runner) -> f64| runners.iter().map(of).sum::<f64>() / count;
        let middle = over(&|one| one.mean);
        let scatter = over(&|one| (one.mean - middle).powi(2)) * count / (count - 1.0);
        let differ = scatter - over(&|one| self.of_mean(one));
        let even = over(&|one| one.passes as f64) + calls as f64 / count;
        differ.max(0.0) < over(&|one| self.of_pass(one)) / even
    }

    /// Variance of its mean.
    pub(super) fn of_mean(&self, runner: &Runner) -> f64 {
        self.of_pass(runner) / runner.passes as f64
    }
}

/// Probability that a standard normal number is above `z` (Abramowitz & Stegun 26.2.17, within 7.5e-8).
pub(crate) fn normal_above(z: f64) -> f64 {
    if z < 0.0 {
        return 1.0 - normal_above(-z);
    }
    let t = 1.0 / (1.0 + 0.231_641_9 * z);
    let terms = [
        0.319_381_530,
        -0.356_563_782,
        1.781_477_937,
        -1.821_255_978,
        1.330_274_429,
    ];
    let sum = terms.iter().rev().fold(0.0, |sum, term| (sum + term) * t);
    sum * (-z * z / 2.0).exp() / std::f64::consts::TAU.sqrt()
}
