//! The seam around a changed region: from the edit to the photo over a few pixels, narrower where an edge of the photo
//! runs, beyond which another thing begins. Distance is geodesic: a step over an edge counts more (Criminisi, Sharp &
//! Blake 2008, with their raster scans).

use super::codes::Codes;

/// Width of the seam, share of the long edge, and its limits, px.
const SHARE: f32 = 0.012;
const LIMITS_PX: (f32, f32) = (3.0, 12.0);

/// A step between two pixels whose brightness differs by 1 counts as so many more.
const EDGE: f32 = 25.0;

/// For each pixel how much of the edit is seen: 1 in the region, exactly 0 beyond the seam.
pub(super) fn around(region: &[bool], source: &Codes) -> Vec<f32> {
    let side = source.width.max(source.height) as f32;
    let wide = (SHARE * side).clamp(LIMITS_PX.0, LIMITS_PX.1);
    distance_px(region, &source.brightness(), source.width)
        .iter()
        .map(|distance| {
            let t = (1.0 - distance / wide).clamp(0.0, 1.0);
            t * t * (3.0 - 2.0 * t)
        })
        .collect()
}

/// Geodesic distance from the region, px.
fn distance_px(region: &[bool], guide: &[f32], width: usize) -> Vec<f32> {
    let height = region.len() / width;
    let mut distance: Vec<f32> = region
        .iter()
        .map(|&inside| if inside { 0.0 } else { f32::INFINITY })
        .collect();
    // a scan down and a scan up settle all but winding ways; twice settles those that a seam can have
    const BACK: [(isize, isize); 4] = [(-1, 0), (-1, -1), (0, -1), (1, -1)];
    for scan in 0..4 {
        let down = scan % 2 == 0;
        for step in 0..region.len() {
            let i = if down { step } else { region.len() - 1 - step };
            let (x, y) = ((i % width) as isize, (i / width) as isize);
            for (dx, dy) in BACK {
                let (nx, ny) = if down {
                    (x + dx, y + dy)
                } else {
                    (x - dx, y - dy)
                };
                if nx < 0 || ny < 0 || nx >= width as isize || ny >= height as isize {
                    continue;
                }
                let n = ny as usize * width + nx as usize;
                let straight = if dx == 0 || dy == 0 {
                    1.0
                } else {
                    std::f32::consts::SQRT_2
                };
                let over = straight + EDGE * (guide[i] - guide[n]).abs();
                distance[i] = distance[i].min(distance[n] + over);
            }
        }
    }
    distance
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flat(width: usize, height: usize, value: impl Fn(usize) -> f32) -> Codes {
        let plane: Vec<f32> = (0..width * height).map(|i| value(i % width)).collect();
        Codes {
            width,
            height,
            planes: [plane.clone(), plane.clone(), plane],
        }
    }

    #[test]
    fn it_falls_from_one_to_exactly_nothing() {
        let source = flat(40, 5, |_| 0.5);
        let region: Vec<bool> = (0..200).map(|i| i % 40 < 10).collect();
        let seam = around(&region, &source);
        assert!(seam[80..90].iter().all(|v| *v == 1.0));
        assert!(
            seam[90..93].is_sorted_by(|a, b| a > b),
            "{:?}",
            &seam[88..95]
        );
        assert!(
            seam[93..120].iter().all(|v| *v == 0.0),
            "{:?}",
            &seam[88..95]
        );
    }

    #[test]
    fn it_stops_at_an_edge_of_the_photo() {
        let source = flat(40, 5, |x| if x < 11 { 0.2 } else { 0.9 });
        let region: Vec<bool> = (0..200).map(|i| i % 40 < 10).collect();
        let seam = around(&region, &source);
        assert!(seam[90] > 0.5 && seam[91] == 0.0, "{:?}", &seam[88..95]);
    }
}
