//! Rotate: quarter turns, or any angle.

use super::straighten::turned;
use super::{Group, Op, Param, Work, no_data};
use crate::render::Frame;

/// Clockwise. Whole quarter turns move pixels without interpolating; what is left, at most 45°, is done as by
/// "straighten", cut to the turned frame's aspect.
pub static OP: Op = Op {
    id: "rotate",
    name: "Rotate",
    about: "Turns the photo clockwise, by quarter turns or any angle.",
    group: Group::Geometry,
    params: &[Param {
        id: "angle",
        name: "Angle",
        unit: "°",
        range: (-180.0, 180.0),
        neutral: 0.0,
    }],
    work: Work::Geometry {
        place: |operation, frame| {
            let angle = f64::from(operation.value(0));
            let quarters = (angle / 90.0).round();
            turned(quarter_turned(frame, quarters), angle - 90.0 * quarters)
        },
    },
    check: no_data,
    wgsl: "",
};

fn quarter_turned(frame: Frame, quarters: f64) -> Frame {
    let (width, height) = (frame.width as f64, frame.height as f64);
    match quarters.rem_euclid(4.0) as u8 {
        1 => frame.then(
            frame.height,
            frame.width,
            [[0.0, 1.0, 0.0], [-1.0, 0.0, height]],
        ),
        2 => frame.then(
            frame.width,
            frame.height,
            [[-1.0, 0.0, width], [0.0, -1.0, height]],
        ),
        3 => frame.then(
            frame.height,
            frame.width,
            [[0.0, -1.0, width], [1.0, 0.0, 0.0]],
        ),
        _ => frame,
    }
}
