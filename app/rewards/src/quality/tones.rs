//! The distribution of lightness: too dark, too light, or with hardly any range.

use retake_core::{decimals, said};
use retake_pixels::sums;

use crate::asked::Leave;
use crate::finding::{Finding, saturating};
use crate::scene::{After, Before};
use crate::tiles;

/// Whole numbers of L*.
const BINS: usize = 101;

/// How often each L* occurs in each tile.
pub(crate) type Tones = [[u32; 256]; tiles::COUNT];

/// The tones of a plane of L*.
pub(crate) fn tones(plane: &[f32], width: usize, height: usize) -> Tones {
    let mut tones = [[0u32; 256]; tiles::COUNT];
    let mut bins = vec![0u8; width];
    for (y, row) in plane.chunks_exact(width.max(1)).enumerate() {
        sums::bins(row, 1.0, 0.5, (BINS - 1) as u8, &mut bins);
        for column in 0..tiles::SIDE {
            let tile = &mut tones[(y * tiles::SIDE / height) * tiles::SIDE + column];
            sums::count(&bins[tiles::columns(column, width)], tile);
        }
    }
    tones
}

struct Shape {
    mean: f32,
    /// from the 2nd to the 98th percentile of L*
    range: f32,
}

fn shape(histogram: &[f64]) -> Shape {
    let total: f64 = histogram.iter().sum::<f64>().max(1e-9);
    let level = |share: f64| {
        let mut below = 0.0;
        for (l, count) in histogram.iter().enumerate() {
            if below + count >= share * total && *count > 0.0 {
                return l as f64 - 0.5 + (share * total - below) / count;
            }
            below += count;
        }
        100.0
    };
    let mean = histogram
        .iter()
        .enumerate()
        .map(|(l, count)| l as f64 * count)
        .sum::<f64>()
        / total;
    Shape {
        mean: mean as f32,
        range: (level(0.98) - level(0.02)) as f32,
    }
}

/// Costs of being too dark, too light and too flat.
fn costs(shape: &Shape) -> [f32; 3] {
    [
        saturating(20.0 - shape.mean, 12.0, 0.6),
        saturating(shape.mean - 84.0, 8.0, 0.6),
        saturating(50.0 - shape.range, 35.0, 0.6),
    ]
}

pub(super) fn find(before: &Before<'_>, after: &After) -> Finding {
    let forgiven = [Leave::Darken, Leave::Lighten, Leave::Flatten]
        .map(|leave| before.asked.relief(leave).overall());
    let had = before.side.tones();
    let has = tones(&after.lab.l, before.width(), before.height());
    let sums: tiles::Sums<{ 2 * BINS }> = std::array::from_fn(|t| {
        std::array::from_fn(|k| {
            f64::from(if k < BINS {
                had[t][k]
            } else {
                has[t][k - BINS]
            })
        })
    });
    let beyond = |s: &[f64; 2 * BINS]| {
        let (had, has) = (costs(&shape(&s[..BINS])), costs(&shape(&s[BINS..])));
        std::array::from_fn(|k| (has[k] - had[k]).max(0.0) * (1.0 - forgiven[k]))
    };
    let together = |costs: [f32; 3]| 1.0 - costs.iter().map(|c| 1.0 - c).product::<f32>();
    let (cost, spread) = tiles::jackknife(&sums, |s| together(beyond(s)));
    let total = tiles::total(&sums);
    let shape = shape(&total[BINS..]);
    let each = beyond(&total);
    let worst = (0..3)
        .max_by(|&a, &b| each[a].total_cmp(&each[b]))
        .unwrap_or(0);
    let what = [
        said!("nearly black"),
        said!("nearly white"),
        said!("hardly any range"),
    ];
    Finding {
        id: "tones",
        text: said!(
            "Tones: {what} (mean L* {mean}, range {range}).",
            what = &what[worst],
            mean = decimals(shape.mean, 0),
            range = decimals(shape.range, 0)
        ),
        cost,
        spread,
        map: None,
    }
}
