//! What more candidates would bring: the expected score and the expected opinion of people of the best of N, for every N, from
//! groups of candidates that all have both. Exact over all ways to draw N of a group without putting back (Nakano et al. 2021,
//! arXiv 2112.09332, appendix I); equal scores share the pick.

use super::groups::Rated;
use super::mean;

/// One point of the curve.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
pub struct BestOf {
    /// candidates drawn
    pub n: usize,
    /// what the reward gives the best of them, on average
    pub proxy: f64,
    /// what people give that one, on average
    pub human: f64,
}

/// The curve up to the largest N that at least half of the groups reach, over those that do; empty where no group has two.
pub fn best_of(groups: &[Vec<Rated>]) -> Vec<BestOf> {
    let known = |group: &Vec<Rated>| -> Vec<Rated> {
        let both = |rated: &&Rated| rated.score.is_finite() && rated.human.is_finite();
        group.iter().filter(both).copied().collect()
    };
    let groups: Vec<Vec<Rated>> = groups
        .iter()
        .map(known)
        .filter(|group| group.len() > 1)
        .collect();
    let mut sizes: Vec<usize> = groups.iter().map(Vec::len).collect();
    sizes.sort_unstable();
    // the upper median: half of the groups have as many
    let Some(&most) = sizes.get(sizes.len() / 2) else {
        return Vec::new();
    };
    let used: Vec<Vec<Rated>> = groups
        .into_iter()
        .filter(|group| group.len() >= most)
        .map(sorted)
        .collect();
    let point = |n: usize| {
        let of =
            |value: fn(&Rated) -> f64| mean(used.iter().map(|group| expected(group, n, value)));
        Some(BestOf {
            n,
            proxy: of(|rated| rated.score)?,
            human: of(|rated| rated.human)?,
        })
    };
    (1..=most).filter_map(point).collect()
}

/// By score, the lowest first; equal scores stand for each other with what people give them on average.
fn sorted(mut group: Vec<Rated>) -> Vec<Rated> {
    group.sort_by(|a, b| a.score.total_cmp(&b.score));
    for block in group.chunk_by_mut(|a, b| a.score == b.score) {
        let shared = block.iter().map(|rated| rated.human).sum::<f64>() / block.len() as f64;
        block.iter_mut().for_each(|rated| rated.human = shared);
    }
    group
}

/// The mean of `value` over the highest of every `n` of the group.
fn expected(group: &[Rated], n: usize, value: fn(&Rated) -> f64) -> f64 {
    // the chance that the highest of all is drawn is n / k; given that it is not, the group is one smaller
    let mut left = 1.0;
    let mut sum = 0.0;
    for size in (n..=group.len()).rev() {
        let chance = n as f64 / size as f64;
        sum += left * chance * value(&group[size - 1]);
        left *= 1.0 - chance;
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rated(both: &[(f64, f64)]) -> Vec<Rated> {
        let of = |(score, human): &(f64, f64)| Rated {
            score: *score,
            human: *human,
        };
        both.iter().map(of).collect()
    }

    #[test]
    fn the_curve_is_the_mean_over_every_draw() {
        let group = rated(&[(0.3, 1.0), (0.9, 0.0), (0.5, 4.0), (0.1, 2.0)]);
        for point in best_of(std::slice::from_ref(&group)) {
            let (mut draws, mut proxy, mut human) = (0.0, 0.0, 0.0);
            for drawn in 1_u32..16 {
                if drawn.count_ones() as usize != point.n {
                    continue;
                }
                let best = (0..4)
                    .filter(|at| drawn & (1 << at) != 0)
                    .map(|at| group[at])
                    .max_by(|a, b| a.score.total_cmp(&b.score))
                    .expect("somebody is drawn");
                draws += 1.0;
                proxy += best.score;
                human += best.human;
            }
            assert!((point.proxy - proxy / draws).abs() < 1e-12, "{point:?}");
            assert!((point.human - human / draws).abs() < 1e-12, "{point:?}");
        }
    }

    #[test]
    fn equal_scores_share_the_pick() {
        let curve = best_of(&[rated(&[(0.5, 0.0), (0.5, 1.0), (0.5, 2.0)])]);
        assert!(curve.iter().all(|point| (point.human - 1.0).abs() < 1e-12));
        assert_eq!(curve.len(), 3);
    }

    #[test]
    fn groups_that_are_too_small_are_left_out() {
        let small = rated(&[(0.1, 0.1), (0.2, 0.2)]);
        let large = rated(&[(0.1, 0.5), (0.2, 0.5), (0.3, 0.5)]);
        let curve = best_of(&[small, large.clone(), large]);
        assert_eq!(curve.len(), 3);
        assert!((curve[0].human - 0.5).abs() < 1e-12);
        assert!(best_of(&[rated(&[(0.1, 0.1)])]).is_empty());
    }
}
