//! Where the patches of a picture lie, in the order in which the eyes read them: neighbours that become one token come
//! after each other, and in Qwen2.5 the tokens of a window.

/// A picture in patches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grid {
    /// patches from top to bottom; a multiple of `merge`
    pub rows: usize,
    /// patches from left to right; a multiple of `merge`
    pub columns: usize,
    /// the side of the square of patches that becomes one token
    pub merge: usize,
}

/// Tokens in the order of their windows.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Windows {
    /// the tokens of the first window, then those of the next, …
    pub(super) order: Vec<u32>,
    /// (how many windows, tokens of each) for neighbours of the same size
    pub(super) runs: Vec<(usize, usize)>,
}

impl Grid {
    /// How many patches.
    pub fn patches(&self) -> usize {
        self.rows * self.columns
    }

    /// (rows, columns) of tokens.
    pub fn tokens(&self) -> (usize, usize) {
        (self.rows / self.merge, self.columns / self.merge)
    }

    /// (row, column) of every patch.
    pub fn places(&self) -> Vec<(usize, usize)> {
        let (down, across) = self.tokens();
        let merge = self.merge;
        let mut places = Vec::with_capacity(self.patches());
        for (row, column) in (0..down).flat_map(|row| (0..across).map(move |column| (row, column)))
        {
            for (y, x) in (0..merge).flat_map(|y| (0..merge).map(move |x| (y, x))) {
                places.push((row * merge + y, column * merge + x));
            }
        }
        places
    }

    /// Windows of `side` × `side` tokens, those at the right and below smaller where the picture ends.
    pub(super) fn windows(&self, side: usize) -> Windows {
        let (down, across) = self.tokens();
        let mut order = Vec::with_capacity(down * across);
        let mut runs: Vec<(usize, usize)> = Vec::new();
        for top in (0..down).step_by(side) {
            for left in (0..across).step_by(side) {
                let before = order.len();
                for row in top..(top + side).min(down) {
                    let columns = left..(left + side).min(across);
                    order.extend(columns.map(|column| (row * across + column) as u32));
                }
                let tokens = order.len() - before;
                match runs.last_mut() {
                    Some((count, last)) if *last == tokens => *count += 1,
                    _ => runs.push((1, tokens)),
                }
            }
        }
        Windows { order, runs }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_that_become_a_token_come_after_each_other() {
        let grid = Grid {
            rows: 2,
            columns: 4,
            merge: 2,
        };
        let left = [(0, 0), (0, 1), (1, 0), (1, 1)];
        let right = [(0, 2), (0, 3), (1, 2), (1, 3)];
        assert_eq!(grid.places(), [left, right].concat());
        assert_eq!((grid.patches(), grid.tokens()), (8, (1, 2)));
    }

    #[test]
    fn windows_hold_every_token_once_and_are_cut_at_the_edge() {
        let grid = Grid {
            rows: 6,
            columns: 10,
            merge: 2,
        };
        let windows = grid.windows(2);
        assert_eq!(
            windows.order,
            [0, 1, 5, 6, 2, 3, 7, 8, 4, 9, 10, 11, 12, 13, 14]
        );
        assert_eq!(windows.runs, [(2, 4), (3, 2), (1, 1)]);
    }
}
