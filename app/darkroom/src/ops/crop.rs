//! Crop: a part of the frame, of a given shape.

use super::{Group, Op, Param, Work, no_data};
use crate::render::Frame;

/// The largest rectangle of the aspect (width/height; 0 keeps the frame's) inside the frame, times `scale`; x and y push
/// it from the middle (0) as far as the frame goes (−1 left/top, 1 right/bottom). Whole pixels, so that nothing is
/// interpolated.
pub static OP: Op = Op {
    id: "crop",
    name: "Crop",
    about: "Keeps a part of the photo: of another shape, closer, or off the middle.",
    group: Group::Geometry,
    params: &[
        Param {
            id: "aspect",
            name: "Width to height",
            unit: "",
            range: (0.0, 10.0),
            neutral: 0.0,
        },
        Param {
            id: "x",
            name: "Across",
            unit: "",
            range: (-1.0, 1.0),
            neutral: 0.0,
        },
        Param {
            id: "y",
            name: "Down",
            unit: "",
            range: (-1.0, 1.0),
            neutral: 0.0,
        },
        Param {
            id: "scale",
            name: "Part kept",
            unit: "",
            range: (0.1, 1.0),
            neutral: 1.0,
        },
    ],
    work: Work::Geometry {
        place: |operation, frame| {
            let [aspect, x, y, scale] = [0, 1, 2, 3].map(|i| f64::from(operation.value(i)));
            cropped(frame, aspect, x, y, scale)
        },
    },
    check: no_data,
    wgsl: "",
};

fn cropped(frame: Frame, aspect: f64, x: f64, y: f64, scale: f64) -> Frame {
    let (width, height) = (frame.width as f64, frame.height as f64);
    let aspect = if aspect > 0.0 {
        aspect.max(0.01)
    } else {
        width / height
    };
    let side = |length: f64, most: f64| (length * scale).round().clamp(1.0, most);
    let w = side(width.min(height * aspect), width);
    let h = side(height.min(width / aspect), height);
    // the rest is shared between both sides: half each in the middle
    let start = |rest: f64, push: f64| (rest * (0.5 + 0.5 * push)).round();
    let (dx, dy) = (start(width - w, x), start(height - h, y));
    frame.then(w as usize, h as usize, [[1.0, 0.0, dx], [0.0, 1.0, dy]])
}
