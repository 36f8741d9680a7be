//! Answers as language models give them: each is read rightly or refused with its reason, never read wrongly.

use super::*;

/// What should come of an answer: the two scores, or the kind of refusal.
enum Should {
    Read(f64, f64),
    Refuse(&'static str),
}

use Should::{Read, Refuse};

#[rustfmt::skip]
const ANSWERS: &[(&str, Should)] = &[
    // as asked
    (r#"{"reasoning": "The hat is red.", "score": [20, 18]}"#, Read(20.0, 18.0)),
    (r#"{"score": [20, 18], "reasoning": "score first"}"#, Read(20.0, 18.0)),
    (r#"{"reasoning": "", "score": [0, 25]}"#, Read(0.0, 25.0)),
    (r#"{"reasoning": "half points", "score": [20.5, 18]}"#, Read(20.5, 18.0)),
    // around it
    ("```json\n{\"reasoning\": \"fine\", \"score\": [20, 18]}\n```", Read(20.0, 18.0)),
    ("```\n{\"reasoning\": \"fine\", \"score\": [20, 18]}\n```\nLet me know!", Read(20.0, 18.0)),
    ("Sure! Here is my evaluation:\n{\"reasoning\": \"fine\", \"score\": [20, 18]} Hope it helps.", Read(20.0, 18.0)),
    ("||V^=^V||\n{\"reasoning\": \"fine\", \"score\": [20, 18]}\n||V^=^V||", Read(20.0, 18.0)),
    ("<think>maybe {\"score\": [3, 3]}? no.</think>{\"reasoning\": \"r\", \"score\": [20, 18]}", Read(20.0, 18.0)),
    ("maybe 3\n</think>\n{\"reasoning\": \"r\", \"score\": [20, 18]}", Read(20.0, 18.0)),
    ("<think>the score could be [20, 18], but", Refuse("Cut")),
    ("<answer>{\"reasoning\": \"r\", \"score\": [20, 18]}</answer>", Read(20.0, 18.0)),
    // slips of the pen
    (r#"{"reasoning": "trailing commas", "score": [20, 18,],}"#, Read(20.0, 18.0)),
    (r#"{'reasoning': 'single quotes', 'score': [20, 18]}"#, Read(20.0, 18.0)),
    (r#"{'reasoning': 'the dog's hat isn't red', 'score': [20, 18]}"#, Read(20.0, 18.0)),
    (r#"{"reasoning": "the "red" hat", "score": [20, 18]}"#, Read(20.0, 18.0)),
    (r#"{"reasoning": "an escaped \"quote\"", "score": [20, 18]}"#, Read(20.0, 18.0)),
    ("{\"reasoning\": \"two\nlines\", \"score\": [20, 18]}", Read(20.0, 18.0)),
    (r#"{reasoning: "no quotes on keys", score: [20, 18]}"#, Read(20.0, 18.0)),
    (r#"{“reasoning”: “typographic”, “score”: [20, 18]}"#, Read(20.0, 18.0)),
    (r#"{"reasoning": "no comma" "score": [20, 18]}"#, Read(20.0, 18.0)),
    (r#"{"Reasoning": "capitals", "Score": [20, 18]}"#, Read(20.0, 18.0)),
    (r#"{"reasoning": "round", "score": (20, 18)}"#, Read(20.0, 18.0)),
    (r#"{"reasoning": "in quotes", "score": "[20, 18]"}"#, Read(20.0, 18.0)),
    (r#"{"reasoning": "nested", "score": [[20, 18]]}"#, Read(20.0, 18.0)),
    (r#"{"reasoning": "the brace } within", "score": [20, 18]}"#, Read(20.0, 18.0)),
    (r#"{"reasoning": "last brace is missing", "score": [20, 18]"#, Read(20.0, 18.0)),
    ("\"score\": [20, 18]", Read(20.0, 18.0)),
    ("**Score**: [20, 18]\nThe hat is red.", Read(20.0, 18.0)),
    // numbers in other clothes
    (r#"{"reasoning": "as words", "score": ["twenty", "eighteen"]}"#, Read(20.0, 18.0)),
    (r#"{"reasoning": "unquoted words", "score": [twenty, eighteen]}"#, Read(20.0, 18.0)),
    (r#"{"reasoning": "as strings", "score": ["20", "18"]}"#, Read(20.0, 18.0)),
    (r#"{"reasoning": "with the scale", "score": ["20/25", "18/25"]}"#, Read(20.0, 18.0)),
    (r#"{"reasoning": "with the scale", "score": [20/25, 18 / 25]}"#, Read(20.0, 18.0)),
    (r#"{"reasoning": "spelled out", "score": ["20 out of 25", "18 von 25"]}"#, Read(20.0, 18.0)),
    (r#"{"reasoning": "decimal comma", "score": ["20,5", "18"]}"#, Read(20.5, 18.0)),
    // names of their own, in any order
    (r#"{"reasoning": "r", "score": {"prompt_following": 20, "consistency": 18}}"#, Read(20.0, 18.0)),
    (r#"{"consistency": 18, "prompt_following": 20}"#, Read(20.0, 18.0)),
    (r#"{"Prompt Following": 20, "Consistency": "18/25"}"#, Read(20.0, 18.0)),
    (r#"{"score": {"1": 20, "2": 18}}"#, Read(20.0, 18.0)),
    // other languages
    (r#"{"begründung": "Der Hut ist rot.", "punkte": [20, 18]}"#, Read(20.0, 18.0)),
    (r#"{"begründung": "Wörter", "bewertung": ["zwanzig", "achtzehn"]}"#, Read(20.0, 18.0)),
    ("{“理由”：“帽子是红的”，“分数”：［２０，１８］}", Read(20.0, 18.0)),
    (r#"{"razón": "bien", "puntuación": [20, 18]}"#, Read(20.0, 18.0)),
    // repeated
    (r#"{"score": [20, 18]} {"score": [20, 18]}"#, Read(20.0, 18.0)),
    (r#"{"score": [20, 18]} On second thought: {"score": [12, 18]}"#, Refuse("Contradiction")),
    (r#"{"score": [20, 18], "score": [3, 18]}"#, Refuse("Contradiction")),
    (r#"{"prompt_following": 20, "prompt_following": 3, "consistency": 18}"#, Refuse("Contradiction")),
    // cut off
    (r#"{"reasoning": "The hat is"#, Refuse("Cut")),
    (r#"{"reasoning": "r", "score": [20, 1"#, Refuse("Cut")),
    (r#"{"reasoning": "r", "score": [20, 18"#, Refuse("Cut")),
    (r#"{"reasoning": "r", "score": ["#, Refuse("Cut")),
    (r#"{"prompt_following": 20, "consistency": 1"#, Refuse("Count")),
    // not what was asked
    ("", Refuse("Empty")),
    ("  \n", Refuse("Empty")),
    ("I'm sorry, but I can't help with that.", Refuse("Elsewhere")),
    ("The edit looks great, I would give it 20 out of 25.", Refuse("Elsewhere")),
    (r#"{"reasoning": "no scores at all"}"#, Refuse("Elsewhere")),
    (r#"{"confidence": [20, 18]}"#, Refuse("Elsewhere")),
    (r#"{"prompt_following": 20}"#, Refuse("Count")),
    (r#"{"reasoning": "one", "score": [20]}"#, Refuse("Count")),
    (r#"{"reasoning": "one", "score": 20}"#, Refuse("Count")),
    (r#"{"reasoning": "three", "score": [20, 18, 3]}"#, Refuse("Count")),
    (r#"{"reasoning": "r", "score": [NaN, 18]}"#, Refuse("NotOne")),
    (r#"{"reasoning": "r", "score": [null, 18]}"#, Refuse("NotOne")),
    (r#"{"reasoning": "r", "score": ["high", "low"]}"#, Refuse("NotOne")),
    (r#"{"reasoning": "r", "score": ["18-20", "18"]}"#, Refuse("NotOne")),
    (r#"{"reasoning": "r", "score": [true, 18]}"#, Refuse("NotOne")),
    (r#"{"reasoning": "r", "score": [26, 18]}"#, Refuse("Outside")),
    (r#"{"reasoning": "r", "score": [-1, 18]}"#, Refuse("Outside")),
    (r#"{"reasoning": "r", "score": [1e9, 18]}"#, Refuse("Outside")),
    (r#"{"reasoning": "r", "score": ["8/10", "9/10"]}"#, Refuse("OtherScale")),
    ("score: 20, 18", Refuse("Elsewhere")),
    ("score: 80 %", Refuse("Elsewhere")),
    (r#"{"reasoning": "r", "score": [1.2.3, 18]}"#, Refuse("")),
    (r#"{{{{{{{{{{{{{{{{{{{{{{{{"score": [20, 18]}"#, Read(20.0, 18.0)),
];

const WANTED: Wanted<'_> = Wanted {
    names: &[&["prompt_following"], &["consistency"]],
    low: 0.0,
    high: 25.0,
};

#[test]
fn a_judges_answer_is_read_rightly_or_refused() {
    assert!(ANSWERS.len() >= 50);
    for (answer, should) in ANSWERS {
        match (scores(answer, &WANTED), should) {
            (Ok(reading), Read(a, b)) => assert_eq!(reading.values, [*a, *b], "{answer}"),
            (Err(why), Refuse(kind)) => {
                assert!(format!("{why:?}").starts_with(kind), "{answer}: {why:?}");
            }
            (found, _) => panic!("{answer}: {found:?}"),
        }
    }
}

#[test]
fn cut_off_anywhere_an_answer_is_never_read_as_other_numbers() {
    let whole = "Well:\n```json\n{\"reasoning\": \"it's 3 of 25, \\\"red\\\" {x}\", \"score\": [20.5, 18], \"more\": 1}\n```";
    for end in (0..=whole.len()).filter(|end| whole.is_char_boundary(*end)) {
        if let Ok(reading) = scores(&whole[..end], &WANTED) {
            assert_eq!(reading.values, [20.5, 18.0], "{}", &whole[..end]);
        }
    }
}

#[test]
fn reasons_are_kept() {
    let reading = scores(
        r#"{"reasoning": "The sky is gone.", "score": [2, 3]}"#,
        &WANTED,
    );
    assert_eq!(reading.expect("plain").reasoning, "The sky is gone.");
}

#[test]
fn yes_and_no_are_read_in_the_languages_of_the_instructions() {
    for answer in [
        r#"{"answers": ["yes", "no", "yes"]}"#,
        r#"{"answers": [true, false, true]}"#,
        r#"{"answers": ["Ja", "Nein", "ja."]}"#,
        r#"{"answers": {"1": "yes", "2": "no", "3": "yes"}}"#,
        r#"{"answers": [{"question": 1, "answer": "yes"}, {"answer": "no"}, {"answer": "yes"}]}"#,
        r#"{"回答": ["是", "否", "是"]}"#,
    ] {
        let reading = verdicts(answer, 3).unwrap_or_else(|why| panic!("{answer}: {why:?}"));
        assert_eq!(reading.values, [true, false, true], "{answer}");
    }
}

#[test]
fn a_checklist_with_an_answer_too_few_or_a_maybe_is_refused() {
    for answer in [
        r#"{"answers": ["yes", "no"]}"#,
        r#"{"answers": ["yes", "no", "maybe"]}"#,
        r#"{"answers": ["yes", "no", 1]}"#,
        "yes, no, yes",
    ] {
        assert!(verdicts(answer, 3).is_err(), "{answer}");
    }
}

#[test]
fn the_better_one_is_read_with_and_without_image_before_it() {
    for (answer, wanted) in [
        (r#"{"winner": "Image A"}"#, Winner::First),
        (
            r#"{"reasoning": "B is sharper", "winner": "B"}"#,
            Winner::Second,
        ),
        (r#"{"winner": "tie"}"#, Winner::Tie),
        (r#"winner: "Image B""#, Winner::Second),
    ] {
        let reading = winner(answer).unwrap_or_else(|why| panic!("{answer}: {why:?}"));
        assert_eq!(reading.values, [wanted], "{answer}");
    }
    assert!(winner(r#"{"winner": "Image C"}"#).is_err());
    assert!(winner("Image A is better").is_err());
}

proptest::proptest! {
    #[test]
    fn no_answer_makes_the_reader_panic(text in "[{}\\[\\]\"':, 0-9a-zé/<>-]{0,60}|(?:.|\n){0,40}") {
        let _ = scores(&text, &WANTED);
        let _ = verdicts(&text, 2);
        let _ = winner(&text);
    }
}
