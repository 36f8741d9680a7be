//! Finds the pose of an edit by normalised cross-correlation of lightness (Lewis 1995): every scale and place on a
//! small picture first, then downhill on larger ones.

use retake_pixels::resize;

use super::pose::Pose;

/// Lightness at a small size.
pub(crate) struct Small {
    width: usize,
    height: usize,
    values: Vec<f32>,
}

impl Small {
    /// A plane brought to a long edge of `long_edge` px; smaller ones stay.
    pub(crate) fn of(values: &[f32], width: usize, height: usize, long_edge: usize) -> Self {
        let (to_width, to_height) = resize::size_within(width, height, long_edge);
        Self {
            width: to_width,
            height: to_height,
            values: resize::plane(values, width, height, to_width, to_height),
        }
    }
    fn size(&self) -> (usize, usize) {
        (self.width, self.height)
    }
}

/// Correlation in [−1, 1] of the edit with the part of the source that lies under it. Parts that lie outside the
/// source count as unlike.
pub(crate) fn likeness(source: &Small, edit: &Small, pose: &Pose) -> f32 {
    let m = pose
        .source_from_edit(edit.size(), source.size())
        .map(|row| row.map(|v| v as f32));
    let (right, bottom) = (source.width as f32, source.height as f32);
    let (mut n, mut s1, mut e1, mut s2, mut e2, mut se) = (0.0f32, 0.0f32, 0.0, 0.0, 0.0, 0.0);
    let (mut ts1, mut te1, mut ts2, mut te2, mut tse) = (0.0f64, 0.0f64, 0.0f64, 0.0f64, 0.0f64);
    for y in 0..edit.height {
        let ey = y as f32 + 0.5;
        for x in 0..edit.width {
            let ex = x as f32 + 0.5;
            let sx = m[0][0] * ex + m[0][1] * ey + m[0][2];
            let sy = m[1][0] * ex + m[1][1] * ey + m[1][2];
            if sx < -0.5 || sy < -0.5 || sx > right + 0.5 || sy > bottom + 0.5 {
                continue;
            }
            let fx = (sx - 0.5).clamp(0.0, right - 1.0);
            let fy = (sy - 0.5).clamp(0.0, bottom - 1.0);
            let (x0, y0) = (fx as usize, fy as usize);
            let (x1, y1) = (
                (x0 + 1).min(source.width - 1),
                (y0 + 1).min(source.height - 1),
            );
            let (tx, ty) = (fx - x0 as f32, fy - y0 as f32);
            let at = |x: usize, y: usize| source.values[y * source.width + x];
            let upper = at(x0, y0) + (at(x1, y0) - at(x0, y0)) * tx;
            let lower = at(x0, y1) + (at(x1, y1) - at(x0, y1)) * tx;
            let s = upper + (lower - upper) * ty - 50.0;
            let e = edit.values[y * edit.width + x] - 50.0;
            n += 1.0;
            s1 += s;
            e1 += e;
            s2 += s * s;
            e2 += e * e;
            se += s * e;
        }
        ts1 += f64::from(std::mem::take(&mut s1));
        te1 += f64::from(std::mem::take(&mut e1));
        ts2 += f64::from(std::mem::take(&mut s2));
        te2 += f64::from(std::mem::take(&mut e2));
        tse += f64::from(std::mem::take(&mut se));
    }
    let count = f64::from(n);
    if count < 1.0 {
        return -1.0;
    }
    let variance = |sum: f64, squares: f64| (squares - sum * sum / count).max(0.0);
    let both = tse - ts1 * te1 / count;
    let spread = (variance(ts1, ts2) * variance(te1, te2)).sqrt();
    let correlation = if spread > 1e-6 { both / spread } else { 0.0 };
    let inside = count / (edit.width * edit.height) as f64;
    (correlation * inside) as f32
}

/// Which poses may be looked at.
pub(crate) struct Space {
    /// (mirrored, angle in degrees clockwise)
    pub(crate) turns: Vec<(bool, f64)>,
    /// whether windows smaller than the source are looked for
    pub(crate) windows: bool,
    /// whether the angle may be refined
    pub(crate) free_angle: bool,
}

impl Space {
    /// What may happen to a picture when nobody asked for it: mirrors, quarter turns, small turns, crops.
    pub(crate) fn anything() -> Self {
        let quarters = [0.0, 90.0, 180.0, 270.0];
        let mut turns: Vec<(bool, f64)> = quarters.map(|angle| (true, angle)).to_vec();
        turns.extend(quarters.map(|angle| (false, angle)));
        turns.extend([-15.0, -10.0, -5.0, 5.0, 10.0, 15.0].map(|angle| (false, angle)));
        Self {
            turns,
            windows: true,
            free_angle: true,
        }
    }
}

