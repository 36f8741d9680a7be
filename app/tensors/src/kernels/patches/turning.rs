//! Patches of a field laid out by the numbers that they become, and the sums of numbers brought back to pixels.

#![expect(
    clippy::needless_range_loop,
    reason = "closures and iterators over vectors would not be compiled for the processor at hand"
)]

use super::Field;
use super::lanes::Machine;
use super::points::{made, seen};

/// How the patches of a picture lie.
#[derive(Clone, Copy)]
pub(super) struct Grid {
    /// of the result, px
    pub(super) width: usize,
    /// patches of a row
    pub(super) columns: usize,
    /// px of zeros beyond each edge of what is looked at
    pub(super) padding: usize,
}

/// Numbers of room that `turn_row` needs.
pub(super) fn room_of_turn(grid: &Grid, points: usize, made: usize, lanes: usize) -> usize {
    (grid.columns * made + points - made) * points * lanes
}

/// The patches of a row at their points: `numbers` are `N` · `N` places for a row of patches each, to which go as many
/// numbers as the field has for a pixel. What patches share is turned once.
#[inline(always)]
pub(super) fn turn_row<M: Machine, const N: usize, const MADE: usize>(
    m: M,
    (x, picture): (&Field, usize),
    (grid, row): (&Grid, usize),
    numbers: &mut [&mut [f32]],
    room: &mut [f32],
) {
    let (stride, values) = (x.stride(), x.picture(picture));
    let mut lines: [Option<&[f32]>; N] = [None; N];
    for (i, line) in lines.iter_mut().enumerate() {
        let y = (row * MADE + i).wrapping_sub(grid.padding);
        if y < x.height {
            *line = Some(&values[y * x.width * stride..][..x.width * stride]);
        }
    }
    let wide = grid.columns * MADE + N - MADE;
    for channel in (0..stride).step_by(M::WIDTH) {
        for (at, room) in room.chunks_exact_mut(N * M::WIDTH).take(wide).enumerate() {
            let place = at.wrapping_sub(grid.padding);
            if place >= x.width {
                room.fill(0.0);
                continue;
            }
            let mut column = [m.all(0.0); N];
            for i in 0..N {
                if let Some(line) = lines[i] {
                    column[i] = m.load(&line[place * stride + channel..]);
                }
            }
            let column = seen::<M, N>(m, column);
            for i in 0..N {
                m.store(column[i], &mut room[i * M::WIDTH..]);
            }
        }
        for column in 0..grid.columns {
            let patch = &room[column * MADE * N * M::WIDTH..][..N * N * M::WIDTH];
            for down in 0..N {
                let mut line = [m.all(0.0); N];
                for across in 0..N {
                    line[across] = m.load(&patch[(across * N + down) * M::WIDTH..]);
                }
                let line = seen::<M, N>(m, line);
                let numbers = &mut numbers[down * N..][..N];
                for across in 0..N {
                    m.store(
                        line[across],
                        &mut numbers[across][column * stride + channel..],
                    );
                }
            }
        }
    }
}

/// Where the sums of a row of patches are.
#[derive(Clone, Copy)]
pub(super) struct Sums<'a> {
    /// number by number of a patch, all patches of it
    pub(super) values: &'a [f32],
    /// from one number to the next
    pub(super) plane: usize,
    /// from one patch to the next
    pub(super) stride: usize,
    /// the first patch of the row
    pub(super) first: usize,
}

/// Some outputs, from `from` on as many as `bias` has, of the lines of the result that a row of patches becomes, with the
/// `bias` of each; nothing below `least`.
#[inline(always)]
pub(super) fn back_row<M: Machine, const N: usize, const MADE: usize>(
    m: M,
    sums: Sums<'_>,
    (bias, least): (&[f32], f32),
    (grid, from): (&Grid, usize),
    (lines, stride): (&mut [f32], usize),
) {
    let count = lines.len() / (grid.width * stride);
    for column in 0..grid.columns {
        let patch = &sums.values[(sums.first + column) * sums.stride..];
        for channel in (0..bias.len()).step_by(M::WIDTH) {
            let mut turned = [[m.all(0.0); MADE]; N];
            for down in 0..N {
                let mut line = [m.all(0.0); N];
                for across in 0..N {
                    let number = down * N + across;
                    line[across] = m.load(&patch[number * sums.plane + channel..]);
                }
                turned[down] = made::<M, N, MADE>(m, line);
            }
            let bias = m.load(&bias[channel..]);
            for across in 0..MADE {
                let mut line = [m.all(0.0); N];
                for down in 0..N {
                    line[down] = turned[down][across];
                }
                let px = made::<M, N, MADE>(m, line);
                let place = column * MADE + across;
                if place >= grid.width {
                    continue;
                }
                for down in 0..MADE {
                    if down < count {
                        let to = (down * grid.width + place) * stride + from + channel;
                        m.store(m.max(m.add(px[down], bias), m.all(least)), &mut lines[to..]);
                    }
                }
            }
        }
    }
}
