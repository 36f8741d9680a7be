//! Convolutions whose weights never change, over patches of 6 × 6 or 8 × 8 px (Winograd; Lavin & Gray 2016): a patch becomes as
//! many numbers, for each of which the channels are mixed by a matrix product, and the sums become some pixels of the output.
//! A kernel of 3 × 3 makes 4 × 4 px of 36 products (four times fewer multiplications), one of 5 × 5 makes 4 × 4 of 64
//! (6.2 times fewer), one of 7 × 7 makes 2 × 2 of 64 (3 times fewer). The weights are transformed once, and the channels
//! of a pixel lie side by side, so that every step goes over whole vectors of them.

mod field;
mod lanes;
mod mixing;
mod points;
mod pool;
#[cfg(test)]
mod tests;
mod turning;

use candle_core::{Result, Tensor};
use rayon::prelude::*;

pub use field::Field;
pub use pool::largest_blurred;

use super::product::with_buffer;
use lanes::{Machine, Work, widest};
use mixing::{PANEL, Panel, TOGETHER, mix};
use points::of_kernel;
use turning::{Grid, Sums, back_row, room_of_turn, turn_row};

/// Patches that are worked on at a time where their numbers and sums are to stay in a core's cache, at least.
const FEW: usize = 24;
/// Patches that are worked on at a time, at most, where the weights are what fills the caches.
const MANY: usize = 192;
/// Bytes of weights that are read anew for every few patches, at most.
const SMALL_WEIGHTS: usize = 4 << 20;

/// A convolution of stride 1 with a kernel of 3 × 3, 5 × 5 or 7 × 7 px and its weights transformed.
pub struct Patched {
    /// for each number of a patch and each panel of outputs those of each input, in the order in which they are used: panel
    /// by panel where all of a few patches is done at once, number by number otherwise
    weights: Vec<[f32; PANEL]>,
    at_once: bool,
    /// of each output, filled up as those of a field
    bias: Vec<f32>,
    outputs: usize,
    inputs: usize,
    /// of the kernel, px
    side: usize,
    /// px of zeros beyond each edge
    padding: usize,
    /// below it nothing is kept: zero, or nothing
    least: f32,
}

/// Room for what is in between, to be used again.
#[derive(Default)]
pub struct Room {
    seen: Vec<f32>,
    sums: Vec<f32>,
}

impl Patched {
    /// `weight` is (outputs, inputs, side, side), `bias` (outputs); zeros beyond the edge; what is negative becomes zero if
    /// `rectified`.
    pub fn new(weight: &Tensor, bias: &Tensor, padding: usize, rectified: bool) -> Result<Self> {
        let (outputs, inputs, side, across) = weight.dims4()?;
        if side != across || !matches!(side, 3 | 5 | 7) {
            candle_core::bail!("a kernel of {side} × {across} does not go by patches");
        }
        let points = points(side);
        let values = weight.flatten_all()?.to_vec1::<f32>()?;
        let kernels: Vec<Vec<f32>> = values
            .par_chunks_exact(side * side)
            .map(|kernel| at_points(kernel, side, points))
            .collect();
        let (numbers, panels) = (points * points, outputs.div_ceil(PANEL));
        let at_once = numbers * panels * inputs * size_of::<[f32; PANEL]>() <= SMALL_WEIGHTS;
        let weights = (0..numbers * panels).into_par_iter().flat_map_iter(|at| {
            let (number, panel) = match at_once {
                true => (at % numbers, at / numbers),
                false => (at / panels, at % panels),
            };
            let kernels = &kernels;
            (0..inputs).map(move |input| {
                std::array::from_fn(|lane| match panel * PANEL + lane {
                    output if output < outputs => kernels[output * inputs + input][number],
                    _ => 0.0,
                })
            })
        });
        let mut filled = bias.to_vec1::<f32>()?;
        filled.resize(outputs.next_multiple_of(PANEL), 0.0);
        Ok(Self {
            weights: weights.collect(),
            at_once,
            bias: filled,
            outputs,
            inputs,
            side,
            padding,
            least: if rectified { 0.0 } else { f32::MIN },
        })
    }