/// The best pose and its correlation. `edit` and `source` are planes of L* with their sizes.
pub(crate) fn best(
    source: (&[f32], usize, usize),
    edit: (&[f32], usize, usize),
    space: &Space,
) -> (Pose, f32) {
    let small = |plane: (&[f32], usize, usize), edge| Small::of(plane.0, plane.1, plane.2, edge);
    let (coarse_source, coarse_edit) = (small(source, 40), small(edit, 28));
    let mut found: Vec<(Pose, f32)> = Vec::new();
    for &(mirrored, angle_deg) in &space.turns {
        for pose in placements(source, edit, mirrored, angle_deg, space.windows) {
            found.push((pose, likeness(&coarse_source, &coarse_edit, &pose)));
        }
    }
    found.sort_by(|a, b| b.1.total_cmp(&a.1));
    // neighbours of one good place are one place
    let mut starts: Vec<Pose> = Vec::new();
    for (pose, _) in found {
        let near = |other: &Pose| {
            other.mirrored == pose.mirrored
                && (other.angle_deg - pose.angle_deg).abs() < 4.0
                && (other.zoom / pose.zoom).ln().abs() < 0.1
                && (other.x - pose.x).abs() < 0.06
                && (other.y - pose.y).abs() < 0.06
        };
        if !starts.iter().any(near) {
            starts.push(pose);
        }
        if starts.len() == 6 {
            break;
        }
    }
    let refine = |start: Pose, edge: usize, steps: (f64, f64)| {
        descend(
            &small(source, edge),
            &small(edit, edge),
            start,
            steps,
            space,
        )
    };
    let mut best = (Pose::SAME, f32::MIN);
    for start in starts {
        let result = refine(start, 64, (0.02, 0.002));
        if result.1 > best.1 {
            best = result;
        }
    }
    let (pose, _) = refine(best.0, 128, (0.003, 0.000_4));
    refine(pose, 256, (0.000_8, 0.000_1))
}

/// The best small move, turn or zoom about the source as it is, and its correlation.
pub(crate) fn nearby(source: (&[f32], usize, usize), edit: (&[f32], usize, usize)) -> (Pose, f32) {
    let space = Space {
        turns: Vec::new(),
        windows: true,
        free_angle: true,
    };
    let mut found = (Pose::SAME, f32::MIN);
    for (edge, steps) in [(96, (0.02, 0.002)), (256, (0.002, 0.000_1))] {
        let small = |plane: (&[f32], usize, usize)| Small::of(plane.0, plane.1, plane.2, edge);
        found = descend(&small(source), &small(edit), found.0, steps, &space);
    }
    found
}

/// All windows of the edit's shape that lie in the source, from the largest down.
fn placements(
    source: (&[f32], usize, usize),
    edit: (&[f32], usize, usize),
    mirrored: bool,
    angle_deg: f64,
    windows: bool,
) -> Vec<Pose> {
    let long = source.1.max(source.2) as f64;
    let (width, height) = (source.1 as f64 / long, source.2 as f64 / long);
    let edit_long = edit.1.max(edit.2) as f64;
    let (ew, eh) = (edit.1 as f64 / edit_long, edit.2 as f64 / edit_long);
    let (sin, cos) = angle_deg.to_radians().sin_cos();
    // the box around the turned edit
    let (bw, bh) = (
        ew * cos.abs() + eh * sin.abs(),
        ew * sin.abs() + eh * cos.abs(),
    );
    let largest = (width / bw).min(height / bh);
    // a turn that keeps the canvas leaves empty corners: there the edit is as large as the source
    let mut zooms = vec![largest];
    if largest < 0.999 && (angle_deg % 90.0).abs() > 0.1 {
        zooms.push(1.0);
    }
    if windows {
        zooms.extend((1..=12).map(|i| largest * 0.92f64.powi(i)));
    }
    let mut poses = Vec::new();
    for zoom in zooms {
        let (free_x, free_y) = ((width - bw * zoom).max(0.0), (height - bh * zoom).max(0.0));
        let steps = |free: f64| ((free / 0.03).ceil() as i32).max(0);
        let (nx, ny) = (steps(free_x), steps(free_y));
        for iy in 0..=ny {
            for ix in 0..=nx {
                let place = |i: i32, n: i32, free: f64| {
                    if n == 0 {
                        0.0
                    } else {
                        free * (f64::from(i) / f64::from(n) - 0.5)
                    }
                };
                poses.push(Pose {
                    mirrored,
                    angle_deg,
                    zoom,
                    x: place(ix, nx, free_x),
                    y: place(iy, ny, free_y),
                });
            }
        }
    }
    poses
}

/// Downhill on each parameter in turn with steps that halve, from `steps.0` to `steps.1` (long edges).
fn descend(
    source: &Small,
    edit: &Small,
    start: Pose,
    steps: (f64, f64),
    space: &Space,
) -> (Pose, f32) {
    let mut pose = start;
    let mut best = likeness(source, edit, &pose);
    let mut step = steps.0;
    let parameters = if space.free_angle { 4 } else { 3 };
    while step >= steps.1 {
        let mut moved = false;
        for parameter in 0..parameters {
            for direction in [-1.0, 1.0] {
                let mut next = pose;
                match parameter {
                    0 => next.x += direction * step,
                    1 => next.y += direction * step,
                    2 => next.zoom *= 1.0 + direction * step,
                    _ => next.angle_deg += direction * step * 60.0,
                }
                let value = likeness(source, edit, &next);
                if value > best + 1e-7 {
                    (pose, best, moved) = (next, value, true);
                    break;
                }
            }
        }
        if !moved {
            step *= 0.5;
        }
    }
    (pose, best)
}
