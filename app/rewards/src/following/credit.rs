//! How much credit a measured change earns against what was asked.

use retake_core::{Amount, AskedRange, Change, Goal, Quantity, Said, Scale, said};

/// Doing far too much still earns this: it went the right way.
const LEAST_FOR_TOO_MUCH: f32 = 0.04;
/// What the ends of the asked range earn, its aim earning 1. The steps of a quantity grow by about 1.8, so that the ends
/// of one degree's range are what the next degree down or up would have been: done, but rather another wish.
const AT_THE_ENDS: f32 = 0.8;
/// How far what a word means differs between people, as the standard deviation of the logarithm of the change: half of
/// the way from one degree to the next.
const VAGUENESS: f32 = 0.3;
/// A difference of meaning between two looks at the same edits, likewise: a third of the way.
const NUANCE: f32 = 0.2;
/// How fast credit falls once the change is beyond the asked range, per length of the far end of the range.
const FALL: f32 = 1.1;

/// What became of a goal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Passed,
    Partly,
    NotDone,
    WrongWay,
    TooMuch,
    AlreadySo,
}

impl Outcome {
    pub(super) fn said(self) -> Said {
        match self {
            Self::Passed => said!("passed"),
            Self::Partly => said!("only partly"),
            Self::NotDone => said!("not done"),
            Self::WrongWay => said!("the wrong way"),
            Self::TooMuch => said!("too much"),
            Self::AlreadySo => said!("already so"),
        }
    }
}

/// Degrees wrap around.
pub(super) fn distance(quantity: Quantity, from: f32, to: f32) -> f32 {
    match quantity {
        Quantity::Hue | Quantity::Toning | Quantity::Rotation => {
            ((to - from + 180.0).rem_euclid(360.0) - 180.0).abs()
        }
        _ => (to - from).abs(),
    }
}

/// Credit in [0, 1] for going from `before` to `after`; `slack` stretches the asked range (1 takes it at its word).
/// Nothing for no change or the wrong way, rising to nearly 1 where the range begins, 1 at its aim, falling beyond it.
pub(super) fn credit(
    goal: &Goal,
    asked: &AskedRange,
    before: f32,
    after: f32,
    slack: f32,
) -> (f32, Outcome) {
    if goal.change == Change::Set {
        return towards(goal, asked, before, after, slack);
    }
    if let Some(slight) = at_the_end(goal, before) {
        let lost = (after - before).abs() / slight;
        return if lost <= 1.0 {
            (1.0, Outcome::AlreadySo)
        } else {
            ((1.0 - lost).exp(), Outcome::WrongWay)
        };
    }
    let sign = if goal.change == Change::Raise {
        1.0
    } else {
        -1.0
    };
    let ends = [(asked.low - before) * sign, (asked.high - before) * sign];
    let near = (ends[0].min(ends[1]) / slack).max(1e-6);
    let far = (ends[0].max(ends[1]) * slack).max(near);
    let moved = match goal.quantity {
        // hues come back to where they were
        Quantity::Hue | Quantity::Toning => {
            ((after - before + 180.0).rem_euclid(360.0) - 180.0) * sign
        }
        _ => (after - before) * sign,
    };
    if moved <= 0.0 {
        let wrong = -moved > 0.25 * near;
        return (
            0.0,
            if wrong {
                Outcome::WrongWay
            } else {
                Outcome::NotDone
            },
        );
    }
    if moved < near {
        let share = moved / near;
        let outcome = if share < 0.3 {
            Outcome::NotDone
        } else {
            Outcome::Partly
        };
        return (AT_THE_ENDS * share.powf(1.5), outcome);
    }
    if moved <= far {
        // strengths are felt by their ratios, so half as much is as far off as twice as much
        let aim = ((asked.aim - before) * sign).clamp(near, far);
        let end = if moved < aim { near } else { far };
        let side = (end / aim).ln();
        let off = if side.abs() > 1e-6 {
            (moved / aim).ln() / side
        } else {
            0.0
        };
        return (1.0 - (1.0 - AT_THE_ENDS) * off * off, Outcome::Passed);
    }
    let beyond = moved / far - 1.0;
    let credit = LEAST_FOR_TOO_MUCH + (AT_THE_ENDS - LEAST_FOR_TOO_MUCH) * (-FALL * beyond).exp();
    let outcome = if beyond < 0.1 {
        Outcome::Passed
    } else {
        Outcome::TooMuch
    };
    (credit, outcome)
}

