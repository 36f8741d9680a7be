//! One row of a batch of columns.

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Float16Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type, UInt8Type,
    UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, RecordBatch, StructArray};
use arrow_schema::DataType;
use retake_core::{Said, said};
use retake_lab::rows::{Cell, Row};

/// The row at a place.
pub(crate) fn row(batch: &RecordBatch, at: usize) -> Result<Row, Said> {
    let names = batch.schema_ref().fields().iter().map(|field| field.name());
    let cells = names.zip(batch.columns()).map(|(name, column)| {
        let cell = cell(column.as_ref(), at);
        let cell =
            cell.map_err(|why| said!("the column “{name}” cannot be read ({why})", name, why))?;
        Ok((name.clone(), cell))
    });
    cells.collect::<Result<_, Said>>().map(Row)
}

/// A whole number of any width.
macro_rules! whole {
    ($array:expr, $at:expr, $kind:ty) => {
        Cell::Whole(i64::from($array.as_primitive::<$kind>().value($at)))
    };
}

fn cell(array: &dyn Array, at: usize) -> Result<Cell, Said> {
    if array.is_null(at) {
        return Ok(Cell::Nothing);
    }
    Ok(match array.data_type() {
        DataType::Null => Cell::Nothing,
        DataType::Boolean => Cell::Truth(array.as_boolean().value(at)),
        DataType::Int8 => whole!(array, at, Int8Type),
        DataType::Int16 => whole!(array, at, Int16Type),
        DataType::Int32 => whole!(array, at, Int32Type),
        DataType::Int64 => whole!(array, at, Int64Type),
        DataType::UInt8 => whole!(array, at, UInt8Type),
        DataType::UInt16 => whole!(array, at, UInt16Type),
        DataType::UInt32 => whole!(array, at, UInt32Type),
        DataType::UInt64 => {
            let value = array.as_primitive::<UInt64Type>().value(at);
            i64::try_from(value).map_or(Cell::Number(value as f64), Cell::Whole)
        }
        DataType::Float16 => Cell::Number(f64::from(
            array.as_primitive::<Float16Type>().value(at).to_f32(),
        )),
        DataType::Float32 => Cell::Number(f64::from(array.as_primitive::<Float32Type>().value(at))),
        DataType::Float64 => Cell::Number(array.as_primitive::<Float64Type>().value(at)),
        DataType::Utf8 => Cell::Text(array.as_string::<i32>().value(at).to_owned()),
        DataType::LargeUtf8 => Cell::Text(array.as_string::<i64>().value(at).to_owned()),
        DataType::Utf8View => Cell::Text(array.as_string_view().value(at).to_owned()),
        DataType::Binary => Cell::Bytes(array.as_binary::<i32>().value(at).to_vec()),
        DataType::LargeBinary => Cell::Bytes(array.as_binary::<i64>().value(at).to_vec()),
        DataType::BinaryView => Cell::Bytes(array.as_binary_view().value(at).to_vec()),
        DataType::FixedSizeBinary(_) => {
            Cell::Bytes(array.as_fixed_size_binary().value(at).to_vec())
        }
        DataType::List(_) => list(array.as_list::<i32>().value(at).as_ref())?,
        DataType::LargeList(_) => list(array.as_list::<i64>().value(at).as_ref())?,
        DataType::FixedSizeList(..) => list(array.as_fixed_size_list().value(at).as_ref())?,
        DataType::Struct(_) => Cell::Map(fields(array.as_struct(), at)?),
        DataType::Dictionary(..) => {
            let coded = array.as_any_dictionary();
            let key = coded.normalized_keys();
            let key = key.get(at).ok_or_else(|| said!("a code without a value"))?;
            cell(coded.values().as_ref(), *key)?
        }
        other => {
            return Err(said!(
                "its type {kind} is not read",
                kind = other.to_string()
            ));
        }
    })
}

fn list(values: &dyn Array) -> Result<Cell, Said> {
    let cells = (0..values.len()).map(|at| cell(values, at));
    cells.collect::<Result<_, _>>().map(Cell::List)
}

fn fields(array: &StructArray, at: usize) -> Result<Row, Said> {
    let named = array.fields().iter().zip(array.columns());
    let cells = named.map(|(field, column)| Ok((field.name().clone(), cell(column.as_ref(), at)?)));
    cells.collect::<Result<_, Said>>().map(Row)
}
