//! Rows in JSON: a line each, or all in one file: a list, an object with a list in it (`{"pairs": […]}`), or an object
//! whose keys name the rows (`{"12": {…}}`). A whole file is streamed too; none of its lists is held.

use std::cell::RefCell;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use retake_core::{Said, said};
use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use super::{Cell, Flow, KEY, Place, Row, Visit};
use crate::LabError;

/// The longest line that is read, bytes; a picture in base64 may stand in it.
const LINE_BYTES: u64 = 256 << 20;

/// A value as a cell.
pub(crate) fn cell(value: &Value) -> Cell {
    match value {
        Value::Null => Cell::Nothing,
        Value::Bool(truth) => Cell::Truth(*truth),
        Value::Number(number) => match number.as_i64() {
            Some(whole) => Cell::Whole(whole),
            None => Cell::Number(number.as_f64().unwrap_or(f64::NAN)),
        },
        Value::String(text) => Cell::Text(text.clone()),
        Value::Array(values) => Cell::List(values.iter().map(cell).collect()),
        Value::Object(_) => Cell::Map(row(value)),
    }
}

fn row(value: &Value) -> Row {
    let fields = value.as_object().into_iter().flatten();
    Row(fields
        .map(|(name, value)| (name.clone(), cell(value)))
        .collect())
}

/// A row from the text of one object.
fn object(text: &str) -> Result<Row, Said> {
    match serde_json::from_str::<Value>(text) {
        Ok(value @ Value::Object(_)) => Ok(row(&value)),
        Ok(_) => Err(said!("the line is no JSON object")),
        Err(error) => Err(said!(
            "the line is no JSON ({error})",
            error = error.to_string()
        )),
    }
}

/// A row a line.
pub(super) fn lines(path: &Path, visit: &mut Visit<'_>) -> Result<Flow, LabError> {
    let trouble = |error: std::io::Error| LabError::reading(error, path);
    let mut reader = BufReader::with_capacity(1 << 18, File::open(path).map_err(trouble)?);
    let mut line = Vec::new();
    for number in 1.. {
        line.clear();
        let mut limited = std::io::Read::take(&mut reader, LINE_BYTES);
        if limited.read_until(b'\n', &mut line).map_err(trouble)? == 0 {
            break;
        }
        let whole = line.ends_with(b"\n") || (line.len() as u64) < LINE_BYTES;
        let told = match std::str::from_utf8(&line) {
            _ if !whole => {
                reader.skip_until(b'\n').map_err(trouble)?;
                Err(said!(
                    "the line is longer than {most} MiB",
                    most = LINE_BYTES >> 20
                ))
            }
            Err(_) => Err(said!("the line is not UTF-8")),
            Ok(text) => {
                let text = text.trim_start_matches('\u{feff}').trim();
                if text.is_empty() {
                    continue;
                }
                object(text)
            }
        };
        let place = Place {
            file: path.to_owned(),
            number,
        };
        if visit(place, told) == Flow::Enough {
            return Ok(Flow::Enough);
        }
    }
    Ok(Flow::On)
}

/// Keys below which a list of objects is the list of rows; below any other key it is one row's.
const LISTS: &[&str] = &[
    "pairs", "data", "rows", "items", "examples", "results", "train", "test",
];

/// The error by which a reader is told to stop.
const ENOUGH: &str = "enough";

/// All in one file.
pub(super) fn whole(path: &Path, visit: &mut Visit<'_>) -> Result<Flow, LabError> {
    let file = File::open(path).map_err(|error| LabError::reading(error, path))?;
    let sink = Sink {
        path,
        state: RefCell::new((0, visit)),
    };
    let mut reader = serde_json::Deserializer::from_reader(BufReader::with_capacity(1 << 18, file));
    match Rows(&sink).deserialize(&mut reader) {
        Ok(()) => Ok(Flow::On),
        Err(error) if error.to_string().starts_with(ENOUGH) => Ok(Flow::Enough),
        Err(error) => {
            let count = sink.state.borrow().0;
            if count == 0 {
                return Err(LabError::Damaged {
                    kind: Said::words("JSON"),
                    why: Said::words(error.to_string()),
                    path: path.to_owned(),
                });
            }
            // what came before it is used
            let _ = sink.hand(Err(said!(
                "the rest of the file is no JSON ({error})",
                error = error.to_string()
            )));
            Ok(Flow::On)
        }
    }
}

/// Where the rows go.
struct Sink<'a, 'v> {
    path: &'a Path,
    state: RefCell<(u64, &'a mut Visit<'v>)>,
}

impl Sink<'_, '_> {
    fn hand(&self, told: Result<Row, Said>) -> Flow {
        let mut state = self.state.borrow_mut();
        state.0 += 1;
        let place = Place {
            file: self.path.to_owned(),
            number: state.0,
        };
        (state.1)(place, told)
    }
    fn value(&self, key: Option<String>, value: &Value) -> Flow {
        let mut told = row(value);
        if let Some(key) = key {
            told.0.push((KEY.to_owned(), Cell::Text(key)));
        }
        self.hand(Ok(told))
    }
}

/// Finds the rows of a whole file.
#[derive(Clone, Copy)]
struct Rows<'a, 'b, 'v>(&'a Sink<'b, 'v>);

impl<'de> DeserializeSeed<'de> for Rows<'_, '_, '_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Rows<'_, '_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a list of objects, or an object of them")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while let Some(value) = list.next_element::<Value>()? {
            if self.0.value(None, &value) == Flow::Enough {
                return Err(A::Error::custom(ENOUGH));
            }
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<String>()? {
            // a list of rows is streamed; anything else is a row that its key names
            let flow = match map.next_value_seed(Below(self, LISTS.contains(&key.as_str())))? {
                None => Flow::On,
                Some(value) => self.0.value(Some(key), &value),
            };
            if flow == Flow::Enough {
                return Err(A::Error::custom(ENOUGH));
            }
        }
        Ok(())
    }
}

/// A value in the outermost object: a list of objects is streamed (`None`), anything else comes back whole.
struct Below<'a, 'b, 'v>(Rows<'a, 'b, 'v>, bool);

impl<'de> DeserializeSeed<'de> for Below<'_, '_, '_> {
    type Value = Option<Value>;
    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Self::Value, D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Below<'_, '_, '_> {
    type Value = Option<Value>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a value")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut kept = Vec::new();
        while let Some(value) = list.next_element::<Value>()? {
            if !self.1 || !value.is_object() {
                kept.push(value);
            } else if self.0.0.value(None, &value) == Flow::Enough {
                return Err(A::Error::custom(ENOUGH));
            }
        }
        let keyed = |kept| serde_json::json!({ "list": Value::Array(kept) });
        Ok((!self.1).then(|| keyed(kept)))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut fields = serde_json::Map::new();
        while let Some((key, value)) = map.next_entry()? {
            fields.insert(key, value);
        }
        Ok(Some(Value::Object(fields)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Some(serde_json::json!({ "value": text })))
    }
    fn visit_bool<E>(self, truth: bool) -> Result<Self::Value, E> {
        Ok(Some(serde_json::json!({ "value": truth })))
    }
    fn visit_i64<E>(self, number: i64) -> Result<Self::Value, E> {
        Ok(Some(serde_json::json!({ "value": number })))
    }
    fn visit_u64<E>(self, number: u64) -> Result<Self::Value, E> {
        Ok(Some(serde_json::json!({ "value": number })))
    }
    fn visit_f64<E>(self, number: f64) -> Result<Self::Value, E> {
        Ok(Some(serde_json::json!({ "value": number })))
    }
    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Some(serde_json::json!({})))
    }
}
