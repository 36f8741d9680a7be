//! What is drawn of many lines: counts in bins and cells, a few hundred numbers however many lines there are.

use super::{Column, Lines};

/// Bins of the histogram.
const BINS: usize = 40;
/// Cells of the density, across and up.
const CELLS: [usize; 2] = [72, 48];

/// How often a number lies in each of equal steps.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Histogram {
    /// left end of the first bin and right end of the last
    pub range: [f32; 2],
    /// lines in each
    pub counts: Vec<u32>,
    /// what was counted
    pub column: Option<Column>,
}

/// How many lines lie in each cell of a plane.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Density {
    /// left and right end
    pub across: [f32; 2],
    /// lower and upper end
    pub up: [f32; 2],
    /// cells that hold lines: column, row from below, how many
    pub cells: Vec<(u16, u16, u32)>,
    /// of all cells, across and up
    pub size: [usize; 2],
}

/// The least and the largest of some numbers; a single number lies in the middle of a range of its own.
fn range(values: impl Iterator<Item = f32>) -> Option<[f32; 2]> {
    let ends = values
        .filter(|value| value.is_finite())
        .fold([f32::INFINITY, f32::NEG_INFINITY], |[low, high], value| {
            [low.min(value), high.max(value)]
        });
    match ends {
        [low, high] if low > high => None,
        [low, high] if low == high => Some([low - 0.5, high + 0.5]),
        ends => Some(ends),
    }
}

fn bin(value: f32, [low, high]: [f32; 2], count: usize) -> usize {
    let share = (value - low) / (high - low);
    ((share * count as f32) as usize).min(count - 1)
}

impl Histogram {
    /// Of the scores of some lines, or of what people gave where there are none.
    pub fn of(lines: &Lines, shown: &[u32]) -> Self {
        for column in [Column::Score, Column::Human] {
            let values = lines.numbers(&column);
            let known = || shown.iter().map(|line| values[*line as usize]);
            if let Some(range) = range(known()) {
                let mut counts = vec![0; BINS];
                known()
                    .filter(|value| value.is_finite())
                    .for_each(|value| counts[bin(value, range, BINS)] += 1);
                return Self {
                    range,
                    counts,
                    column: Some(column),
                };
            }
        }
        Self::default()
    }
}

impl Density {
    /// What people gave across, the score upwards; lines without both are left out.
    pub fn of(lines: &Lines, shown: &[u32]) -> Self {
        let (humans, scores) = (lines.numbers(&Column::Human), lines.numbers(&Column::Score));
        let both = || {
            shown
                .iter()
                .map(|line| (humans[*line as usize], scores[*line as usize]))
                .filter(|(human, score)| human.is_finite() && score.is_finite())
        };
        let ends = range(both().map(|both| both.0)).zip(range(both().map(|both| both.1)));
        let Some((across, up)) = ends else {
            return Self::default();
        };
        let [columns, rows] = CELLS;
        let mut counts = vec![0_u32; columns * rows];
        for (human, score) in both() {
            counts[bin(score, up, rows) * columns + bin(human, across, columns)] += 1;
        }
        let cells = counts.iter().enumerate().filter(|(_, count)| **count > 0);
        Self {
            across,
            up,
            cells: cells
                .map(|(at, count)| ((at % columns) as u16, (at / columns) as u16, *count))
                .collect(),
            size: CELLS,
        }
    }
}
