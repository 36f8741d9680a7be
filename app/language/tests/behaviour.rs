//! What holds for any sentence and any lexicon file.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::time::{Duration, Instant};

use proptest::prelude::*;
use retake_core::{Amount, Quantity};
use retake_language::{
    InstructionError, LONGEST_INSTRUCTION, Lexicon, LexiconError, understand, understand_with_mask,
};

fn built_in(text: &str) -> Result<retake_core::Instruction, InstructionError> {
    understand(text, Lexicon::built_in())
}

proptest! {
    #[test]
    fn any_text_gets_an_answer(text in "\\PC{0,200}") {
        let _ = built_in(&text);
    }

    #[test]
    fn any_mix_of_known_words_gets_finite_amounts(words in prop::collection::vec(prop::sample::select(&[
        "make", "the", "sky", "not", "without", "shadows", "more", "less", "blue", "reds", "it", "too", "and", ",", ".", "but", "keep",
        "20", "%", "-5", "stops", "rotate", "only", "except", "rest", "moody", "add", "dog", "to", "into", "把", "天空", "99999999999999999999",
        "1/0", "0:0", "16:9", "kelvin", "half", "twice", "colour", "cast", "detail", "deeper", "so", "enough", "crop",
    ][..]), 1..40)) {
        if let Ok(instruction) = built_in(&words.join(" ")) {
            for goal in instruction.understood.goals {
                let finite = match goal.amount {
                    Amount::Units(v) | Amount::Relative(v) | Amount::Hue(v, _) => v.is_finite(),
                    Amount::Degree(_) => true,
                };
                prop_assert!(finite && goal.weight > 0.0 && goal.weight <= 1.0);
                let asked = goal.asked(10.0);
                prop_assert!(asked.low <= asked.high, "{goal:?}");
            }
        }
    }

    #[test]
    fn case_and_space_change_nothing(row in prop::sample::select(&["make the sky a bit darker", "more contrast, less noise", "hazla más cálida", "mach das bild wärmer"][..])) {
        let shouted = format!("  {}  ", row.to_uppercase().replace(' ', "   "));
        let quantities = |text: &str| built_in(text).map(|i| i.understood.goals.into_iter().map(|g| (g.quantity, g.change, g.region)).collect::<Vec<_>>());
        prop_assert_eq!(quantities(row), quantities(&shouted));
    }
}

#[test]
fn blank_instructions_are_refused() {
    assert_eq!(built_in(" \n\t ").unwrap_err(), InstructionError::Empty);
}

#[test]
fn a_10_000_character_instruction_is_refused_in_one_sentence() {
    let error = built_in(&"warmer ".repeat(1429)).unwrap_err();
    let sentence = error.to_string();
    assert!(
        sentence.contains("2000") && !sentence.contains('\n'),
        "{sentence}"
    );
}

#[test]
fn nonsense_is_refused_with_its_words_and_three_examples() {
    let sentence = built_in("flurb the gnix").unwrap_err().to_string();
    assert!(
        sentence.contains("flurb, gnix") && sentence.matches('"').count() == 6,
        "{sentence}"
    );
}

#[test]
fn words_that_mean_nothing_are_listed_in_order() {
    let understood = built_in("flurb: make it warmer and gnix")
        .unwrap()
        .understood;
    assert_eq!(understood.not_understood, ["flurb", "gnix"]);
    assert_eq!(understood.goals[0].quantity, Quantity::Warmth);
}

#[test]
fn an_edit_of_what_cannot_be_found_is_refused_by_name() {
    for (text, thing) in [
        ("make the sand warmer", "\"the sand\""),
        ("mach den Sand wärmer", "\"den Sand\""),
        ("rends le sable plus chaud", "\"sable\""),
        ("haz la arena más cálida", "\"la arena\""),
        ("把沙子调暖", "\"沙子\""),
    ] {
        let sentence = built_in(text).unwrap_err().to_string();
        assert!(
            sentence.starts_with(thing) && sentence.contains("--mask"),
            "{sentence}"
        );
    }
}

#[test]
fn beside_other_wishes_it_is_listed_with_the_reason() {
    let understood = built_in("brighten the sand and the sky")
        .unwrap()
        .understood;
    assert_eq!(understood.goals.len(), 1);
    assert!(understood.goals[0].in_words().contains("sky"));
    let [listed] = understood.not_understood.as_slice() else {
        panic!("{:?}", understood.not_understood);
    };
    assert!(
        listed.starts_with("brighten the sand (\"the sand\" cannot be found"),
        "{listed}"
    );
}

#[test]
fn with_a_mask_the_thing_is_where_the_mask_is() {
    for text in [
        "make the sand warmer",
        "mach das Auto wärmer",
        "rends la robe plus chaude",
        "haz sus ojos más cálidos",
        "把沙子调暖",
    ] {
        let read = understand_with_mask(text, Lexicon::built_in()).unwrap();
        let goals = read.understood.goals;
        assert_eq!(goals.len(), 1, "{text}");
        assert!(goals[0].region.is_whole(), "{text}: {:?}", goals[0].region);
        assert_eq!(goals[0].quantity, Quantity::Warmth, "{text}");
        assert!(read.understood.not_understood.is_empty(), "{text}");
    }
    let removed = understand_with_mask("remove the car", Lexicon::built_in()).unwrap();
    assert_eq!(removed.understood.generative.len(), 1);
}

