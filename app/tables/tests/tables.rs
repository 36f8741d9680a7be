//! Parquet and Arrow beside the libraries that wrote them (`tests/lab/make_data.py`: datasets and pyarrow).

use std::path::{Path, PathBuf};

use retake_lab::LabError;
use retake_lab::case::Case;
use retake_lab::dataset::{Dataset, Tally};
use retake_lab::formats::format;
use retake_lab::measures::Better;
use retake_lab::rows::{Cell, Flow, Row, TEXT_CONTAINERS, read_files};
use retake_tables::{TABLE_CONTAINERS, write_parquet};

fn kept(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../tests/lab/data")
        .join(name)
}

fn rows(path: &Path) -> Result<Vec<Result<Row, retake_core::Said>>, LabError> {
    let mut rows = Vec::new();
    read_files(path, &[TEXT_CONTAINERS, TABLE_CONTAINERS], &mut |_, row| {
        rows.push(row);
        Flow::On
    })?;
    Ok(rows)
}

fn read(id: &str, path: &Path) -> (Vec<Case>, Tally) {
    let data = Dataset {
        path: path.to_owned(),
        format: format(id).expect("it is in the table"),
        images: None,
        containers: vec![TEXT_CONTAINERS, TABLE_CONTAINERS],
        limit: None,
    };
    let mut cases = Vec::new();
    let tally = data.walk(&mut |case, _| {
        cases.push(case);
        Ok(Flow::On)
    });
    (cases, tally.expect("it opens"))
}

fn opens(picture: &Option<retake_lab::picture::Picture>) -> (usize, usize) {
    let photo = picture
        .as_ref()
        .expect("a picture")
        .open()
        .expect("it opens");
    (photo.width(), photo.height())
}

#[test]
fn the_same_rows_come_out_of_every_kind_of_file() {
    let first = rows(&kept("plain_none.parquet")).expect("it opens");
    assert_eq!(first.len(), 3);
    for name in [
        "plain_snappy.parquet",
        "plain_gzip.parquet",
        "plain_lz4.parquet",
        "plain.arrow",
        "plain_file.arrow",
    ] {
        assert_eq!(rows(&kept(name)).expect("it opens"), first, "{name}");
    }
}

#[test]
fn what_cannot_be_read_is_said_in_a_sentence() {
    let zstd = rows(&kept("plain_zstd.parquet"))
        .expect_err("not built in")
        .to_string();
    assert!(zstd.to_lowercase().contains("zstd"), "{zstd}");
    let broken = rows(&kept("broken.parquet"))
        .expect_err("half a file")
        .to_string();
    assert!(
        broken.contains("no readable parquet") && broken.contains("broken.parquet"),
        "{broken}"
    );
}

#[test]
fn every_kind_of_cell_is_read() {
    let rows = rows(&kept("kinds.parquet")).expect("it opens");
    let [first, second] = [0, 1].map(|at| rows[at].clone().expect("a row"));
    let text = |text: &str| Some(Cell::Text(text.to_owned()));
    assert_eq!(first.get("whole"), Some(&Cell::Whole(1)));
    assert_eq!(second.get("whole"), None);
    assert_eq!(first.get("large"), Some(&Cell::Whole(1 << 40)));
    assert_eq!(first.get("number"), Some(&Cell::Number(1.5)));
    assert_eq!(second.get("truth"), Some(&Cell::Truth(false)));
    assert_eq!(first.get("words").cloned(), text("ä"));
    assert_eq!(second.get("large_words").cloned(), text("y"));
    assert_eq!(second.get("view").cloned(), text("w"));
    assert_eq!(first.get("bytes"), Some(&Cell::Bytes(vec![0, 1])));
    assert_eq!(second.get("code").cloned(), text("q"));
    assert_eq!(
        first.get("list"),
        Some(&Cell::List(vec![Cell::Whole(1), Cell::Whole(2)]))
    );
    assert_eq!(
        second.get("fixed"),
        Some(&Cell::List(vec![Cell::Number(3.0), Cell::Number(4.0)]))
    );
    assert_eq!(
        first
            .get("row")
            .and_then(Cell::map)
            .map(|row| row.text("b")),
        Some("x".to_owned())
    );
    assert_eq!(second.get("row"), None);
}

#[test]
fn editscores_pairs_are_turned_by_a_hash_and_the_preferred_stays_the_preferred() {
    let (cases, tally) = read("editscore-bench", &kept("editscore.parquet"));
    assert_eq!((cases.len(), tally.used), (3, 3));
    let dimensions: Vec<&str> = cases.iter().map(|case| case.dimension.as_str()).collect();
    assert_eq!(dimensions, ["prompt_following", "consistency", "overall"]);
    for case in &cases {
        let verdict = &case.verdicts[0];
        let preferred = if verdict.better == Better::A {
            verdict.first
        } else {
            verdict.second
        };
        assert_eq!(case.takes[preferred].name, "k1");
        assert_eq!(opens(&case.takes[preferred].picture), (24, 16));
    }
}

