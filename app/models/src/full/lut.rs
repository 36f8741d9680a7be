//! A change of colours as a smooth function of colour: a curve on each sRGB code value, a 3 × 4 matrix, and on a grid of 17³
//! colours what these leave. The grid is fitted by least squares with a penalty on its differences (as thin plates are), so
//! that where a photo has few colours or none it goes on from those it has, and it is made stiffer until brightness nowhere
//! turns back.

use super::codes::Codes;
use super::curve::Curve;
use super::least::{solved, trust};

/// Colours along each side of the grid.
const SIDE: usize = 17;

/// Stiffness of the grid, softest first: mass of data in a cell that outweighs its second differences.
const STIFFNESS: [f32; 4] = [0.3, 2.4, 20.0, 160.0];

/// First differences count so much of the second: beyond its data the grid flattens slowly.
const FLATTEN: f32 = 0.1;

/// Brightness may turn back by so much from one grid point to the next, code values, and where so little of the picture is.
const SLACK: f32 = 0.003;
const SLACK_SHARE: f64 = 0.01;

/// The matrix stays the identity where the photo's colours say nothing: as if this share of the picture said so.
const RIDGE: f64 = 1e-3;

/// Scales of an inlier's residual while the matrix is found, code values.
const SCALES: [f32; 4] = [0.5, 0.3, 0.15, 0.1];

/// Rec. 709 luma.
const LUMA: [f32; 3] = [0.2126, 0.7152, 0.0722];

/// A function of colour, from sRGB code values to sRGB code values, continued beyond [0, 1].
#[derive(Clone, Debug)]
pub(super) struct Lut {
    curve: Curve,
    matrix: [[f32; 4]; 3],
    /// red fastest
    rest: Vec<[f32; 3]>,
}

/// A place on the grid: its cell's first corner and the shares along each side.
struct Cell {
    first: usize,
    share: [f32; 3],
}

impl Cell {
    fn of(colour: [f32; 3]) -> Self {
        let mut first = 0;
        let mut share = [0.0; 3];
        for (c, step) in [1, SIDE, SIDE * SIDE].into_iter().enumerate() {
            let at = colour[c].clamp(0.0, 1.0) * (SIDE - 1) as f32;
            let whole = (at as usize).min(SIDE - 2);
            first += whole * step;
            share[c] = at - whole as f32;
        }
        Self { first, share }
    }

    /// Its corners and their weights.
    fn corners(&self) -> [(usize, f32); 8] {
        let [r, g, b] = self.share;
        std::array::from_fn(|k| {
            let side = |bit: usize, share: f32| {
                if k >> bit & 1 == 1 {
                    share
                } else {
                    1.0 - share
                }
            };
            (
                self.first + CORNERS[k],
                side(0, r) * side(1, g) * side(2, b),
            )
        })
    }
}

/// Steps from a cell's first corner to each.
const CORNERS: [usize; 8] = {
    let (g, b) = (SIDE, SIDE * SIDE);
    [0, 1, g, g + 1, b, b + 1, b + g, b + g + 1]
};

impl Lut {
    /// What becomes of a colour.
    pub(super) fn of(&self, colour: [f32; 3]) -> [f32; 3] {
        let [r, g, b] = colour.map(|v| self.curve.of(v));
        let mut out = self.matrix.map(|m| m[0] * r + m[1] * g + m[2] * b + m[3]);
        for (corner, weight) in Cell::of(colour).corners() {
            for (out, rest) in out.iter_mut().zip(self.rest[corner]) {
                *out += weight * rest;
            }
        }
        out
    }

    /// The function that turns the colours of `source` into those of `edit`; `weights` says how much each pixel counts.
    pub(super) fn fitted(source: &Codes, edit: &Codes, weights: &[f32]) -> Self {
        // a curve of each channel, as a darkroom bends them, or one of brightness, as a turn to grey leaves it
        let curves = [
            Curve::of_channels(source, edit, weights),
            Curve::of_brightness(source, edit, weights),
        ];
        let [one, other] = curves.map(|curve| {
            let bent = source.mapped(|_, value| curve.of(value));
            let lut = Self {
                matrix: matrix(&bent, edit, weights),
                curve,
                rest: vec![[0.0; 3]; SIDE * SIDE * SIDE],
            };
            (lut.off(source, edit, weights), lut)
        });
        let mut lut = if one.0 <= other.0 { one.1 } else { other.1 };
        let data = Data::of(&lut, source, edit, weights);
        for stiffness in STIFFNESS {
            lut.rest = data.solved(stiffness);
            if lut.steady(&data) {
                return lut;
            }
        }
        lut.rest.fill([0.0; 3]);
        lut
    }

