//! A support vector regression with a radial kernel, as libsvm writes it into text (Chang & Lin 2011), over features that
//! were brought to [-1, 1]: Σ cᵢ · exp(−γ |xᵢ − x|²) − ρ.

use serde::Deserialize;

use super::FEATURES;

/// The regression.
#[derive(Clone, Debug)]
pub struct Regression {
    gamma: f64,
    rho: f64,
    /// coefficients and their vectors
    support: Vec<(f64, [f64; FEATURES])>,
    ranges: Ranges,
}

/// What is brought to -1 and to 1.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Ranges {
    least: Vec<f64>,
    greatest: Vec<f64>,
}

/// More vectors than any regression of this kind has.
const MOST_VECTORS: usize = 100_000;

impl Regression {
    /// Reads libsvm's text, and `{"least": […], "greatest": […]}` of every feature.
    ///
    /// # Errors
    /// A clause that says what is wrong.
    pub fn read(machine: &str, ranges: &str) -> Result<Self, String> {
        let ranges: Ranges = serde_json::from_str(ranges)
            .map_err(|_| "its ranges are not as expected".to_owned())?;
        let sound = ranges.least.len() == FEATURES
            && ranges.greatest.len() == FEATURES
            && ranges
                .least
                .iter()
                .zip(&ranges.greatest)
                .all(|(a, b)| a < b);
        if !sound {
            return Err(format!("its ranges are not those of {FEATURES} features"));
        }
        let (head, vectors) = machine
            .split_once("\nSV")
            .ok_or_else(|| "it has no support vectors".to_owned())?;
        let named = |name: &str| {
            let mut lines = head.lines();
            lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(' ').map(str::trim))
        };
        for (name, wanted) in [("svm_type", "epsilon_svr"), ("kernel_type", "rbf")] {
            if named(name) != Some(wanted) {
                return Err(format!("its {name} is not {wanted}"));
            }
        }
        let number = |name: &str| {
            let value = named(name).and_then(finite);
            value.ok_or_else(|| format!("its {name} is no number"))
        };
        let (gamma, rho) = (number("gamma")?, number("rho")?);
        let lines = vectors.lines().filter(|line| !line.trim().is_empty());
        let support: Vec<_> = lines
            .take(MOST_VECTORS)
            .map(vector)
            .collect::<Option<_>>()
            .ok_or_else(|| "one of its support vectors cannot be read".to_owned())?;
        match named("total_sv").and_then(|count| count.parse::<usize>().ok()) {
            Some(count) if count == support.len() => {}
            _ => return Err("it has not as many support vectors as it says".to_owned()),
        }
        Ok(Self {
            gamma,
            rho,
            support,
            ranges,
        })
    }

    /// What it says of these features.
    pub fn predict(&self, features: &[f64; FEATURES]) -> f64 {
        let Ranges { least, greatest } = &self.ranges;
        let scaled: [f64; FEATURES] = std::array::from_fn(|i| {
            2.0 * (features[i] - least[i]) / (greatest[i] - least[i]) - 1.0
        });
        let near = |vector: &[f64; FEATURES]| {
            let pairs = vector.iter().zip(&scaled);
            (-self.gamma * pairs.map(|(a, b)| (a - b).powi(2)).sum::<f64>()).exp()
        };
        let sum: f64 = self
            .support
            .iter()
            .map(|(c, vector)| c * near(vector))
            .sum();
        sum - self.rho
    }
}

/// "-1024 1:-0.5 2:0.25 …"; features that are not named are 0.
fn vector(line: &str) -> Option<(f64, [f64; FEATURES])> {
    let mut words = line.split_whitespace();
    let coefficient = finite(words.next()?)?;
    let mut values = [0.0; FEATURES];
    for word in words {
        let (index, value) = word.split_once(':')?;
        let index = index.parse::<usize>().ok()?.checked_sub(1)?;
        *values.get_mut(index)? = finite(value)?;
    }
    Some((coefficient, values))
}

fn finite(text: &str) -> Option<f64> {
    text.parse::<f64>().ok().filter(|number| number.is_finite())
}
