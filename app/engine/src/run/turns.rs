//! Which turns a candidate goes on from: its ancestors in the search whose edit it holds, and what was done before the run.

use crate::Begun;

/// The ancestors whose edits this one holds, oldest first, by index. `of` says whose child an index is and what it began
/// from. A candidate with other numbers, or on another way, is in its parent's place; one that was made from the photo anew
/// holds none.
pub fn turns_before(index: u64, of: &dyn Fn(u64) -> Option<(Option<u64>, Begun)>) -> Vec<u64> {
    let mut before = Vec::new();
    let mut at = index;
    while let Some((Some(parent), begun)) = of(at) {
        match begun {
            Begun::Turn | Begun::Fix | Begun::Patch => before.push(parent),
            Begun::Set | Begun::Fork => {}
            Begun::Run | Begun::Neighbour => break,
        }
        // parents are ordered before their children
        if parent >= at {
            break;
        }
        at = parent;
    }
    before.reverse();
    before
}

#[cfg(test)]
mod tests {
    use super::*;

    const TREE: [(Option<u64>, Begun); 7] = [
        (None, Begun::Run),
        (Some(0), Begun::Turn),
        (Some(1), Begun::Set),
        (Some(2), Begun::Turn),
        (Some(3), Begun::Fork),
        (Some(3), Begun::Neighbour),
        (Some(3), Begun::Fix),
    ];

    fn before(index: u64) -> Vec<u64> {
        turns_before(index, &|at| TREE.get(at as usize).copied())
    }

    #[test]
    fn a_turn_goes_on_from_its_parent_and_all_that_this_goes_on_from() {
        assert_eq!(before(3), [0, 2]);
        assert_eq!(before(6), [0, 2, 3]);
    }

    #[test]
    fn other_numbers_and_another_way_stand_in_their_parents_place() {
        assert_eq!(before(2), [0]);
        assert_eq!(before(4), [0, 2]);
    }

    #[test]
    fn what_is_made_anew_goes_on_from_nothing() {
        assert!(before(0).is_empty() && before(5).is_empty());
    }
}
