//! Pictures as the networks want them: 8-bit sRGB code values, blue first, (code / 255 − 0.5) / 0.5.

use retake_core::Raster;
use retake_pixels::codes::Coder;
use retake_pixels::display::{self, Space};
use retake_pixels::resize;

/// The height of a line that is read, px.
pub(crate) const HEIGHT: usize = 48;
/// The least width of one: shorter lines are filled up, as PaddleOCR does.
const LEAST_WIDTH: usize = 320;
/// The most: a line is no longer than fifty times its height.
const MOST_WIDTH: usize = 50 * HEIGHT;
/// The sides that text is found at, px: the shorter one is brought to the first at least, the longer to the second at most.
const SIDES: (usize, usize) = (640, 1280);
/// Sides that the network can halve five times.
const STEP: usize = 32;

/// Code values of red, green and blue, row by row; not rounded where they were sampled.
#[derive(Clone, Debug)]
pub(crate) struct Codes {
    pub(crate) width: usize,
    pub(crate) height: usize,
    rgb: Vec<[f32; 3]>,
}

impl Codes {
    /// What the screen shows of a picture in linear Rec.2020.
    pub(crate) fn of(picture: &Raster) -> Self {
        let mut shown = picture.clone();
        let [r, g, b] = &mut shown.planes;
        display::to_linear(&Space::Srgb.from_rec2020(), r, g, b);
        let mut codes = vec![0; r.len() * 3];
        Coder::new(Space::Srgb).interleave(r, g, b, &mut codes);
        let (pixels, _) = codes.as_chunks::<3>();
        Self {
            width: picture.width,
            height: picture.height,
            rgb: pixels.iter().map(|p| p.map(f32::from)).collect(),
        }
    }

    /// The picture at the size at which lines are looked for.
    pub(crate) fn to_find_on(picture: &Raster) -> Self {
        let (width, height) = size_to_find_on(picture.width, picture.height);
        match (width, height) == (picture.width, picture.height) {
            true => Self::of(picture),
            false => Self::of(&resize::raster(picture, width, height)),
        }
    }

    /// Three planes for a network.
    pub(crate) fn planes(&self) -> Vec<f32> {
        let normalised = |code: f32| (code / 255.0 - 0.5) / 0.5;
        let plane = |c: usize| self.rgb.iter().map(move |p| normalised(p[c]));
        [2, 1, 0].into_iter().flat_map(plane).collect()
    }

    /// The rectangle between corners, brought to the height of a line; filled up with grey where it is short.
    pub(crate) fn cut(&self, corners: &[[f32; 2]; 4]) -> Self {
        let [start, right, _, down] = *corners;
        let length = |to: [f32; 2]| (to[0] - start[0]).hypot(to[1] - start[1]).max(1.0);
        let scale = length(down) / HEIGHT as f32;
        let width = ((length(right) / scale).ceil() as usize).clamp(1, MOST_WIDTH);
        // where it shrinks, each px is the mean of several
        let finer = (scale.ceil() as usize).clamp(1, 6);
        let steps = (width * finer, HEIGHT * finer);
        let mean = |x: usize, y: usize| {
            let mut sum = [0.0; 3];
            for i in 0..finer * finer {
                let u = ((x * finer + i % finer) as f32 + 0.5) / steps.0 as f32;
                let v = ((y * finer + i / finer) as f32 + 0.5) / steps.1 as f32;
                let at = |axis: usize| {
                    start[axis] + u * (right[axis] - start[axis]) + v * (down[axis] - start[axis])
                };
                let seen = self.between(at(0) - 0.5, at(1) - 0.5);
                (0..3).for_each(|c| sum[c] += seen[c]);
            }
            sum.map(|value| value / (finer * finer) as f32)
        };
        let filled = width.max(LEAST_WIDTH);
        // normalised to 0
        let mut rgb = vec![[127.5; 3]; filled * HEIGHT];
        for y in 0..HEIGHT {
            for x in 0..width {
                rgb[y * filled + x] = mean(x, y);
            }
        }
        Self {
            width: filled,
            height: HEIGHT,
            rgb,
        }
    }

