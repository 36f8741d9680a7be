//! The distribution of lightness: too dark, too light, or with hardly any range.

use retake_core::{decimals, said};

use crate::asked::Leave;
use crate::finding::{Finding, saturating};
use crate::scene::{After, Before};
use crate::tiles;

const BINS: usize = 101;

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
    let bin = |l: f32| (l.clamp(0.0, 100.0) + 0.5) as usize;
    let mut sums = [[0.0f64; 2 * BINS]; tiles::COUNT];
    let (width, height) = (before.width(), before.height());
    for y in 0..height {
        for x in 0..width {
            let tile = &mut sums[tiles::of(x, y, width, height)];
            tile[bin(before.lab().l[y * width + x])] += 1.0;
            tile[BINS + bin(after.lab.l[y * width + x])] += 1.0;
        }
    }
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
