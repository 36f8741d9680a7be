//! The head: a ridge regression (Hoerl & Kennard 1970) from what is measured of a candidate to what the judges made of it.
//! How far it is to be trusted is told from each label by a head that has not seen it: the residual without a row i is
//! (yᵢ − ŷᵢ) / (1 − hᵢᵢ), exactly (PRESS, Allen 1974), so that leaving one out costs no second fit.

use std::collections::{BTreeMap, BTreeSet};

use crate::linear::inverse;
use crate::strategies::group::spearman;

/// What is known of a candidate without asking a judge, by name.
pub(crate) type Features = BTreeMap<String, f64>;

/// Strengths of the ridge that are tried, as shares of the number of features.
const RIDGES: [f64; 6] = [0.01, 0.03, 0.1, 0.3, 1.0, 3.0];
/// The latest so many labels are learned from.
const MOST: usize = 96;

/// See the module.
#[derive(Clone, Debug)]
pub(crate) struct Head {
    /// name, mean and spread of each feature, and its weight per unit of spread
    weights: Vec<(String, f64, f64, f64)>,
    /// mean of the labels
    level: f64,
    /// rank correlation of labels with what heads foretold that had not seen them
    pub(crate) agreement: f64,
    /// root mean square of what these were off by
    pub(crate) off_by: f64,
    /// labels that it was learned from
    pub(crate) labels: usize,
}

impl Head {
    /// Learns from features and labels; `None` where there is nothing to learn: fewer than three, all labels equal, or no
    /// feature that differs.
    pub(crate) fn learn(all: &[(&Features, f64)]) -> Option<Self> {
        let rows = &all[all.len().saturating_sub(MOST)..];
        let count = rows.len();
        let labels: Vec<f64> = rows.iter().map(|(_, label)| *label).collect();
        let level = mean(&labels);
        let columns = columns(rows);
        if count < 3 || columns.is_empty() || labels.iter().all(|label| *label == labels[0]) {
            return None;
        }
        let z: Vec<Vec<f64>> = rows
            .iter()
            .map(|(features, _)| columns.iter().map(|column| column.of(features)).collect())
            .collect();
        let y: Vec<f64> = labels.iter().map(|label| label - level).collect();
        let tried: Vec<Fit> = RIDGES
            .iter()
            .map(|ridge| Fit::of(&z, &y, ridge * columns.len() as f64))
            .collect();
        let best = |without: Option<usize>| {
            let squares = |fit: &&Fit| fit.squares(without);
            tried
                .iter()
                .min_by(|a, b| squares(a).total_cmp(&squares(b)))
        };
        // the strength for a label is chosen by the other labels, so that it has no part in what is told of it
        let mut pairs = Vec::with_capacity(count);
        let mut squares = 0.0;
        for (place, own) in y.iter().enumerate() {
            let residual = best(Some(place))?.residuals[place];
            pairs.push(((own - residual) as f32, *own as f32));
            squares += residual * residual;
        }
        let fit = best(None)?;
        let weight = |column: usize| -> f64 {
            let products = z.iter().zip(&fit.alpha).map(|(row, a)| row[column] * a);
            products.sum()
        };
        let weights = columns.iter().enumerate().map(|(place, column)| {
            let Column { name, mean, spread } = column;
            (name.clone(), *mean, *spread, weight(place))
        });
        Some(Self {
            weights: weights.collect(),
            level,
            agreement: spearman(&pairs).unwrap_or(0.0),
            off_by: (squares / count as f64).sqrt(),
            labels: count,
        })
    }

    /// What the judges would make of a candidate; a feature that it lacks is as that of the others on average.
    pub(crate) fn foretell(&self, features: &Features) -> f64 {
        let term = |(name, mean, spread, weight): &(String, f64, f64, f64)| {
            let value = features.get(name).copied().unwrap_or(*mean);
            weight * ((value - mean) / spread)
        };
        self.level + self.weights.iter().map(term).sum::<f64>()
    }
}

/// A feature that differs between candidates.
struct Column {
    name: String,
    mean: f64,
    spread: f64,
}

