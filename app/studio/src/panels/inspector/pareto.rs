//! The Pareto front: the points that no other point beats in both directions at once.

/// Indices of the front, from left to right. Equal points all stand on it. Points that are no numbers stand nowhere.
pub(super) fn front(points: &[(f32, f32)]) -> Vec<usize> {
    let mut by_x: Vec<usize> = (0..points.len())
        .filter(|&i| points[i].0.is_finite() && points[i].1.is_finite())
        .collect();
    // from the right, the highest first: a point stands on the front if nothing to its right is as high
    by_x.sort_by(|&a, &b| {
        let (a, b) = (points[a], points[b]);
        b.0.total_cmp(&a.0).then(b.1.total_cmp(&a.1))
    });
    let mut front: Vec<usize> = Vec::new();
    let mut highest = f32::NEG_INFINITY;
    for i in by_x {
        let equal = front.last().is_some_and(|&last| points[last] == points[i]);
        if points[i].1 > highest || equal {
            highest = points[i].1;
            front.push(i);
        }
    }
    front.reverse();
    front
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// `a` is at least as good in both and better in one.
    fn beats(a: (f32, f32), b: (f32, f32)) -> bool {
        a.0 >= b.0 && a.1 >= b.1 && a != b
    }

    proptest! {
        #[test]
        fn a_point_is_on_the_front_exactly_if_nothing_beats_it(
            points in proptest::collection::vec((0..12u8, 0..12u8), 0..40)
        ) {
            let points: Vec<(f32, f32)> = points
                .into_iter()
                .map(|(x, y)| (f32::from(x) / 10.0, f32::from(y) / 10.0))
                .collect();
            let front = front(&points);
            for (i, &point) in points.iter().enumerate() {
                let beaten = points.iter().any(|&other| beats(other, point));
                prop_assert_eq!(front.contains(&i), !beaten, "{:?} of {:?}", point, points);
            }
        }

        #[test]
        fn the_front_falls_from_left_to_right(
            points in proptest::collection::vec((0f32..1.0, 0f32..1.0), 0..40)
        ) {
            let front = front(&points);
            for pair in front.windows(2) {
                prop_assert!(points[pair[0]].0 <= points[pair[1]].0);
                prop_assert!(points[pair[0]].1 >= points[pair[1]].1);
            }
        }
    }

    #[test]
    fn points_that_are_no_numbers_stand_nowhere() {
        assert_eq!(front(&[(f32::NAN, 1.0), (0.5, 0.5)]), [1]);
    }
}
