//! Checks before scores: who shows the photo as it was, or is in some dimension far below the best of the group, is behind
//! all who pass, however good the rest of it is. The scores order those who pass (a gate before `power-0.8`, as in
//! checklists and rule checks of RLCF and Edit-R1).

use retake_core::{Said, decimals, said};

use super::SelectorEntry;
use super::counted::{Counted, FOLLOWING, Row, spoken};
use super::power_mean::base;
use super::settings::Dial;
use super::verdict::{Limits, pointwise, put, verdict};

static DIALS: [Dial; 1] = [Dial {
    id: "floor",
    from: 0.0,
    to: 1.0,
    own: 0.4,
    about: "Who has less than this share of the group's best in any dimension does not pass.",
}];

pub(super) const ENTRY: SelectorEntry = SelectorEntry {
    id: "gate",
    title: "Checks first",
    about: "Who fails in any one respect is behind all who pass; untouched copies never pass.",
    dials: &DIALS,
    weighs: false,
    rule: |group, dials| {
        let counted = Counted::canonical(group);
        let own = counted.own;
        let formula = |row: &Row<'_>| match own {
            true => row.of(FOLLOWING),
            false => base(row),
        };
        let floor = dials.of(&DIALS[0]);
        let mut standing = pointwise(&counted, &formula);
        for place in 0..counted.len() {
            let failed = counted
                .columns
                .iter()
                .filter(|column| column.shares[place] < floor)
                .min_by(|a, b| a.shares[place].total_cmp(&b.shares[place]));
            let passed = f64::from(u8::from(failed.is_none()));
            put(&mut standing.terms[place], "passed", passed);
            standing.first_by.push([passed, 0.0]);
            standing
                .why
                .push(failed.map_or_else(Said::default, |column| {
                    said!(
                        "It does not pass: {dimension} is only {percent} % of the best.",
                        dimension = spoken(&column.name),
                        percent = decimals(column.shares[place] * 100.0, 0)
                    )
                }));
        }
        verdict(group, counted, standing, &formula, Limits::from(dials))
    },
};
