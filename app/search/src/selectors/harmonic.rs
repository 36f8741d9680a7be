//! The λ-harmonic mean of subject-driven preference optimisation (RPO): 1 / (λ / identity + (1 − λ) / following). Either
//! one near zero brings all to zero; the slider says whether the edit shall rather stay close or go far.

use super::SelectorEntry;
use super::power_mean::by;
use super::settings::Dial;

static DIALS: [Dial; 3] = [
    Dial {
        id: "identity",
        from: 0.0,
        to: 1.0,
        own: 0.3,
        about: "1 takes the edit that keeps most, 0 the one that follows most.",
    },
    Dial {
        id: "quality",
        from: 0.0,
        to: 1.0,
        own: 0.2,
        about: "Exponent of quality, which the published form leaves out; the mean has one minus it.",
    },
    Dial {
        id: "published-scale",
        from: 0.0,
        to: 1.0,
        own: 0.0,
        about: "1 reckons with the scores as they are and not with shares of the group's best.",
    },
];

pub(super) const ENTRY: SelectorEntry = SelectorEntry {
    id: "harmonic",
    title: "Identity slider",
    about: "Balances staying close to the photo with doing what was asked; failing in either is failing.",
    dials: &DIALS,
    weighs: false,
    rule: |group, dials| {
        let [identity, quality] = [0, 1].map(|place: usize| dials.of(&DIALS[place]));
        by(group, dials, &|row| {
            let [following, preserving] = row.semantic();
            harmonic(following, preserving, identity).powf(1.0 - quality)
                * row.least_quality().powf(quality)
        })
    },
};

fn harmonic(following: f64, preserving: f64, identity: f64) -> f64 {
    // a weight of zero leaves its term out, whatever it is
    let part = |weight: f64, value: f64| if weight > 0.0 { weight / value } else { 0.0 };
    1.0 / (part(identity, preserving) + part(1.0 - identity, following))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_slider_goes_from_the_most_followed_to_the_most_kept() {
        let (edited, kept) = ((0.9, 0.4), (0.4, 0.9));
        let at = |(following, preserving), slider| harmonic(following, preserving, slider);
        assert!((at(edited, 0.0) - 0.9).abs() < 1e-12 && (at(kept, 1.0) - 0.9).abs() < 1e-12);
        assert!(at(edited, 0.2) > at(kept, 0.2) && at(edited, 0.8) < at(kept, 0.8));
    }

    #[test]
    fn failing_in_either_is_failing() {
        assert_eq!(harmonic(0.0, 1.0, 0.5), 0.0);
        assert_eq!(harmonic(1.0, 0.0, 0.5), 0.0);
    }
}