#[test]
fn tigers_groups_are_what_stands_before_the_underscore() {
    let (cases, tally) = read("editreward-bench", &kept("editreward_bench.parquet"));
    assert_eq!((cases.len(), tally.skipped), (4, 1));
    assert!(cases[..3].iter().all(|case| case.group == "3pair/17"));
    assert_eq!(
        cases[1]
            .takes
            .iter()
            .map(|take| take.name.as_str())
            .collect::<Vec<_>>(),
        ["A", "C"]
    );
    assert_eq!(
        (cases[0].takes[1].human, cases[3].verdicts[0].better),
        (Some(5.0), Better::Tie)
    );
    assert!(tally.skipped_rows[0].reason.to_string().contains("A~B"));
}

#[test]
fn genai_bench_has_four_votes() {
    let (cases, tally) = read("genai-bench", &kept("genai.parquet"));
    let votes: Vec<Better> = cases.iter().map(|case| case.verdicts[0].better).collect();
    assert_eq!(votes, [Better::A, Better::B, Better::Tie, Better::Tie]);
    assert_eq!(tally.skipped, 1);
}

#[test]
fn gedit_bench_has_two_languages() {
    let (cases, _) = read("gedit-bench", &kept("gedit.parquet"));
    assert_eq!(
        (cases[1].language.as_str(), cases[1].instruction.as_str()),
        ("zh", "让它更亮")
    );
    assert_eq!(opens(&cases[0].source), (24, 16));
}

#[test]
fn humanedit_keeps_all_eleven_columns() {
    let (cases, tally) = read("humanedit", &kept("humanedit.parquet"));
    assert!(tally.unknown_columns.is_empty());
    let case = &cases[1];
    assert_eq!(case.facts.len(), 6);
    assert_eq!(
        (case.id.as_str(), case.instruction.as_str()),
        ("img1", "make it brighter")
    );
    assert_eq!(
        (opens(&case.source), opens(&case.takes[0].picture)),
        ((24, 16), (24, 16))
    );
    let mask = case
        .mask
        .as_ref()
        .expect("a mask")
        .open_mask()
        .expect("it opens");
    assert!(mask.at(0, 0) > 0.99 && cases[0].mask.is_none());
}

#[test]
fn mmrb2_may_have_columns_too() {
    let (cases, _) = read("mmrb2", &kept("mmrb2.parquet"));
    assert_eq!(
        (
            cases[0].instruction.as_str(),
            cases[0].facts["same_model"].as_str()
        ),
        ("make it brighter", "true")
    );
    assert_eq!(cases[0].verdicts[0].raters, [2.5, 1.5, 2.5]);
    assert_eq!(opens(&cases[0].takes[1].picture), (24, 16));
}

#[test]
fn a_broken_shard_is_one_row_and_the_others_are_used() {
    let folder = std::env::temp_dir().join(format!("retake-tables-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("writable");
    for (from, to) in [
        ("plain_none.parquet", "a.parquet"),
        ("broken.parquet", "b.parquet"),
    ] {
        std::fs::copy(kept(from), folder.join(to)).expect("writable");
    }
    let (cases, tally) = read("imagenhub", &folder);
    assert_eq!((cases.len(), tally.used, tally.skipped), (3, 3, 1));
    assert!(
        tally.skipped_rows[0]
            .reason
            .to_string()
            .contains("no readable parquet")
    );
}

#[test]
fn what_is_written_reads_back() {
    let folder = std::env::temp_dir().join(format!("retake-tables-write-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("writable");
    let path = folder.join("out.parquet");
    let written = serde_json::json!([
        { "words": "ä", "number": 1.5, "whole": 3, "truth": true, "list": [1, "x"] },
        { "words": null, "number": 2, "whole": -4, "truth": false, "more": "y" },
    ]);
    let objects: Vec<_> = written
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|row| row.as_object().cloned())
        .collect();
    write_parquet(&path, &objects).expect("it is written");
    let rows = rows(&path).expect("it opens");
    let first = rows[0].clone().expect("a row");
    let second = rows[1].clone().expect("a row");
    assert_eq!(
        (first.text("words").as_str(), first.text("list").as_str()),
        ("ä", "[1,\"x\"]")
    );
    assert_eq!(
        (second.get("number"), second.get("whole")),
        (Some(&Cell::Number(2.0)), Some(&Cell::Whole(-4)))
    );
    assert_eq!(
        (second.get("words"), second.text("more").as_str()),
        (None, "y")
    );
}
