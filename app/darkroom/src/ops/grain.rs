//! Grain: the structure of film, the same on every device and at every size of the picture.

use super::pixel::{lightness, relit};
use super::{Group, Op, Param, Work, no_data};
use retake_pixels::color::luminance;
use retake_pixels::vectorised;

/// Over t = L*/100, t becomes t·(1 + amount/100 · (1 − t) · n): most in the mid-tones, none in black and white. n, within
/// [−1, 1], is noise on two lattices, of cells of `size` and of 0.46·size, mixed by roughness; between lattice points it
/// is eased and scaled to constant variance. Lattice values are sums of the halves of a 32-bit hash (PCG-RXS-M-XS: Jarzynski and Olano 2020,
/// "Hash Functions for GPU Rendering") of cell and seed. Cells below a pixel fade with their size, as their mean would.
pub static OP: Op = Op {
    id: "grain",
    name: "Grain",
    about: "Film grain, strongest in the mid-tones, of any size and roughness.",
    group: Group::Effects,
    params: &[
        Param {
            id: "amount",
            name: "Amount",
            unit: "%",
            range: (0.0, 100.0),
            neutral: 0.0,
        },
        Param {
            id: "size",
            name: "Size",
            unit: "% of the long edge",
            range: (0.01, 1.0),
            neutral: 0.05,
        },
        Param {
            id: "roughness",
            name: "Roughness",
            unit: "%",
            range: (0.0, 100.0),
            neutral: 50.0,
        },
        Param {
            id: "seed",
            name: "Seed",
            unit: "",
            range: (0.0, 65535.0),
            neutral: 0.0,
        },
    ],
    work: Work::Point {
        prepare: |operation, scene| {
            let size = operation.value(1) / 100.0 * scene.long_edge();
            let fine = 0.46 * size;
            let rough = operation.value(2) / 100.0;
            let norm = (rough * rough + (1.0 - rough) * (1.0 - rough)).sqrt();
            vec![
                operation.value(0) / 100.0,
                1.0 / size,
                1.0 / fine,
                (1.0 - rough) / norm * size.min(1.0),
                rough / norm * fine.min(1.0),
                operation.value(3).round(),
            ]
        },
        run,
    },
    check: no_data,
    wgsl: include_str!("../../../../shaders/ops/grain.wgsl"),
};

#[inline(always)]
fn hash(value: u32) -> u32 {
    let state = value.wrapping_mul(747_796_405).wrapping_add(2_891_336_453);
    let word = ((state >> ((state >> 28) + 4)) ^ state).wrapping_mul(277_803_737);
    (word >> 22) ^ word
}

/// A lattice value in [−1, 1], more often near 0.
#[inline(always)]
fn lattice(column: i32, row: u32) -> f32 {
    let h = hash(row.wrapping_add(column as u32));
    ((h & 0xFFFF) + (h >> 16)) as i32 as f32 * (1.0 / 65535.0) - 1.0
}

#[inline(always)]
fn eased(t: f32) -> f32 {
    t * t * (3.0 - 2.0 * t)
}

/// One row of a lattice as a span of pixels crosses it: hashes of the rows above and below, and the way between.
#[derive(Clone, Copy)]
struct Rows {
    above: u32,
    below: u32,
    way: f32,
    variance: f32,
}

impl Rows {
    #[inline(always)]
    fn at(y: f32, seed: u32) -> Self {
        let row = y as i32;
        let way = eased(y - row as f32);
        Self {
            above: hash((row as u32).wrapping_add(seed)),
            below: hash((row as u32).wrapping_add(1).wrapping_add(seed)),
            way,
            variance: way * way + (1.0 - way) * (1.0 - way),
        }
    }
    #[inline(always)]
    fn noise(self, x: f32) -> f32 {
        let column = x as i32;
        let way = eased(x - column as f32);
        let above =
            lattice(column, self.above) * (1.0 - way) + lattice(column + 1, self.above) * way;
        let below =
            lattice(column, self.below) * (1.0 - way) + lattice(column + 1, self.below) * way;
        let variance = self.variance * (way * way + (1.0 - way) * (1.0 - way));
        (above * (1.0 - self.way) + below * self.way) / variance.sqrt()
    }
}

vectorised! {
    #[expect(
        clippy::explicit_counter_loop,
        reason = "a 32-bit counter keeps the loop vectorised"
    )]
    fn run(constants: &[f32], x: usize, y: usize, r: &mut [f32], g: &mut [f32], b: &mut [f32]) {
        let mut k = [0.0f32; 6];
        k.copy_from_slice(&constants[..6]);
        let seed = hash(k[5] as u32);
        let coarse = Rows::at((y as f32 + 0.5) * k[1], seed);
        let fine = Rows::at((y as f32 + 0.5) * k[2], hash(seed));
        let mut column = x as i32;
        for ((r, g), b) in r.iter_mut().zip(g.iter_mut()).zip(b.iter_mut()) {
            let x = column as f32 + 0.5;
            let noise = k[3] * coarse.noise(x * k[1]) + k[4] * fine.noise(x * k[2]);
            let noise = noise.clamp(-1.0, 1.0);
            let rgb = [*r, *g, *b];
            let t = lightness(luminance(rgb));
            [*r, *g, *b] = relit(rgb, t, t * (1.0 + k[0] * (1.0 - t).max(0.0) * noise));
            column += 1;
        }
    }
}