/// What a person may be expected to give: the mean of the credit over what may have been meant, and its doubt.
/// A number is taken at its word; a degree is a word, meant differently by different people.
#[derive(Clone, Copy, Debug)]
pub(super) struct Expected {
    pub(super) credit: f32,
    pub(super) doubt: f32,
    pub(super) outcome: Outcome,
}

/// The expected credit, by Gauss–Hermite quadrature with three points over the logarithm of the meant change. The doubt
/// is how much a difference of a third of a degree would matter, one standard deviation.
pub(super) fn expected(goal: &Goal, asked: &AskedRange, before: f32, after: f32) -> Expected {
    let (here, outcome) = credit(goal, asked, before, after, 1.0);
    if goal.change == Change::Set {
        let others = [1.0 / 1.2, 1.2].map(|slack| credit(goal, asked, before, after, slack).0);
        let doubt = deviation(here, others);
        return Expected {
            credit: here,
            doubt,
            outcome,
        };
    }
    let with = |more: f32| {
        let after = before + (after - before) * more.exp();
        credit(goal, asked, before, after, 1.0).0
    };
    let vague = matches!(goal.amount, Amount::Degree(_) | Amount::Hue(..));
    let node = if vague {
        3.0f32.sqrt() * VAGUENESS
    } else {
        0.0
    };
    Expected {
        credit: here * 2.0 / 3.0 + (with(-node) + with(node)) / 6.0,
        doubt: deviation(here, [with(-NUANCE), with(NUANCE)]),
        outcome,
    }
}

fn deviation(here: f32, others: [f32; 2]) -> f32 {
    let squares: f32 = others.iter().map(|other| (other - here).powi(2)).sum();
    (0.5 * squares).sqrt()
}

/// Whether the source already is what is asked: a `Set` goal's target, or the end of the scale.
pub(super) fn already(goal: &Goal, asked: &AskedRange, before: f32) -> bool {
    match goal.change {
        Change::Set => distance(goal.quantity, before, asked.aim) <= tolerance(asked),
        Change::Raise | Change::Lower => at_the_end(goal, before).is_some(),
    }
}

/// The slight step of a quantity whose value lies at the end of its scale, where nothing more can be asked.
fn at_the_end(goal: &Goal, before: f32) -> Option<f32> {
    let info = goal.quantity.info();
    let end = if goal.change == Change::Raise {
        info.bounds.1
    } else {
        info.bounds.0
    };
    let slight = match info.scale {
        Scale::Delta(steps) => steps[0],
        // a tenth of the scale's unit: a chroma of 0.1 is grey
        Scale::Factor(_) if goal.change == Change::Lower => 1.0,
        Scale::Factor(_) | Scale::Target { .. } => return None,
    };
    ((end - before).abs() < 0.1 * slight).then_some(slight)
}

fn tolerance(asked: &AskedRange) -> f32 {
    ((asked.high - asked.low) * 0.5).max(1e-6)
}

fn towards(goal: &Goal, asked: &AskedRange, before: f32, after: f32, slack: f32) -> (f32, Outcome) {
    let tolerance = tolerance(asked) * slack;
    let start = distance(goal.quantity, before, asked.aim);
    let end = distance(goal.quantity, after, asked.aim);
    if end <= tolerance {
        let off = end / tolerance;
        return (1.0 - (1.0 - AT_THE_ENDS) * off * off, Outcome::Passed);
    }
    if start <= tolerance {
        // it was so, and is no longer
        return (
            (-(end - tolerance) / tolerance).exp() * AT_THE_ENDS,
            Outcome::WrongWay,
        );
    }
    let share = ((start - end) / (start - tolerance)).clamp(0.0, 1.0);
    let outcome = if end > start + 0.25 * tolerance {
        Outcome::WrongWay
    } else if share < 0.3 {
        Outcome::NotDone
    } else {
        Outcome::Partly
    };
    (AT_THE_ENDS * share.powf(1.5), outcome)
}

