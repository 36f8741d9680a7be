//! That every language has every text: the window's own, the names of all tables, and every sentence of the program.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use retake_core::{QUANTITIES, RegionKind, decimals, said};
use retake_darkroom::{OPS, way_names};
use retake_files::open::KINDS_NOT_READ;
use retake_files::save::FORMATS;
use retake_language::GENERATIVE;

use super::*;

/// The names in braces.
fn places(text: &str) -> BTreeSet<&str> {
    let after = text.split('{').skip(1);
    after.filter_map(|rest| rest.split('}').next()).collect()
}

/// Every language but English, in which everything is written already.
fn translations() -> impl Iterator<Item = Texts> {
    let others = LANGUAGES.iter().skip(1);
    others.map(|(code, _, _)| Texts::of(code))
}

#[test]
fn every_language_has_every_text_with_the_same_places() {
    let english = Texts::of("en");
    for texts in translations() {
        let code = texts.language;
        for (key, text) in &english.texts {
            let other = texts.texts.get(key);
            let other = other.unwrap_or_else(|| panic!("{code} has no {key}"));
            assert_eq!(places(text), places(other), "{code} {key}");
        }
        let count = texts.texts.len();
        assert_eq!(count, english.texts.len(), "{code} has more than English");
    }
}

/// All names that tables of the program show.
fn names() -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    let mut add = |name: &str| names.push(name.to_owned());
    for info in QUANTITIES {
        let [raised, lowered] = info.words;
        let name = info.quantity.name().to_string();
        let all = [&name, raised, lowered, info.unit, info.definition];
        all.into_iter().for_each(&mut add);
    }
    for op in OPS {
        [op.name, op.about].into_iter().for_each(&mut add);
        for param in op.params {
            [param.name, param.unit].into_iter().for_each(&mut add);
        }
    }
    for kind in RegionKind::all() {
        match kind {
            RegionKind::Colour(band) => add(band.name()),
            kind => add(&kind.name().to_string()),
        }
    }
    retake_rewards::faults().for_each(|(id, _)| add(id));
    for reward in retake_rewards::REWARDS {
        add((reward.new)(retake_core::Eyes::default()).info().about);
    }
    way_names().for_each(&mut add);
    FORMATS.iter().for_each(|info| add(info.name));
    KINDS_NOT_READ.iter().for_each(|(_, _, what)| add(what));
    GENERATIVE.iter().for_each(|kind| add(kind));
    retake_lab::formats::FORMATS
        .iter()
        .for_each(|format| add(format.about));
    let figures = retake_lab::figures::FIGURES;
    figures.iter().for_each(|figure| add(figure.about));
    let formulas = retake_lab::recorded::FORMULAS;
    formulas.iter().for_each(|formula| add(formula.about));
    let orders = retake_lab::analyse::ORDERS;
    orders.iter().for_each(|order| add(order.about));
    let strategies = retake_engine::STRATEGIES.iter();
    let selectors = retake_engine::SELECTORS.iter();
    let offered = strategies.flat_map(|entry| entry.offered());
    for offer in offered.chain(selectors.flat_map(|entry| entry.offered())) {
        add(offer.about);
        if let retake_core::SettingKind::Choice { of, .. } = &offer.setting.kind {
            of.iter().for_each(|(word, _)| add(word));
        }
    }
    let kinds = retake_lab::taxonomy::TYPES;
    kinds.iter().for_each(|kind| add(&kind.short()));
    let probes = retake_lab::analyse::PROBES;
    probes.iter().for_each(|probe| add(probe.about));
    names.retain(|name| !name.is_empty());
    names
}

#[test]
fn every_name_of_every_table_has_a_translation() {
    for texts in translations() {
        let lacks = |name: &String| texts.template(name).is_none();
        let missing: Vec<String> = names().into_iter().filter(lacks).collect();
        assert_eq!(missing, [""; 0], "{}", texts.language);
    }
}

/// The source files of the rooms that speak to the window, without tests.
fn sources() -> Vec<PathBuf> {
    fn below(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).expect("the sources are there") {
            let path = entry.expect("the sources are there").path();
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            if path.is_dir() && name != "tests" {
                below(&path, found);
            } else if name.ends_with(".rs") && name != "tests.rs" {
                found.push(path);
            }
        }
    }
    let app = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let rooms = [
        "core", "pixels", "language", "files", "darkroom", "rewards", "search", "models", "vision",
        "judges", "engine", "studio", "lab", "tables",
    ];
    let mut found = Vec::new();
    for room in rooms {
        below(&app.join(room).join("src"), &mut found);
    }
    // what is on offer in the window is named where the whole house is known
    found.extend(
        [
            "cli/window.rs",
            "cli/jury.rs",
            "cli/lab/scorer.rs",
            "cli/lab/curves.rs",
        ]
        .map(|file| app.join(file)),
    );
    found
}

/// The string literal at the beginning of some source text, as the program sees it, and what follows it.
fn literal(source: &str) -> Option<(String, &str)> {
    let mut letters = source.trim_start().strip_prefix('"')?.chars();
    let mut text = String::new();
    loop {
        match letters.next()? {
            '"' => return Some((text, letters.as_str())),
            '\\' => match letters.next()? {
                'n' => text.push('\n'),
                letter => text.push(letter),
            },
            letter => text.push(letter),
        }
    }
}

