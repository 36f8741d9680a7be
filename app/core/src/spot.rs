//! A place in a photo as an ellipse with a soft edge: where a search brought the source back.

use serde::{Deserialize, Serialize};

use crate::Mask;

/// An ellipse. Positions are shares of the frame (0 left/top, 1 right/bottom), lengths are shares of its long edge, the
/// angle is in degrees clockwise from pointing right: as masks in a recipe have them.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Spot {
    /// middle
    pub centre: [f32; 2],
    /// half axes
    pub radius: [f32; 2],
    /// turned by this
    pub angle_deg: f32,
    /// 0 hard, 1 fading from the very middle
    pub feather: f32,
}

impl Spot {
    /// How much of a pixel it covers, 0 to 1; `x` and `y` in px of a frame of this size, pixels have their middle at a half.
    pub fn cover(&self, x: f32, y: f32, (width, height): (usize, usize)) -> f32 {
        let long_edge = width.max(height) as f32;
        let (sin, cos) = self.angle_deg.to_radians().sin_cos();
        let (dx, dy) = (
            x - self.centre[0] * width as f32,
            y - self.centre[1] * height as f32,
        );
        let [rx, ry] = self.radius.map(|radius| (radius * long_edge).max(1e-3));
        let (u, v) = ((dx * cos + dy * sin) / rx, (dy * cos - dx * sin) / ry);
        let t = ((1.0 - u.hypot(v)) / self.feather.max(1e-3)).clamp(0.0, 1.0);
        t * t * (3.0 - 2.0 * t)
    }

    /// How much several cover together, row by row: what each leaves, the next may cover.
    pub fn mask(spots: &[Self], width: usize, height: usize) -> Mask {
        Mask::from_fn(width, height, |x, y| {
            Self::together(spots, x, y, (width, height))
        })
    }

    /// How much several cover together of the pixel at (x, y).
    pub fn together(spots: &[Self], x: usize, y: usize, frame: (usize, usize)) -> f32 {
        let (x, y) = (x as f32 + 0.5, y as f32 + 0.5);
        1.0 - spots
            .iter()
            .map(|spot| 1.0 - spot.cover(x, y, frame))
            .product::<f32>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SPOT: Spot = Spot {
        centre: [0.25, 0.5],
        radius: [0.1, 0.05],
        angle_deg: 0.0,
        feather: 0.5,
    };

    #[test]
    fn it_is_full_in_its_middle_and_ends_at_its_radius() {
        let cover = |x, y| SPOT.cover(x, y, (200, 100));
        assert_eq!(cover(50.0, 50.0), 1.0);
        assert_eq!((cover(70.5, 50.0), cover(50.0, 60.5)), (0.0, 0.0));
        assert!((cover(65.0, 50.0) - 0.5).abs() < 1e-3);
    }

    #[test]
    fn a_quarter_turn_changes_the_axes() {
        let turned = Spot {
            angle_deg: 90.0,
            ..SPOT
        };
        assert!(turned.cover(50.0, 65.0, (200, 100)) > 0.4);
        assert_eq!(turned.cover(65.0, 50.0, (200, 100)), 0.0);
    }

    #[test]
    fn the_same_spot_covers_the_same_share_of_any_size() {
        let share = |scale: usize| Spot::mask(&[SPOT], 200 * scale, 100 * scale).share();
        assert!((share(1) - share(3)).abs() < 1e-3);
    }
}