    /// The colour between px, whole numbers being their middles; the border goes on.
    fn between(&self, x: f32, y: f32) -> [f32; 3] {
        let x = x.clamp(0.0, (self.width - 1) as f32);
        let y = y.clamp(0.0, (self.height - 1) as f32);
        let (left, top) = (x as usize, y as usize);
        let (right, bottom) = (
            (left + 1).min(self.width - 1),
            (top + 1).min(self.height - 1),
        );
        let (over, under) = (x - left as f32, y - top as f32);
        let at = |x: usize, y: usize| self.rgb[y * self.width + x];
        let corners = [
            at(left, top),
            at(right, top),
            at(left, bottom),
            at(right, bottom),
        ];
        std::array::from_fn(|c| {
            let [a, b, d, e] = corners.map(|corner| corner[c]);
            let (above, below) = (a + over * (b - a), d + over * (e - d));
            above + under * (below - above)
        })
    }
}

/// The size at which lines are looked for.
fn size_to_find_on(width: usize, height: usize) -> (usize, usize) {
    let (short, long) = (width.min(height) as f32, width.max(height) as f32);
    let larger = (SIDES.0 as f32 / short).max(1.0);
    let scale = larger.min(SIDES.1 as f32 / long);
    let side = |px: usize| {
        let steps = (px as f32 * scale / STEP as f32).round() as usize;
        steps.max(1) * STEP
    };
    (side(width), side(height))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ramp() -> Codes {
        let rgb = |i: usize| [(i % 200) as f32, (i / 200) as f32, 0.0];
        Codes {
            width: 200,
            height: 100,
            rgb: (0..200 * 100).map(rgb).collect(),
        }
    }

    #[test]
    fn a_cut_shows_what_lies_between_its_corners() {
        let cut = ramp().cut(&[[20.0, 10.0], [116.0, 10.0], [116.0, 58.0], [20.0, 58.0]]);
        assert_eq!((cut.width, cut.height), (LEAST_WIDTH, HEIGHT));
        assert_eq!(cut.rgb[0], [20.0, 10.0, 0.0]);
        assert_eq!(cut.rgb[47 * LEAST_WIDTH + 95], [115.0, 57.0, 0.0]);
        assert_eq!(cut.rgb[96], [127.5; 3], "grey beside it");
    }

    #[test]
    fn a_cut_that_begins_elsewhere_is_turned() {
        let cut = ramp().cut(&[[68.0, 10.0], [68.0, 90.0], [20.0, 90.0], [20.0, 10.0]]);
        assert_eq!(cut.rgb[0], [67.0, 10.0, 0.0]);
        assert_eq!(cut.rgb[79][1], 89.0);
    }

    #[test]
    fn a_large_line_is_averaged() {
        let mut stripes = ramp();
        stripes
            .rgb
            .iter_mut()
            .enumerate()
            .for_each(|(i, p)| *p = [if i % 2 == 0 { 0.0 } else { 255.0 }; 3]);
        let cut = stripes.cut(&[[0.0, 0.0], [192.0, 0.0], [192.0, 96.0], [0.0, 96.0]]);
        assert!((cut.rgb[10 * LEAST_WIDTH + 10][0] - 127.5).abs() < 1.0);
    }

    #[test]
    fn planes_are_blue_first_and_about_zero() {
        let codes = Codes {
            width: 1,
            height: 1,
            rgb: vec![[255.0, 127.5, 0.0]],
        };
        assert_eq!(codes.planes(), [-1.0, 0.0, 1.0]);
    }

    #[test]
    fn sides_can_be_halved_five_times_and_stay_within_bounds() {
        for (width, height) in [
            (1024, 683),
            (320, 240),
            (6000, 4000),
            (40, 3000),
            (1280, 960),
        ] {
            let (w, h) = size_to_find_on(width, height);
            assert!(
                w % STEP == 0 && h % STEP == 0 && w.max(h) <= SIDES.1,
                "{w} {h}"
            );
        }
        assert_eq!(size_to_find_on(1024, 683), (1024, 672));
    }
}
