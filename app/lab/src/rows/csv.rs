//! Tables of text as RFC 4180 has them: a line of names, then a row each; quotes may hold the separator and line breaks.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use csv_core::{ReadFieldResult, Reader, ReaderBuilder};
use retake_core::{Said, said};

use super::{Cell, Flow, Place, Row, Visit};
use crate::LabError;

/// Reads a table whose cells `between` separates.
pub(super) fn read(path: &Path, between: u8, visit: &mut Visit<'_>) -> Result<Flow, LabError> {
    let trouble = |error: std::io::Error| LabError::reading(error, path);
    let mut lines = Records {
        input: BufReader::with_capacity(1 << 18, File::open(path).map_err(trouble)?),
        reader: ReaderBuilder::new().delimiter(between).build(),
        line: 1,
    };
    let Some((_, names)) = lines.next().map_err(trouble)? else {
        return Ok(Flow::On);
    };
    let names: Vec<String> = names
        .iter()
        .map(|name| {
            let name = String::from_utf8_lossy(name);
            name.trim_start_matches('\u{feff}').trim().to_owned()
        })
        .collect();
    while let Some((number, fields)) = lines.next().map_err(trouble)? {
        let place = Place {
            file: path.to_owned(),
            number,
        };
        if visit(place, row(&names, &fields)) == Flow::Enough {
            return Ok(Flow::Enough);
        }
    }
    Ok(Flow::On)
}

fn row(names: &[String], fields: &[Vec<u8>]) -> Result<Row, Said> {
    if fields.len() != names.len() {
        return Err(said!(
            "the row has {cells} cells and the table {columns} columns",
            cells = fields.len(),
            columns = names.len()
        ));
    }
    let cells = names.iter().zip(fields).map(|(name, field)| {
        let text = std::str::from_utf8(field)
            .map_err(|_| said!("the column “{name}” is not UTF-8", name))?;
        let cell = match text {
            "" => Cell::Nothing,
            text => Cell::Text(text.to_owned()),
        };
        Ok((name.clone(), cell))
    });
    cells.collect::<Result<_, Said>>().map(Row)
}

/// The records of a file, each with the line that it began on.
struct Records {
    input: BufReader<File>,
    reader: Reader,
    line: u64,
}

impl Records {
    fn next(&mut self) -> std::io::Result<Option<(u64, Vec<Vec<u8>>)>> {
        let mut fields = Vec::new();
        let mut field = Vec::new();
        let mut piece = [0; 4096];
        let begun = self.line;
        loop {
            let input = self.input.fill_buf()?;
            let (result, read, written) = self.reader.read_field(input, &mut piece);
            self.input.consume(read);
            self.line = self.reader.line();
            field.extend_from_slice(&piece[..written]);
            match result {
                ReadFieldResult::InputEmpty | ReadFieldResult::OutputFull => {}
                ReadFieldResult::Field { record_end } => {
                    fields.push(std::mem::take(&mut field));
                    if record_end {
                        return Ok(Some((begun, fields)));
                    }
                }
                ReadFieldResult::End => return Ok(None),
            }
        }
    }
}
