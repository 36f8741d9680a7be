//! Finding the strength that reaches a target: a bracket by doubling, then the Illinois form of false position
//! (Dowell & Jarratt 1971), which needs few trials and cannot run away.

/// Most trials in all.
const TRIALS: usize = 10;

/// The strength between 0 and `most` (which may be negative) at which `measure` comes within `tolerance` of `target`,
/// or the tried one that came nearest. Where other operations have already gone past the target, a strength of the other
/// sign, up to `back` of `most`, brings it back. `start` is a strength to begin from, 0 for none.
pub(crate) fn root(
    target: f32,
    most: f32,
    back: f32,
    start: f32,
    tolerance: f32,
    mut measure: impl FnMut(f32) -> f32,
) -> f32 {
    let (mut best, mut least, mut used) = (0.0, f32::INFINITY, 0);
    let mut error = |strength: f32| {
        let error = measure(strength) - target;
        used += 1;
        if error.abs() < least {
            (best, least) = (strength, error.abs());
        }
        (error, used, best, least)
    };
    let (mut a, (mut fa, ..)) = (0.0, error(0.0));
    if fa.abs() <= tolerance || most == 0.0 {
        return 0.0;
    }
    let mut most = most;
    let mut b = if start == 0.0 { most * 0.2 } else { start };
    let (mut fb, _, mut nearest, _) = error(b);
    if fa.signum() == fb.signum() && fb.abs() > fa.abs() {
        most = if start.signum() == most.signum() || start == 0.0 {
            -back * most
        } else {
            most
        };
        if most == 0.0 {
            return 0.0;
        }
        b = most * 0.2;
        (fb, _, nearest, _) = error(b);
        if fa.signum() == fb.signum() && fb.abs() > fa.abs() {
            return 0.0;
        }
    }
    loop {
        let crossed = fa.signum() != fb.signum();
        let next = if crossed {
            let middle = b - fb * (b - a) / (fb - fa);
            if middle.is_finite() {
                middle
            } else {
                0.5 * (a + b)
            }
        } else if b == most {
            return nearest;
        } else if (b * 2.2).abs() < most.abs() {
            b * 2.2
        } else {
            most
        };
        let (f, used, best, least) = error(next);
        if used >= TRIALS || least <= tolerance {
            return best;
        }
        nearest = best;
        if crossed && f.signum() == fb.signum() {
            fa *= 0.5;
        } else {
            (a, fa) = (b, fb);
        }
        (b, fb) = (next, f);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_smooth_rising_curve_is_solved(share in 0.02f32..0.98, bend in 0.3f32..3.0) {
            let target = share * (4f32.powf(bend) + 4.0);
            let found = root(target, 4.0, 0.5, 0.0, 0.02, |s| s.powf(bend) + s);
            let reached = found.powf(bend) + found;
            prop_assert!((reached - target).abs() < 0.05 * target + 0.1, "{found}: {reached} for {target}");
        }

        #[test]
        fn the_strength_never_leaves_its_range(target in -50.0f32..50.0, most in -3.0f32..3.0) {
            let found = root(target, most, 0.5, 0.0, 0.01, |s| s * 2.0);
            prop_assert!(found * most.signum() <= most.abs() + 1e-6 && found * most.signum() >= -0.5 * most.abs() - 1e-6);
        }
    }

    #[test]
    fn what_others_overdid_is_brought_back() {
        let found = root(-1.0, -4.0, 0.5, 0.0, 0.01, |s| s - 1.8);
        assert!((found - 0.8).abs() < 0.02, "{found}");
    }

    #[test]
    fn what_must_not_go_back_stays_where_it_is() {
        assert_eq!(root(-1.0, -4.0, 0.0, 0.0, 0.01, |s| s - 1.8), 0.0);
    }

    #[test]
    fn what_cannot_be_reached_is_approached_as_far_as_it_goes() {
        assert_eq!(root(100.0, 2.0, 0.5, 0.0, 0.1, |s| s), 2.0);
    }
}
