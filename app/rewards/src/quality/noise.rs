//! Noise in the flat parts of the source, in lightness and in colour (after Immerkær 1996: second differences of a
//! flat part are noise).

use retake_core::{decimals, said};
use retake_pixels::lab::Lab;

use crate::asked::Leave;
use crate::bands::{BLOCK, Grid};
use crate::finding::{Finding, saturating, shown};
use crate::scene::{After, Before};
use crate::tiles;

/// Share of the blocks that count as flat.
const FLAT: f32 = 0.25;
/// Growth that comes with any change of tone.
const FREE_FACTOR: f32 = 1.35;
/// Noise that nobody sees, L*.
const FREE: f32 = 0.25;

/// Standard deviation of the noise in a block.
fn sigma(plane: &[f32], grid: Grid, b: usize) -> f32 {
    let (x0, x1, y0, y1) = grid.span(b);
    if x1 - x0 < 3 {
        return 0.0;
    }
    let rows = (y0..y1).map(|y| &plane[y * grid.width + x0..y * grid.width + x1]);
    let squares: f32 = match x1 - x0 {
        BLOCK => {
            let mut sums = [0.0f32; BLOCK - 2];
            rows.filter_map(|row| row.first_chunk())
                .for_each(|row| add_squares(row, &mut sums));
            sums.iter().sum()
        }
        _ => rows
            .flat_map(|row| row.windows(3))
            .map(|triple| 2.0 * triple[1] - triple[0] - triple[2])
            .map(|d| d * d)
            .sum(),
    };
    (squares / 6.0 / ((x1 - x0 - 2) * (y1 - y0)) as f32).sqrt()
}

/// Adds the squared second differences of a row of a block, column by column.
#[inline]
fn add_squares(row: &[f32; BLOCK], sums: &mut [f32; BLOCK - 2]) {
    for (i, sum) in sums.iter_mut().enumerate() {
        let d = 2.0 * row[i + 1] - row[i] - row[i + 2];
        *sum += d * d;
    }
}

/// Noise of every block.
pub(crate) fn of_blocks(lab: &Lab, grid: Grid) -> Vec<f32> {
    (0..grid.len()).map(|b| noise(lab, grid, b)).collect()
}

/// Noise of lightness and, seen less, of colour.
fn noise(lab: &Lab, grid: Grid, b: usize) -> f32 {
    let [l, a, b] = [&lab.l, &lab.a, &lab.b].map(|plane| sigma(plane, grid, b));
    (l * l + 0.2 * (a * a + b * b)).sqrt()
}

fn median(values: &mut [f32]) -> f32 {
    if values.is_empty() {
        return 0.0;
    }
    let middle = values.len() / 2;
    *values.select_nth_unstable_by(middle, f32::total_cmp).1
}

struct Flat {
    block: usize,
    tile: usize,
    had: f32,
    has: f32,
    kept: f32,
}

pub(super) fn find(before: &Before<'_>, after: &After) -> Finding {
    let grid = before.side.grid;
    let relief = before.asked.relief(Leave::Noise);
    let had = before.side.noise().iter().copied();
    let mut blocks: Vec<(f32, usize)> = had.zip(0..).collect();
    blocks.sort_by(|x, y| x.0.total_cmp(&y.0).then(x.1.cmp(&y.1)));
    let count = ((grid.len() as f32 * FLAT).ceil() as usize).min(grid.len());
    let flat: Vec<Flat> = blocks[..count]
        .iter()
        .map(|&(had, block)| {
            let (x0, x1, y0, y1) = grid.span(block);
            let middle = (y0 + y1) / 2 * grid.width + (x0 + x1) / 2;
            Flat {
                block,
                tile: grid.tile(block),
                had,
                has: noise(&after.lab, grid, block),
                kept: 1.0 - relief.at(middle),
            }
        })
        .collect();
    let excess = |flat: &Flat| {
        (flat.has - (flat.had * FREE_FACTOR).max(flat.had + FREE)).max(0.0) * flat.kept
    };
    // noise that jumps between few tones is banding, and is counted there
    let stepped = 0.4 * after.new_gaps;
    let cost_without = |tile: Option<usize>| {
        let mut excesses: Vec<f32> = flat
            .iter()
            .filter(|flat| Some(flat.tile) != tile)
            .map(excess)
            .collect();
        saturating(median(&mut excesses), 2.2, 0.6) / (1.0 + stepped)
    };
    let cost = cost_without(None);
    let others: Vec<f32> = (0..tiles::COUNT).map(|t| cost_without(Some(t))).collect();
    let mean = others.iter().sum::<f32>() / others.len() as f32;
    let squares: f32 = others.iter().map(|v| (v - mean) * (v - mean)).sum();
    let spread = (squares * (tiles::COUNT - 1) as f32 / tiles::COUNT as f32).sqrt();
    let (mut had, mut has): (Vec<f32>, Vec<f32>) = flat.iter().map(|f| (f.had, f.has)).unzip();
    Finding {
        id: "noise",
        text: said!(
            "Noise in flat parts: σ {before} → {after} L*.",
            before = decimals(median(&mut had), 2),
            after = decimals(median(&mut has), 2)
        ),
        cost,
        spread,
        map: shown(cost, || {
            let mut shown = vec![0.0f32; grid.len()];
            for flat in &flat {
                shown[flat.block] = (excess(flat) / 3.0).min(1.0);
            }
            grid.map(&shown)
        }),
    }
}
