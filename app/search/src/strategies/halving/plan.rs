//! How many a wave begins with, so that what it costs is what is left.

/// The most that are begun at once.
const MOST: usize = 512;

/// One wave of successive halving: at each look a share is kept, the last of them are finished.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Wave {
    /// steps after which it is looked
    pub(super) looks: Vec<usize>,
    /// candidates under way up to each look, and then those that are finished; one more than looks
    pub(super) counts: Vec<usize>,
}

/// What may be spent.
#[derive(Clone, Copy, Debug)]
pub(super) struct Room {
    pub(super) steps: usize,
    pub(super) calls: usize,
    pub(super) edits: usize,
}

impl Wave {
    fn of(begun: usize, looks: &[usize], keep: f64) -> Self {
        let mut counts = vec![begun];
        for _ in looks {
            let last = counts[counts.len() - 1];
            let kept = ((last as f64 * keep).ceil() as usize).clamp(1, last.max(1));
            counts.push(kept);
        }
        Self {
            looks: looks.to_vec(),
            counts,
        }
    }

    /// Steps of all, if a whole candidate has `total`.
    fn steps(&self, total: usize) -> usize {
        let mut before = 0;
        let ends = self.looks.iter().copied().chain([total]);
        let spans = ends.map(|end| {
            let span = end.saturating_sub(before);
            before = end;
            span
        });
        self.counts
            .iter()
            .zip(spans)
            .map(|(&count, span)| count * span)
            .sum()
    }

    /// Looks and final scores.
    fn calls(&self) -> usize {
        self.counts.iter().sum()
    }

    fn fits(&self, total: usize, room: Room) -> bool {
        let finished = self.counts.last().copied().unwrap_or(0);
        self.steps(total) <= room.steps && self.calls() <= room.calls && finished <= room.edits
    }

    /// The largest that there is room for; `None` where there is none for a single candidate.
    pub(super) fn largest(looks: &[usize], keep: f64, total: usize, room: Room) -> Option<Self> {
        let sizes = (1..=MOST).map(|begun| Self::of(begun, looks, keep));
        sizes.take_while(|wave| wave.fits(total, room)).last()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_wave_costs_what_its_candidates_went() {
        let wave = Wave::of(8, &[2, 5], 0.5);
        assert_eq!(wave.counts, [8, 4, 2]);
        assert_eq!((wave.steps(10), wave.calls()), (8 * 2 + 4 * 3 + 2 * 5, 14));
    }

    proptest! {
        #[test]
        fn the_largest_wave_is_within_the_room(
            steps in 0usize..2_000,
            calls in 0usize..100,
            edits in 0usize..20,
            keep in 0.1f64..0.9,
        ) {
            let room = Room { steps, calls, edits };
            if let Some(wave) = Wave::largest(&[4, 10], keep, 20, room) {
                prop_assert!(wave.fits(20, room));
                let more = Wave::of(wave.counts[0] + 1, &[4, 10], keep);
                prop_assert!(!more.fits(20, room));
            } else {
                prop_assert!(steps < 20 || calls < 3 || edits < 1);
            }
        }
    }
}
