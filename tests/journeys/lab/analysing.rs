//! `retake lab analyse`: a report that stands on its own.

use super::{lab, pairs};
use crate::places::temporary;

#[test]
fn the_report_is_there_in_whole_with_pictures_and_probes() {
    let folder = temporary("lab-analyse");
    let (file, out) = (pairs(&folder, 4), folder.join("report"));
    // people are said to prefer the dark one of the first, so that the reward is wrong about it
    let text = std::fs::read_to_string(&file).expect("readable");
    std::fs::write(&file, text.replacen("Image A", "Image B", 1)).expect("written");
    let json = lab(
        "analyse {file} --format gedit-v2 --size 128 --top 2 --probes 2 --out {out} --json",
        &[("file", &file), ("out", &out)],
    )
    .done()
    .json();
    assert_eq!(json["findings"][0]["id"], "0");
    assert!(
        json["probes"]
            .as_object()
            .is_some_and(|probes| probes.len() >= 6),
        "{json:#}"
    );
    let html = std::fs::read_to_string(out.join("report.html")).expect("a report");
    assert!(html.trim_end().ends_with("</html>") && html.contains("make it brighter"));
    // every picture that it shows is there
    let shown: Vec<&str> = html
        .split("src=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .collect();
    assert!(shown.len() >= 3, "{shown:?}");
    for picture in shown {
        assert!(
            picture.starts_with("data:") || out.join(picture).is_file(),
            "{picture}"
        );
    }
    let markdown = std::fs::read_to_string(out.join("report.md")).expect("a report");
    assert!(markdown.contains("make it brighter") && markdown.contains("pair accuracy"));
}

#[test]
fn the_same_wish_in_other_words_and_languages_is_asked_and_what_differs_comes_first() {
    let folder = temporary("lab-wordings");
    let (file, out) = (pairs(&folder, 3), folder.join("report"));
    let text = std::fs::read_to_string(&file).expect("readable");
    // one wish of its own, which the table puts otherwise in earnest
    std::fs::write(
        &file,
        text.replacen("make it brighter", "a bit brighter", 1),
    )
    .expect("written");
    let paths = [("file", file.as_path()), ("out", out.as_path())];
    let plain = "analyse {file} --format gedit-v2 --by languages --size 64 --probes 0 --out {out}";
    lab(plain, &paths).refused(1, "name a table with the columns");
    let table = folder.join("words.csv");
    let rows = "instruction,wording,language\nmake it brighter,mach es heller,de\na bit brighter,dunkler,de\n                make it brighter,brighter please,\n,lost,de\n";
    std::fs::write(&table, rows).expect("written");
    let paths = [paths[0], paths[1], ("table", table.as_path())];
    let words = "analyse {file} --format gedit-v2 --by languages --wordings {table} --size 64 --probes 0 --out {out} --json";
    let said = lab(words, &paths).done();
    assert!(said.err.contains("words.csv:5"), "{}", said.err);
    let json = said.json();
    assert_eq!(json["findings"][0]["id"], "0", "{json:#}");
    let told = json["wordings"].as_array().expect("a list");
    let answers: Vec<_> = told
        .iter()
        .map(|same| (same["language"].as_str(), same["answers"].as_u64()))
        .collect();
    assert_eq!(answers, [(Some(""), Some(4)), (Some("de"), Some(6))]);
    let html = std::fs::read_to_string(out.join("report.html")).expect("a report");
    assert!(html.contains("Other words") && html.contains("in de"));
}
