//! GenAI-Bench, image edition (arXiv 2406.04485; TIGER-Lab/GenAI-Bench, split test_v1): votes of visitors on two edits.

use super::{Format, Read, facts, one};
use crate::case::{Case, Take, Verdict};
use crate::measures::Better;
use crate::picture::Base;
use crate::rows::Row;
use retake_core::{Said, said};

pub(super) const FORMAT: Format = Format {
    id: "genai-bench",
    about: "GenAI-Bench, image edition: two edits and one of A>B, B>A, A=B=Good, A=B=Bad",
    columns: &[
        "id",
        "task_id",
        "source_prompt",
        "target_prompt",
        "instruct_prompt",
        "source_image",
        "left_output_image",
        "right_output_image",
        "left_model",
        "right_model",
        "vote_type",
        "vote",
    ],
    read: Read::Rows(read),
};

/// (how the vote is written, what it says)
const VOTES: &[(&str, Better)] = &[
    ("A>B", Better::A),
    ("leftvote", Better::A),
    ("B>A", Better::B),
    ("rightvote", Better::B),
    ("A=B=Good", Better::Tie),
    ("A=B=Bad", Better::Tie),
    ("tievote", Better::Tie),
    ("bothbad_vote", Better::Tie),
];

fn read(row: &Row, base: &Base) -> Result<Vec<Case>, Said> {
    let vote = row
        .any(&["vote", "vote_type"])
        .map_or_else(|| row.need("vote"), Ok)?;
    let vote = vote.text().unwrap_or_default();
    let known = VOTES
        .iter()
        .find(|(written, _)| written.eq_ignore_ascii_case(vote.trim()));
    let (_, better) = known.ok_or_else(|| {
        said!(
            "“vote” is “{vote}”, which is none of A>B, B>A, A=B=Good, A=B=Bad",
            vote = &vote
        )
    })?;
    let take = |side: &str, name: &str| -> Result<Take, Said> {
        Ok(Take {
            name: name.to_owned(),
            editor: row.text(&format!("{side}_model")),
            picture: base.picture(row.need(&format!("{side}_output_image"))?),
            ..Take::default()
        })
    };
    let instruction = row.need_text("instruct_prompt")?;
    let takes = vec![take("left", "A")?, take("right", "B")?];
    let own = row
        .any(&["id", "task_id"])
        .and_then(crate::rows::Cell::text);
    let id = own.unwrap_or_else(|| {
        let shown = |text: String| text.chars().take(80).collect::<String>();
        format!(
            "{}|{}|{}",
            shown(instruction.clone()),
            takes[0].editor,
            takes[1].editor
        )
    });
    one(Case {
        group: id.clone(),
        dimension: "overall".into(),
        source: base.picture(row.need("source_image")?),
        verdicts: vec![Verdict::of(*better)],
        facts: facts(
            row,
            &["source_prompt", "target_prompt", "vote", "vote_type"],
        ),
        instruction,
        takes,
        id,
        ..Case::default()
    })
}
