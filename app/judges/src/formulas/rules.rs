//! Rules by which papers label edits without asking anybody: kept as measures, and for benchmarks.

/// ADIEE's label of a single-turn edit (arXiv 2507.07317) by CLIP's directional similarity: below 0 it failed (0), up to
/// 0.2 it did half (0.5), above it did all (1).
pub fn adiee_label(direction: f64) -> f64 {
    match direction {
        d if d < 0.0 => 0.0,
        d if d < 0.2 => 0.5,
        _ => 1.0,
    }
}

/// ADIEE's label of turn `k` of a session judged against the turns from `from` to `to`: (k − j₁) / (j₂ − j₁), and half of
/// it where the turn goes beyond what was asked. `None` of an empty span.
pub fn adiee_turn(k: f64, from: f64, to: f64) -> Option<f64> {
    if k > to {
        return Some(0.5);
    }
    (to > from).then(|| ((k - from) / (to - from)).clamp(0.0, 1.0))
}

/// JarvisEvo's agreement of an evaluator's score with a target: exp(−½ |s − t| / σ) + ε, σ = 0.5 as published.
pub fn evaluator_alignment(score: f64, target: f64, sigma: f64, epsilon: f64) -> f64 {
    (-0.5 * (score - target).abs() / sigma).exp() + epsilon
}

/// MotionEdit's reward from its three normalised errors in [0, 1]: 0.7 of magnitude, 0.2 of direction and 0.1 of whether
/// it moved at all, turned around and rounded to fifths.
pub fn motion_reward(magnitude: f64, direction: f64, unmoved: f64) -> f64 {
    let error = 0.7 * magnitude + 0.2 * direction + 0.1 * unmoved;
    (5.0 * (1.0 - error.clamp(0.0, 1.0))).round() / 5.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn adiees_labels_have_its_thresholds() {
        let labels = [-0.1, 0.0, 0.19, 0.2, 0.7].map(adiee_label);
        assert_eq!(labels, [0.0, 0.5, 0.5, 1.0, 1.0]);
    }

    #[test]
    fn a_turn_is_its_share_of_the_way_and_one_too_many_is_half() {
        assert_eq!(adiee_turn(2.0, 1.0, 3.0), Some(0.5));
        assert_eq!(adiee_turn(4.0, 1.0, 3.0), Some(0.5));
        assert_eq!(
            (adiee_turn(3.0, 1.0, 3.0), adiee_turn(1.0, 1.0, 1.0)),
            (Some(1.0), None)
        );
    }

    #[test]
    fn an_evaluator_that_agrees_has_one_and_falls_off_with_its_error() {
        assert_eq!(evaluator_alignment(3.0, 3.0, 0.5, 0.0), 1.0);
        assert!((evaluator_alignment(4.0, 3.0, 0.5, 0.0) - (-1f64).exp()).abs() < 1e-12);
    }

    #[test]
    fn motion_is_rewarded_in_fifths() {
        assert_eq!(motion_reward(0.0, 0.0, 0.0), 1.0);
        // 1 − (0.35 + 0.05) = 0.6
        assert_eq!(motion_reward(0.5, 0.25, 0.0), 0.6);
        assert_eq!(motion_reward(1.0, 1.0, 1.0), 0.0);
    }
}
