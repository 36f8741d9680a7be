//! The largest of each pixel's neighbours, blurred and halved: what lies between the first layers of a network that does not
//! mind a move of a pixel, in one step (the same as `largest` with a window of three and `blurred` after it).

#![expect(
    clippy::needless_range_loop,
    reason = "closures and iterators over vectors would not be compiled for the processor at hand"
)]

use candle_core::Result;
use rayon::prelude::*;

use super::Field;
use super::lanes::{Machine, Work, widest};
use crate::kernels::pool::reflected;
use crate::kernels::product::with_buffer;

/// px of a window of which the largest counts
const WINDOW: usize = 3;
/// px of the blur
const BLUR: usize = 3;

/// The largest of each window of 3 × 3 px, padded by `padding` px of its reflection, blurred by 1 2 1 across and down, every
/// second pixel of it.
pub fn largest_blurred(x: &Field, padding: usize, out: &mut Field) -> Result<()> {
    let (height, width) = x.size();
    let least = padding + WINDOW;
    if height < least || width < least {
        candle_core::bail!("a picture of {width} × {height} is too small for a window of {least}");
    }
    let windows = |length: usize| length + 1 - WINDOW;
    let count = |length: usize| (windows(length) + 2 * padding - BLUR) / 2 + 1;
    out.resize(x.pictures, (count(height), count(width)), x.channels);
    let line = out.width * out.stride();
    for picture in 0..x.pictures {
        let from = x.picture(picture);
        let lines = out.picture_mut(picture).par_chunks_exact_mut(line);
        lines.enumerate().for_each(|(y, out)| {
            let of: [usize; BLUR] =
                std::array::from_fn(|i| reflected(2 * y + i, padding, windows(height)));
            with_buffer(windows(width) * x.stride(), |soft| {
                let stride = x.stride();
                widest(Line {
                    from,
                    width,
                    stride,
                    of,
                    padding,
                    soft,
                    out,
                });
            });
        });
    }
    Ok(())
}

/// A line of the result.
struct Line<'a> {
    from: &'a [f32],
    width: usize,
    stride: usize,
    /// the lines of windows that are blurred into it
    of: [usize; BLUR],
    padding: usize,
    /// room for a line of windows
    soft: &'a mut [f32],
    out: &'a mut [f32],
}

impl Work for Line<'_> {
    type Made = ();

    #[inline(always)]
    fn on<M: Machine>(self, m: M) {
        let Self {
            from,
            width,
            stride,
            of,
            padding,
            soft,
            out,
        } = self;
        let windows = width + 1 - WINDOW;
        for channel in (0..stride).step_by(M::WIDTH) {
            let of = Lines {
                from: &from[channel..],
                width,
                stride,
                of,
            };
            let (mut before, mut here) = (of.column(m, 0), of.column(m, 1));
            for x in 0..windows {
                let next = of.column(m, x + 2);
                let mut largest = next;
                for i in 0..BLUR {
                    largest[i] = m.max(m.max(before[i], here[i]), next[i]);
                }
                m.store(soften(m, largest), &mut soft[x * M::WIDTH..]);
                (before, here) = (here, next);
            }
            for (x, out) in out.chunks_exact_mut(stride).enumerate() {
                let mut near = [m.all(0.0); BLUR];
                for i in 0..BLUR {
                    let x = reflected(2 * x + i, padding, windows);
                    near[i] = m.load(&soft[x * M::WIDTH..]);
                }
                m.store(soften(m, near), &mut out[channel..]);
            }
        }
    }
}

/// The lines that a line of the result sees, from some channel on.
struct Lines<'a> {
    from: &'a [f32],
    width: usize,
    stride: usize,
    of: [usize; BLUR],
}

impl Lines<'_> {
    /// The largest of three below each other, of each of the three lines of windows.
    #[inline(always)]
    fn column<M: Machine>(&self, m: M, x: usize) -> [M::Lane; BLUR] {
        let mut largest = [m.all(f32::MIN); BLUR];
        for i in 0..BLUR {
            for y in self.of[i]..self.of[i] + WINDOW {
                let px = m.load(&self.from[(y * self.width + x) * self.stride..]);
                largest[i] = m.max(largest[i], px);
            }
        }
        largest
    }
}

/// 1 2 1
#[inline(always)]
fn soften<M: Machine>(m: M, [a, b, c]: [M::Lane; BLUR]) -> M::Lane {
    m.add(m.mul(m.all(0.25), m.add(a, c)), m.mul(m.all(0.5), b))
}
