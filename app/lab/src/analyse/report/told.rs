//! What a reward told of an edit, in a report: where it saw it, what could have stood where it wrote its scores, what every
//! pass gave, and its raw output folded away.

use std::fmt::Write;
use std::path::Path;

use retake_core::{Answered, Distribution, Raster, Raw, Said, answered, by_pass};

use super::{LONG_EDGE, escaped};
use crate::LabError;
use crate::picture::save_tinted;
use crate::scoring::Told;

/// The width of a value's bar and the greatest height, px.
const BAR: usize = 22;
const HEIGHT: f64 = 44.0;

/// Where the pictures of an edit go, and how they are called.
pub(super) struct Pictures<'a> {
    pub(super) folder: &'a Path,
    /// "003-1"
    pub(super) name: &'a str,
    /// the edit, where it could be opened
    pub(super) edit: Option<&'a Raster>,
}

/// Both forms of the report, written side by side.
pub(super) struct Page<'a> {
    pub(super) html: &'a mut String,
    pub(super) markdown: &'a mut String,
}

impl Page<'_> {
    /// What was told of one edit, or why nobody knows.
    pub(super) fn told(
        &mut self,
        told: &Result<Told, Said>,
        pictures: &Pictures<'_>,
    ) -> Result<(), LabError> {
        let told = match told {
            Ok(told) => told,
            Err(why) => {
                let _ = write!(self.html, "<p class=lost>{}</p>", escaped(&why.to_string()));
                let _ = writeln!(self.markdown, "\n{why}");
                return Ok(());
            }
        };
        self.maps(told, pictures)?;
        for raw in &told.raw {
            self.raw(raw);
        }
        if told.left_out > 0 {
            let words = format!("{} pieces were too much to keep.", told.left_out);
            let _ = write!(self.html, "<p class=lost>{words}</p>");
            let _ = writeln!(self.markdown, "\n{words}");
        }
        Ok(())
    }

    fn maps(&mut self, told: &Told, pictures: &Pictures<'_>) -> Result<(), LabError> {
        let Some(edit) = pictures.edit else {
            return Ok(());
        };
        for (at, (dimension, map)) in told.maps.iter().enumerate() {
            let file = format!("{}-map{at}.jpg", pictures.name);
            save_tinted(&pictures.folder.join(&file), edit, map, LONG_EDGE / 2)?;
            let name = escaped(&spoken(dimension));
            let _ = write!(
                self.html,
                "<figure class=map><img src=\"pictures/{file}\" alt=\"evidence of {name}\"><figcaption>{name}</figcaption></figure>"
            );
            let _ = writeln!(self.markdown, "![evidence of {name}](pictures/{file})");
        }
        Ok(())
    }

    fn raw(&mut self, raw: &Raw) {
        let answers = answered(&raw.told);
        let judge = judge(raw);
        for (dimension, shares) in by_pass(&raw.told) {
            if shares.len() < 2 {
                continue;
            }
            let shares: Vec<String> = shares.iter().map(|share| format!("{share:.2}")).collect();
            let words = format!(
                "{judge}, {}, pass by pass: {}",
                spoken(&dimension),
                shares.join(", ")
            );
            let _ = write!(self.html, "<p class=passes>{}</p>", escaped(&words));
            let _ = writeln!(self.markdown, "\n{words}");
        }
        for answer in &answers {
            for distribution in &answer.distributions {
                let title = format!("{judge}, {}", about(answer, distribution));
                let _ = write!(
                    self.html,
                    "<figure class=likely>{}<figcaption>{}</figcaption></figure>",
                    svg(distribution),
                    escaped(&title)
                );
                let _ = write!(self.markdown, "\n{title}\n\n{}", table(distribution));
            }
        }
        let text = output(&answers);
        if !text.is_empty() {
            let _ = write!(
                self.html,
                "<details><summary>Raw output: {}</summary><pre>{}</pre></details>",
                escaped(&judge),
                escaped(&text)
            );
            let fence = fence(&text);
            let _ = writeln!(
                self.markdown,
                "\n<details><summary>Raw output: {}</summary>\n\n{fence}text\n{text}\n{fence}\n\n</details>",
                escaped(&judge)
            );
        }
    }
}

/// "instruction following"
fn spoken(name: &str) -> String {
    name.replace('_', " ")
}

/// Who said it: the model, where it is named.
fn judge(raw: &Raw) -> String {
    let model = raw.told.get("model").and_then(|model| model.as_str());
    spoken(model.unwrap_or(&raw.reward))
}

/// "pass 2, instruction following 17.34"
fn about(answer: &Answered, distribution: &Distribution) -> String {
    let asked = match answer.between {
        Some((first, second)) => format!("edit {} before {}", first + 1, second + 1),
        None => format!("pass {}", answer.pass + 1),
    };
    let dimension = match distribution.dimension.as_str() {
        "" => format!("score {}", distribution.place + 1),
        name => spoken(name),
    };
    format!("{asked}, {dimension} {:.2}", distribution.score)
}