impl Column {
    /// In units of its spread.
    fn of(&self, features: &Features) -> f64 {
        let value = features.get(&self.name).copied().unwrap_or(self.mean);
        (value - self.mean) / self.spread
    }
}

fn columns(rows: &[(&Features, f64)]) -> Vec<Column> {
    let names: BTreeSet<&String> = rows.iter().flat_map(|(row, _)| row.keys()).collect();
    let column = |name: &String| {
        let values: Vec<f64> = rows
            .iter()
            .filter_map(|(row, _)| row.get(name).copied())
            .collect();
        let mean = mean(&values);
        let squares: Vec<f64> = values.iter().map(|value| (value - mean).powi(2)).collect();
        // over all rows: those that lack it stand at its mean
        let spread = (squares.iter().sum::<f64>() / rows.len() as f64).sqrt();
        (spread > 1e-9).then(|| Column {
            name: name.clone(),
            mean,
            spread,
        })
    };
    names.into_iter().filter_map(column).collect()
}

/// A ridge of one strength, in its dual form: (K + λI) α = y, with K the products of the rows.
struct Fit {
    alpha: Vec<f64>,
    /// of each label by the head that has not seen it
    residuals: Vec<f64>,
}

impl Fit {
    fn of(z: &[Vec<f64>], y: &[f64], ridge: f64) -> Self {
        let count = z.len();
        let product = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
        let kernel: Vec<Vec<f64>> = z
            .iter()
            .map(|a| z.iter().map(|b| product(a, b)).collect())
            .collect();
        let mut strong = kernel.clone();
        for (place, row) in strong.iter_mut().enumerate() {
            row[place] += ridge;
        }
        let inverse = inverse(strong);
        let alpha: Vec<f64> = inverse.iter().map(|row| product(row, y)).collect();
        // the level is fitted beside it, which is a share of each label of its own
        let hat = |place: usize| 1.0 / count as f64 + product(&kernel[place], &inverse[place]);
        let residuals = (0..count).map(|place| {
            let residual = y[place] - product(&kernel[place], &alpha);
            residual / (1.0 - hat(place)).max(1e-6)
        });
        Self {
            residuals: residuals.collect(),
            alpha,
        }
    }

    /// Sum of the squared residuals, perhaps without one.
    fn squares(&self, without: Option<usize>) -> f64 {
        let all = self.residuals.iter().enumerate();
        all.filter(|(place, _)| Some(*place) != without)
            .map(|(_, residual)| residual * residual)
            .sum()
    }
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len().max(1) as f64
}

#[cfg(test)]
mod tests {
    use retake_core::Rng;

    use super::*;

    /// Three measures that tell something, each bent and noisy, two that tell nothing, and a judge who goes by the truth.
    fn seen(rng: &mut Rng, telling: f32, judge_noise: f32) -> (Features, f64, f64) {
        let truth = rng.uniform();
        let mut feature = |bend: f32| {
            let told = telling * (truth.powf(bend) + 0.05 * rng.normal());
            f64::from(told + (1.0 - telling) * rng.normal())
        };
        let features = [
            ("a".to_owned(), feature(1.0)),
            ("b".to_owned(), feature(2.0)),
            ("c".to_owned(), feature(0.5)),
            ("d".to_owned(), f64::from(rng.normal())),
            ("e".to_owned(), f64::from(rng.normal())),
        ];
        let label = f64::from(truth.powf(1.5) + judge_noise * rng.normal());
        (features.into(), label, f64::from(truth))
    }

    /// What a head says of itself, and how it ranks what it has not seen by what judges say of that.
    fn told_and_true(seed: u64, labels: usize, telling: f32, noise: f32) -> (f64, f64) {
        let mut rng = Rng::new(seed);
        let rows: Vec<_> = (0..labels)
            .map(|_| seen(&mut rng, telling, noise))
            .collect();
        let rows: Vec<(&Features, f64)> = rows.iter().map(|row| (&row.0, row.1)).collect();
        let head = Head::learn(&rows).expect("there is something to learn");
        let fresh: Vec<(f32, f32)> = (0..200)
            .map(|_| seen(&mut rng, telling, noise))
            .map(|(features, label, _)| (head.foretell(&features) as f32, label as f32))
            .collect();
        (head.agreement, spearman(&fresh).unwrap_or(0.0))
    }

