//! Rows as a parquet file: numbers, yes and no, and words; everything else as the JSON that it is.

use std::path::Path;
use std::sync::Arc;

use arrow_array::{ArrayRef, BooleanArray, Float64Array, Int64Array, RecordBatch, StringArray};
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;
use retake_files::save::write_beside_and_rename;
use retake_lab::LabError;
use serde_json::{Map, Value};

/// Writes objects as rows, the columns in the order in which they first come; the file is there in whole or not at all.
/// A column has the type that all its values share, or holds words.
pub fn write_parquet(path: &Path, rows: &[Map<String, Value>]) -> Result<(), LabError> {
    let mut names: Vec<&String> = Vec::new();
    for name in rows.iter().flat_map(Map::keys) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let columns = names.iter().map(|name| {
        let values = rows
            .iter()
            .map(|row| row.get(*name).unwrap_or(&Value::Null));
        ((*name).clone(), column(&values.collect::<Vec<_>>()), true)
    });
    let wrong = |error: String| LabError::writing(error, path);
    let batch = RecordBatch::try_from_iter_with_nullable(columns);
    let batch = batch.map_err(|error| wrong(error.to_string()))?;
    let settings = WriterProperties::builder()
        .set_compression(Compression::SNAPPY)
        .build();
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), Some(settings))
        .map_err(|error| wrong(error.to_string()))?;
    writer
        .write(&batch)
        .map_err(|error| wrong(error.to_string()))?;
    writer.close().map_err(|error| wrong(error.to_string()))?;
    let written = write_beside_and_rename(path, |out| out.write_all(&bytes));
    written
        .map(|_| ())
        .map_err(|error| LabError::Asked(error.said()))
}

fn column(values: &[&Value]) -> ArrayRef {
    let all = |of: fn(&Value) -> bool| values.iter().all(|value| value.is_null() || of(value));
    if all(Value::is_boolean) {
        return Arc::new(BooleanArray::from_iter(values.iter().map(|v| v.as_bool())));
    }
    if all(Value::is_i64) {
        return Arc::new(Int64Array::from_iter(values.iter().map(|v| v.as_i64())));
    }
    if all(Value::is_number) {
        return Arc::new(Float64Array::from_iter(values.iter().map(|v| v.as_f64())));
    }
    let words = |value: &&Value| match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    };
    Arc::new(StringArray::from_iter(values.iter().map(words)))
}