/// What follows each of these words in the sources, outside tests: (file, template, the rest of the call).
fn literals_after(word: &str) -> Vec<(PathBuf, String, String)> {
    let mut found = Vec::new();
    for path in sources() {
        let source = fs::read_to_string(&path).expect("the sources can be read");
        let end = source
            .find("#[cfg(test)]\nmod tests {")
            .unwrap_or(source.len());
        for (at, _) in source[..end].match_indices(word) {
            let line = source[..at].rfind('\n').map_or(0, |line| line + 1);
            let comment = source[line..at].trim_start().starts_with("//");
            if let Some((text, rest)) = literal(&source[at + word.len()..end])
                && !comment
            {
                let call = rest.split(';').next().unwrap_or_default();
                found.push((path.clone(), text, call.to_owned()));
            }
        }
    }
    found
}

#[test]
fn every_sentence_of_the_program_has_a_translation_with_the_same_places() {
    let sentences = literals_after("said!(");
    assert!(sentences.len() > 200, "the sources speak as they used to");
    for texts in translations() {
        for (path, template, _) in &sentences {
            let place = path.display();
            let other = texts.template(template);
            let other = other.unwrap_or_else(|| panic!("{place}: “{template}” has no translation"));
            assert_eq!(places(template), places(other), "{place}: “{template}”");
        }
    }
}

#[test]
fn every_sentence_of_the_program_is_given_what_stands_in_its_places() {
    for (path, template, call) in literals_after("said!(") {
        for place in places(&template) {
            // "name", or "name = value"
            let given = call.match_indices(place).any(|(at, _)| {
                let before = call[..at].trim_end();
                let after = call[at + place.len()..].trim_start();
                before.ends_with(',') && after.starts_with([',', ')', '='])
            });
            assert!(given, "{}: “{template}” lacks {place}", path.display());
        }
    }
}

#[test]
fn every_actor_and_every_reason_has_a_name_in_every_language() {
    let rooms = [
        ("spawn(", "actors"),
        ("id: ", "rewards"),
        ("=> ", "keeps.rs"),
    ];
    for texts in translations() {
        for (word, place) in rooms {
            let found = literals_after(word).into_iter();
            let found: Vec<_> = found
                .filter(|(path, _, _)| path.to_string_lossy().contains(place))
                .collect();
            assert!(!found.is_empty(), "there are some in {place}");
            for (path, id, _) in found {
                let name = texts.template(&id.replace('_', " "));
                assert!(name.is_some(), "{}: {id}", path.display());
            }
        }
    }
}

#[test]
fn no_translation_is_left_over() {
    let mut known: BTreeSet<String> = names().into_iter().collect();
    for word in [
        "said!(", "spawn(", "id: ", "=> ", "Some(", "what: ", "format: ", "about: ", "name: ",
    ] {
        let found = literals_after(word).into_iter();
        known.extend(found.flat_map(|(_, text, _)| [text.replace('_', " "), text]));
    }
    let said_by_name = |template: &str| {
        let mut letters = template.chars();
        let small = letters.next().map(|first| first.to_lowercase().to_string());
        let small = small.unwrap_or_default() + letters.as_str();
        known.contains(template) || known.contains(&small)
    };
    for texts in translations() {
        let left_over: Vec<&String> = texts
            .said
            .keys()
            .filter(|template| !said_by_name(template) && !KEYS.contains(&template.as_str()))
            .collect();
        assert_eq!(left_over, Vec::<&String>::new(), "{}", texts.language);
    }
}

/// Names of keys, kinds of files and other things that stand in no table of ours.
const KEYS: &[&str] = &[
    "The edit of {width} × {height} px was brought to the source's {to_width} × {to_height} px.",
    "a text file",
    "a web page",
    "an SVG drawing",
    "darkroom",
    "pasted picture",
    "read",
    "written",
    "Ctrl",
    "Shift",
    "Alt",
    "Enter",
    "Escape",
    "Space",
    "Backspace",
    "Delete",
    "Insert",
    "Home",
    "End",
    "PageUp",
    "PageDown",
];

#[test]
fn a_language_writes_numbers_in_its_own_way() {
    let german = Texts::of("de");
    assert_eq!(
        german.number("f/2.8, 1/250 s, +0.40"),
        "f/2,8, 1/250 s, +0,40"
    );
    assert_eq!(german.number("cat.jpg 3."), "cat.jpg 3.");
    let said = said!(
        "{what} by {much} %",
        what = Said::name("brighter"),
        much = decimals(2.5, 1)
    );
    assert_eq!(german.said(&said), "heller um 2,5 %");
    let cost = german.with("inspector_cost", &[("cost", "0.3")]);
    assert_eq!(cost, "Das kostete 0,3 Punkte.");
}

#[test]
fn a_persons_words_are_not_translated() {
    let german = Texts::of("de");
    let said = said!(
        "{words}, {count} takes",
        words = "warmer 2.5",
        count = 3usize
    );
    assert_eq!(german.said(&said), "warmer 2.5, 3 Entwürfe");
}

#[test]
fn keys_are_called_as_they_are_on_the_keyboard() {
    let german = Texts::of("de");
    assert_eq!(german.keys("Ctrl+Shift+Z"), "Strg+Umschalt+Z");
    assert_eq!(german.keys("Ctrl+"), "Strg+");
    assert_eq!(Texts::of("en").keys("Ctrl+Enter"), "Ctrl+Enter");
}

#[test]
fn a_kind_of_edit_is_translated_where_it_was_guessed() {
    let german = Texts::of("de");
    let guessed = german.kind_of_edit("Remove an existing object (guessed)");
    assert_eq!(guessed, "Vorhandenes Objekt entfernen (vermutet)");
    let told = german.kind_of_edit("Remove an existing object");
    assert_eq!(told, "Remove an existing object");
}
