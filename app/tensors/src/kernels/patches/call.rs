//! One call of a convolution by patches: all of a few patches by one thread where the weights fit into a core's reach, and step
//! by step over many patches, so that every weight is read once, where they do not.

use rayon::prelude::*;

use super::field::EVEN;
use super::lanes::{Machine, Work, widest};
use super::mixing::{PANEL, Panel, mix};
use super::turning::{Grid, Sums, back_row, room_of_turn, turn_row};
use super::{Field, Patched, Room, points};
use crate::kernels::product::with_buffer;

/// Patches that are worked on at a time where their numbers and sums are to stay in a core's cache, at least.
const FEW: usize = 24;
/// Patches that are worked on at a time, at most, where the weights are what fills the caches.
const MANY: usize = 192;
/// Lines of the result that belong to some rows of patches.
struct Piece<'a> {
    picture: usize,
    /// its first row of patches
    row: usize,
    lines: &'a mut [f32],
}

/// One call.
#[derive(Clone, Copy)]
pub(super) struct Call<'a> {
    pub(super) of: &'a Patched,
    pub(super) x: &'a Field,
    pub(super) grid: Grid,
}

/// Numbers between the places of two numbers of a patch, so that these do not all want the same lines of a cache.
const APART: usize = 16;

impl<'a> Call<'a> {
    /// Makes the result.
    pub(super) fn run(&self, out: &mut Field, room: &mut Room) {
        if self.of.at_once {
            let rows = FEW.div_ceil(self.grid.columns);
            let pieces = self.pieces(rows, out);
            pieces.into_par_iter().for_each(|piece| self.at_once(piece));
        } else {
            let rows = (MANY / self.grid.columns).max(1);
            for pieces in self.pieces(1, out).chunks_mut(rows) {
                self.step_by_step(pieces, room);
            }
        }
    }

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
        self.of.outputs.next_multiple_of(EVEN)
    }

    /// How far one number of a patch is from the next for so many rows of patches: seen, and of `outputs` sums.
    fn planes(&self, rows: usize, outputs: usize) -> (usize, usize) {
        let patches = rows * self.grid.columns;
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
        room_of_turn(&self.grid, points, made, EVEN)
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
                    patches: pieces.len() * self.grid.columns,
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
                let seen = (seen, call.x.stride());
                mix(m, weights, rows * call.grid.columns, seen, (sums, PANEL));
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
    patches: usize,
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
            let seen = (self.seen, self.call.x.stride());
            mix(m, weights, self.patches, seen, (sums, made));
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