    /// Of pictures with as many channels as there are inputs; `out` becomes the result.
    pub fn forward(&self, x: &Field, out: &mut Field, room: &mut Room) -> Result<()> {
        let (height, width) = x.size();
        let reach = |length: usize| (length + 2 * self.padding + 1).checked_sub(self.side);
        let (Some(down @ 1..), Some(across @ 1..)) = (reach(height), reach(width)) else {
            candle_core::bail!(
                "a picture of {width} × {height} is too small for a kernel of {}",
                self.side
            );
        };
        if x.channels != self.inputs {
            candle_core::bail!(
                "{} channels came to a convolution of {}",
                x.channels,
                self.inputs
            );
        }
        out.resize(x.pictures, (down, across), self.outputs);
        let made = self.made();
        let grid = Grid {
            width: across,
            columns: across.div_ceil(made),
            padding: self.padding,
        };
        let call = Call { of: self, x, grid };
        if self.at_once {
            let rows = FEW.div_ceil(grid.columns);
            let pieces = call.pieces(rows, out);
            pieces.into_par_iter().for_each(|piece| call.at_once(piece));
        } else {
            let rows = (MANY / grid.columns).max(1);
            for pieces in call.pieces(1, out).chunks_mut(rows) {
                call.step_by_step(pieces, room);
            }
        }
        Ok(())
    }

    /// px along a side of what a patch becomes.
    fn made(&self) -> usize {
        points(self.side) + 1 - self.side
    }
}

/// Points of a line of a patch for a kernel of this side.
fn points(side: usize) -> usize {
    if side == 3 { 6 } else { 8 }
}

/// A kernel at the points, down and across.
fn at_points(kernel: &[f32], side: usize, points: usize) -> Vec<f32> {
    let columns: Vec<Vec<f64>> = (0..side)
        .map(|x| {
            let line: Vec<f64> = (0..side).map(|y| f64::from(kernel[y * side + x])).collect();
            of_kernel(points, &line)
        })
        .collect();
    (0..points)
        .flat_map(|down| {
            let line: Vec<f64> = columns.iter().map(|column| column[down]).collect();
            of_kernel(points, &line)
        })
        .map(|value| value as f32)
        .collect()
}

/// Lines of the result that belong to some rows of patches.
struct Piece<'a> {
    picture: usize,
    /// its first row of patches
    row: usize,
    lines: &'a mut [f32],
}

/// One call.
#[derive(Clone, Copy)]
struct Call<'a> {
    of: &'a Patched,
    x: &'a Field,
    grid: Grid,
}

/// Numbers between the places of two numbers of a patch, so that these do not all want the same lines of a cache.
const APART: usize = 16;

