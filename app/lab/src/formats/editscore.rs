//! EditReward-Bench of EditScore (arXiv 2509.23909; EditScore/EditReward-Bench): pairs with the preferred edit first.
//! Half of them are turned here, so that a judge of pairs cannot win by its place.

use super::{Format, Read, one};
use crate::case::{Case, Take, Verdict, turned};
use crate::measures::Better;
use crate::picture::Base;
use crate::rows::{Cell, Row};
use retake_core::{Said, said};

pub(super) const FORMAT: Format = Format {
    id: "editscore-bench",
    about: "EditReward-Bench of EditScore: pairs by task and dimension, the preferred first (turned by a hash here)",
    columns: &[
        "key",
        "instruction",
        "input_image",
        "output_images",
        "task_type",
        "dimension",
    ],
    read: Read::Rows(read),
};

fn read(row: &Row, base: &Base) -> Result<Vec<Case>, Said> {
    let keys: Vec<String> = match row.need("key")? {
        Cell::List(cells) => cells.iter().filter_map(Cell::text).collect(),
        cell => cell.text().into_iter().collect(),
    };
    let pictures = row.need("output_images")?.list().unwrap_or_default();
    let [preferred, other] = &pictures[..] else {
        return Err(said!(
            "“{named}” holds {count} pictures, not 2",
            named = "output_images",
            count = pictures.len()
        ));
    };
    let take = |place: usize, cell: &Cell| Take {
        name: keys
            .get(place)
            .cloned()
            .unwrap_or_else(|| place.to_string()),
        picture: base.picture(cell),
        ..Take::default()
    };
    let (task, dimension) = (row.text("task_type"), row.need_text("dimension")?);
    let id = format!("{}/{task}/{dimension}", keys.join("_vs_"));
    let mut case = Case {
        group: id.clone(),
        task,
        dimension,
        instruction: row.need_text("instruction")?,
        source: base.picture(row.need("input_image")?),
        takes: vec![take(0, preferred), take(1, other)],
        verdicts: vec![Verdict::of(Better::A)],
        id,
        ..Case::default()
    };
    if turned(&case.id) {
        case.turn();
    }
    one(case)
}
