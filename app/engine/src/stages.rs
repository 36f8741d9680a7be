//! Where the time goes: seconds by stage, in the order the stages first ran.

use std::time::Instant;

/// Seconds by stage name.
#[derive(Clone, Debug, Default)]
pub struct Stages(Vec<(&'static str, f64)>);

impl Stages {
    /// Runs a stage and adds its seconds to its name.
    pub fn time<T>(&mut self, name: &'static str, work: impl FnOnce() -> T) -> T {
        let start = Instant::now();
        let result = work();
        self.add(name, start.elapsed().as_secs_f64());
        result
    }
    /// Adds seconds to a stage.
    pub fn add(&mut self, name: &'static str, seconds: f64) {
        match self.0.iter_mut().find(|(known, _)| *known == name) {
            Some((_, sum)) => *sum += seconds,
            None => self.0.push((name, seconds)),
        }
    }
    /// Stages and their seconds, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, f64)> + '_ {
        self.0.iter().copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stage_that_runs_twice_is_one_line() {
        let mut stages = Stages::default();
        stages.add("score", 0.5);
        stages.add("open", 1.0);
        stages.add("score", 0.25);
        assert_eq!(
            stages.iter().collect::<Vec<_>>(),
            [("score", 0.75), ("open", 1.0)]
        );
    }
}
