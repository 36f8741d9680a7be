//! EditReward-Data of TIGER-Lab (arXiv 2509.26346): pairs with the preferred edit first and what annotators gave both.
//! Retake exports picks in the same fields.

use super::{Format, Read, facts, one};
use crate::case::{Case, Take, Verdict, turned};
use crate::measures::Better;
use crate::picture::Base;
use crate::rows::Row;
use retake_core::Said;

pub(super) const FORMAT: Format = Format {
    id: "editreward-data",
    about: "EditReward's training fields, also those of Retake's exports: prompt, path_src, path1 (preferred), path2, …",
    columns: &[
        "id",
        "prompt",
        "choice_dist",
        "confidence",
        "path_src",
        "path1",
        "path2",
        "model1",
        "model2",
        "model1_dim1_score",
        "model1_dim2_score",
        "model1_overall_score",
        "model2_dim1_score",
        "model2_dim2_score",
        "model2_overall_score",
        "tie_case",
    ],
    read: Read::Rows(read),
};

fn read(row: &Row, base: &Base) -> Result<Vec<Case>, Said> {
    let prompt = row.need_text("prompt")?;
    let source = row.need("path_src")?;
    let take = |number: u8| -> Result<Take, Said> {
        let editor = row.text(&format!("model{number}"));
        let cell = row.need(&format!("path{number}"))?;
        let score =
            |what: &str| row.may_number(&format!("model{number}_{what}_score"), (-100.0, 100.0));
        let named = [
            ("instruction_following", "dim1"),
            ("visual_quality", "dim2"),
        ];
        let mut take = Take {
            name: cell.text().unwrap_or_else(|| editor.clone()),
            editor,
            picture: base.picture(cell),
            human: score("overall")?,
            ..Take::default()
        };
        for (dimension, what) in named {
            if let Some(value) = score(what)? {
                take.by_dimension.insert(dimension.into(), value);
            }
        }
        Ok(take)
    };
    let tie = matches!(row.text("tie_case").as_str(), "true" | "True" | "1" | "tie");
    let takes = vec![take(1)?, take(2)?];
    let group = format!("{}|{prompt}", source.text().unwrap_or_default());
    let id = match row.get("id").and_then(crate::rows::Cell::text) {
        Some(id) => id,
        None => format!("{group}|{}|{}", takes[0].name, takes[1].name),
    };
    let mut case = Case {
        group,
        dimension: "overall".into(),
        source: base.picture(source),
        verdicts: vec![Verdict::of(if tie { Better::Tie } else { Better::A })],
        facts: facts(row, &["choice_dist", "confidence"]),
        instruction: prompt,
        takes,
        id,
        ..Case::default()
    };
    if turned(&case.id) {
        case.turn();
    }
    one(case)
}