    /// How badly it explains the edit: residuals that count the less the larger they are.
    fn off(&self, source: &Codes, edit: &Codes, weights: &[f32]) -> f64 {
        let mut sum = 0.0;
        for (i, weight) in weights.iter().enumerate() {
            let (made, edit) = (self.of(source.at(i)), edit.at(i));
            let squared: f32 = (0..3).map(|c| (made[c] - edit[c]).powi(2)).sum();
            sum += f64::from(weight * squared / (squared + 0.01));
        }
        sum
    }

    /// Whether brightness goes one way along the sides of the cells that have data, and from black to white.
    fn steady(&self, data: &Data) -> bool {
        let colour = |i: usize| {
            let at = |step: usize| (i / step % SIDE) as f32 / (SIDE - 1) as f32;
            [at(1), at(SIDE), at(SIDE * SIDE)]
        };
        let bright: Vec<f32> = (0..self.rest.len())
            .map(|i| {
                let out = self.of(colour(i)).map(|v| v.clamp(0.0, 1.0));
                LUMA.iter().zip(out).map(|(l, v)| l * v).sum()
            })
            .collect();
        let along = [1, SIDE, SIDE * SIDE].into_iter().all(|step| {
            let steps: Vec<(f32, f32)> = (0..bright.len())
                .filter(|i| i / step % SIDE + 1 < SIDE)
                .map(|i| {
                    (
                        data.mass[i].min(data.mass[i + step]),
                        bright[i + step] - bright[i],
                    )
                })
                .collect();
            one_way(&steps)
        });
        let diagonal = 1 + SIDE + SIDE * SIDE;
        let greys: Vec<(f32, f32)> = (0..SIDE - 1)
            .map(|k| (1.0, bright[(k + 1) * diagonal] - bright[k * diagonal]))
            .collect();
        along && one_way(&greys)
    }
}

/// Whether steps, each with its weight, go one way but for the slack.
fn one_way(steps: &[(f32, f32)]) -> bool {
    let sum = |of: &dyn Fn(f32) -> f32| -> f64 {
        steps
            .iter()
            .map(|(mass, step)| f64::from(mass * of(*step)))
            .sum()
    };
    let way = sum(&|step| step).signum() as f32;
    let back = sum(&|step| f32::from(u8::from(step * way < -SLACK)));
    back <= SLACK_SHARE * sum(&|_| 1.0)
}

/// The matrix that explains most of the picture.
fn matrix(source: &Codes, edit: &Codes, weights: &[f32]) -> [[f32; 4]; 3] {
    let mut matrix: [[f32; 4]; 3] =
        std::array::from_fn(|row| std::array::from_fn(|c| if row == c { 1.0 } else { 0.0 }));
    let feature = |i: usize| {
        let [r, g, b] = source.at(i).map(f64::from);
        [r, g, b, 1.0]
    };
    let total: f64 = weights.iter().map(|w| f64::from(*w)).sum();
    for (round, scale) in SCALES.into_iter().enumerate() {
        let mut normal = [[0.0f64; 4]; 4];
        let mut right = [[0.0f64; 4]; 3];
        for (i, &weight) in weights.iter().enumerate() {
            let (from, to) = (feature(i), edit.at(i));
            let apart: [f32; 3] = std::array::from_fn(|c| {
                let made: f64 = (0..4).map(|k| f64::from(matrix[c][k]) * from[k]).sum();
                to[c] - made as f32
            });
            // the first answer listens to all, the next leave out what it cannot explain
            let squared = if round == 0 {
                0.0
            } else {
                apart.iter().map(|v| v * v).sum()
            };
            let weight = f64::from(weight * trust(squared, scale * scale));
            for a in 0..4 {
                for b in 0..4 {
                    normal[a][b] += weight * from[a] * from[b];
                }
                for (right, to) in right.iter_mut().zip(to) {
                    right[a] += weight * from[a] * f64::from(to);
                }
            }
        }
        let ridge = RIDGE * total + 1e-9;
        for (a, row) in normal.iter_mut().enumerate() {
            row[a] += ridge;
        }
        for (c, right) in right.into_iter().enumerate() {
            let mut right = right;
            right[c] += ridge;
            if let Some(row) = solved(normal, right) {
                matrix[c] = row.map(|v| v as f32);
            }
        }
    }
    matrix
}

