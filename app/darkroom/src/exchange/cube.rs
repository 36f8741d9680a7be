//! `.cube` look-up tables (Adobe/IRIDAS Cube LUT Specification 1.0), one- and three-dimensional, read and written.

mod read;

use std::fmt::Write;

use serde_json::{Value, json};

/// The greatest size of a three-dimensional table.
pub const GREATEST_BOX: usize = 129;
/// The greatest size of a one-dimensional table.
pub const GREATEST_CURVE: usize = 65536;

/// A look-up table from colours of three channels to colours of three channels.
#[derive(Clone, Debug, PartialEq)]
pub struct Cube {
    /// what it is called; may be empty
    pub title: String,
    /// the colour of the table's first entry
    pub domain_min: [f32; 3],
    /// the colour of its last; greater in each channel
    pub domain_max: [f32; 3],
    /// its entries
    pub table: Table,
}

/// The entries of a table.
#[derive(Clone, Debug, PartialEq)]
pub enum Table {
    /// one curve a channel, 2 to [`GREATEST_CURVE`] values
    Curve(Vec<[f32; 3]>),
    /// `size`³ colours, red changing fastest
    Box {
        /// 2 to [`GREATEST_BOX`]
        size: usize,
        /// entry (r, g, b) is at r + size·(g + size·b)
        values: Vec<[f32; 3]>,
    },
}

/// Why a `.cube` file is refused.
#[derive(Debug, PartialEq, thiserror::Error)]
pub enum CubeError {
    /// Something in the text cannot be meant.
    #[error("The look-up table cannot be used: line {line} {why}.")]
    Line {
        /// counted from 1
        line: usize,
        /// the end of the sentence
        why: String,
    },
    /// The text as a whole cannot be meant.
    #[error("The look-up table cannot be used: {0}.")]
    Whole(String),
}

impl Cube {
    /// Reads a `.cube` file.
    pub fn parse(text: &str) -> Result<Self, CubeError> {
        let mut reader = read::Reader::default();
        for (index, line) in text.lines().enumerate() {
            let line = line.trim_start_matches('\u{feff}').trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            reader.line(line).map_err(|why| CubeError::Line {
                line: index + 1,
                why,
            })?;
        }
        reader.finish().map_err(CubeError::Whole)
    }

    /// As a `.cube` file.
    pub fn to_text(&self) -> String {
        let mut out = String::new();
        // writing to a String cannot fail
        let _ = self.write(&mut out);
        out
    }

    fn write(&self, out: &mut String) -> std::fmt::Result {
        if !self.title.is_empty() {
            let plain: String = self
                .title
                .chars()
                .filter(|c| *c != '"' && !c.is_control())
                .collect();
            writeln!(out, "TITLE \"{plain}\"")?;
        }
        let values = match &self.table {
            Table::Curve(values) => {
                writeln!(out, "LUT_1D_SIZE {}", values.len())?;
                values
            }
            Table::Box { size, values } => {
                writeln!(out, "LUT_3D_SIZE {size}")?;
                values
            }
        };
        let [r, g, b] = self.domain_min;
        writeln!(out, "DOMAIN_MIN {r} {g} {b}")?;
        let [r, g, b] = self.domain_max;
        writeln!(out, "DOMAIN_MAX {r} {g} {b}")?;
        for [r, g, b] in values {
            writeln!(out, "{r:.6} {g:.6} {b:.6}")?;
        }
        Ok(())
    }

    /// As the data of the operation "lut3d": `{"title", "domain_min", "domain_max"}` where they say something, with
    /// `{"size", "table"}` for a box or `{"curve"}` for curves.
    pub fn to_value(&self) -> Value {
        let mut value = match &self.table {
            Table::Curve(values) => json!({ "curve": values }),
            Table::Box { size, values } => json!({ "size": size, "table": values }),
        };
        if !self.title.is_empty() {
            value["title"] = self.title.clone().into();
        }
        if self.domain_min != [0.0; 3] {
            value["domain_min"] = json!(self.domain_min);
        }
        if self.domain_max != [1.0; 3] {
            value["domain_max"] = json!(self.domain_max);
        }
        value
    }

    /// Reads what [`Self::to_value`] wrote, or what a person did; the error is a part of a sentence.
    pub fn from_value(value: &Value) -> Result<Self, String> {
        let Value::Object(map) = value else {
            return Err(
                "\"lut3d\" needs data with \"size\" and \"table\", or \"curve\"".to_owned(),
            );
        };
        let known = [
            "title",
            "domain_min",
            "domain_max",
            "size",
            "table",
            "curve",
        ];
        if let Some(key) = map.keys().find(|key| !known.contains(&key.as_str())) {
            return Err(format!(
                "the data of \"lut3d\" has no field called \"{key}\""
            ));
        }
        let table = match (map.get("curve"), map.get("table")) {
            (Some(curve), None) if !map.contains_key("size") => {
                Table::Curve(colours(curve, "curve")?)
            }
            (None, Some(table)) => {
                let size = map.get("size").and_then(Value::as_u64);
                let size = size.ok_or("\"size\" of \"lut3d\" must be a whole number")?;
                Table::Box {
                    size: usize::try_from(size).unwrap_or(usize::MAX),
                    values: colours(table, "table")?,
                }
            }
            _ => {
                return Err(
                    "\"lut3d\" needs either \"size\" and \"table\", or \"curve\"".to_owned(),
                );
            }
        };
        let domain = |key: &str, default: f32| match map.get(key) {
            None => Ok([default; 3]),
            Some(value) => {
                colour(value).ok_or_else(|| format!("\"{key}\" of \"lut3d\" must be three numbers"))
            }
        };
        let cube = Self {
            title: map
                .get("title")
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned(),
            domain_min: domain("domain_min", 0.0)?,
            domain_max: domain("domain_max", 1.0)?,
            table,
        };
        cube.checked()
    }

