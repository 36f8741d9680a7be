//! Sets of pixels on a grid: which hang together, and their cleaning.

use retake_pixels::blur;

/// Groups of neighbouring pixels (by side) of the set: for each pixel the number of its group from 1 on, 0 outside; and for
/// each group its pixels.
fn groups(set: &[bool], width: usize) -> Vec<Vec<usize>> {
    let mut seen = vec![false; set.len()];
    let mut groups = Vec::new();
    for start in 0..set.len() {
        if !set[start] || seen[start] {
            continue;
        }
        seen[start] = true;
        let mut group = vec![start];
        let mut next = 0;
        while let Some(&i) = group.get(next) {
            next += 1;
            let x = i % width;
            let neighbours = [
                (x > 0).then(|| i - 1),
                (x + 1 < width).then_some(i + 1),
                i.checked_sub(width),
                Some(i + width).filter(|&i| i < set.len()),
            ];
            for i in neighbours.into_iter().flatten() {
                if set[i] && !seen[i] {
                    seen[i] = true;
                    group.push(i);
                }
            }
        }
        groups.push(group);
    }
    groups
}

/// The groups of `weak` that hold at least `least` pixels of `strong` (hysteresis, Canny 1986).
pub(super) fn grown(strong: &[bool], weak: &[bool], width: usize, least: usize) -> Vec<bool> {
    let mut out = vec![false; weak.len()];
    for group in groups(weak, width) {
        if group.iter().filter(|&&i| strong[i]).count() >= least {
            group.iter().for_each(|&i| out[i] = true);
        }
    }
    out
}

/// Holes of at most so many pixels, filled.
pub(super) fn filled(set: &[bool], width: usize, most: usize) -> Vec<bool> {
    let height = set.len() / width;
    let outside: Vec<bool> = set.iter().map(|set| !set).collect();
    let mut out = set.to_vec();
    for group in groups(&outside, width) {
        let edge = |i: usize| {
            let (x, y) = (i % width, i / width);
            x == 0 || y == 0 || x + 1 == width || y + 1 == height
        };
        if group.len() <= most && !group.iter().any(|&i| edge(i)) {
            group.iter().for_each(|&i| out[i] = true);
        }
    }
    out
}

/// Grown by so many pixels in every direction.
pub(super) fn widened(set: &[bool], width: usize, radius_px: usize) -> Vec<bool> {
    let values: Vec<f32> = set.iter().map(|&set| f32::from(u8::from(set))).collect();
    let near = blur::boxed(&values, width, set.len() / width, radius_px);
    let least = 0.5 / (2 * radius_px + 1).pow(2) as f32;
    near.iter().map(|&near| near > least).collect()
}

/// Grown and shrunk again: gaps up to twice the radius are closed.
pub(super) fn closed(set: &[bool], width: usize, radius_px: usize) -> Vec<bool> {
    let outside: Vec<bool> = widened(set, width, radius_px)
        .iter()
        .map(|set| !set)
        .collect();
    widened(&outside, width, radius_px)
        .iter()
        .zip(set)
        .map(|(outside, set)| !outside || *set)
        .collect()
}

/// The share of the grid that is in the set.
pub(super) fn share(set: &[bool]) -> f32 {
    set.iter().filter(|set| **set).count() as f32 / set.len().max(1) as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grid(rows: &[&str]) -> (Vec<bool>, usize) {
        let set = rows.iter().flat_map(|row| row.chars().map(|c| c == '#'));
        (set.collect(), rows[0].len())
    }

    #[test]
    fn a_group_without_a_strong_pixel_goes() {
        let (weak, width) = grid(&["##...", ".....", "...##"]);
        let (strong, _) = grid(&["#....", ".....", "....."]);
        let (wanted, _) = grid(&["##...", ".....", "....."]);
        assert_eq!(grown(&strong, &weak, width, 1), wanted);
    }

    #[test]
    fn a_hole_is_filled_and_a_bay_is_not() {
        let (set, width) = grid(&["#####", "#.#.#", "###.#"]);
        let (wanted, _) = grid(&["#####", "###.#", "###.#"]);
        assert_eq!(filled(&set, width, 4), wanted);
    }

    #[test]
    fn a_gap_is_closed_and_the_outline_stays() {
        let (set, width) = grid(&[
            "..........",
            "..........",
            "..##.##...",
            "..##.##...",
            "..........",
            "..........",
        ]);
        let (wanted, _) = grid(&[
            "..........",
            "..........",
            "..#####...",
            "..#####...",
            "..........",
            "..........",
        ]);
        assert_eq!(closed(&set, width, 1), wanted);
    }
}