/// The normal equations of the grid: for each cell the products of its corners' weights, for each grid point its right side.
struct Data {
    cells: Vec<[[f32; 8]; 8]>,
    /// of data at each grid point
    mass: Vec<f32>,
    right: Vec<[f32; 3]>,
}

impl Data {
    fn of(lut: &Lut, source: &Codes, edit: &Codes, weights: &[f32]) -> Self {
        let points = SIDE * SIDE * SIDE;
        let mut data = Self {
            cells: vec![[[0.0; 8]; 8]; points],
            mass: vec![0.0; points],
            right: vec![[0.0; 3]; points],
        };
        let total: f64 = weights.iter().map(|w| f64::from(*w)).sum();
        let unit = (points as f64 / total.max(1e-9)) as f32;
        for (i, weight) in weights.iter().enumerate() {
            let (from, to) = (source.at(i), edit.at(i));
            let made = lut.of(from);
            let left: [f32; 3] = std::array::from_fn(|c| to[c] - made[c]);
            let squared: f32 = left.iter().map(|v| v * v).sum();
            let weight = unit * weight * trust(squared, 0.2 * 0.2);
            let cell = Cell::of(from);
            let corners = cell.corners();
            for (a, (corner, wa)) in corners.iter().enumerate() {
                data.mass[*corner] += weight * wa;
                for (b, (_, wb)) in corners.iter().enumerate() {
                    data.cells[cell.first][a][b] += weight * wa * wb;
                }
                for (right, left) in data.right[*corner].iter_mut().zip(left) {
                    *right += weight * wa * left;
                }
            }
        }
        data
    }

    /// The grid, by conjugate gradients (Hestenes & Stiefel 1952), all three channels beside each other.
    fn solved(&self, stiffness: f32) -> Vec<[f32; 3]> {
        let mut x = vec![[0.0f32; 3]; self.right.len()];
        let mut left = self.right.clone();
        let mut way = left.clone();
        let mut power = dot(&left, &left);
        let begin = power;
        for _ in 0..200 {
            let seen = self.times(&way, stiffness);
            let along = dot(&way, &seen);
            let step: [f32; 3] = std::array::from_fn(|c| ratio(power[c], along[c]));
            for i in 0..x.len() {
                for c in 0..3 {
                    x[i][c] += step[c] * way[i][c];
                    left[i][c] -= step[c] * seen[i][c];
                }
            }
            let next = dot(&left, &left);
            if (0..3).all(|c| next[c] <= 1e-10 * begin[c]) {
                break;
            }
            for i in 0..x.len() {
                for c in 0..3 {
                    way[i][c] = left[i][c] + ratio(next[c], power[c]) * way[i][c];
                }
            }
            power = next;
        }
        x
    }

    /// The equations' left side.
    fn times(&self, x: &[[f32; 3]], stiffness: f32) -> Vec<[f32; 3]> {
        let mut out = vec![[0.0f32; 3]; x.len()];
        for (first, cell) in self.cells.iter().enumerate() {
            if cell[0][0] == 0.0 && cell[7][7] == 0.0 && cell[3][3] == 0.0 && cell[4][4] == 0.0 {
                continue;
            }
            for (row, a) in cell.iter().zip(CORNERS) {
                for (weight, b) in row.iter().zip(CORNERS) {
                    for c in 0..3 {
                        out[first + a][c] += weight * x[first + b][c];
                    }
                }
            }
        }
        for step in [1, SIDE, SIDE * SIDE] {
            for i in 0..x.len() {
                let at = i / step % SIDE;
                for c in 0..3 {
                    if at + 1 < SIDE {
                        let d = stiffness * FLATTEN * (x[i + step][c] - x[i][c]);
                        out[i][c] -= d;
                        out[i + step][c] += d;
                    }
                    if at + 2 < SIDE {
                        let bend = x[i][c] - 2.0 * x[i + step][c] + x[i + 2 * step][c];
                        let d = stiffness * bend;
                        out[i][c] += d;
                        out[i + step][c] -= 2.0 * d;
                        out[i + 2 * step][c] += d;
                    }
                }
            }
        }
        out
    }
}

fn dot(a: &[[f32; 3]], b: &[[f32; 3]]) -> [f64; 3] {
    std::array::from_fn(|c| {
        a.iter()
            .zip(b)
            .map(|(a, b)| f64::from(a[c]) * f64::from(b[c]))
            .sum()
    })
}

fn ratio(a: f64, b: f64) -> f32 {
    if b > 0.0 { (a / b) as f32 } else { 0.0 }
}
