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
