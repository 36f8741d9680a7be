//! What the bench holds at once: pictures, the small copies for the guard, ways under way, and glimpses while they are looked
//! at. It is reckoned before anything is taken; where it would be too much, pictures that were scored are let go, the oldest
//! first, and what still finds no room is made in smaller groups or not at all. A way counts as much as a picture of the
//! working size, which is more than latents take.

use retake_core::{Raster, Said, decimals, said};

use super::Bench;
use crate::run::guarding::small;

/// Pictures that one candidate takes while it is made: its way, and what comes of it.
const WHILE_MADE: u64 = 2;

/// Bytes of a picture.
fn bytes(picture: &Raster) -> u64 {
    picture
        .planes
        .iter()
        .map(|plane| 4 * plane.len() as u64)
        .sum()
}

impl Bench<'_> {
    /// Bytes of a picture at working size.
    pub(super) fn unit(&self) -> u64 {
        bytes(&self.working).max(1)
    }

    /// Bytes held now.
    fn held(&self) -> u64 {
        let unit = self.unit();
        let of = |slot: &super::Slot| {
            let picture = slot.made.as_ref().map_or(0, |made| bytes(&made.picture));
            let small = slot.small.as_ref().map_or(0, bytes);
            let way = slot.trajectory.as_ref().map_or(0, |_| unit);
            picture + small + way
        };
        self.slots.iter().map(of).sum()
    }

    /// Bytes that may be held beside what is.
    pub(super) fn memory_left(&self) -> u64 {
        let limit = self.ledger.memory();
        limit.map_or(u64::MAX, |limit| limit.saturating_sub(self.held()))
    }

    /// Why not even one candidate could be made; nothing where one can.
    pub(in crate::run) fn too_little_memory(&self) -> Option<Said> {
        let (limit, least) = (self.ledger.memory()?, WHILE_MADE * self.unit());
        let megabytes = |bytes: u64| decimals(bytes as f64 / 1e6, 1);
        (limit < least).then(|| {
            said!(
                "the memory budget of {limit} MB has no room for one candidate of {width} × {height} px, which takes {least} MB while it is made; give it as much, or make candidates at a smaller size",
                limit = megabytes(limit),
                width = self.working.width,
                height = self.working.height,
                least = megabytes(least)
            )
        })
    }

    /// So many candidates are made, scored and let go at a time, where memory is short.
    pub(super) fn fitting(&self) -> usize {
        let limit = self.ledger.memory();
        let pictures = limit.map_or(u64::MAX, |limit| limit / self.unit());
        usize::try_from(pictures.saturating_sub(WHILE_MADE - 1)).unwrap_or(usize::MAX)
    }

    /// The first of these for which there is room, each taking so many pictures more; what was scored is let go for them.
    /// What they take counts from here on.
    pub(super) fn room_for(&mut self, indices: &[u64], each: impl Fn(&Self, u64) -> u64) -> usize {
        let mut wanted = 0;
        let mut fit = 0;
        for &index in indices {
            let more = each(self, index) * self.unit();
            if !self.make_room(wanted + more, indices) {
                break;
            }
            wanted += more;
            fit += 1;
        }
        let held = self.held();
        self.ledger.holds(held + wanted);
        fit
    }

    /// As many of so many pictures as there is room for, for a while; they count from here on.
    pub(super) fn room_for_looks(&mut self, wanted: usize) -> usize {
        let unit = self.unit();
        let mut fit = 0;
        while fit < wanted && self.make_room((fit as u64 + 1) * unit, &[]) {
            fit += 1;
        }
        let held = self.held();
        self.ledger.holds(held + fit as u64 * unit);
        fit
    }

    /// Lets go until there is room for so many bytes, but nothing of those that are wanted; whether there is.
    fn make_room(&mut self, wanted: u64, but: &[u64]) -> bool {
        while self.memory_left() < wanted {
            let guarded = !self.tools.held_out.is_empty();
            let of = |slot: &super::Slot| slot.card.is_some() && !but.contains(&slot.node.index);
            let large = |slot: &&mut super::Slot| {
                of(slot)
                    && slot
                        .made
                        .as_ref()
                        .is_some_and(|made| !made.picture.is_empty())
            };
            if let Some(slot) = self.slots.iter_mut().find(large) {
                if let Some(made) = &mut slot.made {
                    let copy = guarded.then(|| small(&made.picture));
                    slot.small = copy.filter(|copy| bytes(copy) < bytes(&made.picture));
                    made.picture = Raster::new(0, 0);
                }
                continue;
            }
            let Some(slot) = self.slots.iter_mut().find(|slot| slot.small.is_some()) else {
                return false;
            };
            slot.small = None;
        }
        true
    }

    /// Pictures that a candidate takes more than it holds, to be gone to its end.
    pub(super) fn to_finish(&self, index: u64) -> u64 {
        let begun = self
            .slot(index)
            .is_some_and(|slot| slot.trajectory.is_some());
        WHILE_MADE - u64::from(begun)
    }
}
