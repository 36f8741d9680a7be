//! Strategies, selectors and budgets as they are typed: each goes through the whole program with the darkroom and with a
//! diffusion model, and what makes no sense is one sentence.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::{Said, edit, edit_command, photo, record, retake};
use crate::places::temporary;

const ASKED: &str = "make it warmer and a bit brighter";

/// The ids of a list of the lab.
fn ids(list: &str) -> Vec<String> {
    let listed = retake(&["lab", list, "--json"]).done().json();
    let all = listed[list].as_array().expect("a list");
    let id = |one: &Value| one["id"].as_str().map(str::to_owned);
    all.iter().filter_map(id).collect()
}

/// A run of five candidates on a small photo; its folder.
fn run(name: &str, more: &[&str]) -> PathBuf {
    let folder = temporary(name);
    let out = folder.join("out");
    edit(
        &photo(&folder, "a.png"),
        ASKED,
        &out,
        &[&["-n", "5"], more].concat(),
    )
    .done();
    out
}

/// What every record of a search holds, whoever searched.
fn whole(out: &Path, place: &str) -> Value {
    let record = record(out);
    let candidates = record["candidates"].as_array().expect("a list");
    assert!((1..=5).contains(&candidates.len()), "{place}");
    assert_eq!(record["spent"]["edits"], candidates.len(), "{place}");
    for candidate in candidates {
        let terms = candidate["terms"].as_object().expect("terms");
        assert!(terms.contains_key("overall"), "{place}: {terms:?}");
        let lost = candidate["rank"] != 1;
        let why = candidate["why"].as_str().unwrap_or_default();
        assert_eq!(lost, !why.is_empty(), "{place}: {why}");
    }
    let finished = |node: &&Value| node["fate"] == "finished";
    let nodes = record["search"].as_array().expect("a tree");
    assert_eq!(
        nodes.iter().filter(finished).count(),
        candidates.len(),
        "{place}"
    );
    record
}

#[test]
fn every_strategy_searches_with_the_darkroom() {
    for id in ids("strategies") {
        let out = run(&format!("search-{id}"), &["--strategy", &id]);
        let record = whole(&out, &id);
        assert_eq!(record["settings"]["strategy"], json!(id));
        assert_eq!(record["spent"]["network_evaluations"], 0, "{id}");
    }
}

#[test]
fn every_strategy_searches_with_a_diffusion_model_within_its_evaluations() {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/parity/cases");
    let model = cases.join("instruct_pix2pix_old/model");
    let model = model.to_string_lossy();
    for id in ids("strategies") {
        // four whole candidates of two steps and three evaluations, less one
        let limits = ["--budget-network-evaluations", "23"];
        let given = ["--editor", &model, "--steps", "2", "--strategy", &id];
        let out = run(
            &format!("search-model-{id}"),
            &[&given[..], &limits].concat(),
        );
        let record = whole(&out, &id);
        let spent = record["spent"]["network_evaluations"].as_u64();
        assert!(
            spent.is_some_and(|spent| (6..=23).contains(&spent)),
            "{id}: {spent:?}"
        );
    }
}

#[test]
fn every_selector_chooses_and_chooses_again_among_what_is_there() {
    let folder = temporary("select-first");
    let first = folder.join("out");
    edit(&photo(&folder, "a.png"), ASKED, &first, &["-n", "3"]).done();
    let whose = record(&first);
    for id in ids("selectors") {
        let folder = temporary(&format!("select-{id}"));
        let out = folder.join("out");
        let more = ["-n", "3", "--selector", &id];
        edit(&photo(&folder, "a.png"), ASKED, &out, &more).done();
        let record = whole(&out, &id);
        assert_eq!(record["selector"]["id"], json!(id));
        assert_eq!(
            record["candidates"][0]["sha256"],
            whose["candidates"][0]["sha256"]
        );
        let run = first.to_string_lossy();
        let chosen = retake(&["select", &run, "--selector", &id, "--json"]);
        let chosen = chosen.done().json();
        assert_eq!(
            chosen["selection"]["order"][0], record["selected"]["index"],
            "{id}"
        );
    }
}

/// Refused with these words, and nothing is left.
fn refused(name: &str, more: &[&str], words: &str) {
    let folder = temporary(name);
    let out = folder.join("out");
    edit(&photo(&folder, "a.png"), ASKED, &out, more).refused(1, words);
    assert!(!out.exists(), "{name}");
}

