//! Scores of judges that write them down: how the numbers of one answer, or of several, become the published score.

/// EditScore's numbers of one pass or their means, each in [0, 10] (arXiv 2509.23909).
#[derive(Clone, Copy, Debug, PartialEq)]
#[expect(missing_docs, reason = "the names are the published ones")]
pub struct EditScore {
    pub prompt_following: f64,
    pub consistency: f64,
    pub perceptual_quality: f64,
    pub overall: f64,
}

/// The most that EditScore's judge may give a sub-score.
pub const EDITSCORE_MOST: f64 = 25.0;

/// One pass of EditScore from its sub-scores in [0, 25]: success of the edit and absence of over-editing, then naturalness
/// and absence of artifacts. SC = min(a, b) / 2.5, PQ = min(n, r) / 2.5, overall = √(SC · PQ).
pub fn editscore(semantic: [f64; 2], quality: [f64; 2]) -> EditScore {
    let [success, kept] = semantic.map(|score| score / (EDITSCORE_MOST / 10.0));
    let perceptual_quality = quality[0].min(quality[1]) / (EDITSCORE_MOST / 10.0);
    EditScore {
        prompt_following: success,
        consistency: kept,
        perceptual_quality,
        overall: (success.min(kept) * perceptual_quality).sqrt(),
    }
}

/// EditScore over several passes, as it is published by default (`average_last`): every number is the plain mean, also the
/// overall one. `None` of no pass.
pub fn editscore_average_last(passes: &[EditScore]) -> Option<EditScore> {
    let mean = |of: fn(&EditScore) -> f64| mean(passes.iter().map(of));
    Some(EditScore {
        prompt_following: mean(|pass| pass.prompt_following)?,
        consistency: mean(|pass| pass.consistency)?,
        perceptual_quality: mean(|pass| pass.perceptual_quality)?,
        overall: mean(|pass| pass.overall)?,
    })
}

/// The other published way (`average_first`): overall = √(mean prompt following · mean perceptual quality). It leaves
/// consistency out of the overall score.
pub fn editscore_average_first(passes: &[EditScore]) -> Option<EditScore> {
    let means = editscore_average_last(passes)?;
    Some(EditScore {
        overall: (means.prompt_following * means.perceptual_quality).sqrt(),
        ..means
    })
}

/// VIEScore's three numbers, each in [0, 10] (arXiv 2312.14867): SC = min, PQ = min, O = √(SC · PQ).
pub fn viescore(semantic: [f64; 2], quality: [f64; 2]) -> [f64; 3] {
    let (sc, pq) = (semantic[0].min(semantic[1]), quality[0].min(quality[1]));
    [sc, pq, (sc * pq).sqrt()]
}

/// ImgEdit-Judge from its three scores in [1, 5], compliance first: the others may not exceed it; the mean of all three.
pub fn imgedit(scores: [f64; 3]) -> [f64; 4] {
    let [compliance, seamless, coherent] = scores;
    let (seamless, coherent) = (seamless.min(compliance), coherent.min(compliance));
    [
        compliance,
        seamless,
        coherent,
        (compliance + seamless + coherent) / 3.0,
    ]
}

/// A score in [1, 5] as a share of its scale.
pub fn share_of_one_to_five(score: f64) -> f64 {
    (score - 1.0) / 4.0
}

/// FIRM's CME of execution and consistency, both in [0, 1] (arXiv 2603.12247): E · (0.6 + 0.4 · C). Without success,
/// consistency is worth nothing.
pub fn firm_cme(execution: f64, consistency: f64) -> f64 {
    execution * (0.6 + 0.4 * consistency)
}

/// FIRM's QMA of instruction following and quality, for pictures that are made anew: IF · (0.4 + 0.6 · Q).
pub fn firm_qma(following: f64, quality: f64) -> f64 {
    following * (0.4 + 0.6 * quality)
}

/// SpatialReward (arXiv 2602.07458) from following, consistency, naturalness and absence of artifacts, each in [0, 1]:
/// SC = 0.6 IF + 0.4 C, PQ = 0.5 N + 0.5 A, R = SC^0.8 · PQ^0.2. The three of them.
pub fn spatial_reward(following: f64, consistency: f64, natural: f64, clean: f64) -> [f64; 3] {
    let sc = 0.6 * following + 0.4 * consistency;
    let pq = 0.5 * natural + 0.5 * clean;
    [sc, pq, sc.powf(0.8) * pq.powf(0.2)]
}

/// min(SC)^α · min(PQ)^(1−α) of sub-scores in [0, 1]: what recovered most of the human-oracle gain on ImagenHub's ratings
/// at α = 0.8.
pub fn weighted_minima(semantic: [f64; 2], quality: [f64; 2], alpha: f64) -> f64 {
    let least = |pair: [f64; 2]| pair[0].min(pair[1]);
    least(semantic).powf(alpha) * least(quality).powf(1.0 - alpha)
}

/// Pico-Banana's curation score of instruction, realism, preservation and technique, each in [0, 1]; kept from about 0.7.
pub fn pico_banana(instruction: f64, realism: f64, preservation: f64, technique: f64) -> f64 {
    0.40 * instruction + 0.25 * realism + 0.20 * preservation + 0.15 * technique
}