#[test]
fn slips_are_mended_and_recorded() {
    let understood = built_in("much brigter with more contarst and a subtle vignete")
        .unwrap()
        .understood;
    let read: Vec<&str> = understood
        .corrected
        .iter()
        .map(|(_, read)| read.as_str())
        .collect();
    assert_eq!(read, ["brighter", "contrast", "vignette"]);
    assert_eq!(understood.goals.len(), 3);
    assert!(understood.not_understood.is_empty());
}

#[test]
fn the_longest_instructions_are_read_quickly() {
    for word in [
        "sky ",
        "and ",
        "not ",
        "a ",
        "make ",
        "天",
        "the red and ",
        "x",
        "qwertzuiop ",
        ", ",
        "1/2 ",
        "black and ",
        "'",
        "e\u{301}",
    ] {
        let text: String = word.chars().cycle().take(LONGEST_INSTRUCTION).collect();
        let _ = built_in("warmer");
        let started = Instant::now();
        let _ = built_in(&text);
        // generous for a debug build on a busy machine; a quadratic step would take seconds
        assert!(
            started.elapsed() < Duration::from_millis(1500),
            "{word}: {:?}",
            started.elapsed()
        );
    }
}

#[test]
fn many_different_unknown_words_are_read_quickly() {
    let text: String = (0..280)
        .map(|i| {
            format!(
                "q{}z{} ",
                (b'a' + (i % 26) as u8) as char,
                (b'a' + (i / 26) as u8) as char
            )
        })
        .collect();
    let started = Instant::now();
    let _ = built_in(&text);
    assert!(
        started.elapsed() < Duration::from_millis(3000),
        "{:?}",
        started.elapsed()
    );
}

#[test]
fn a_users_file_adds_words_and_styles() {
    let extra = "language = \"en\"\n[raise]\nwarmth = [\"toastify\"]\n[style.grandma]\ngoals = [\"fade + slight\"]\nnames.en = [\"grandma mode\"]\n";
    let lexicon = Lexicon::built_in().with_extra(extra).unwrap();
    let understood = understand("toastify it, grandma mode", &lexicon)
        .unwrap()
        .understood;
    let quantities: Vec<Quantity> = understood.goals.iter().map(|g| g.quantity).collect();
    assert_eq!(quantities, [Quantity::Warmth, Quantity::Fade]);
    assert_eq!(understood.styles, ["grandma"]);
}

#[test]
fn a_wrong_key_in_a_users_file_is_an_error_with_its_line() {
    for (text, expected) in [
        ("language = \"en\"\n\n[rise]\nwarmth = [\"x\"]\n", 3),
        ("language = \"en\"\n[raise]\nwarmt = [\"x\"]\n", 3),
        ("language = \"en\"\n[raise]\nwarmth = 3\n", 3),
        ("[style.x]\nweight = 0.5\ngoals = [\"warmth ++\"]\n", 3),
        ("language = \"en\"\n[colour]\nultraviolet = [\"uv\"]\n", 3),
        ("language = \"en\"\n[aspect]\n\"16x9\" = [\"wide\"]\n", 3),
    ] {
        let LexiconError::Line { line, problem } =
            Lexicon::built_in().with_extra(text).unwrap_err();
        assert_eq!(line, expected, "{text}{problem}");
    }
}

#[test]
fn every_style_asks_for_something_in_every_language() {
    let styles: toml::Table = include_str!("../../../assets/lexicon/styles.toml")
        .parse()
        .unwrap();
    let styles = styles["style"].as_table().unwrap();
    assert!(styles.len() >= 40);
    for (id, style) in styles {
        for (language, names) in style["names"].as_table().unwrap() {
            let read = |name: &toml::Value| {
                built_in(name.as_str().unwrap()).is_ok_and(|i| !i.understood.goals.is_empty())
            };
            assert!(
                names.as_array().unwrap().iter().any(read),
                "{id} in {language}"
            );
        }
    }
}

#[test]
fn a_degree_shifts_every_goal_of_a_style() {
    let steps = |text: &str| -> i32 {
        built_in(text)
            .unwrap()
            .understood
            .goals
            .iter()
            .map(|g| match g.amount {
                Amount::Degree(d) | Amount::Hue(_, d) => d as i32,
                _ => 0,
            })
            .sum()
    };
    assert!(steps("slightly dramatic") < steps("dramatic"));
    assert!(steps("dramatic") < steps("very dramatic"));
}

#[test]
fn a_style_does_not_lift_the_shadows_of_what_is_to_be_darker() {
    let lifts = |text: &str| {
        let goals = built_in(text).unwrap().understood.goals;
        goals.iter().any(|g| g.quantity == Quantity::Shadows)
    };
    assert!(lifts("golden hour"));
    assert!(lifts("golden hour, darker sky"));
    assert!(!lifts("golden hour, darker background"));
    assert!(!lifts("golden hour but darker"));
}
