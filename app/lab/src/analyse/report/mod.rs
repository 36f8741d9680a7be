//! The report: one page of HTML with pictures, and the same in Markdown, in a folder.

mod told;

use std::fmt::Write;
use std::path::Path;

use retake_core::{Raster, Said};
use retake_files::save::write_beside_and_rename;

use crate::LabError;
use crate::case::Case;
use crate::measures::Better;
use crate::picture::save_small;
use crate::scoring::{Opened, Scores, Told};
use told::{Page, Pictures};

/// The pictures of a report have at most this long edge, px.
const LONG_EDGE: usize = 360;

/// A case as the report shows it.
pub struct Shown<'a> {
    /// what was asked, and what people said
    pub case: &'a Case,
    /// what the reward said
    pub scores: &'a [Scores],
    /// 0 to 1
    pub disagreement: f64,
    /// the pictures, where they could be opened
    pub opened: Option<Opened>,
    /// what the rewards told of each edit, or why it cannot be read; none where it was not kept
    pub told: Vec<Option<Result<Told, Said>>>,
}

/// Writes `report.html`, `report.md` and `pictures/` into a folder.
pub fn write_report(
    folder: &Path,
    title: &str,
    tables: &[(String, Vec<Vec<String>>)],
    cases: &[Shown<'_>],
) -> Result<(), LabError> {
    let pictures = folder.join("pictures");
    std::fs::create_dir_all(&pictures).map_err(|error| LabError::writing(error, &pictures))?;
    let mut html = format!(
        "<!doctype html><html lang=en><meta charset=utf-8><title>{0}</title><style>{STYLE}</style><h1>{0}</h1>\n",
        escaped(title)
    );
    let mut markdown = format!("# {title}\n");
    for (name, rows) in tables {
        let _ = write!(html, "<h2>{}</h2><table>", escaped(name));
        let _ = write!(markdown, "\n## {name}\n\n");
        for (place, row) in rows.iter().enumerate() {
            let tag = if place == 0 { "th" } else { "td" };
            let cells: String = row
                .iter()
                .map(|cell| format!("<{tag}>{}</{tag}>", escaped(cell)))
                .collect();
            let _ = writeln!(html, "<tr>{cells}</tr>");
            let cells: Vec<String> = row.iter().map(|cell| cell.replace('|', "\\|")).collect();
            let _ = writeln!(markdown, "| {} |", cells.join(" | "));
            if place == 0 {
                let _ = writeln!(markdown, "|{}", "---|".repeat(row.len()));
            }
        }
        html.push_str("</table>\n");
    }
    for (place, shown) in cases.iter().enumerate() {
        card(&mut html, &mut markdown, &pictures, place, shown)?;
    }
    html.push_str("</html>\n");
    for (name, text) in [("report.html", &html), ("report.md", &markdown)] {
        let path = folder.join(name);
        let written = write_beside_and_rename(&path, |out| out.write_all(text.as_bytes()));
        written.map_err(|error| LabError::Asked(error.said()))?;
    }
    Ok(())
}

const STYLE: &str = "body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:76rem;padding:0 1rem;color:#222}\
table{border-collapse:collapse}td,th{padding:.2rem .8rem;text-align:left;border-bottom:1px solid #ddd}\
section{border-top:2px solid #ccc;margin-top:2rem}figure{display:inline-block;margin:.5rem 1rem .5rem 0;vertical-align:top;max-width:360px}\
img{max-width:100%;display:block}figcaption{font-size:13px}.liked{outline:3px solid #2a7}\
.take{display:inline-block;vertical-align:top;max-width:30rem;margin-right:1.5rem}.map{max-width:180px}.likely{margin:.3rem 1rem .3rem 0}\
svg text{font:10px system-ui,sans-serif;text-anchor:middle;fill:#555}.bar{fill:#47a}.rest{fill:#bbb}.passes,.lost{font-size:13px;margin:.3rem 0}\
.lost{color:#a33}details{font-size:13px}pre{white-space:pre-wrap;overflow-wrap:anywhere;background:#f5f5f5;padding:.5rem;max-height:24rem;overflow:auto}";

fn card(
    html: &mut String,
    markdown: &mut String,
    pictures: &Path,
    place: usize,
    shown: &Shown<'_>,
) -> Result<(), LabError> {
    let case = shown.case;
    let _ = write!(
        html,
        "<section><h3>{}</h3><p>“{}” · disagreement {:.2}</p>",
        escaped(&case.id),
        escaped(&case.instruction),
        shown.disagreement
    );
    let _ = write!(
        markdown,
        "\n## {}\n\n“{}” · disagreement {:.2}\n\n",
        case.id, case.instruction, shown.disagreement
    );
    if let Some(opened) = &shown.opened {
        let name = format!("{place:03}-source.jpg");
        picture(&pictures.join(&name), &opened.source)?;
        let _ = write!(
            html,
            "<figure><img src=\"pictures/{name}\" alt=source><figcaption>source</figcaption></figure>"
        );
        let _ = writeln!(markdown, "![source](pictures/{name})");
    }
    for (at, (take, scores)) in case.takes.iter().zip(shown.scores).enumerate() {
        let liked = preferred(case, at);
        let mut words = format!("{}: {:.2}", take.name, scores.overall);
        for (dimension, value) in &scores.by_dimension {
            let _ = write!(words, " · {} {value:.2}", dimension.replace('_', " "));
        }
        if let Some(human) = take.human {
            let _ = write!(words, " · people {human:.2}");
        }
        if liked {
            words.push_str(" · people prefer it");
        }
        let class = if liked { " class=liked" } else { "" };
        html.push_str("<div class=take><figure>");
        let opened = shown.opened.as_ref();
        let edit = opened.and_then(|opened| opened.edits.get(at));
        if let Some(edit) = edit {
            let name = format!("{place:03}-{at}.jpg");
            picture(&pictures.join(&name), edit)?;
            let _ = write!(html, "<img{class} src=\"pictures/{name}\" alt=edit>");
            let _ = writeln!(markdown, "![{}](pictures/{name})", take.name);
        }
        let reasons = reasons(scores);
        let lines: String = reasons
            .iter()
            .map(|line| format!("<br>{}", escaped(line)))
            .collect();
        let _ = write!(
            html,
            "<figcaption>{}{lines}</figcaption></figure>",
            escaped(&words)
        );
        let _ = writeln!(markdown, "\n- {words}");
        for line in &reasons {
            let _ = writeln!(markdown, "  - {line}");
        }
        if let Some(told) = shown.told.get(at).and_then(Option::as_ref) {
            let pictures = Pictures {
                folder: pictures,
                name: &format!("{place:03}-{at}"),
                edit,
            };
            Page { html, markdown }.told(told, &pictures)?;
        }
        html.push_str("</div>");
    }
    html.push_str("</section>\n");
    Ok(())
}

/// What was said of an edit, a line each, the dimension before it where there is one.
fn reasons(scores: &Scores) -> Vec<String> {
    let of_dimensions = scores.by_dimension.keys().flat_map(|dimension| {
        let reasons = scores.reasons_for(dimension);
        reasons.map(move |reason| format!("{}: {reason}", dimension.replace('_', " ")))
    });
    let others = scores.other_reasons().map(|reason| reason.to_string());
    of_dimensions.chain(others).collect()
}

/// Whether people preferred this take in some pair.
fn preferred(case: &Case, at: usize) -> bool {
    case.verdicts.iter().any(|verdict| match verdict.better {
        Better::A => verdict.first == at,
        Better::B => verdict.second == at,
        Better::Tie => false,
    })
}

fn picture(path: &Path, raster: &Raster) -> Result<(), LabError> {
    save_small(path, raster, LONG_EDGE)
}

fn escaped(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    text.replace('>', "&gt;").replace('"', "&quot;")
}
