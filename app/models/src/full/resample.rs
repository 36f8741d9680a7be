//! Reading a small plane between its pixels, line by line: cubic convolution, which passes through the pixels (Keys 1981),
//! to move a picture; the softer cubic of Mitchell & Netravali (1988), which hardly overshoots, to enlarge one; and the
//! straight line, which keeps nothing nothing, for shares.

/// A kernel over four neighbours.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kernel {
    /// Keys, a = −½
    Through,
    /// Mitchell–Netravali, B = C = ⅓
    Soft,
    /// the nearer two only
    Straight,
}

impl Kernel {
    /// The weights of four neighbours of a place `t` (0–1) between the second and the third.
    fn weights(self, t: f32) -> [f32; 4] {
        let (b, c) = match self {
            Self::Through => (0.0, 0.5),
            Self::Soft => (1.0 / 3.0, 1.0 / 3.0),
            Self::Straight => return [0.0, 1.0 - t, t, 0.0],
        };
        // equation 8 of the paper, for distances below 1 and below 2
        let near = |x: f32| {
            ((12.0 - 9.0 * b - 6.0 * c) * x * x * x
                + (-18.0 + 12.0 * b + 6.0 * c) * x * x
                + (6.0 - 2.0 * b))
                / 6.0
        };
        let far = |x: f32| {
            ((-b - 6.0 * c) * x * x * x
                + (6.0 * b + 30.0 * c) * x * x
                + (-12.0 * b - 48.0 * c) * x
                + (8.0 * b + 24.0 * c))
                / 6.0
        };
        [far(1.0 + t), near(t), near(1.0 - t), far(2.0 - t)]
    }
}

/// Four neighbours of a place on a line, and their weights; beyond the ends the last pixel goes on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    index: [u32; 4],
    weight: [f32; 4],
}

impl Place {
    /// The place `at` (pixel centres are whole) on a line of `count` pixels.
    pub(super) fn new(at: f64, count: usize, kernel: Kernel) -> Self {
        let at = at.clamp(-1.0, count as f64);
        let first = at.floor();
        let last = count as i64 - 1;
        Self {
            index: std::array::from_fn(|k| (first as i64 + k as i64 - 1).clamp(0, last) as u32),
            weight: kernel.weights((at - first) as f32),
        }
    }

    /// Where pixel `i` of `many` falls among `few` that cover the same length; as it is where they are as many.
    pub(super) fn enlarged(i: usize, many: usize, few: usize, kernel: Kernel) -> Self {
        let at = (i as f64 + 0.5) * few as f64 / many as f64 - 0.5;
        let kernel = if many == few {
            Kernel::Straight
        } else {
            kernel
        };
        Self::new(at.clamp(0.0, (few - 1) as f64), few, kernel)
    }

    /// The value there.
    pub(super) fn of(&self, line: &[f32]) -> f32 {
        let [a, b, c, d] = self.index.map(|i| line[i as usize]);
        let [u, v, w, x] = self.weight;
        a * u + b * v + c * w + d * x
    }

    /// The line there, of a plane of lines.
    pub(super) fn line(&self, plane: &[f32], width: usize) -> Vec<f32> {
        let [a, b, c, d] = self.index.map(|i| &plane[i as usize * width..][..width]);
        let [u, v, w, x] = self.weight;
        (0..width)
            .map(|i| a[i] * u + b[i] * v + c[i] * w + d[i] * x)
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_add_up_to_one_and_reproduce_a_slope() {
        for kernel in [Kernel::Through, Kernel::Soft, Kernel::Straight] {
            let line: Vec<f32> = (0..9).map(|i| i as f32).collect();
            for step in 0..=40 {
                let at = 2.0 + f64::from(step) * 0.1;
                let value = Place::new(at, 9, kernel).of(&line);
                assert!((f64::from(value) - at).abs() < 1e-5, "{value} at {at}");
            }
        }
    }

    #[test]
    fn a_plane_of_its_own_size_is_read_as_it_is() {
        let line = [0.3, 0.9, 0.1, 0.7];
        for (i, value) in line.iter().enumerate() {
            assert_eq!(Place::enlarged(i, 4, 4, Kernel::Soft).of(&line), *value);
        }
    }

    #[test]
    fn a_line_of_one_pixel_has_one_value() {
        for i in 0..7 {
            assert!((Place::enlarged(i, 7, 1, Kernel::Soft).of(&[0.4]) - 0.4).abs() < 1e-6);
        }
    }
}
