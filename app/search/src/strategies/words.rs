//! Words for what was missing, in the languages that reflection speaks: "a bit warmer", "etwas wärmer". Each is read back
//! as the quantity and the direction that it stands for (`app/engine/tests/words_of_reflection.rs`).

use retake_core::{Amount, AskedRange, Change, Degree, Goal, Quantity, Region, Scale};

use Quantity as Q;

/// What a quantity that rises and that falls is called in English and in German.
struct Row {
    quantity: Quantity,
    english: [&'static str; 2],
    german: [&'static str; 2],
}

const fn row(quantity: Quantity, english: [&'static str; 2], german: [&'static str; 2]) -> Row {
    Row {
        quantity,
        english,
        german,
    }
}

/// Quantities that are a matter of degree, as a person would ask for a little more or less of them.
#[rustfmt::skip]
const WORDS: &[Row] = &[
    row(Q::Exposure, ["brighter", "darker"], ["heller", "dunkler"]),
    row(Q::Lightness, ["brighter", "darker"], ["heller", "dunkler"]),
    row(Q::Contrast, ["more contrast", "less contrast"], ["mehr Kontrast", "weniger Kontrast"]),
    row(Q::Highlights, ["brighter highlights", "darker highlights"], ["hellere Lichter", "dunklere Lichter"]),
    row(Q::Shadows, ["brighter shadows", "darker shadows"], ["hellere Schatten", "dunklere Schatten"]),
    row(Q::Warmth, ["warmer", "cooler"], ["wärmer", "kühler"]),
    row(Q::Saturation, ["more saturated", "less saturated"], ["gesättigter", "weniger gesättigt"]),
    row(Q::Vibrance, ["more vibrance", "less vibrance"], ["mehr Dynamik", "weniger Dynamik"]),
    row(Q::Sharpness, ["sharper", "softer"], ["schärfer", "weicher"]),
    row(Q::Clarity, ["more clarity", "less clarity"], ["mehr Klarheit", "weniger Klarheit"]),
    row(Q::Texture, ["more texture", "less texture"], ["mehr Textur", "weniger Textur"]),
    row(Q::Haze, ["hazier", "less haze"], ["dunstiger", "weniger Dunst"]),
    row(Q::Noise, ["noisier", "less noise"], ["mehr Rauschen", "weniger Rauschen"]),
    row(Q::Grain, ["more grain", "less grain"], ["mehr Körnung", "weniger Körnung"]),
    row(Q::Vignette, ["more vignette", "less vignette"], ["mehr Vignette", "weniger Vignette"]),
    row(Q::Fade, ["more fade", "less fade"], ["mehr Verblassen", "weniger Verblassen"]),
    row(Q::Glow, ["more glow", "less glow"], ["mehr Leuchten", "weniger Leuchten"]),
];

/// How much in words: slight, moderate, strong, in English and in German.
const HOW_MUCH: [[&str; 2]; 3] = [["a bit ", "etwas "], ["", ""], ["much ", "viel "]];

/// What is asked where a picture has a fault: (name of the reason, English, German).
const FAULTS: &[(&str, &str, &str)] = &[
    ("noise", "less noise", "weniger Rauschen"),
    ("cast", "remove the colour cast", "Farbstich entfernen"),
    (
        "saturation",
        "a bit less saturated",
        "etwas weniger gesättigt",
    ),
    ("blur", "a bit sharper", "etwas schärfer"),
    ("halos", "a bit less clarity", "etwas weniger Klarheit"),
];

/// Whether to speak German; every other language is answered in English.
fn german(language: &str) -> usize {
    usize::from(language == "de")
}

/// The word for a change, in the language of this ISO 639-1 code; `None` for what is no matter of degree.
pub fn clause(
    quantity: Quantity,
    change: Change,
    degree: Degree,
    language: &str,
) -> Option<String> {
    let row = WORDS.iter().find(|row| row.quantity == quantity)?;
    let language = german(language);
    let words = [row.english, row.german][language];
    let much = HOW_MUCH[(degree as usize).min(HOW_MUCH.len() - 1)][language];
    Some(format!(
        "{much}{}",
        words[usize::from(change == Change::Lower)]
    ))
}

/// Every quantity there are words for.
pub fn quantities() -> impl Iterator<Item = Quantity> {
    WORDS.iter().map(|row| row.quantity)
}

/// What to ask against the fault that a reason of this name tells of.
pub fn remedy(reason: &str, language: &str) -> Option<&'static str> {
    let row = FAULTS.iter().find(|row| row.0 == reason)?;
    Some([row.1, row.2][german(language)])
}

/// Every fault there is a remedy for.
pub fn faults() -> impl Iterator<Item = &'static str> {
    FAULTS.iter().map(|row| row.0)
}

