//! How near each displayed pixel comes to the ends of the sRGB range: its largest and smallest linear channel.

use retake_pixels::lab::Ends;
use retake_pixels::vectorised;

/// From this linear value on a channel shows as white's 255 (code value 254 of 255 and above).
pub(crate) const CLIPPED_HIGH: f32 = 0.991;
/// Up to this linear value a channel shows as black (code value 1 of 255 and below).
pub(crate) const CLIPPED_LOW: f32 = 0.000_36;

/// What one channel at its upper end loses of a pixel's tone: it takes some of the tone along.
const ONE_LIGHT: f32 = 0.16;
/// The same at the lower end, which is what strong colours look like.
const ONE_DARK: f32 = 0.03;

/// The largest and smallest channels of a run of pixels.
#[derive(Clone, Copy)]
pub(crate) struct Run<'a> {
    pub(crate) largest: &'a [f32],
    pub(crate) smallest: &'a [f32],
}

/// The run of a picture's pixels from `start` on.
pub(crate) fn run(ends: &Ends, start: usize, length: usize) -> Run<'_> {
    Run {
        largest: &ends.largest[start..start + length],
        smallest: &ends.smallest[start..start + length],
    }
}

/// How much of a pixel's tone is lost at the light end: all of it where every channel is at its end.
#[inline(always)]
fn light(largest: f32, smallest: f32) -> f32 {
    let one = if largest >= CLIPPED_HIGH {
        ONE_LIGHT
    } else {
        0.0
    };
    if smallest >= CLIPPED_HIGH { 1.0 } else { one }
}

/// The same at the dark end.
#[inline(always)]
fn dark(largest: f32, smallest: f32) -> f32 {
    let one = if smallest <= CLIPPED_LOW {
        ONE_DARK
    } else {
        0.0
    };
    if largest <= CLIPPED_LOW { 1.0 } else { one }
}

/// Whether at least one channel is at an end, so that only part of the colour is left.
#[inline(always)]
pub(crate) fn touches(largest: f32, smallest: f32) -> bool {
    (largest >= CLIPPED_HIGH) | (smallest <= CLIPPED_LOW)
}

vectorised! {
    /// How much of each pixel's tone is newly lost at the light and at the dark end, 0 to 1.
    pub(crate) fn newly(before: Run<'_>, after: Run<'_>, to_light: &mut [f32], to_dark: &mut [f32]) {
        let n = to_light.len();
        let (b0, b1) = (&before.largest[..n], &before.smallest[..n]);
        let (a0, a1) = (&after.largest[..n], &after.smallest[..n]);
        let to_dark = &mut to_dark[..n];
        for i in 0..n {
            to_light[i] = (light(a0[i], a1[i]) - light(b0[i], b1[i])).max(0.0);
            to_dark[i] = (dark(a0[i], a1[i]) - dark(b0[i], b1[i])).max(0.0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_and_black_lose_all_and_one_channel_a_little() {
        let before = Run {
            largest: &[0.5; 5],
            smallest: &[0.2; 5],
        };
        let after = Run {
            largest: &[1.0, 1.0, 0.0, 0.5, 0.5],
            smallest: &[1.0, 0.5, 0.0, 0.0, 0.2],
        };
        let (mut light, mut dark) = ([0.0; 5], [0.0; 5]);
        newly(before, after, &mut light, &mut dark);
        assert_eq!(light, [1.0, ONE_LIGHT, 0.0, 0.0, 0.0]);
        assert_eq!(dark, [0.0, 0.0, 1.0, ONE_DARK, 0.0]);
        newly(after, after, &mut light, &mut dark);
        assert_eq!((light, dark), ([0.0; 5], [0.0; 5]));
    }
}
