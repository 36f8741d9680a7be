use super::*;

/// Numbers between 0 and 1 that anybody can make again.
fn vectors(count: usize, shift: usize) -> Vec<Vec<f32>> {
    let one = |i: usize, k: usize| ((i * 7 + k * 3 + shift * 5 + i * i) % 11) as f32 / 10.0;
    (0..count)
        .map(|i| (0..3).map(|k| one(i, k)).collect())
        .collect()
}

#[test]
fn the_earth_movers_distance_is_that_of_a_linear_program() {
    // least costs found by SciPy's linprog (HiGHS) over all flows
    for (n, m, wanted) in [
        (4, 4, 0.659_999_995_8),
        (6, 4, 0.457_499_994_4),
        (9, 5, 0.477_111_107_6),
        (5, 9, 0.409_777_767_4),
        (16, 11, 0.224_545_449_0),
    ] {
        let found = earth_movers_distance(&vectors(n, 1), &vectors(m, 2)).expect("a distance");
        assert!((found - wanted).abs() < 1e-6, "{n} {m}: {found} {wanted}");
    }
}

#[test]
fn by_hand_one_of_two_is_carried_halfway() {
    // {0, 2} to {0, 1}: the 2 goes to the 1, with half of all weight, at a cost of 1
    let from = [vec![0.0], vec![2.0]];
    let found = earth_movers_distance(&from, &[vec![0.0], vec![1.0]]);
    assert_eq!(found, Some(0.5));
    // and to {1} alone both go: (1 + 1) / 2
    assert_eq!(earth_movers_distance(&from, &[vec![1.0]]), Some(1.0));
}

#[test]
fn a_set_is_as_near_to_itself_in_any_order_and_less_of_it_is_farther() {
    let (all, mut turned) = (vectors(12, 3), vectors(12, 3));
    turned.reverse();
    assert_eq!(earth_movers_distance(&all, &turned), Some(0.0));
    let part = earth_movers_distance(&all, &turned[..5]).expect("a distance");
    assert!(part > 0.0);
    assert_eq!(earth_movers_distance(&all, &[]), None);
    assert_eq!(earth_movers_distance(&all, &[vec![1.0]]), None);
}

const SIZE: (usize, usize) = (23, 17);

fn planes() -> (Vec<f32>, Vec<f32>) {
    let of = |f: fn(usize, usize) -> f32| -> Vec<f32> {
        let (width, height) = SIZE;
        (0..width * height)
            .map(|at| f(at % width, at / width))
            .collect()
    };
    (
        of(|x, y| ((x * 5 + y * 3) % 13) as f32 / 12.0),
        of(|x, y| ((x * 5 + y * 4 + 2) % 13) as f32 / 12.0 * 0.8 + 0.1),
    )
}

#[test]
fn structural_similarity_is_that_of_numpy_with_and_without_a_mask() {
    let (a, b) = planes();
    let whole = structural_similarity(&a, &b, SIZE, |_, _| 1.0).expect("a number");
    assert!((whole - 0.043_536_186).abs() < 1e-6, "{whole}");
    let left = |x: usize, _| f32::from(u8::from(x < 11));
    let half = structural_similarity(&a, &b, SIZE, left).expect("a number");
    assert!((half - 0.050_451_217).abs() < 1e-6, "{half}");
    assert_eq!(structural_similarity(&a, &a, SIZE, |_, _| 1.0), Some(1.0));
}

#[test]
fn structural_similarity_of_nothing_is_unknown() {
    let (a, b) = planes();
    assert_eq!(structural_similarity(&a, &b, SIZE, |_, _| 0.0), None);
    assert_eq!(
        structural_similarity(&a[..100], &b[..100], (10, 10), |_, _| 1.0),
        None
    );
}

#[test]
fn structure_is_what_patches_are_to_each_other() {
    let before = vectors(6, 1);
    // longer vectors point the same way, so that colours may change and the structure stays
    let brighter: Vec<Vec<f32>> = before
        .iter()
        .map(|vector| vector.iter().map(|v| v * 4.0).collect())
        .collect();
    let same = structure_likeness(&before, &brighter).expect("a number");
    assert!((same - 1.0).abs() < 1e-9);
    // two that were alike and are at right angles: a cosine of 1 became 0
    let alike = [vec![1.0, 0.0], vec![2.0, 0.0]];
    let apart = [vec![1.0, 0.0], vec![0.0, 1.0]];
    assert_eq!(structure_likeness(&alike, &apart), Some(0.0));
    assert_eq!(structure_likeness(&alike[..1], &apart[..1]), None);
}
