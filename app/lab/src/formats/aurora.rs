//! AURORA-Bench (arXiv 2407.03471; McGill-NLP): people's ratings of edits by several editors.

use super::{Format, Read, facts, one};
use crate::case::{Case, Take};
use crate::picture::Base;
use crate::rows::Row;
use retake_core::Said;

pub(super) const FORMAT: Format = Format {
    id: "aurora-bench",
    about: "AURORA-Bench's ratings: prompt, input, gen, score, model",
    columns: &[
        "prompt", "input", "gen", "score", "model", "filename", "task", "reward",
    ],
    read: Read::Rows(read),
};

fn read(row: &Row, base: &Base) -> Result<Vec<Case>, Said> {
    let prompt = row.need_text("prompt")?;
    let model = row.need_text("model")?;
    let input = row.need("input")?;
    let group = format!(
        "{}|{prompt}",
        input.text().unwrap_or_else(|| row.text("filename"))
    );
    one(Case {
        id: format!("{group}|{model}"),
        group,
        task: row.text("task"),
        dimension: "overall".into(),
        instruction: prompt,
        source: base.picture(input),
        takes: vec![Take {
            name: model.clone(),
            editor: model,
            picture: base.picture(row.need("gen")?),
            human: Some(row.need_number("score", (-100.0, 100.0))?),
            ..Take::default()
        }],
        facts: facts(row, &["reward"]),
        ..Case::default()
    })
}