/// Every answer under a line that says which it is.
fn output(answers: &[Answered]) -> String {
    let one = |answer: &Answered| {
        let head = match answer.between {
            Some((first, second)) => format!("edit {} before {}", first + 1, second + 1),
            None => format!("pass {}, question {}", answer.pass + 1, answer.call + 1),
        };
        let failure = answer.failure.iter().map(|why| format!("\n({why})"));
        let failure: String = failure.collect();
        format!("[{head}]\n{}{failure}", answer.text.trim_end())
    };
    answers.iter().map(one).collect::<Vec<_>>().join("\n\n")
}

/// A fence that is longer than any in the text.
fn fence(text: &str) -> String {
    let runs = text.split(|letter| letter != '`').map(str::len);
    "`".repeat(runs.max().unwrap_or(0).max(2) + 1)
}

/// The values along the scale, and the rest behind them.
fn values(distribution: &Distribution) -> Vec<(&str, f64)> {
    let mut all = distribution.along_the_scale();
    all.push(("other", distribution.rest));
    all
}

/// Bars by their probability, the values below.
fn svg(distribution: &Distribution) -> String {
    let values = values(distribution);
    let (width, height) = (values.len() * (BAR + 4) + 14, HEIGHT + 30.0);
    let mut svg =
        format!("<svg width={width} height={height} viewBox=\"0 0 {width} {height}\" role=img>");
    for (at, (value, share)) in values.iter().enumerate() {
        let (left, tall) = (at * (BAR + 4) + 2, share * HEIGHT);
        let class = if *value == "other" { "rest" } else { "bar" };
        let _ = write!(
            svg,
            "<rect class={class} x={left} y={:.1} width={BAR} height={tall:.1} />\
             <text x={middle} y={:.1}>{:.0}</text><text x={middle} y={:.1}>{}</text>",
            HEIGHT - tall + 12.0,
            HEIGHT - tall + 9.0,
            share * 100.0,
            HEIGHT + 25.0,
            escaped(value),
            middle = left + BAR / 2
        );
    }
    svg + "</svg>"
}

/// The same as a table.
fn table(distribution: &Distribution) -> String {
    let values = values(distribution);
    let row = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
    let names = values.iter().map(|(value, _)| value.replace('|', "\\|"));
    let shares = values.iter().map(|(_, share)| format!("{share:.3}"));
    let names = row(names.collect());
    format!(
        "{names}|{}\n{}",
        "---|".repeat(values.len()),
        row(shares.collect())
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn raw() -> Raw {
        Raw {
            reward: "generative_judge".to_owned(),
            measures: Default::default(),
            told: json!({
                "model": "eye-1",
                "passes": { "instruction_following": [0.8, 0.4] },
                "answers": [{ "pass": 1, "call": 0, "answer": "a <b> hat ``` | 7", "distributions": [
                    { "place": 0, "dimension": "instruction_following", "likely": [["7", 0.6], ["5", 0.3]],
                      "rest": 0.1, "score": 6.4 }] }],
            }),
        }
    }

    fn written(told: Result<Told, Said>) -> [String; 2] {
        let (mut html, mut markdown) = (String::new(), String::new());
        let pictures = Pictures {
            folder: Path::new("nowhere"),
            name: "000-0",
            edit: None,
        };
        let mut page = Page {
            html: &mut html,
            markdown: &mut markdown,
        };
        page.told(&told, &pictures).expect("no picture is written");
        [html, markdown]
    }

    fn both() -> [String; 2] {
        written(Ok(Told {
            raw: vec![raw()],
            ..Told::default()
        }))
    }

    #[test]
    fn raw_output_is_folded_and_cannot_break_the_page() {
        let [html, markdown] = both();
        assert!(html.contains("<details><summary>Raw output: eye-1</summary><pre>"));
        assert!(html.contains("a &lt;b&gt; hat") && !html.contains("<b>"));
        assert!(markdown.contains("\n````text\n[pass 2, question 1]\na <b> hat ``` | 7\n````\n"));
    }

    #[test]
    fn a_distribution_is_drawn_along_the_scale_with_the_rest_behind() {
        let [html, markdown] = both();
        let at = |text: &str| html.find(text).expect(text);
        assert!(at(">5</text>") < at(">7</text>") && at(">7</text>") < at(">other</text>"));
        assert!(markdown.contains("| 5 | 7 | other |\n|---|---|---|\n| 0.300 | 0.600 | 0.100 |"));
    }

    #[test]
    fn what_every_pass_gave_is_told() {
        for text in both() {
            assert!(text.contains("eye-1, instruction following, pass by pass: 0.80, 0.40"));
        }
    }

    #[test]
    fn what_cannot_be_read_is_said_in_its_place() {
        for text in written(Err(Said::words("the file is damaged"))) {
            assert!(text.contains("the file is damaged"));
        }
    }
}
