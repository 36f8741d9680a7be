//! Rows as they come, and what is said of those that cannot be read.

use std::path::PathBuf;

use super::*;

fn file(name: &str, text: &[u8]) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("retake-lab-rows-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("the temporary folder can be written");
    let path = folder.join(name);
    std::fs::write(&path, text).expect("writable");
    path
}

fn read(path: &std::path::Path) -> Vec<(u64, Result<Row, Said>)> {
    let mut rows = Vec::new();
    let mut visit = |place: Place, row| {
        rows.push((place.number, row));
        Flow::On
    };
    read_files(path, &[TEXT_CONTAINERS], &mut visit).expect("it opens");
    rows
}

fn text(row: &Result<Row, Said>, name: &str) -> String {
    row.as_ref().expect("a row").text(name)
}

#[test]
fn a_line_that_is_no_json_is_told_and_the_rest_is_read() {
    let rows = read(&file(
        "a.jsonl",
        b"{\"a\": 1}\n\n{\"a\": \n[1]\n{\"a\": \"x\"}",
    ));
    assert_eq!(
        rows.iter().map(|row| row.0).collect::<Vec<_>>(),
        [1, 3, 4, 5]
    );
    assert_eq!(
        (text(&rows[0].1, "a"), text(&rows[3].1, "a")),
        ("1".into(), "x".into())
    );
    assert!(
        rows[1]
            .1
            .as_ref()
            .is_err_and(|why| why.to_string().contains("no JSON"))
    );
    assert!(
        rows[2]
            .1
            .as_ref()
            .is_err_and(|why| why.to_string().contains("no JSON object"))
    );
}

#[test]
fn json_files_hold_rows_in_three_ways() {
    let list = read(&file("list.json", b"[{\"a\": 1}, {\"a\": 2}]"));
    assert_eq!(list.len(), 2);
    let named = read(&file(
        "named.json",
        b"{\"pairs\": [{\"a\": 1}, {\"a\": 2}]}",
    ));
    assert_eq!((named.len(), text(&named[1].1, "a")), (2, "2".into()));
    let keyed = read(&file(
        "keyed.json",
        b"{\"7\": {\"a\": 1}, \"9\": {\"a\": 2}}",
    ));
    assert_eq!(
        (text(&keyed[1].1, KEY), text(&keyed[1].1, "a")),
        ("9".into(), "2".into())
    );
    let words = read(&file("words.json", b"{\"x.jpg\": [\"Add. Color: red\"]}"));
    assert_eq!(text(&words[0].1, KEY), "x.jpg");
    let list = words[0]
        .1
        .as_ref()
        .expect("a row")
        .get("list")
        .and_then(Cell::list);
    assert_eq!(list.expect("a list").len(), 1);
}

#[test]
fn half_a_json_file_gives_the_rows_before_the_break() {
    let rows = read(&file("half.json", b"[{\"a\": 1}, {\"a\": 2}, {\"a"));
    assert_eq!(rows.len(), 3);
    assert!(
        rows[2]
            .1
            .as_ref()
            .is_err_and(|why| why.to_string().contains("rest of the file"))
    );
    let path = file("none.json", b"{\"a");
    let error = read_files(&path, &[TEXT_CONTAINERS], &mut |_, _| Flow::On);
    assert!(error.is_err_and(|error| error.to_string().contains("no readable JSON")));
}

#[test]
fn quotes_hold_separators_and_line_breaks() {
    let rows = read(&file(
        "a.csv",
        b"\xef\xbb\xbfid,text\r\n1,\"a, \"\"b\"\"\nc\"\r\n2,\r\n3\r\n",
    ));
    assert_eq!(text(&rows[0].1, "text"), "a, \"b\"\nc");
    assert_eq!(text(&rows[0].1, "id"), "1");
    assert!(
        rows[1]
            .1
            .as_ref()
            .is_ok_and(|row| row.get("text").is_none())
    );
    assert!(
        rows[2]
            .1
            .as_ref()
            .is_err_and(|why| why.to_string().contains("1 cells"))
    );
}

#[test]
fn tabs_separate_and_lists_in_them_are_json() {
    let rows = read(&file("a.tsv", b"uid\tmodel\n7\t[0.5, 1]\n"));
    let list = rows[0]
        .1
        .as_ref()
        .expect("a row")
        .get("model")
        .and_then(Cell::list);
    assert_eq!(list, Some(vec![Cell::Number(0.5), Cell::Whole(1)]));
}

#[test]
fn a_row_in_a_cell_is_json_and_braces_of_words_are_words() {
    let rows = read(&file(
        "map.tsv",
        b"judges\ttext\n{\"a\": {\"semantic\": [7]}}\t{sic} brighter\n",
    ));
    let row = rows[0].1.as_ref().expect("a row");
    let judges = row.get("judges").and_then(Cell::map).expect("judges");
    let judge = judges.get("a").and_then(Cell::map).expect("a judge");
    let semantic = judge.get("semantic").and_then(Cell::list);
    assert_eq!(semantic, Some(vec![Cell::Whole(7)]));
    assert_eq!(
        row.get("judges")
            .and_then(Cell::text)
            .map(|text| text.len()),
        Some(24)
    );
    assert_eq!(row.text("text"), "{sic} brighter");
}

#[test]
fn a_missing_column_is_named_with_those_that_are_there() {
    let row = Row(vec![
        ("a".into(), Cell::Whole(1)),
        ("b".into(), Cell::Nothing),
    ]);
    let why = |name: &str| row.need(name).expect_err("not there").to_string();
    assert_eq!(why("c"), "no column “c”; there are: a, b");
    assert_eq!(why("b"), "the column “b” is empty");
    let why = row.need_number("a", (2.0, 3.0)).expect_err("too small");
    assert_eq!(why, "“a” is 1, which is not between 2 and 3");
}

#[test]
fn a_visitor_that_has_enough_is_not_given_more() {
    for (name, text) in [
        ("e.jsonl", "{}\n{}\n{}"),
        ("e.json", "[{}, {}, {}]"),
        ("e.csv", "a\n1\n2\n"),
    ] {
        let mut count = 0;
        let mut visit = |_: Place, _: Result<Row, Said>| {
            count += 1;
            Flow::Enough
        };
        read_files(&file(name, text.as_bytes()), &[TEXT_CONTAINERS], &mut visit).expect("it opens");
        assert_eq!(count, 1, "{name}");
    }
}

#[test]
fn an_absurd_number_is_told_in_a_few_digits() {
    let told = absurd("score", -1e300, (0.0, 10.0));
    assert_eq!(told, "“score” is -1e300, which is not between 0 and 10");
    assert!(
        absurd("score", 11.5, (0.0, 10.0))
            .to_string()
            .contains("is 11.5,")
    );
}