    /// The table itself when sizes and domain fit.
    fn checked(self) -> Result<Self, String> {
        match &self.table {
            Table::Curve(values) => curve_size(values.len())?,
            Table::Box { size, values } => {
                box_size(*size)?;
                if values.len() != size * size * size {
                    return Err(format!(
                        "the table has {} colours where {size} × {size} × {size} need {}",
                        values.len(),
                        size * size * size
                    ));
                }
            }
        }
        let wide = |i: usize| self.domain_max[i] - self.domain_min[i] >= 1e-3;
        if !(0..3).all(wide) {
            return Err(
                "the table's domain is empty: its greatest values must lie above its least"
                    .to_owned(),
            );
        }
        Ok(self)
    }
}

fn box_size(size: usize) -> Result<(), String> {
    if (2..=GREATEST_BOX).contains(&size) {
        return Ok(());
    }
    Err(format!(
        "asks for a 3-D size of {size}; sizes from 2 to {GREATEST_BOX} can be used"
    ))
}

fn curve_size(size: usize) -> Result<(), String> {
    if (2..=GREATEST_CURVE).contains(&size) {
        return Ok(());
    }
    Err(format!(
        "asks for a 1-D size of {size}; sizes from 2 to {GREATEST_CURVE} can be used"
    ))
}

/// Numbers that stay finite through every later product.
fn usable(value: f64) -> Option<f32> {
    (value.abs() <= 1000.0).then_some(value as f32)
}

fn colour(value: &Value) -> Option<[f32; 3]> {
    let list = value.as_array()?;
    let numbers: Vec<f32> = list
        .iter()
        .map_while(|v| v.as_f64().and_then(usable))
        .collect();
    (list.len() == 3).then_some(())?;
    numbers.try_into().ok()
}

fn colours(value: &Value, name: &str) -> Result<Vec<[f32; 3]>, String> {
    let wrong = || {
        format!("\"{name}\" of \"lut3d\" must be a list of [red, green, blue], each at most 1000")
    };
    value
        .as_array()
        .ok_or_else(wrong)?
        .iter()
        .map(|v| colour(v).ok_or_else(wrong))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SMALL: &str = "# made by hand\nTITLE \"Two\"\nLUT_3D_SIZE 2\nDOMAIN_MIN 0 0 0\nDOMAIN_MAX 1 1 1\n\n\
        0 0 0\n1 0 0\n0 1 0\n1 1 0\n0 0 1\n1 0 1\n0 1 1\n1 1 1\n";

    #[test]
    fn a_table_reads_back_as_it_was_written() {
        let cube = Cube::parse(SMALL).expect("it is right");
        assert_eq!(cube.title, "Two");
        assert_eq!(Cube::parse(&cube.to_text()), Ok(cube.clone()));
        assert_eq!(Cube::from_value(&cube.to_value()), Ok(cube));
    }

    #[test]
    fn curves_read_back_too() {
        let cube = Cube::parse("LUT_1D_SIZE 3\nLUT_1D_INPUT_RANGE -1 2\n0 0 0\n.2 .3 .4\n1 1 1")
            .expect("it is right");
        assert_eq!((cube.domain_min, cube.domain_max), ([-1.0; 3], [2.0; 3]));
        assert_eq!(Cube::from_value(&cube.to_value()), Ok(cube));
    }

    #[test]
    fn faults_are_named_with_their_line() {
        for (text, message) in [
            (
                "LUT_3D_SIZE 2\n0 0 x",
                "The look-up table cannot be used: line 2 says \"x\" where a number up to 1000 was expected.",
            ),
            (
                "LUT_3D_SIZE 500",
                "The look-up table cannot be used: line 1 asks for a 3-D size of 500; sizes from 2 to 129 can be used.",
            ),
            (
                "0 0 0",
                "The look-up table cannot be used: line 1 comes before the size, LUT_3D_SIZE or LUT_1D_SIZE.",
            ),
            (
                "LUT_1D_SIZE 2\n0 0 0\n1 1 1\n1 1 1",
                "The look-up table cannot be used: line 4 is one colour more than the size asks for.",
            ),
            (
                "LUT_1D_SIZE 2\n0 0 0",
                "The look-up table cannot be used: it has 1 of 2 colours.",
            ),
            (
                "",
                "The look-up table cannot be used: it says no size, LUT_3D_SIZE or LUT_1D_SIZE.",
            ),
            (
                "LUT_1D_SIZE 2\nDOMAIN_MAX 0 1 1\n0 0 0\n1 1 1",
                "The look-up table cannot be used: the table's domain is empty: its greatest values must lie above its least.",
            ),
            (
                "LUT_1D_SIZE 2\nnan 0 0\n1 1 1",
                "The look-up table cannot be used: it has 1 of 2 colours.",
            ),
        ] {
            assert_eq!(
                Cube::parse(text).map_err(|e| e.to_string()),
                Err(message.to_owned()),
                "{text}"
            );
        }
    }

    proptest! {
        #[test]
        fn any_text_is_a_table_or_a_sentence(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
            let _ = Cube::parse(&String::from_utf8_lossy(&bytes));
        }

        #[test]
        fn any_lines_of_the_format_are_a_table_or_a_sentence(lines in prop::collection::vec(
            "(LUT_3D_SIZE|LUT_1D_SIZE|DOMAIN_MIN|DOMAIN_MAX|TITLE|)( ?-?[0-9e.]{1,5}){0,4}", 0..20)) {
            if let Ok(cube) = Cube::parse(&lines.join("\n")) {
                prop_assert_eq!(Cube::from_value(&cube.to_value()), Ok(cube));
            }
        }
    }
}
