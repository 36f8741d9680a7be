//! Krippendorff's alpha: how far raters agree beyond chance (Krippendorff 2011, "Computing Krippendorff's
//! alpha-reliability"). 1 is agreement, 0 chance. Raters may be missing anywhere.

/// How far apart two ratings are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// the same or not
    Nominal,
    /// by how many ratings lie between them
    Ordinal,
    /// by the square of their difference
    Interval,
}

/// Over units, each with the ratings that it got; units with fewer than two are left out, and ratings that are not
/// finite count as missing. `None` without units, or when all ratings are the same value.
pub fn alpha<U: AsRef<[f64]>>(units: &[U], level: Level) -> Option<f64> {
    let units: Vec<Vec<f64>> = units
        .iter()
        .map(AsRef::as_ref)
        .filter(|unit| unit.len() >= 2)
        .map(|unit| unit.iter().copied().filter(|v| v.is_finite()).collect())
        .filter(|unit: &Vec<f64>| unit.len() >= 2)
        .collect();
    let mut values: Vec<f64> = units.iter().flatten().map(|v| v + 0.0).collect();
    values.sort_by(f64::total_cmp);
    values.dedup();
    if values.len() < 2 {
        return None;
    }
    let place = |value: f64| values.partition_point(|&known| known < value);
    let mut totals = vec![0.0_f64; values.len()];
    for value in units.iter().flatten() {
        totals[place(*value)] += 1.0;
    }
    let distance = distances(&values, &totals, level);
    let all: f64 = totals.iter().sum();
    let observed: f64 = units
        .iter()
        .map(|unit| {
            let mut sum = 0.0;
            for (i, &one) in unit.iter().enumerate() {
                for &other in &unit[i + 1..] {
                    sum += 2.0 * distance(place(one), place(other));
                }
            }
            sum / (unit.len() as f64 - 1.0)
        })
        .sum();
    let mut expected = 0.0;
    for i in 0..values.len() {
        for j in i + 1..values.len() {
            expected += 2.0 * totals[i] * totals[j] * distance(i, j);
        }
    }
    (expected > 0.0).then(|| 1.0 - (all - 1.0) * observed / expected)
}

/// The squared distance between the values at two places.
fn distances<'a>(
    values: &'a [f64],
    totals: &'a [f64],
    level: Level,
) -> Box<dyn Fn(usize, usize) -> f64 + 'a> {
    match level {
        Level::Nominal => Box::new(|i, j| f64::from(u8::from(i != j))),
        Level::Interval => Box::new(|i, j| (values[i] - values[j]).powi(2)),
        Level::Ordinal => {
            // sums up to and with each value
            let mut sums = Vec::with_capacity(totals.len());
            let mut sum = 0.0;
            for total in totals {
                sum += total;
                sums.push(sum);
            }
            Box::new(move |i, j| {
                let (low, high) = (i.min(j), i.max(j));
                let between = sums[high] - sums[low] + totals[low];
                (between - (totals[low] + totals[high]) / 2.0).powi(2)
            })
        }
    }
}
