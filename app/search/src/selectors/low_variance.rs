//! Where all are good and equally so, scores order noise (the group filter of Edit-R1, arXiv 2510.16888: deviation below
//! 0.05 and mean above 0.9). Those that are as good as the best within a narrow band count as equal, and the most faithful
//! of them is first; where that is all of them and all are good, there is nothing left to choose and looking on is no use.

use retake_core::said;

use super::SelectorEntry;
use super::counted::{Class, Counted, FOLLOWING, PRESERVING, Row};
use super::power_mean::base;
use super::settings::Dial;
use super::verdict::{Limits, pointwise, put, verdict};

static DIALS: [Dial; 3] = [
    Dial {
        id: "band",
        from: 0.0,
        to: 0.5,
        own: 0.05,
        about: "Who is behind the best by less than this share of it counts as equal.",
    },
    Dial {
        id: "deviation",
        from: 0.0,
        to: 0.5,
        own: 0.05,
        about: "With a smaller deviation of the overall scores there is nothing to choose.",
    },
    Dial {
        id: "mean",
        from: 0.0,
        to: 1.0,
        own: 0.9,
        about: "And with a greater mean of them.",
    },
];

pub(super) const ENTRY: SelectorEntry = SelectorEntry {
    id: "low_variance",
    title: "Equals by faithfulness",
    about: "Among those that are equally good takes the one that keeps most, and says when there is nothing to choose.",
    dials: &DIALS,
    weighs: false,
    rule: |group, dials| {
        let counted = Counted::canonical(group);
        let own = counted.own;
        let formula = |row: &Row<'_>| match own {
            true => row.of(FOLLOWING),
            false => base(row),
        };
        let [band, deviation, mean] = [0, 1, 2].map(|place: usize| dials.of(&DIALS[place]));
        let mut standing = pointwise(&counted, &formula);
        let edits: Vec<usize> = (0..counted.len())
            .filter(|place| counted.classes[*place] == Class::Edit)
            .collect();
        let best = edits.iter().map(|place| standing.value[*place]);
        let best = best.fold(0.0, f64::max);
        for place in 0..counted.len() {
            let equal = edits.contains(&place) && standing.value[place] >= best * (1.0 - band);
            let keeps = if equal {
                counted.row(place).of(PRESERVING)
            } else {
                0.0
            };
            let equal = f64::from(u8::from(equal));
            standing.first_by.push([equal, keeps]);
            put(&mut standing.terms[place], "equal_to_the_best", equal);
        }
        let overall = |place: &usize| standing.value[*place] * standing.level;
        let count = edits.len() as f64;
        let middle = edits.iter().map(overall).sum::<f64>() / count.max(1.0);
        let apart = edits.iter().map(|place| (overall(place) - middle).powi(2));
        let apart = (apart.sum::<f64>() / count.max(1.0)).sqrt();
        if edits.len() > 1 && apart < deviation && middle > mean {
            standing.settled = true;
            standing.beside = true;
            let note = said!("All are equally good; the one that keeps most is first.");
            standing.notes.push(note);
        }
        verdict(group, counted, standing, &formula, Limits::from(dials))
    },
};
