//! How some quantities change with the pixels of an edit: those that are means over pixels. Levels, and what compares
//! neighbours, are not among them.

use retake_core::{Mask, Quantity};

use super::tone::tones;
use super::weigh::Area;
use super::{Q, Reference};
use crate::lab::Lab;

/// A quantity in an edit, and how it changes with the L*, a* and b* of each pixel.
type Slope = fn(&Reference, &Lab, &Area<'_>) -> (f32, Vec<[f32; 3]>);

/// Those that have one, in the order of the enum.
#[rustfmt::skip]
const SLOPES: &[(Quantity, Slope)] = &[
    (Q::Exposure, exposure),
    (Q::Lightness, |_, edited, area| mean(area, |_| true, |i| (edited.l[i], [1.0, 0.0, 0.0]))),
    (Q::Contrast, contrast),
    (Q::Highlights, |source, edited, area| mean(area, tones(source, area, 0.75, false), |i| (edited.l[i], [1.0, 0.0, 0.0]))),
    (Q::Shadows, |source, edited, area| mean(area, tones(source, area, 0.25, true), |i| (edited.l[i], [1.0, 0.0, 0.0]))),
    (Q::Warmth, |_, edited, area| mean(area, |_| true, |i| (edited.b[i], [0.0, 0.0, 1.0]))),
    (Q::Tint, |_, edited, area| mean(area, |_| true, |i| (edited.a[i], [0.0, 1.0, 0.0]))),
    (Q::Saturation, chroma),
    (Q::Monochrome, chroma),
];

/// The mean of a value over the pixels that are meant; `of` says it and how it changes with a pixel's CIELAB.
fn mean(
    area: &Area<'_>,
    meant: impl Fn(usize) -> bool,
    of: impl Fn(usize) -> (f32, [f32; 3]),
) -> (f32, Vec<[f32; 3]>) {
    let total: f64 = area
        .weights
        .iter()
        .enumerate()
        .filter(|(i, _)| meant(*i))
        .map(|(_, &weight)| f64::from(weight))
        .sum();
    let value = area.mean_where(&meant, |i| of(i).0).unwrap_or(0.0);
    let share = if total > 0.0 { 1.0 / total as f32 } else { 0.0 };
    let each = area.weights.iter().enumerate().map(|(i, &weight)| {
        let by = if meant(i) { weight * share } else { 0.0 };
        of(i).1.map(|slope| slope * by)
    });
    (value, each.collect())
}

fn chroma(_: &Reference, edited: &Lab, area: &Area<'_>) -> (f32, Vec<[f32; 3]>) {
    mean(
        area,
        |_| true,
        |i| {
            let chroma = edited.chroma(i);
            let by = 1.0 / chroma.max(1e-3);
            (chroma, [0.0, edited.a[i] * by, edited.b[i] * by])
        },
    )
}

fn contrast(_: &Reference, edited: &Lab, area: &Area<'_>) -> (f32, Vec<[f32; 3]>) {
    let middle = area.mean(|i| edited.l[i]);
    let off = |i: usize| edited.l[i] - middle;
    let deviation = area.mean(|i| off(i) * off(i)).sqrt();
    let by = 1.0 / deviation.max(1e-3);
    let (_, slopes) = mean(area, |_| true, |i| (0.0, [off(i) * by, 0.0, 0.0]));
    (deviation, slopes)
}

/// The mean of the stops where [`super::tone::exposure`] has their median: a median changes with one pixel alone.
fn exposure(source: &Reference, edited: &Lab, area: &Area<'_>) -> (f32, Vec<[f32; 3]>) {
    let from = &source.lab().l;
    let seen = |l: f32| (1.0..=99.5).contains(&l);
    // log2 of Y = ((L* + 16) / 116)³ and its slope; below L* 8 the curve is a line
    let stops = |l: f32| match l > 8.0 {
        true => 3.0 * ((l + 16.0) / 116.0).log2(),
        false => (l.max(1e-3) * 27.0 / 24389.0).log2(),
    };
    let slope = |l: f32| {
        let by = if l > 8.0 {
            3.0 / (l + 16.0)
        } else {
            1.0 / l.max(1e-3)
        };
        by * std::f32::consts::LOG2_E
    };
    mean(
        area,
        |i| seen(from[i]) && seen(edited.l[i]),
        |i| {
            (
                stops(edited.l[i]) - stops(from[i]),
                [slope(edited.l[i]), 0.0, 0.0],
            )
        },
    )
}

impl Reference {
    /// The quantity in an edit of the source's size, over the region's mask as in [`Self::after`], and how it changes with
    /// L*, a* and b* of each pixel. `None` where that is not known of the quantity. The exposure is the mean of the stops
    /// and not their median, so it may differ a little from the measured one.
    pub fn slope(
        &self,
        quantity: Quantity,
        edited: &Lab,
        region: Option<&Mask>,
    ) -> Option<(f32, Vec<[f32; 3]>)> {
        let (_, slope) = SLOPES.iter().find(|(of, _)| *of == quantity)?;
        let same = (edited.width, edited.height) == (self.lab.width, self.lab.height);
        (same && !edited.is_empty()).then(|| slope(self, edited, &self.area(region, None)))
    }
}

#[cfg(test)]
mod tests {
    use retake_core::{Raster, Rng};

    use super::*;
    use crate::color::{lab, rgb_slope_from_lab};

    fn picture(seed: u64) -> Raster {
        let mut rng = Rng::new(seed);
        Raster::from_fn(12, 9, |x, y| {
            [0.1 + x as f32 / 20.0, 0.2 + y as f32 / 20.0, 0.35].map(|v| v + 0.1 * rng.uniform())
        })
    }

    #[test]
    fn values_are_those_that_are_measured() {
        let (source, edited) = (Reference::new(&picture(1)), Lab::of(&picture(2)));
        for (quantity, _) in SLOPES {
            let (value, _) = source.slope(*quantity, &edited, None).expect("a slope");
            let measured = source.after(*quantity, &edited, None, None);
            let room = if *quantity == Q::Exposure { 0.1 } else { 1e-3 };
            assert!(
                (value - measured).abs() < room,
                "{quantity:?}: {value} {measured}"
            );
        }
    }

    #[test]
    fn slopes_are_those_of_small_differences() {
        let source = Reference::new(&picture(1));
        let edited = Lab::of(&picture(2));
        let mask = Mask::from_fn(12, 9, |x, _| if x < 8 { 1.0 } else { 0.2 });
        for (quantity, _) in SLOPES {
            let of = |edited: &Lab| source.slope(*quantity, edited, Some(&mask));
            let (_, slopes) = of(&edited).expect("a slope");
            // along a direction over all pixels
            let mut rng = Rng::new(3);
            let way: Vec<[f32; 3]> = slopes
                .iter()
                .map(|_| [0; 3].map(|_| rng.normal()))
                .collect();
            let moved = |by: f32| {
                let mut lab = edited.clone();
                for (i, way) in way.iter().enumerate() {
                    lab.l[i] += by * way[0];
                    lab.a[i] += by * way[1];
                    lab.b[i] += by * way[2];
                }
                of(&lab).expect("a slope").0
            };
            let pairs = slopes.iter().flatten().zip(way.iter().flatten());
            let along: f32 = pairs.map(|(slope, way)| slope * way).sum();
            let difference = (moved(0.05) - moved(-0.05)) / 0.1;
            assert!(
                (along - difference).abs() < 0.02 * difference.abs().max(0.02),
                "{quantity:?}: {along} {difference}"
            );
        }
    }

    #[test]
    fn the_way_from_lab_to_light_is_that_of_small_differences() {
        for rgb in [[0.2, 0.5, 0.7], [0.9, 0.4, 0.1], [0.002, 0.003, 0.001]] {
            let by_lab = [0.7, -0.4, 0.3];
            let of = |rgb: [f32; 3]| -> f64 {
                let lab = lab(rgb);
                (0..3)
                    .map(|i| f64::from(lab[i]) * f64::from(by_lab[i]))
                    .sum()
            };
            for (c, slope) in rgb_slope_from_lab(rgb, by_lab).into_iter().enumerate() {
                let far = (0.02 * rgb[c]).max(1e-4);
                let at = |by: f32| {
                    let mut moved = rgb;
                    moved[c] += by;
                    of(moved)
                };
                let difference = ((at(far) - at(-far)) / f64::from(2.0 * far)) as f32;
                assert!(
                    (slope - difference).abs() < 0.02 * slope.abs() + 0.5,
                    "{slope} {difference}"
                );
            }
        }
    }
}
