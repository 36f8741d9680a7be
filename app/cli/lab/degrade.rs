//! `retake lab degrade`: good edits made worse on purpose, with the score that each deserves.

use anyhow::{Result, bail};
use retake_lab::LabError;
use retake_lab::degrade::{Manner, WAYS, Way, degrade as make, way};

use super::super::DONE;
use super::super::progress::{Line, obey_signals};
use super::super::say::{print, say};
use super::{DegradeArgs, sentence, words};

/// The way of this name.
pub(crate) fn known_way(id: &str) -> Result<&'static Way, String> {
    way(id).ok_or_else(|| {
        let known: Vec<String> = WAYS
            .iter()
            .map(|way| format!("{} ({})", way.id, way.about))
            .collect();
        format!("edits are made worse by: {}", known.join("; "))
    })
}

/// Obeys the command.
pub(crate) fn degrade(args: &DegradeArgs) -> Result<u8> {
    obey_signals();
    let data = args.data.open();
    let ways: Vec<&'static Way> = match args.way.is_empty() {
        true => WAYS.iter().collect(),
        false => WAYS
            .iter()
            .filter(|way| args.way.iter().any(|named| named.id == way.id))
            .collect(),
    };
    let manner = Manner {
        long_edge: args.size as usize,
        seed: args.seed,
        ways,
    };
    let line = Line::new();
    let told = make(&data, &manner, &args.out, &line);
    line.clear();
    let told = match told {
        Err(LabError::Stopped) => bail!("stopped; nothing was written"),
        other => other.map_err(sentence)?,
    };
    words::some(&vec![(); told.rows], &told.tally)?;
    if args.json {
        let of = |way: &&Way| {
            let labels: Vec<f64> = way.strengths.iter().map(|s| (way.label)(*s)).collect();
            serde_json::json!({ "id": way.id, "about": way.about, "strengths": way.strengths,
                "labels": labels })
        };
        let object = serde_json::json!({ "file": told.file, "rows": told.rows,
            "used": told.tally.used, "skipped": told.tally.skipped,
            "skipped_rows": told.tally.skipped_rows, "format": "aurora-bench",
            "ways": manner.ways.iter().map(of).collect::<Vec<_>>() });
        print(&format!("{object:#}\n"))?;
        return Ok(DONE);
    }
    words::skipped(&told.tally).iter().for_each(say);
    say(format_args!(
        "{} edits of {} cases, worth what their column score says; read them with -f aurora-bench: {}",
        told.rows,
        told.tally.used,
        told.file.display()
    ));
    Ok(DONE)
}
