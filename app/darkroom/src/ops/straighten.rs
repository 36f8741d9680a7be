//! Straighten: a small turn that levels the horizon and keeps the photo's shape.

use super::{Group, Op, Param, Work, no_data};
use crate::render::Frame;

/// The picture turns clockwise by the angle, then is cut to the largest rectangle of the frame's own aspect that has no
/// empty corner.
pub static OP: Op = Op {
    id: "straighten",
    name: "Straighten",
    about: "Turns the photo a little, clockwise, and cuts off the slanted edges; its shape stays.",
    group: Group::Geometry,
    params: &[Param {
        id: "angle",
        name: "Angle",
        unit: "°",
        range: (-45.0, 45.0),
        neutral: 0.0,
    }],
    work: Work::Geometry {
        place: |operation, frame| turned(frame, f64::from(operation.value(0))),
    },
    check: no_data,
    wgsl: "",
};

/// The frame's content turned clockwise by at most 45° and cut to the largest rectangle of the same aspect inside.
pub(super) fn turned(frame: Frame, degrees: f64) -> Frame {
    if degrees == 0.0 {
        return frame;
    }
    let (width, height) = (frame.width as f64, frame.height as f64);
    let (sin, cos) = degrees.to_radians().sin_cos();
    // a w × h rectangle, turned, spans w·cos + h·|sin| across and w·|sin| + h·cos down
    let scale = (width / (width * cos + height * sin.abs()))
        .min(height / (width * sin.abs() + height * cos));
    let (w, h) = (
        (width * scale).floor().max(1.0),
        (height * scale).floor().max(1.0),
    );
    let (cx, cy) = (0.5 * width, 0.5 * height);
    let old_from_new = [
        [cos, sin, cx - 0.5 * (w * cos + h * sin)],
        [-sin, cos, cy - 0.5 * (h * cos - w * sin)],
    ];
    frame.then(w as usize, h as usize, old_from_new)
}
