//! How alike two candidates look, as changes of what was edited.

use retake_core::Raster;
use retake_pixels::resize;

/// Long edge at which they are compared, px.
const EDGE: usize = 48;

/// Cosine of the two changes in [-1, 1], in display-like values (square root of the linear ones) so that shadows count; 1
/// where neither changed anything, and 0 where only one did. Pictures of other sizes are laid over the source's.
pub(super) fn likeness(source: &Raster, one: &Raster, other: &Raster) -> f32 {
    let (width, height) = resize::size_within(source.width, source.height, EDGE);
    let small = |raster: &Raster| resize::raster(raster, width, height);
    let (source, one, other) = (small(source), small(one), small(other));
    let (mut dot, mut left, mut right) = (0.0f64, 0.0f64, 0.0f64);
    let seen = |value: f32| f64::from(value.max(0.0).sqrt());
    for plane in 0..3 {
        let planes = source.planes[plane].iter();
        for (at, from) in planes.enumerate() {
            let a = seen(one.planes[plane][at]) - seen(*from);
            let b = seen(other.planes[plane][at]) - seen(*from);
            dot += a * b;
            left += a * a;
            right += b * b;
        }
    }
    // a change that nobody sees: a thousandth of the display's range in each sample
    let none = 1e-6 * (3 * width * height) as f64;
    match (left > none, right > none) {
        (false, false) => 1.0,
        (true, true) => (dot / (left * right).sqrt()) as f32,
        _ => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source() -> Raster {
        Raster::from_fn(64, 48, |x, y| {
            [(x + y) as f32 / 200.0 + 0.1, 0.3, y as f32 / 100.0 + 0.1]
        })
    }

    fn times(by: [f32; 3]) -> Raster {
        let source = source();
        Raster::from_fn(64, 48, |x, y| {
            std::array::from_fn(|c| source.planes[c][y * 64 + x] * by[c])
        })
    }

    #[test]
    fn the_same_change_is_alike_and_its_opposite_is_not() {
        let warm = times([1.3, 1.0, 0.8]);
        assert!(likeness(&source(), &warm, &warm) > 0.999);
        assert!(likeness(&source(), &warm, &times([0.75, 1.0, 1.3])) < -0.8);
    }

    #[test]
    fn half_as_much_of_the_same_is_alike() {
        let (much, little) = (times([1.3, 1.0, 0.8]), times([1.15, 1.0, 0.9]));
        assert!(likeness(&source(), &much, &little) > 0.99);
    }

    #[test]
    fn an_untouched_copy_is_alike_only_to_another() {
        let warm = times([1.3, 1.0, 0.8]);
        assert_eq!(likeness(&source(), &source(), &source()), 1.0);
        assert_eq!(likeness(&source(), &source(), &warm), 0.0);
    }
}