impl<'a> Call<'a> {
    /// The result in pieces of as many rows of patches.
    fn pieces<'o>(&self, rows: usize, out: &'o mut Field) -> Vec<Piece<'o>> {
        let lines = rows * self.of.made() * out.width * out.stride();
        let picture = out.height * out.width * out.stride();
        let pictures = out.values[..out.pictures * picture].chunks_exact_mut(picture);
        pictures
            .enumerate()
            .flat_map(|(picture, values)| {
                let pieces = values.chunks_mut(lines).enumerate();
                pieces.map(move |(at, lines)| Piece {
                    picture,
                    row: at * rows,
                    lines,
                })
            })
            .collect()
    }

    /// Numbers of a patch.
    fn numbers(&self) -> usize {
        points(self.of.side).pow(2)
    }

    /// Panels of outputs.
    fn panels(&self) -> usize {
        self.of.bias.len() / PANEL
    }

    /// Rows of patches of a piece.
    fn rows(&self, piece: &Piece<'_>) -> usize {
        let line = self.grid.width * self.out_stride();
        piece.lines.len().div_ceil(line * self.of.made())
    }

    fn out_stride(&self) -> usize {
        self.of.outputs.next_multiple_of(field::EVEN)
    }

    /// How far one number of a patch is from the next for so many rows of patches, filled up: seen, and of `outputs` sums.
    fn planes(&self, rows: usize, outputs: usize) -> (usize, usize) {
        let patches = (rows * self.grid.columns).next_multiple_of(TOGETHER);
        let seen = patches * self.x.stride() + APART;
        (seen, patches * outputs + APART)
    }

    /// All of a piece, by one thread.
    fn at_once(&self, piece: Piece<'_>) {
        let rows = self.rows(&piece);
        let (seen, sums) = self.planes(rows, PANEL);
        let room = self.room_of_turn();
        with_buffer(self.numbers() * (seen + sums) + room, |buffer| {
            let (seen, rest) = buffer.split_at_mut(self.numbers() * seen);
            let (sums, room) = rest.split_at_mut(self.numbers() * sums);
            widest(AtOnce {
                call: *self,
                piece,
                rows,
                seen,
                sums,
                room,
            });
        });
    }

    fn room_of_turn(&self) -> usize {
        let (points, made) = (points(self.of.side), self.of.made());
        room_of_turn(&self.grid, points, made, field::EVEN)
    }

    /// Several pieces of a row each: all threads do the first step of them, then the second, then the third, so that each number's
    /// weights are read once.
    fn step_by_step(&self, pieces: &mut [Piece<'_>], room: &mut Room) {
        let (seen_plane, sums_plane) = self.planes(pieces.len(), self.of.bias.len());
        let seen = grown(&mut room.seen, self.numbers() * seen_plane);
        let sums = grown(&mut room.sums, self.numbers() * sums_plane);
        let row = self.grid.columns * self.x.stride();
        let of_rows = by_rows(seen, seen_plane, row, pieces.len());
        of_rows
            .into_par_iter()
            .zip(pieces.par_iter())
            .for_each(|(numbers, piece)| {
                with_buffer(self.room_of_turn(), |room| {
                    let of = (piece.picture, piece.row);
                    widest(Turn {
                        call: *self,
                        of,
                        numbers,
                        room,
                    });
                });
            });
        let seen = &*seen;
        sums.par_chunks_exact_mut(sums_plane)
            .enumerate()
            .for_each(|(number, sums)| {
                let seen = &seen[number * seen_plane..][..seen_plane];
                widest(Mix {
                    call: *self,
                    number,
                    seen,
                    sums,
                });
            });
        let sums = &*sums;
        pieces.par_iter_mut().enumerate().for_each(|(row, piece)| {
            let sums = Sums {
                values: sums,
                plane: sums_plane,
                stride: self.of.bias.len(),
                first: row * self.grid.columns,
            };
            widest(Back {
                call: *self,
                sums,
                lines: piece.lines,
            });
        });
    }

    #[inline(always)]
    fn turn<M: Machine>(
        &self,
        m: M,
        (picture, row): (usize, usize),
        numbers: &mut [&mut [f32]],
        room: &mut [f32],
    ) {
        let (from, of) = ((self.x, picture), (&self.grid, row));
        match self.of.side {
            3 => turn_row::<M, 6, 4>(m, from, of, numbers, room),
            5 => turn_row::<M, 8, 4>(m, from, of, numbers, room),
            _ => turn_row::<M, 8, 2>(m, from, of, numbers, room),
        }
    }

    /// The panel that is used at this turn.
    #[inline(always)]
    fn panel(&self, at: usize) -> Panel<'a> {
        let rest = &self.of.weights[at * self.of.inputs..];
        let (weights, next) = rest.split_at(self.of.inputs);
        Panel { weights, next }
    }

    /// The outputs from `from` on for which there are sums.
    #[inline(always)]
    fn back<M: Machine>(&self, m: M, sums: Sums<'_>, from: usize, lines: &mut [f32]) {
        let stride = self.out_stride();
        let outputs = sums.stride.min(stride - from);
        let with = (&self.of.bias[from..][..outputs], self.of.least);
        let (grid, to) = ((&self.grid, from), (lines, stride));
        match self.of.side {
            3 => back_row::<M, 6, 4>(m, sums, with, grid, to),
            5 => back_row::<M, 8, 4>(m, sums, with, grid, to),
            _ => back_row::<M, 8, 2>(m, sums, with, grid, to),
        }
    }
}

