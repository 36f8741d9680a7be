//! Where an edit lies over its source: turned, mirrored, enlarged and moved.

/// Lengths are in units of each picture's long edge, positions from each picture's middle; y points down.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Pose {
    /// the source was mirrored left to right before it was turned
    pub(crate) mirrored: bool,
    /// how far the source was turned, clockwise
    pub(crate) angle_deg: f64,
    /// long edges of the source per long edge of the edit: below 1 for a crop
    pub(crate) zoom: f64,
    /// where the edit's middle lies in the source
    pub(crate) x: f64,
    /// where the edit's middle lies in the source
    pub(crate) y: f64,
}

impl Pose {
    /// The edit lies over the source as it is.
    pub(crate) const SAME: Self = Self {
        mirrored: false,
        angle_deg: 0.0,
        zoom: 1.0,
        x: 0.0,
        y: 0.0,
    };

    /// Rows of the affine map from px of an edit of size `edit` to px of a source of size `source`
    /// (both counted from the upper left corner; the first pixel's middle is at ½, ½).
    pub(crate) fn source_from_edit(
        &self,
        edit: (usize, usize),
        source: (usize, usize),
    ) -> [[f64; 3]; 2] {
        let long = |size: (usize, usize)| size.0.max(size.1) as f64;
        let scale = self.zoom * long(source) / long(edit);
        let (sin, cos) = self.angle_deg.to_radians().sin_cos();
        let side = if self.mirrored { -1.0 } else { 1.0 };
        let (xx, xy, yx, yy) = (
            side * scale * cos,
            side * scale * sin,
            -scale * sin,
            scale * cos,
        );
        let (ex, ey) = (edit.0 as f64 / 2.0, edit.1 as f64 / 2.0);
        let sx = source.0 as f64 / 2.0 + self.x * long(source);
        let sy = source.1 as f64 / 2.0 + self.y * long(source);
        [
            [xx, xy, sx - xx * ex - xy * ey],
            [yx, yy, sy - yx * ex - yy * ey],
        ]
    }
}

/// The inverse of an affine map.
pub(crate) fn inverse(m: &[[f64; 3]; 2]) -> [[f64; 3]; 2] {
    let determinant = m[0][0] * m[1][1] - m[0][1] * m[1][0];
    let scale = if determinant.abs() > 1e-12 {
        1.0 / determinant
    } else {
        0.0
    };
    let (a, b, c, d) = (
        m[1][1] * scale,
        -m[0][1] * scale,
        -m[1][0] * scale,
        m[0][0] * scale,
    );
    [
        [a, b, -(a * m[0][2] + b * m[1][2])],
        [c, d, -(c * m[0][2] + d * m[1][2])],
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(m: &[[f64; 3]; 2], x: f64, y: f64) -> (f64, f64) {
        (
            m[0][0] * x + m[0][1] * y + m[0][2],
            m[1][0] * x + m[1][1] * y + m[1][2],
        )
    }

    #[test]
    fn a_quarter_turn_clockwise_brings_the_lower_left_corner_up() {
        let pose = Pose {
            angle_deg: 90.0,
            ..Pose::SAME
        };
        let (x, y) = at(&pose.source_from_edit((40, 60), (60, 40)), 0.0, 0.0);
        assert!(x.abs() < 1e-9 && (y - 40.0).abs() < 1e-9, "{x} {y}");
    }

    #[test]
    fn there_and_back_is_where_it_was() {
        let pose = Pose {
            mirrored: true,
            angle_deg: 17.0,
            zoom: 0.6,
            x: 0.1,
            y: -0.05,
        };
        let map = pose.source_from_edit((300, 200), (640, 480));
        let (x, y) = at(&map, 12.0, 34.0);
        let (x, y) = at(&inverse(&map), x, y);
        assert!((x - 12.0).abs() < 1e-9 && (y - 34.0).abs() < 1e-9);
    }
}
