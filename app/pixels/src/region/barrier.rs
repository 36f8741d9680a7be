//! The minimum barrier distance from the picture's border, by raster scans (Zhang, Sclaroff, Lin, Shen, Price and Měch
//! 2015, "Minimum barrier salient object detection at 80 FPS", alg. 1): how far the values must rise and fall, at
//! least, on any way from a point to the border. Small in backgrounds, whatever their gradients; large in things.

/// Distance of every point, given the cost at which each point may be the start of a way (infinite: none).
pub(super) fn distance(values: &[f32], width: usize, start: &[f32]) -> Vec<f32> {
    let mut best = start.to_vec();
    let mut low = values.to_vec();
    let mut high = values.to_vec();
    let count = values.len();
    let mut relax = |i: usize, from: usize| {
        let (l, h) = (low[from].min(values[i]), high[from].max(values[i]));
        // ways begun at a cost keep it
        let cost = h - l + start_cost(best[from], high[from] - low[from]);
        if cost < best[i] {
            best[i] = cost;
            low[i] = l;
            high[i] = h;
        }
    };
    for pass in 0..4 {
        // alternating corners, so that a mirrored picture has mirrored distances
        let down = pass % 2 == 0;
        for n in 0..count {
            let i = if down { n } else { count - 1 - n };
            let x = i % width;
            if down {
                if x > 0 {
                    relax(i, i - 1);
                }
                if i >= width {
                    relax(i, i - width);
                }
            } else {
                if x + 1 < width {
                    relax(i, i + 1);
                }
                if i + width < count {
                    relax(i, i + width);
                }
            }
        }
    }
    best
}

/// What a way cost at its start: its whole cost less its barrier.
fn start_cost(cost: f32, barrier: f32) -> f32 {
    if cost.is_finite() {
        (cost - barrier).max(0.0)
    } else {
        f32::INFINITY
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn border(width: usize, height: usize) -> Vec<f32> {
        (0..width * height)
            .map(|i| {
                let (x, y) = (i % width, i / width);
                if x == 0 || y == 0 || x + 1 == width || y + 1 == height {
                    0.0
                } else {
                    f32::INFINITY
                }
            })
            .collect()
    }

    #[test]
    fn a_thing_is_as_far_as_it_differs_and_a_gradient_is_near() {
        let (w, h) = (24, 16);
        let values: Vec<f32> = (0..w * h)
            .map(|i| {
                let (x, y) = (i % w, i / w);
                if (8..14).contains(&x) && (5..11).contains(&y) {
                    90.0
                } else {
                    x as f32
                }
            })
            .collect();
        let d = distance(&values, w, &border(w, h));
        assert!(d[8 * w + 11] > 70.0, "{}", d[8 * w + 11]);
        assert!(d[3 * w + 18] < 2.0, "{}", d[3 * w + 18]);
    }

    #[test]
    fn a_ring_is_a_barrier_that_its_inside_lies_behind() {
        let (w, h) = (15usize, 15usize);
        let values: Vec<f32> = (0..w * h)
            .map(|i| {
                if (i % w).abs_diff(7usize).max((i / w).abs_diff(7)) == 3 {
                    50.0
                } else {
                    0.0
                }
            })
            .collect();
        assert_eq!(distance(&values, w, &border(w, h))[7 * w + 7], 50.0);
    }
}
