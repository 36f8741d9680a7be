//! Files from front to back, a few rows at a time: a page of pictures is as much as is held.

use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use arrow_array::RecordBatch;
use arrow_ipc::reader::{FileReader, StreamReader};
use arrow_schema::ArrowError;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use retake_core::{Said, said};
use retake_lab::LabError;
use retake_lab::rows::{Flow, Place, Visit};

use crate::cells::row;

/// How many rows are taken at a time; each may hold several pictures.
const ROWS: usize = 8;
/// The first bytes of an Arrow file; a stream has others.
const ARROW_FILE: &[u8; 6] = b"ARROW1";

pub(crate) fn parquet(path: &Path, visit: &mut Visit<'_>) -> Result<Flow, LabError> {
    let file = File::open(path).map_err(|error| LabError::reading(error, path))?;
    let damaged = |why: String| LabError::Damaged {
        kind: Said::words("parquet"),
        why: Said::words(why),
        path: path.to_owned(),
    };
    let builder = ParquetRecordBatchReaderBuilder::try_new(file);
    let builder = builder.map_err(|error| damaged(error.to_string()))?;
    let all = u64::try_from(builder.metadata().file_metadata().num_rows()).unwrap_or(0);
    let reader = builder.with_batch_size(ROWS).build();
    let reader = reader.map_err(|error| damaged(error.to_string()))?;
    rows(path, &Said::words("parquet"), Some(all), reader, visit)
}

pub(crate) fn arrow(path: &Path, visit: &mut Visit<'_>) -> Result<Flow, LabError> {
    let trouble = |error: std::io::Error| LabError::reading(error, path);
    let damaged = |error: ArrowError| LabError::Damaged {
        kind: said!("Arrow file"),
        why: Said::words(error.to_string()),
        path: path.to_owned(),
    };
    let mut file = BufReader::new(File::open(path).map_err(trouble)?);
    let mut begins = [0; 6];
    let is_file = file.read_exact(&mut begins).is_ok() && &begins == ARROW_FILE;
    file.seek(SeekFrom::Start(0)).map_err(trouble)?;
    match is_file {
        true => {
            let reader = FileReader::try_new(file, None).map_err(damaged)?;
            rows(path, &said!("Arrow file"), None, reader, visit)
        }
        false => {
            let reader = StreamReader::try_new(file, None).map_err(damaged)?;
            rows(path, &said!("Arrow file"), None, reader, visit)
        }
    }
}

/// Hands out every row. What breaks in the middle is told as a row each for what is known to be lost; the rest before it is
/// used. `all` is the number of rows, where the file tells.
fn rows(
    path: &Path,
    kind: &Said,
    all: Option<u64>,
    batches: impl Iterator<Item = Result<RecordBatch, ArrowError>>,
    visit: &mut Visit<'_>,
) -> Result<Flow, LabError> {
    let mut number = 0;
    let mut next = |told| {
        number += 1;
        let place = Place {
            file: path.to_owned(),
            number,
        };
        (visit(place, told), number)
    };
    let mut given = 0;
    for batch in batches {
        let batch = match batch {
            Ok(batch) => batch,
            Err(error) if given == 0 => {
                return Err(LabError::Damaged {
                    kind: kind.clone(),
                    why: Said::words(error.to_string()),
                    path: path.to_owned(),
                });
            }
            Err(error) => {
                let lost = all.map_or(1, |all| all.saturating_sub(given).max(1));
                for _ in 0..lost {
                    if next(Err(said!(
                        "the rest of the file is damaged ({error})",
                        error = error.to_string()
                    )))
                    .0 == Flow::Enough
                    {
                        return Ok(Flow::Enough);
                    }
                }
                break;
            }
        };
        for at in 0..batch.num_rows() {
            let (flow, number) = next(row(&batch, at));
            given = number;
            if flow == Flow::Enough {
                return Ok(Flow::Enough);
            }
        }
    }
    Ok(Flow::On)
}
