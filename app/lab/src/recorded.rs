//! What recorded judges said, joined to one number as published formulas do it. All of them work on the scale from 0 to 10
//! on which the sub-scores stand, so that whole numbers that are equal stay equal.

use crate::case::SubScores;

/// Joins sub-scores; `None` where one is missing.
pub type Join = fn(&SubScores) -> Option<f64>;

/// A formula in the table.
pub struct Formula {
    /// short name for the command line
    pub id: &'static str,
    /// what it is and whose
    pub about: &'static str,
    /// see there; 0 to 10
    pub join: Join,
}

fn least(values: &[f64]) -> Option<f64> {
    values.iter().copied().reduce(f64::min)
}

fn mean(values: &[f64]) -> Option<f64> {
    crate::measures::mean(values.iter().copied())
}

fn all(scores: &SubScores) -> Vec<f64> {
    [&scores.semantic[..], &scores.perceptual[..]].concat()
}

/// min(SC)^α · min(PQ)^(1−α).
fn power(scores: &SubScores, alpha: f64) -> Option<f64> {
    Some(least(&scores.semantic)?.powf(alpha) * least(&scores.perceptual)?.powf(1.0 - alpha))
}

/// Every formula with a name, first the default.
pub const FORMULAS: &[Formula] = &[
    Formula {
        id: "viescore",
        about: "sqrt(min(SC) · min(PQ)), VIEScore's own",
        join: |s| Some((least(&s.semantic)? * least(&s.perceptual)?).sqrt()),
    },
    Formula {
        id: "power-0.8",
        about: "min(SC)^0.8 · min(PQ)^0.2; any exponent from 0 to 1 may stand after the dash",
        join: |s| power(s, 0.8),
    },
    Formula {
        id: "instruction",
        about: "the first semantic score alone: was it done?",
        join: |s| s.semantic.first().copied(),
    },
    Formula {
        id: "consistency",
        about: "the second semantic score alone: was it not overdone?",
        join: |s| s.semantic.get(1).copied(),
    },
    Formula {
        id: "mean",
        about: "the mean of all sub-scores",
        join: |s| mean(&all(s)),
    },
    Formula {
        id: "min",
        about: "the least of all sub-scores",
        join: |s| least(&all(s)),
    },
    Formula {
        id: "geometric",
        about: "the geometric mean of all sub-scores",
        join: |s| {
            let all = all(s);
            let product: f64 = all.iter().product();
            (!all.is_empty()).then(|| product.powf(1.0 / all.len() as f64))
        },
    },
    Formula {
        id: "harmonic",
        about: "the harmonic mean of all sub-scores",
        join: |s| {
            let all = all(s);
            if all.contains(&0.0) {
                return Some(0.0);
            }
            mean(&all.iter().map(|v| 1.0 / v).collect::<Vec<_>>()).map(|mean| 1.0 / mean)
        },
    },
    Formula {
        id: "sqrt-means",
        about: "sqrt(mean(SC) · mean(PQ))",
        join: |s| Some((mean(&s.semantic)? * mean(&s.perceptual)?).sqrt()),
    },
    Formula {
        id: "spatial",
        about: "(0.6 · done + 0.4 · not overdone)^0.8 · mean(PQ)^0.2, SpatialReward's",
        join: |s| match s.semantic[..] {
            [done, kept] => {
                Some((0.6 * done + 0.4 * kept).powf(0.8) * mean(&s.perceptual)?.powf(0.2))
            }
            _ => None,
        },
    },
];

/// A formula with its numbers filled in.
pub type Joined = Box<dyn Fn(&SubScores) -> Option<f64>>;

/// The formula of this name; "power-0.65" has any exponent.
pub fn formula(id: &str) -> Option<Joined> {
    if let Some(known) = FORMULAS.iter().find(|formula| formula.id == id) {
        return Some(Box::new(known.join));
    }
    let alpha: f64 = id.strip_prefix("power-")?.parse().ok()?;
    (0.0..=1.0)
        .contains(&alpha)
        .then(|| Box::new(move |scores: &SubScores| power(scores, alpha)) as Joined)
}