#[test]
fn a_budget_of_nothing_is_one_sentence() {
    refused("budget-no-edit", &["--budget-edits", "0"], "no candidate");
    refused(
        "budget-no-call",
        &["--budget-judge-calls", "0"],
        "no judge call",
    );
    refused(
        "budget-no-second",
        &["--budget-seconds", "0"],
        "more seconds",
    );
    refused(
        "budget-no-memory",
        &["--budget-memory", "1kB"],
        "no room for one candidate",
    );
    for below in [
        "--budget-edits=-1",
        "--budget-seconds=-1",
        "--budget-seconds=nan",
    ] {
        let folder = temporary("budget-below");
        let said = edit(
            &photo(&folder, "a.png"),
            ASKED,
            &folder.join("out"),
            &[below],
        );
        assert!(
            said.code != Some(0) && said.err.contains("must be"),
            "{below}: {}",
            said.err
        );
    }
}

/// A run with a configuration; the words on standard output, and its record.
fn configured(name: &str, toml: &str, more: &[&str]) -> (Said, Value) {
    let folder = temporary(name);
    let (out, config) = (folder.join("out"), folder.join("set.toml"));
    std::fs::write(&config, toml).expect("writable");
    let mut command = edit_command(&photo(&folder, "a.png"), ASKED, &out, &["-n", "3"]);
    command.arg("--config").arg(config).args(more);
    let said = Said::from(command.output().expect("the program can be started")).done();
    (said, record(&out))
}

#[test]
fn a_dimension_that_nobody_scores_is_said_and_the_rest_decides() {
    let toml =
        "[selector]\nid = \"power_mean\"\nweights = { instruction_following = 1.0, charm = 0.5 }\n";
    let (said, record) = configured("select-charm", toml, &[]);
    let note = "Nobody scored charm, so it does not count.";
    assert!(
        said.err.contains(note) || said.out.contains(note),
        "{} {}",
        said.out,
        said.err
    );
    assert_eq!(record["selected"]["notes"][0], note);
    assert_eq!(record["candidates"].as_array().map(Vec::len), Some(3));
}

#[test]
fn a_reward_that_is_no_number_leaves_the_choice_to_the_others() {
    let (said, record) = configured(
        "reward-nan",
        "",
        &["--reward", "1 / (0 * detail_preserving)"],
    );
    let why = record["candidates"][0]["unknown"]["own"].as_str();
    assert!(why.is_some_and(|why| why.contains("zero")), "{record}");
    assert!(record["selected"]["left_out"][0].is_string(), "{record}");
    let unknown = |text: &str| text.contains("unknown and was left out");
    assert!(
        unknown(&said.out) || unknown(&said.err),
        "{} {}",
        said.out,
        said.err
    );
    let overall = record["candidates"][0]["overall"].as_f64();
    assert!(
        overall.is_some_and(|overall| overall > 0.0 && overall < 1.0),
        "{record}"
    );
}

#[test]
fn a_reward_that_says_the_same_of_all_makes_nobody_sure() {
    let (_, record) = configured("reward-constant", "", &["--reward", "0.7"]);
    assert_eq!(record["selected"]["confident"], false);
    assert_eq!(record["candidates"].as_array().map(Vec::len), Some(3));
}

#[test]
fn an_unknown_strategy_selector_and_setting_name_the_known_ones() {
    let folder = temporary("search-unknown");
    let source = photo(&folder, "a.png");
    for (flag, known) in [
        ("--strategy", "best_of_n"),
        ("--selector", "power_product"),
        ("--preset", "balanced"),
    ] {
        let said = edit(&source, ASKED, &folder.join("out"), &[flag, "nonsense"]);
        assert!(
            said.code != Some(0) && said.err.contains(known),
            "{flag}: {}",
            said.err
        );
    }
    let config = folder.join("set.toml");
    std::fs::write(&config, "[strategy]\nid = \"tree\"\nleaves = 3\n").expect("writable");
    let config = config.to_string_lossy();
    edit(&source, ASKED, &folder.join("out"), &["--config", &config]).refused(1, "branches");
}

