//! Resizing 8-bit pictures to the last bit as the libraries do in front of published networks: Pillow's `resize`, and
//! torchvision's `resize` with antialiasing. Both spread each output pixel over its whole share of the source, first
//! along the rows and then along the columns, each pass rounded to 8 bits; they differ in how finely weights are rounded.

use rayon::prelude::*;

use super::Bitmap;

/// What a pixel of the result is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Filter {
    /// a triangle over two pixels
    Bilinear,
    /// Keys' cubic with a = −0.5 over four pixels
    Bicubic,
    /// a windowed sinc over six pixels
    Lanczos,
}

impl Filter {
    /// By the number that Pillow and `preprocessor_config.json` give it: 1 Lanczos, 2 bilinear, 3 bicubic.
    pub fn of_number(number: usize) -> Option<Self> {
        [Self::Lanczos, Self::Bilinear, Self::Bicubic]
            .get(number.checked_sub(1)?)
            .copied()
    }

    /// How far it reaches to either side, in pixels of the coarser picture.
    fn reach(self) -> f64 {
        match self {
            Self::Bilinear => 1.0,
            Self::Bicubic => 2.0,
            Self::Lanczos => 3.0,
        }
    }

    /// The weight of a pixel at this distance.
    fn weight(self, distance: f64) -> f64 {
        let x = distance.abs();
        match self {
            Self::Bilinear if x < 1.0 => 1.0 - x,
            Self::Bicubic if x < 1.0 => (1.5 * x - 2.5) * x * x + 1.0,
            Self::Bicubic if x < 2.0 => (((x - 5.0) * x + 8.0) * x - 4.0) * -0.5,
            Self::Lanczos if (-3.0..3.0).contains(&distance) => {
                sinc(distance) * sinc(distance / 3.0)
            }
            _ => 0.0,
        }
    }
}

fn sinc(x: f64) -> f64 {
    if x == 0.0 {
        return 1.0;
    }
    let x = x * std::f64::consts::PI;
    x.sin() / x
}

/// Whose arithmetic is followed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Library {
    /// torchvision on 8-bit tensors (transformers since version 5): weights of 16 bits
    #[default]
    Torchvision,
    /// Pillow (transformers before version 5, OpenAI's CLIP): weights of 22 bits behind the point
    Pillow,
}

/// The picture at another size, in px; neither side may be 0.
pub fn resize(
    picture: &Bitmap,
    width: usize,
    height: usize,
    filter: Filter,
    library: Library,
) -> Bitmap {
    let rows = match width == picture.width {
        true => picture.rgb.clone(),
        false => along_rows(
            picture,
            &Weights::new(picture.width, width, filter, library),
        ),
    };
    let rgb = match height == picture.height {
        true => rows,
        false => along_columns(
            &rows,
            width,
            &Weights::new(picture.height, height, filter, library),
        ),
    };
    Bitmap { width, height, rgb }
}

/// From how something changes with the pixels of a resized picture to how it changes with those of the picture before, of
/// (width, height): one plane of numbers. Rounding has no slope and is left out.
pub(super) fn resized_back(
    plane: &[f32],
    (width, height): (usize, usize),
    before: (usize, usize),
    filter: Filter,
    library: Library,
) -> Vec<f32> {
    let down = Weights::new(before.1, height, filter, library);
    let across = Weights::new(before.0, width, filter, library);
    let one = |weights: &Weights| 1.0 / (1u32 << weights.bits) as f32;
    let (one_down, one_across) = (one(&down), one(&across));
    let mut tall = vec![0.0f32; width * before.1];
    for y in 0..height {
        let line = &plane[y * width..][..width];
        if height == before.1 {
            tall[y * width..][..width].copy_from_slice(line);
            continue;
        }
        let (first, weights) = down.of(y);
        for (place, weight) in weights.iter().enumerate() {
            let weight = *weight as f32 * one_down;
            let out = &mut tall[(first + place) * width..][..width];
            out.iter_mut()
                .zip(line)
                .for_each(|(out, value)| *out += weight * value);
        }
    }
    if width == before.0 {
        return tall;
    }
    let mut out = vec![0.0f32; before.0 * before.1];
    for (out, line) in out.chunks_exact_mut(before.0).zip(tall.chunks_exact(width)) {
        for (x, value) in line.iter().enumerate() {
            let (first, weights) = across.of(x);
            for (out, weight) in out[first..].iter_mut().zip(weights) {
                *out += *weight as f32 * one_across * value;
            }
        }
    }
    out
}

/// Whole-number weights of one direction.
struct Weights {
    /// for each pixel of the result: the first pixel of the source, and where its weights lie
    spans: Vec<(usize, std::ops::Range<usize>)>,
    weights: Vec<i32>,
    /// bits behind the point
    bits: u32,
}