#[cfg(test)]
mod tests {
    use super::*;
    use retake_core::{Degree, Region};

    fn warmer() -> Goal {
        Goal {
            quantity: Quantity::Warmth,
            change: Change::Raise,
            amount: Amount::Degree(Degree::Moderate),
            region: Region::whole(),
            words: "warmer".to_owned(),
            weight: 1.0,
        }
    }

    /// Credit for so many times the asked change.
    fn earned(times: f32) -> f32 {
        let goal = warmer();
        let asked = goal.asked(4.0);
        let after = 4.0 + times * (asked.aim - 4.0);
        credit(&goal, &asked, 4.0, after, 1.0).0
    }

    #[test]
    fn no_change_and_the_wrong_way_earn_nothing() {
        assert_eq!((earned(0.0), earned(-1.0)), (0.0, 0.0));
    }

    #[test]
    fn the_asked_change_earns_all() {
        assert!(earned(1.0) > 0.999 && earned(0.75) > 0.95 && earned(1.3) > 0.95);
    }

    #[test]
    fn what_the_next_degree_would_be_passes_with_clearly_less() {
        for times in [0.46, 1.79] {
            assert!((0.78..0.85).contains(&earned(times)), "{}", earned(times));
        }
        assert!(earned(0.46) < earned(0.6) && earned(0.6) < earned(0.8));
        assert!(earned(1.79) < earned(1.5) && earned(1.5) < earned(1.2));
    }

    #[test]
    fn half_and_twice_as_much_are_equally_far_off() {
        let goal = warmer();
        let wide = AskedRange {
            low: 5.0,
            aim: 8.0,
            high: 20.0,
        };
        let earned = |after| credit(&goal, &wide, 4.0, after, 1.0).0;
        assert!((earned(6.0) - earned(12.0)).abs() < 1e-3);
    }

    #[test]
    fn credit_is_doubted_most_where_it_falls() {
        let goal = warmer();
        let asked = goal.asked(4.0);
        let doubt =
            |times: f32| expected(&goal, &asked, 4.0, 4.0 + times * (asked.aim - 4.0)).doubt;
        assert!(doubt(0.0) == 0.0 && doubt(1.0) < 0.05 && doubt(0.5) > 2.0 * doubt(1.0));
    }

    #[test]
    fn a_word_is_never_met_beyond_doubt_and_a_number_is() {
        let given = |amount| {
            let goal = Goal { amount, ..warmer() };
            let asked = goal.asked(4.0);
            expected(&goal, &asked, 4.0, asked.aim).credit
        };
        let word = given(Amount::Degree(Degree::Moderate));
        assert!((0.93..0.98).contains(&word), "{word}");
        assert!(given(Amount::Units(5.0)) > 0.999);
    }

    #[test]
    fn three_times_the_asked_earns_clearly_less_but_more_than_nothing() {
        assert!((0.2..0.7).contains(&earned(3.0)), "{}", earned(3.0));
        assert!(earned(4.0) < earned(3.0) && earned(4.0) > earned(0.0));
    }

    #[test]
    fn what_is_black_already_need_not_be_blacker() {
        let goal = Goal {
            quantity: Quantity::Blacks,
            change: Change::Lower,
            ..warmer()
        };
        let earned = |after| credit(&goal, &goal.asked(0.01), 0.01, after, 1.0).0;
        assert!(earned(0.02) == 1.0 && earned(6.0) < 0.2);
    }

    #[test]
    fn more_of_too_little_earns_more() {
        let steps: Vec<f32> = (0..=20).map(|i| earned(0.05 * i as f32)).collect();
        assert!(steps.is_sorted(), "{steps:?}");
    }
}