#[test]
fn what_a_strategy_takes_is_listed_with_its_range() {
    let listed = retake(&["lab", "strategies", "--json"]).done().json();
    let all = listed["strategies"].as_array().expect("a list");
    let mut seen = 0;
    for (entry, setting) in all.iter().flat_map(|entry| {
        let settings = entry["settings"].as_array().expect("a list");
        settings.iter().map(move |setting| (entry, setting))
    }) {
        let number = |name: &str| setting[name].as_f64();
        let own = &setting["own"];
        let within = match setting["of"].as_array() {
            Some(words) => words.contains(own),
            None => number("from") <= own.as_f64() && own.as_f64() <= number("to"),
        };
        let told = setting["about"]
            .as_str()
            .is_some_and(|about| !about.is_empty());
        assert!(within && told, "{}: {setting}", entry["id"]);
        seen += 1;
    }
    assert!(seen > all.len(), "most strategies take something");
}

#[test]
fn steps_that_name_a_place_are_recorded_with_its_mask() {
    let folder = temporary("search-places");
    let out = folder.join("out");
    let words = "make it warmer, then darken the top half";
    let more = ["-n", "6", "--strategy", "tree"];
    edit(&photo(&folder, "a.png"), words, &out, &more).done();
    let record = record(&out);
    let place = &record["places"][0];
    assert!(
        place["name"]
            .as_str()
            .is_some_and(|name| name.contains("upper half"))
    );
    let rows = place["mask"].as_array().expect("rows");
    let row = |at: usize| rows[at].as_str().expect("digits");
    assert!(row(0).starts_with("ff") && row(rows.len() - 1).starts_with("00"));
    let file = place["file"].as_str().expect("a path");
    assert!(out.join(file).is_file(), "{file}");
    let nodes = record["search"].as_array().expect("a tree");
    let of_half = |node: &&Value| {
        let words = node["words"].as_str();
        words.is_some_and(|words| words.contains("top half"))
    };
    let steps: Vec<&Value> = nodes.iter().filter(of_half).collect();
    assert!(!steps.is_empty(), "{record}");
    assert!(steps.iter().all(|node| node["place"] == 0), "{record}");
}

#[test]
fn looks_on_the_way_are_a_curve_of_the_run_and_of_the_lab() {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/parity/cases");
    let model = cases.join("instruct_pix2pix_old/model");
    let folder = temporary("looks");
    let out = folder.join("runs/one");
    // random weights keep nothing of the photo; what they are apart in is how many faults they have
    let more = ["-n", "7", "--steps", "6", "--reward", "faults"];
    let model = model.to_string_lossy();
    let editor = ["--strategy", "halving", "--editor", &*model];
    edit(
        &photo(&folder, "a.png"),
        ASKED,
        &out,
        &[&more[..], &editor].concat(),
    )
    .done();
    let record = record(&out);
    let looks = record["looks"].as_array().expect("the looks");
    // after 15 and 40 of 100 of the steps
    let places = looks.iter().map(|look| (&look["step"], &look["of"]));
    let places: Vec<_> = places.collect();
    assert_eq!(places, [(&json!(1), &json!(6)), (&json!(2), &json!(6))]);
    for look in looks {
        let rho = look["rho"].as_f64().expect("a number");
        assert!((-1.0..=1.0).contains(&rho) && look["over"].as_u64() >= Some(5));
        assert!(look["interval"][0].as_f64() < Some(rho), "{look}");
    }
    let drawn = std::fs::read_to_string(out.join("looks.svg")).expect("a picture");
    assert!(drawn.contains("<svg") && drawn.contains("enough to drop by (0.6)"));
    let runs = folder.join("runs");
    let curves = retake(&[
        "lab",
        "curves",
        &*runs.to_string_lossy(),
        "--format",
        "retake-runs",
        "--curve",
        "looks",
        "--json",
    ]);
    let curves = curves.done().json();
    let lines = &curves["curves"][0]["lines"];
    assert_eq!(lines[0]["name"], "halving", "{curves:#}");
    assert_eq!(lines[0]["points"][1]["y"], looks[1]["rho"]);
}

#[test]
fn settings_that_contradict_each_other_are_one_sentence() {
    let folder = temporary("settings-apart");
    let out = folder.join("out");
    let file = folder.join("retake.toml");
    let text = "[strategy]\nid = \"halving\"\nearly = 0.5\nlate = 0.2\n";
    std::fs::write(&file, text).expect("writable");
    let config = ["--config", &*file.to_string_lossy()];
    edit(&photo(&folder, "a.png"), ASKED, &out, &config)
        .refused(1, "The second look must come after the first");
    assert!(!out.exists());
}
