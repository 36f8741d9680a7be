//! What can be compared: all edits of one source and sentence, wherever in a data set they stood.

use std::collections::HashMap;

use crate::LabError;
use crate::case::{Case, Take, Verdict};
use crate::dataset::{Dataset, Tally};
use crate::picture::Picture;
use crate::rows::Flow;
use retake_core::{Said, said};

/// Pictures that stand in the rows themselves are held in memory while people sit; no more than this, bytes.
const MOST_BYTES: usize = 1 << 30;

/// The lineups of a data set, with their pictures as they lie there, and what people and judges said of them before. The id
/// of a lineup is that of its group; an edit whose name is there already is the same edit.
pub fn lineups(data: &Dataset<'_>) -> Result<(Vec<Case>, Tally), LabError> {
    let mut all: Vec<Case> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut bytes = 0;
    let tally = data.walk(&mut |case, _| {
        if case.source.is_none() {
            return Err(said!("there is no picture of the source"));
        }
        for take in &case.takes {
            if take.picture.is_none() {
                return Err(said!(
                    "there is no picture of the edit {name}",
                    name = &take.name
                ));
            }
        }
        let of = case.takes.iter().map(|take| &take.picture);
        for picture in of.chain([&case.source]).flatten() {
            bytes += weight(picture)?;
        }
        match places.get(&case.group) {
            Some(&place) => join(&mut all[place], case),
            None => {
                places.insert(case.group.clone(), all.len());
                let id = case.group.clone();
                all.push(Case { id, ..case });
            }
        }
        Ok(if bytes > MOST_BYTES {
            Flow::Enough
        } else {
            Flow::On
        })
    })?;
    if bytes > MOST_BYTES {
        return Err(LabError::Asked(said!(
            "the pictures stand in the rows, and {count} rows of them are more than fit in memory while people sit; take fewer with --limit: {path}",
            count = tally.used,
            path = data.path.display().to_string()
        )));
    }
    Ok((all, tally))
}

/// What a picture weighs in memory, bytes; or why it cannot be shown.
fn weight(picture: &Picture) -> Result<usize, Said> {
    match picture {
        Picture::Bytes(bytes) => Ok(bytes.len()),
        Picture::File(path) if path.is_file() => Ok(0),
        Picture::File(path) => Err(said!(
            "the picture is missing: {path}",
            path = path.display().to_string()
        )),
        Picture::Away(why) => Err(why.clone()),
    }
}

/// Adds the edits of a case to a lineup; what was said of them goes by their names.
fn join(lineup: &mut Case, case: Case) {
    let place = |takes: &mut Vec<Take>, take: Take| {
        let known = takes.iter().position(|known| known.name == take.name);
        known.unwrap_or_else(|| {
            takes.push(take);
            takes.len() - 1
        })
    };
    let places: Vec<usize> = case
        .takes
        .into_iter()
        .map(|take| place(&mut lineup.takes, take))
        .collect();
    let told = case.verdicts.into_iter().filter_map(|verdict| {
        Some(Verdict {
            first: *places.get(verdict.first)?,
            second: *places.get(verdict.second)?,
            ..verdict
        })
    });
    lineup.verdicts.extend(told);
}
