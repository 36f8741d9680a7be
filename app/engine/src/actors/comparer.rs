//! The comparer: how far two pictures on the screen are apart, pixel by pixel. The latest question for each place wins.

use std::sync::Arc;

use rayon::prelude::*;
use retake_core::Mask;
use retake_pixels::delta_e::delta_e2000_plane;
use retake_pixels::lab::Lab;
use retake_pixels::{color, resize};

use super::{Voice, spawn};
use crate::event::Event;
use crate::mailbox::{Sender, mailbox};
use crate::{Difference, Shown};

pub(crate) struct Question {
    pub(crate) place: usize,
    pub(crate) before: Arc<Shown>,
    pub(crate) after: Arc<Shown>,
}

pub(crate) fn start(voice: Voice) -> Sender<usize, Question> {
    let (sender, receiver) = mailbox();
    spawn(
        "comparer",
        voice,
        move || receiver.next(),
        |question: Question, voice: &Voice| {
            let Question {
                place,
                before,
                after,
            } = question;
            let map = Arc::new(difference(&before, &after));
            let count = map.values.len().max(1) as f64;
            let sum: f64 = map.values.iter().map(|&value| f64::from(value)).sum();
            voice.say(Event::Compared {
                place,
                difference: Difference {
                    mean: (sum / count) as f32,
                    max: map.values.iter().copied().fold(0.0, f32::max),
                    map,
                    before,
                    after,
                },
            });
        },
    );
    sender
}

/// CIEDE2000 at every pixel of `after`; `before` is brought to its size.
fn difference(before: &Shown, after: &Shown) -> Mask {
    let (width, height) = (after.width, after.height);
    let first = match (before.width, before.height) == (width, height) {
        true => lab(before),
        false => resized(&lab(before), width, height),
    };
    Mask {
        width,
        height,
        values: delta_e2000_plane(&first, &lab(after)),
    }
}

/// What the eye gets: CIELAB of the codes on the screen.
fn lab(shown: &Shown) -> Lab {
    let linear: Vec<f32> = (0..=255u8)
        .map(|code| color::srgb_decode(f32::from(code) / 255.0))
        .collect();
    let colours: Vec<[f32; 3]> = shown
        .rgba
        .par_chunks_exact(4)
        .map(|pixel| color::lab([0, 1, 2].map(|c| linear[usize::from(pixel[c])])))
        .collect();
    let plane = |c: usize| colours.iter().map(|colour| colour[c]).collect();
    Lab {
        width: shown.width,
        height: shown.height,
        l: plane(0),
        a: plane(1),
        b: plane(2),
    }
}

fn resized(lab: &Lab, width: usize, height: usize) -> Lab {
    let plane = |values: &[f32]| resize::plane(values, lab.width, lab.height, width, height);
    Lab {
        width,
        height,
        l: plane(&lab.l),
        a: plane(&lab.a),
        b: plane(&lab.b),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grey(code: u8) -> Shown {
        Shown {
            width: 2,
            height: 1,
            rgba: [code, code, code, 255].repeat(2),
        }
    }

    #[test]
    fn a_picture_does_not_differ_from_itself() {
        assert_eq!(difference(&grey(90), &grey(90)).values, [0.0, 0.0]);
    }

    #[test]
    fn black_and_white_are_a_hundred_apart() {
        let values = difference(&grey(0), &grey(255)).values;
        assert!((values[0] - 100.0).abs() < 0.1, "{values:?}");
    }
}