/// The goal that makes up for what is missing between `after` and what was asked, where that is a matter of degree.
pub(crate) fn missing(
    quantity: Quantity,
    asked: &AskedRange,
    after: f32,
    region: &Region,
) -> Option<Goal> {
    let apart = asked.aim - after;
    let visible = quantity.info().visible;
    if !apart.is_finite() || apart.abs() < 0.25 * visible {
        return None;
    }
    Some(Goal {
        quantity,
        change: if apart > 0.0 {
            Change::Raise
        } else {
            Change::Lower
        },
        amount: Amount::Units(apart.abs()),
        region: region.clone(),
        words: String::new(),
        weight: 1.0,
    })
}

/// The degree whose step comes nearest to a change by so many units from `before`.
pub(crate) fn degree(quantity: Quantity, before: f32, units: f32) -> Degree {
    let steps = match quantity.info().scale {
        Scale::Delta(steps) => steps,
        Scale::Factor(steps) => steps.map(|factor| (factor - 1.0) * before.abs()),
        Scale::Target { .. } => return Degree::Moderate,
    };
    let degrees = [Degree::Slight, Degree::Moderate, Degree::Strong];
    let off = |degree: &Degree| (steps[*degree as usize] - units.abs()).abs();
    let nearest = degrees.into_iter().min_by(|a, b| off(a).total_cmp(&off(b)));
    nearest.unwrap_or(Degree::Moderate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_said_with_its_direction_and_how_much() {
        let said = |change, degree, language| clause(Q::Warmth, change, degree, language);
        assert_eq!(
            said(Change::Raise, Degree::Slight, "en").as_deref(),
            Some("a bit warmer")
        );
        assert_eq!(
            said(Change::Lower, Degree::Extreme, "de").as_deref(),
            Some("viel kühler")
        );
        assert_eq!(
            said(Change::Raise, Degree::Moderate, "fr").as_deref(),
            Some("warmer")
        );
        assert_eq!(
            clause(Q::Rotation, Change::Raise, Degree::Slight, "en"),
            None
        );
    }

    #[test]
    fn too_much_is_made_up_for_the_other_way() {
        let asked = AskedRange {
            low: 5.0,
            aim: 6.0,
            high: 7.0,
        };
        let of = |after| missing(Q::Warmth, &asked, after, &Region::whole());
        let goal = of(9.0).expect("three units are seen");
        assert_eq!(
            (goal.change, goal.amount),
            (Change::Lower, Amount::Units(3.0))
        );
        assert_eq!(of(6.01), None);
    }

    #[test]
    fn a_change_has_the_degree_whose_step_is_nearest() {
        // L*: 4, 9, 16
        assert_eq!(degree(Q::Lightness, 40.0, 3.0), Degree::Slight);
        assert_eq!(degree(Q::Lightness, 40.0, -10.0), Degree::Moderate);
        assert_eq!(degree(Q::Lightness, 40.0, 40.0), Degree::Strong);
    }

    #[test]
    fn no_quantity_and_no_fault_stands_twice() {
        for (i, row) in WORDS.iter().enumerate() {
            assert!(
                WORDS[..i]
                    .iter()
                    .all(|other| other.quantity != row.quantity)
            );
        }
        for (i, row) in FAULTS.iter().enumerate() {
            assert!(FAULTS[..i].iter().all(|other| other.0 != row.0));
        }
    }
}