/// A buffer of at least this length.
fn grown(buffer: &mut Vec<f32>, length: usize) -> &mut [f32] {
    if buffer.len() < length {
        buffer.resize(length, 0.0);
    }
    &mut buffer[..length]
}

/// Of each row of patches the places of its numbers.
fn by_rows(values: &mut [f32], plane: usize, row: usize, rows: usize) -> Vec<Vec<&mut [f32]>> {
    let mut of_rows: Vec<Vec<&mut [f32]>> = (0..rows).map(|_| Vec::new()).collect();
    for values in values.chunks_exact_mut(plane) {
        for (of_row, place) in of_rows.iter_mut().zip(values.chunks_exact_mut(row)) {
            of_row.push(place);
        }
    }
    of_rows
}

struct AtOnce<'a> {
    call: Call<'a>,
    piece: Piece<'a>,
    rows: usize,
    seen: &'a mut [f32],
    sums: &'a mut [f32],
    room: &'a mut [f32],
}

impl Work for AtOnce<'_> {
    type Made = ();

    #[inline(always)]
    fn on<M: Machine>(self, m: M) {
        let Self {
            call,
            piece,
            rows,
            seen,
            sums,
            room,
        } = self;
        let (seen_plane, sums_plane) = call.planes(rows, PANEL);
        let row = call.grid.columns * call.x.stride();
        let of_rows = by_rows(seen, seen_plane, row, rows);
        for (at, mut numbers) in of_rows.into_iter().enumerate() {
            call.turn(m, (piece.picture, piece.row + at), &mut numbers, room);
        }
        let made = call.of.made() * call.grid.width * call.out_stride();
        for panel in 0..call.panels() {
            for number in 0..call.numbers() {
                let weights = call.panel(panel * call.numbers() + number);
                let seen = &seen[number * seen_plane..][..seen_plane];
                let sums = &mut sums[number * sums_plane..][..sums_plane];
                mix(m, weights, (seen, call.x.stride()), (sums, PANEL));
            }
            for (at, lines) in piece.lines.chunks_mut(made).enumerate() {
                let sums = Sums {
                    values: sums,
                    plane: sums_plane,
                    stride: PANEL,
                    first: at * call.grid.columns,
                };
                call.back(m, sums, panel * PANEL, lines);
            }
        }
    }
}

struct Turn<'a> {
    call: Call<'a>,
    of: (usize, usize),
    numbers: Vec<&'a mut [f32]>,
    room: &'a mut [f32],
}

impl Work for Turn<'_> {
    type Made = ();

    #[inline(always)]
    fn on<M: Machine>(mut self, m: M) {
        self.call.turn(m, self.of, &mut self.numbers, self.room);
    }
}

struct Mix<'a> {
    call: Call<'a>,
    number: usize,
    seen: &'a [f32],
    sums: &'a mut [f32],
}

impl Work for Mix<'_> {
    type Made = ();

    #[inline(always)]
    fn on<M: Machine>(self, m: M) {
        let (panels, made) = (self.call.panels(), self.call.of.bias.len());
        for panel in 0..panels {
            let weights = self.call.panel(self.number * panels + panel);
            let sums = &mut self.sums[panel * PANEL..];
            mix(m, weights, (self.seen, self.call.x.stride()), (sums, made));
        }
    }
}

struct Back<'a> {
    call: Call<'a>,
    sums: Sums<'a>,
    lines: &'a mut [f32],
}

impl Work for Back<'_> {
    type Made = ();

    #[inline(always)]
    fn on<M: Machine>(self, m: M) {
        self.call.back(m, self.sums, 0, self.lines);
    }
}
