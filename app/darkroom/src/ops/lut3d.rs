//! A look-up table, as `.cube` files carry it.

use super::{Group, Op, Param, Work};
use crate::exchange::cube::{Cube, Table};
use crate::recipe::Operation;
use retake_pixels::color::{srgb_decode, srgb_encode};
use retake_pixels::matrix::{REC2020_FROM_SRGB, SRGB_FROM_REC2020, apply};
use retake_pixels::vectorised;

/// Data: a [`Cube`] as JSON. Colours go in and come out as coded sRGB. A box is interpolated over tetrahedra (Kanamori
/// et al. 1992; Sakamoto and Itooka's patent of 1981), a curve straight between its values. Beyond the table's domain its
/// outermost cells go on straight, for at most half the domain, so that highlights brighter than white are not cut off.
pub static OP: Op = Op {
    id: "lut3d",
    name: "Look-up table",
    about: "The look of a .cube file, by degrees.",
    group: Group::Effects,
    params: &[Param {
        id: "strength",
        name: "Strength",
        unit: "%",
        range: (0.0, 100.0),
        neutral: 100.0,
    }],
    work: Work::Point { prepare, run },
    check: |operation| Cube::from_value(&operation.data).map(|_| ()),
    wgsl: include_str!("../../../../shaders/ops/lut3d.wgsl"),
};

/// Before the table: its dimensions (0 for none), size, strength, domain's least values, 1/its widths times size − 1.
const HEAD: usize = 9;

fn prepare(operation: &Operation, _: &super::Scene) -> Vec<f32> {
    let Ok(cube) = Cube::from_value(&operation.data) else {
        return vec![0.0; HEAD];
    };
    let (dimensions, size, table) = match &cube.table {
        Table::Curve(values) => (1.0, values.len(), values),
        Table::Box { size, values } => (3.0, *size, values),
    };
    let mut constants = vec![dimensions, size as f32, operation.value(0) / 100.0];
    constants.extend(cube.domain_min);
    constants
        .extend([0, 1, 2].map(|i| (size - 1) as f32 / (cube.domain_max[i] - cube.domain_min[i])));
    constants.extend(table.iter().flatten());
    constants
}

/// The cell under a coordinate in cells, and the place in it (beyond 0..1 only outside the table).
#[inline(always)]
fn cell(place: f32, cells: f32) -> (usize, f32) {
    let place = place.clamp(-0.5 * cells, 1.5 * cells);
    let whole = place.clamp(0.0, cells - 1.0) as i32;
    (whole as usize, place - whole as f32)
}

/// Straight from corner to corner of the box along its axes, the axis gone furthest first.
#[inline(always)]
fn in_box(table: &[f32], size: usize, place: [f32; 3]) -> [f32; 3] {
    let cells = (size - 1) as f32;
    let ((i, x), (j, y), (k, z)) = (
        cell(place[0], cells),
        cell(place[1], cells),
        cell(place[2], cells),
    );
    let base = 3 * ((k * size + j) * size + i);
    let (dx, dy, dz) = (3, 3 * size, 3 * size * size);
    // selections instead of branches: which way is furthest is a coin toss from pixel to pixel
    let furthest = if x >= y {
        if x >= z { dx } else { dz }
    } else if y >= z {
        dy
    } else {
        dz
    };
    let nearest = if z <= y {
        if z <= x { dz } else { dx }
    } else if y <= x {
        dy
    } else {
        dx
    };
    let f1 = x.max(y).max(z);
    let f2 = x.min(y).max(x.max(y).min(z));
    let f3 = x.min(y).min(z);
    let far = base + dx + dy + dz;
    // one check for the cell's whole stretch of the table
    let stretch = &table[base..far + 3];
    let (one, two, three) = (furthest, dx + dy + dz - nearest, dx + dy + dz);
    let along = |c: usize| {
        let (v0, v1, v2, v3) = (
            stretch[c],
            stretch[one + c],
            stretch[two + c],
            stretch[three + c],
        );
        v0 + f1 * (v1 - v0) + f2 * (v2 - v1) + f3 * (v3 - v2)
    };
    [along(0), along(1), along(2)]
}

#[inline(always)]
fn on_curve(table: &[f32], size: usize, place: f32, channel: usize) -> f32 {
    let (i, x) = cell(place, (size - 1) as f32);
    let (low, high) = (table[3 * i + channel], table[3 * i + 3 + channel]);
    low + x * (high - low)
}

/// Pixels that wait for the table at a time: looking up is done one by one, all around it in vectors.
const CHUNK: usize = 256;

vectorised! {
    fn run(constants: &[f32], _x: usize, _y: usize, r: &mut [f32], g: &mut [f32], b: &mut [f32]) {
        let (head, table) = constants.split_at(HEAD);
        if head[0] < 1.0 {
            return;
        }
        let mut k = [0.0f32; HEAD];
        k.copy_from_slice(head);
        let size = k[1] as usize;
        let chunks = r.chunks_mut(CHUNK).zip(g.chunks_mut(CHUNK)).zip(b.chunks_mut(CHUNK));
        for ((r, g), b) in chunks {
            let count = r.len();
            let mut found = [[0.0f32; CHUNK]; 3];
            coordinates(&k, r, g, b, &mut found);
            if k[0] > 1.0 {
                look_up_box(table, size, count, &mut found);
            } else {
                look_up_curves(table, size, count, &mut found);
            }
            mixed(k[2], &found, r, g, b);
        }
    }
}

#[inline(never)]
fn look_up_box(table: &[f32], size: usize, count: usize, found: &mut [[f32; CHUNK]; 3]) {
    let [x, y, z] = found;
    for ((x, y), z) in x.iter_mut().zip(y).zip(z).take(count) {
        [*x, *y, *z] = in_box(table, size, [*x, *y, *z]);
    }
}

#[inline(never)]
fn look_up_curves(table: &[f32], size: usize, count: usize, found: &mut [[f32; CHUNK]; 3]) {
    for (channel, plane) in found.iter_mut().enumerate() {
        for value in &mut plane[..count] {
            *value = on_curve(table, size, *value, channel);
        }
    }
}

/// Where colours lie in the table, in cells.
#[inline(always)]
fn coordinates(k: &[f32; HEAD], r: &[f32], g: &[f32], b: &[f32], out: &mut [[f32; CHUNK]; 3]) {
    let [x, y, z] = out;
    let colours = r.iter().zip(g).zip(b);
    for (((x, y), z), ((r, g), b)) in x.iter_mut().zip(y).zip(z).zip(colours) {
        let coded = apply(&SRGB_FROM_REC2020, [*r, *g, *b]);
        *x = (srgb_encode(coded[0]) - k[3]) * k[6];
        *y = (srgb_encode(coded[1]) - k[4]) * k[7];
        *z = (srgb_encode(coded[2]) - k[5]) * k[8];
    }
}

#[inline(always)]
fn mixed(strength: f32, found: &[[f32; CHUNK]; 3], r: &mut [f32], g: &mut [f32], b: &mut [f32]) {
    let [x, y, z] = found;
    let colours = r.iter_mut().zip(g).zip(b);
    for (((x, y), z), ((r, g), b)) in x.iter().zip(y).zip(z).zip(colours) {
        let linear = [srgb_decode(*x), srgb_decode(*y), srgb_decode(*z)];
        let [nr, ng, nb] = apply(&REC2020_FROM_SRGB, linear);
        *r = nr * strength + *r * (1.0 - strength);
        *g = ng * strength + *g * (1.0 - strength);
        *b = nb * strength + *b * (1.0 - strength);
    }
}
