//! A simulated person who marks nothing: they export, go on from takes, ask for more like them, think better of it.

use std::fmt::Write;
use std::path::PathBuf;

use retake_core::Rng;

use super::{Group, read};
use crate::measures::mean;
use crate::taste::{Pick, Taste, fit, offer, refit};

/// Takes of a turn.
const TAKES: u64 = 6;
const NAMES: [&str; 3] = ["instruction_following", "generation_quality", "warmth"];
/// What they like, which nobody was told.
const HIDDEN: [f64; 3] = [0.5, 0.2, 1.0];

/// The journal of a session of so many turns, as the window would write it.
fn journal(turns: u64, seed: u64) -> PathBuf {
    let mut rng = Rng::new(seed);
    let mut text = String::from(
        "{\"line\":\"begin\",\"version\":1,\"program\":\"retake 0.1.0\",\"sha256\":\"ab\"}\n",
    );
    let mut line = |words: std::fmt::Arguments<'_>| _ = writeln!(text, "{words}");
    for turn in 0..turns {
        let ids: Vec<u64> = (0..TAKES).map(|place| turn * TAKES + place).collect();
        let mut liking = Vec::new();
        for &take in &ids {
            line(format_args!(
                r#"{{"line":"take","take":{take},"index":{take},"editor":"darkroom","editor_version":"1","seed":{take},"recipe":{{}},"width":6,"height":4}}"#
            ));
            let scores = NAMES.map(|_| f64::from(rng.uniform()));
            let told = NAMES.iter().zip(scores).map(|(name, value)| {
                format!(r#""{name}":{{"value":{value},"spread":0.0,"reasons":[]}}"#)
            });
            let told: Vec<String> = told.collect();
            line(format_args!(
                r#"{{"line":"scores","take":{take},"scores":{{{}}}}}"#,
                told.join(",")
            ));
            let own: f64 = scores
                .iter()
                .zip(HIDDEN)
                .map(|(score, weight)| score * weight)
                .sum();
            liking.push((own + 0.05 * f64::from(rng.normal()), take));
        }
        let number = turn + 1;
        line(format_args!(
            r#"{{"line":"turn","key":{turn},"number":{number},"text":"warmer","understood":null,"seed":0,"takes":{ids:?}}}"#
        ));
        line(format_args!(
            r#"{{"line":"step","step":{number},"parent":{turn},"label":"x","at_ms":{number},"turn":{turn},"weights":[1,1,1]}}"#
        ));
        liking.sort_by(|a, b| b.0.total_cmp(&a.0));
        let mut did = |take: u64, did: &str| {
            line(format_args!(
                r#"{{"line":"act","take":{take},"did":"{did}","at_ms":{number}}}"#
            ));
        };
        // now and then the wrong one first
        if rng.uniform() < 0.3 {
            did(liking[3].1, "gone_on");
            did(liking[3].1, "taken_back");
        }
        match (rng.uniform() * 3.0) as usize {
            0 => did(liking[0].1, "exported"),
            1 => did(liking[0].1, "gone_on"),
            _ => did(liking[0].1, "neighbours"),
        }
    }
    let name = format!(
        "retake-lab-acts-{}-{turns}-{seed}.jsonl",
        std::process::id()
    );
    let path = std::env::temp_dir().join(name);
    std::fs::write(&path, text).expect("writable");
    path
}

/// What the lab reads out of it.
fn groups(turns: u64, seed: u64) -> Vec<Group> {
    let path = journal(turns, seed);
    let (groups, damaged) = read(&path).expect("it reads");
    let _ = std::fs::remove_file(path);
    assert_eq!(damaged, 0);
    groups
}

/// With what the default makes of them: following above all.
fn picks(groups: &[Group]) -> Vec<Pick> {
    let of = |group: &Group| {
        let overall = group
            .takes
            .iter()
            .map(|take| take.scores[NAMES[0]].powf(0.8) * take.scores[NAMES[1]].powf(0.2));
        group.pick(&overall.collect::<Vec<_>>())
    };
    groups.iter().map(of).collect()
}

/// Share of fresh groups of which a taste foretells what is liked best.
fn foretold(taste: &Taste) -> f64 {
    let right = |group: Group| {
        let value = |take: &super::Marked| taste.value(&take.scores);
        let best = group
            .takes
            .iter()
            .max_by(|a, b| value(a).total_cmp(&value(b)));
        f64::from(u8::from(best.is_some_and(|best| best.liked() > 0.0)))
    };
    mean(groups(300, 99).into_iter().map(right)).expect("some")
}

#[test]
fn a_taste_learned_from_acts_alone_foretells_more_over_fifty_events_and_beats_the_default() {
    let all = groups(50, 3);
    assert_eq!(all.len(), 50, "every event is a preference");
    let after = |count: usize| foretold(&fit(&refit(&picks(&all[..count])).comparisons));
    let (few, half, many) = (after(3), after(20), after(50));
    assert!(
        few < many - 0.05 && half < many + 0.03 && many > 0.7,
        "{few} {half} {many}"
    );
    let held = offer(&picks(&all)).expect("a taste").held;
    assert!(
        held.taste > held.default + 0.1 && held.taste_top1 > held.default_top1 + 0.1,
        "{held:?}"
    );
}

#[test]
fn what_was_only_done_is_left_out_for_who_wants_that() {
    let said: Vec<Group> = groups(5, 1).into_iter().map(Group::only_said).collect();
    assert!(said.iter().all(|group| !group.tells()));
}