    #[test]
    fn a_noisy_monotone_judge_is_foretold_at_a_rank_agreement_of_four_fifths() {
        for seed in 0..40 {
            let (told, truly) = told_and_true(seed, 24, 1.0, 0.05);
            assert!(truly >= 0.8 && told >= 0.7, "{seed}: {told} {truly}");
        }
    }

    #[test]
    fn it_never_says_more_of_itself_on_average_than_holds() {
        for (telling, noise) in [(1.0, 0.02), (1.0, 0.2), (0.5, 0.1)] {
            let runs: Vec<(f64, f64)> = (0..60)
                .map(|seed| told_and_true(1_000 + seed, 20, telling, noise))
                .collect();
            let told = mean(&runs.iter().map(|run| run.0).collect::<Vec<_>>());
            let truly = mean(&runs.iter().map(|run| run.1).collect::<Vec<_>>());
            // leaving one out is unkind to heads that know little
            let floor = if truly > 0.8 { truly - 0.08 } else { -1.0 };
            assert!(
                told < truly + 0.02 && told > floor,
                "{telling} {noise}: {told} {truly}"
            );
        }
    }

    #[test]
    fn where_nothing_is_told_it_does_not_say_that_it_knows() {
        let high = (0..200).filter(|seed| told_and_true(*seed, 8, 0.0, 0.1).0 >= 0.8);
        let high = high.count();
        assert!(high <= 10, "{high} of 200");
    }

    #[test]
    fn a_residual_is_that_of_a_head_that_has_not_seen_its_label() {
        let mut rng = Rng::new(5);
        let rows: Vec<_> = (0..9).map(|_| seen(&mut rng, 1.0, 0.1)).collect();
        let z: Vec<Vec<f64>> = rows
            .iter()
            .map(|row| row.0.values().copied().collect())
            .collect();
        let labels: Vec<f64> = rows.iter().map(|row| row.1).collect();
        let centred = |of: &[usize]| -> (Vec<Vec<f64>>, Vec<f64>, Vec<f64>, f64) {
            let level = mean(&of.iter().map(|&i| labels[i]).collect::<Vec<_>>());
            let means: Vec<f64> = (0..5)
                .map(|c| mean(&of.iter().map(|&i| z[i][c]).collect::<Vec<_>>()))
                .collect();
            let rows = of
                .iter()
                .map(|&i| (0..5).map(|c| z[i][c] - means[c]).collect());
            let y = of.iter().map(|&i| labels[i] - level).collect();
            (rows.collect(), y, means, level)
        };
        let all: Vec<usize> = (0..9).collect();
        let (rows_all, y, ..) = centred(&all);
        let fit = Fit::of(&rows_all, &y, 0.7);
        for left in 0..9 {
            let others: Vec<usize> = all.iter().copied().filter(|&i| i != left).collect();
            let (rows, y, means, level) = centred(&others);
            let own = Fit::of(&rows, &y, 0.7);
            let x: Vec<f64> = (0..5).map(|c| z[left][c] - means[c]).collect();
            let products = rows
                .iter()
                .zip(&own.alpha)
                .map(|(row, a)| a * row.iter().zip(&x).map(|(a, b)| a * b).sum::<f64>());
            let foretold = level + products.sum::<f64>();
            let residual = labels[left] - foretold;
            assert!((residual - fit.residuals[left]).abs() < 1e-9, "{left}");
        }
    }

    #[test]
    fn of_equal_labels_and_of_equal_features_nothing_is_learned() {
        let features = |value: f64| Features::from([("a".to_owned(), value)]);
        let (one, two, three) = (features(0.1), features(0.5), features(0.9));
        assert!(Head::learn(&[(&one, 0.5), (&two, 0.5), (&three, 0.5)]).is_none());
        assert!(Head::learn(&[(&one, 0.1), (&one, 0.5), (&one, 0.9)]).is_none());
        assert!(Head::learn(&[(&one, 0.1), (&two, 0.5)]).is_none());
    }
}