/// Editing over several steps (PURE): the values weighted by softmax(−r / T), so that the worst step counts most; the
/// minimum for T → 0. `None` of no step.
pub fn soft_minimum(values: &[f64], temperature: f64) -> Option<f64> {
    let least = values.iter().copied().reduce(f64::min)?;
    let weight = |value: f64| (-(value - least) / temperature.max(1e-9)).exp();
    let total: f64 = values.iter().map(|&value| weight(value)).sum();
    Some(
        values
            .iter()
            .map(|&value| weight(value) * value)
            .sum::<f64>()
            / total,
    )
}

/// The plain mean; `None` of nothing.
pub fn mean(values: impl IntoIterator<Item = f64>) -> Option<f64> {
    let (mut total, mut count) = (0.0, 0usize);
    for value in values {
        total += value;
        count += 1;
    }
    (count > 0).then(|| total / count as f64)
}

/// Standard deviation of a sample about its mean (with n − 1); 0 of fewer than two.
pub fn deviation(values: &[f64]) -> f64 {
    let Some(centre) = mean(values.iter().copied()).filter(|_| values.len() > 1) else {
        return 0.0;
    };
    let squares: f64 = values.iter().map(|value| (value - centre).powi(2)).sum();
    (squares / (values.len() - 1) as f64).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(found: f64, wanted: f64) -> bool {
        (found - wanted).abs() < 1e-9
    }

    #[test]
    fn a_pass_of_editscore_is_the_geometric_mean_of_the_two_minima_on_ten() {
        // SC = min(20, 15)/2.5 = 6, PQ = min(25, 24)/2.5 = 9.6, √57.6
        let pass = editscore([20.0, 15.0], [25.0, 24.0]);
        assert!(near(pass.prompt_following, 8.0) && near(pass.consistency, 6.0));
        assert!(near(pass.perceptual_quality, 9.6) && near(pass.overall, 57.6f64.sqrt()));
    }

    #[test]
    fn editscore_averages_the_overall_scores_of_its_passes() {
        let passes = [
            editscore([25.0, 25.0], [25.0, 25.0]),
            editscore([0.0, 25.0], [25.0, 25.0]),
        ];
        let last = editscore_average_last(&passes).expect("two passes");
        assert!(near(last.overall, 5.0) && near(last.prompt_following, 5.0));
        // √(5 · 10), which does not see consistency
        let first = editscore_average_first(&passes).expect("two passes");
        assert!(near(first.overall, 50f64.sqrt()) && near(first.consistency, 10.0));
        assert_eq!(editscore_average_last(&[]), None);
    }

    #[test]
    fn viescore_takes_the_worse_of_each_pair() {
        let [sc, pq, overall] = viescore([9.0, 4.0], [8.0, 9.0]);
        assert!(near(sc, 4.0) && near(pq, 8.0) && near(overall, 32f64.sqrt()));
    }

    #[test]
    fn an_imgedit_that_does_not_comply_cannot_be_seamless() {
        let [compliance, seamless, coherent, overall] = imgedit([2.0, 5.0, 1.0]);
        assert_eq!([compliance, seamless, coherent], [2.0, 2.0, 1.0]);
        assert!(near(overall, 5.0 / 3.0));
    }

    #[test]
    fn firm_gives_nothing_for_a_copy_and_a_bonus_for_consistency() {
        assert_eq!(firm_cme(share_of_one_to_five(1.0), 1.0), 0.0);
        assert!(near(firm_cme(0.5, 0.25), 0.35) && near(firm_qma(0.5, 0.5), 0.35));
    }

    #[test]
    fn spatial_reward_is_a_weighted_geometric_mean_of_means() {
        let [sc, pq, r] = spatial_reward(1.0, 0.5, 0.6, 0.4);
        assert!(near(sc, 0.8) && near(pq, 0.5));
        assert!(near(r, (0.8 * 0.8f64.ln() + 0.2 * 0.5f64.ln()).exp()));
    }

    #[test]
    fn the_weighted_minima_with_one_half_are_viescore_on_one() {
        let [.., overall] = viescore([9.0, 4.0], [8.0, 9.0]);
        assert!(near(
            weighted_minima([0.9, 0.4], [0.8, 0.9], 0.5) * 10.0,
            overall
        ));
    }

    #[test]
    fn the_weights_of_pico_banana_make_one() {
        assert!(near(pico_banana(1.0, 1.0, 1.0, 1.0), 1.0));
        assert!(near(pico_banana(0.5, 0.0, 1.0, 0.0), 0.4));
    }

    #[test]
    fn one_broken_step_ranks_below_a_chain_that_is_fair_throughout() {
        let broken = soft_minimum(&[0.9, 0.1, 0.9], 0.1).expect("steps");
        let fair = soft_minimum(&[0.5, 0.5, 0.5], 0.1).expect("steps");
        assert!(broken < fair && near(fair, 0.5));
        assert!((soft_minimum(&[0.9, 0.1], 1e-6).expect("steps") - 0.1).abs() < 1e-9);
    }

    #[test]
    fn the_deviation_of_a_sample_counts_one_less() {
        assert!(near(deviation(&[1.0, 3.0]), 2f64.sqrt()) && deviation(&[4.0]) == 0.0);
    }
}