impl Weights {
    fn new(from: usize, to: usize, filter: Filter, library: Library) -> Self {
        let scale = from as f64 / to as f64;
        let stretch = scale.max(1.0);
        let support = filter.reach() * stretch;
        let most = support.ceil() as usize * 2 + 1;
        let mut spans = Vec::with_capacity(to);
        let mut exact: Vec<f64> = Vec::new();
        for i in 0..to {
            let center = (i as f64 + 0.5) * scale;
            let first = (center - support + 0.5).max(0.0) as usize;
            let end = ((center + support + 0.5) as usize).min(from);
            let count = end.saturating_sub(first).min(most);
            let start = exact.len();
            exact.extend((0..count).map(|j| {
                let pixel = (j + first) as f64;
                filter.weight((pixel - center + 0.5) * (1.0 / stretch))
            }));
            let weights = &mut exact[start..];
            let sum: f64 = weights.iter().sum();
            if sum != 0.0 {
                weights.iter_mut().for_each(|weight| *weight /= sum);
            }
            spans.push((first, start..exact.len()));
        }
        let bits = match library {
            Library::Pillow => 22,
            Library::Torchvision => bits_of_16(exact.iter().copied().fold(0.0, f64::max)),
        };
        let one = f64::from(1u32 << bits);
        let round = |weight: f64| (weight * one + 0.5f64.copysign(weight)) as i32;
        Self {
            spans,
            weights: exact.into_iter().map(round).collect(),
            bits,
        }
    }

    /// The weights of a pixel and where they begin.
    fn of(&self, pixel: usize) -> (usize, &[i32]) {
        let (first, range) = &self.spans[pixel];
        (*first, &self.weights[range.clone()])
    }

    fn half(&self) -> i32 {
        1 << (self.bits - 1)
    }
}

/// The most bits behind the point with which the largest weight still fits into 16 bits with a sign (PyTorch,
/// aten/src/ATen/native/cpu/UpSampleKernel.cpp).
fn bits_of_16(largest: f64) -> u32 {
    (0..22)
        .find(|bits| 0.5 + largest * f64::from(2u32 << bits) >= 32768.0)
        .unwrap_or(22)
}

fn along_rows(picture: &Bitmap, weights: &Weights) -> Vec<u8> {
    let width = weights.spans.len();
    let mut out = vec![0; width * picture.height * 3];
    let rows = picture.rgb.par_chunks_exact(picture.width * 3);
    out.par_chunks_exact_mut(width * 3)
        .zip(rows)
        .for_each(|(out, row)| {
            for (x, out) in out.chunks_exact_mut(3).enumerate() {
                let (first, weights_of) = weights.of(x);
                let mut sums = [weights.half(); 3];
                for (pixel, weight) in row[first * 3..].chunks_exact(3).zip(weights_of) {
                    for (sum, &value) in sums.iter_mut().zip(pixel) {
                        *sum += i32::from(value) * weight;
                    }
                }
                for (out, sum) in out.iter_mut().zip(sums) {
                    *out = (sum >> weights.bits).clamp(0, 255) as u8;
                }
            }
        });
    out
}

fn along_columns(rows: &[u8], width: usize, weights: &Weights) -> Vec<u8> {
    let stride = width * 3;
    let mut out = vec![0; stride * weights.spans.len()];
    out.par_chunks_exact_mut(stride)
        .enumerate()
        .for_each(|(y, out)| {
            let (first, weights_of) = weights.of(y);
            let mut sums = vec![weights.half(); stride];
            for (row, weight) in rows[first * stride..].chunks_exact(stride).zip(weights_of) {
                for (sum, &value) in sums.iter_mut().zip(row) {
                    *sum += i32::from(value) * weight;
                }
            }
            for (out, sum) in out.iter_mut().zip(sums) {
                *out = (sum >> weights.bits).clamp(0, 255) as u8;
            }
        });
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_back_is_the_adjoint_of_the_way_forth() {
        // a picture of one bright pixel on grey, resized, against a plane of numbers carried back to that pixel
        for (before, after) in [((13, 9), (7, 5)), ((6, 5), (6, 9)), ((8, 6), (11, 6))] {
            let plane: Vec<f32> = (0..after.0 * after.1)
                .map(|i| ((i * 7) % 5) as f32 - 2.0)
                .collect();
            let back = resized_back(&plane, after, before, Filter::Bicubic, Library::Torchvision);
            let of = |code: u8, at: usize| -> f32 {
                let mut rgb = vec![100; 3 * before.0 * before.1];
                rgb[3 * at] = code;
                let picture = Bitmap::new(before.0, before.1, rgb).expect("a picture");
                let small = resize(
                    &picture,
                    after.0,
                    after.1,
                    Filter::Bicubic,
                    Library::Torchvision,
                );
                let codes = small.rgb.iter().step_by(3).map(|&code| f32::from(code));
                codes.zip(&plane).map(|(code, by)| code * by).sum()
            };
            for at in [0, before.0 * before.1 / 2, before.0 * before.1 - 1] {
                let difference = (of(180, at) - of(20, at)) / 160.0;
                assert!(
                    (back[at] - difference).abs() < 0.12,
                    "{} {difference}",
                    back[at]
                );
            }
        }
    }
}
