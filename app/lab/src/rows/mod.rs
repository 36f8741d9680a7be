//! A row of a data set, whatever file it stood in: names and cells, read one after the other and let go.

mod csv;
mod files;
mod json;

use std::borrow::Cow;

use retake_core::{Said, said};

pub(crate) use files::ending;
pub use files::{Container, Flow, Place, TEXT_CONTAINERS, Visit, read_files};

/// What stands in a cell.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// nothing
    Nothing,
    /// yes or no
    Truth(bool),
    /// a whole number
    Whole(i64),
    /// any other number
    Number(f64),
    /// words
    Text(String),
    /// a file, usually a picture
    Bytes(Vec<u8>),
    /// several
    List(Vec<Cell>),
    /// a row in a row
    Map(Row),
}

impl Cell {
    /// Words, or a number written out.
    pub fn text(&self) -> Option<String> {
        match self {
            Self::Text(text) => Some(text.clone()),
            Self::Whole(number) => Some(number.to_string()),
            Self::Number(number) => Some(number.to_string()),
            Self::Truth(truth) => Some(truth.to_string()),
            _ => None,
        }
    }
    /// A number, also one that is written as words. Not a number is none.
    pub fn number(&self) -> Option<f64> {
        let number = match self {
            Self::Whole(number) => *number as f64,
            Self::Number(number) => *number,
            Self::Truth(truth) => f64::from(u8::from(*truth)),
            Self::Text(text) => text.trim().parse().ok()?,
            _ => return None,
        };
        number.is_finite().then_some(number)
    }
    /// Several cells; in a table of text they are written as JSON.
    pub fn list(&self) -> Option<Vec<Cell>> {
        match self {
            Self::List(cells) => Some(cells.clone()),
            Self::Text(text) if text.trim_start().starts_with('[') => {
                match json::cell(&serde_json::from_str(text).ok()?) {
                    Self::List(cells) => Some(cells),
                    _ => None,
                }
            }
            _ => None,
        }
    }
    /// A row in a row; in a table of text it is written as JSON.
    pub fn map(&self) -> Option<Cow<'_, Row>> {
        match self {
            Self::Map(row) => Some(Cow::Borrowed(row)),
            Self::Text(text) if text.trim_start().starts_with('{') => {
                match json::cell(&serde_json::from_str(text).ok()?) {
                    Self::Map(row) => Some(Cow::Owned(row)),
                    _ => None,
                }
            }
            _ => None,
        }
    }
    /// Whether there is nothing in it.
    pub fn is_nothing(&self) -> bool {
        matches!(self, Self::Nothing)
    }
}

/// Names and cells in the file's order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Row(pub Vec<(String, Cell)>);

/// The name under which a reader puts the key of a row that stood under one, as in `{"12": {…}}`.
pub const KEY: &str = "(key)";

impl Row {
    /// The cell of this name, unless it is empty.
    pub fn get(&self, name: &str) -> Option<&Cell> {
        let cell = self.0.iter().find(|(known, _)| known == name);
        cell.map(|(_, cell)| cell).filter(|cell| !cell.is_nothing())
    }
    /// The first of several names that is there.
    pub fn any(&self, names: &[&str]) -> Option<&Cell> {
        names.iter().find_map(|name| self.get(name))
    }
    /// The names.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| name.as_str())
    }
    /// A cell that must be there; the reason names it and what there is instead.
    pub fn need(&self, name: &str) -> Result<&Cell, Said> {
        if let Some(cell) = self.get(name) {
            return Ok(cell);
        }
        if self.names().any(|known| known == name) {
            return Err(said!("the column “{name}” is empty", name));
        }
        let names: Vec<&str> = self.names().take(24).collect();
        Err(said!(
            "no column “{name}”; there are: {names}",
            name,
            names = names.join(", ")
        ))
    }
    /// Words that must be there.
    pub fn need_text(&self, name: &str) -> Result<String, Said> {
        let text = self.need(name)?.text();
        text.ok_or_else(|| said!("the column “{name}” holds no text", name))
    }
    /// A number that must be there and within bounds.
    pub fn need_number(&self, name: &str, (low, high): (f64, f64)) -> Result<f64, Said> {
        let number = self.need(name)?.number();
        let number = number.ok_or_else(|| said!("the column “{name}” holds no number", name))?;
        within(number, (low, high)).ok_or_else(|| absurd(name, number, (low, high)))
    }
    /// A number that may be missing, but not outside of the bounds.
    pub fn may_number(&self, name: &str, bounds: (f64, f64)) -> Result<Option<f64>, Said> {
        match self.get(name) {
            None => Ok(None),
            Some(_) => self.need_number(name, bounds).map(Some),
        }
    }
    /// Words, or nothing.
    pub fn text(&self, name: &str) -> String {
        self.get(name).and_then(Cell::text).unwrap_or_default()
    }
}

/// The number if it lies between.
pub fn within(number: f64, (low, high): (f64, f64)) -> Option<f64> {
    (low..=high).contains(&number).then_some(number)
}

/// Why a number is not taken.
pub fn absurd(name: &str, number: f64, (low, high): (f64, f64)) -> Said {
    use retake_core::number as shown;
    // three hundred digits say less than their count
    let written = match number.abs() < 1e9 {
        true => shown(number),
        false => shown(format_args!("{number:e}")),
    };
    said!(
        "“{name}” is {number}, which is not between {low} and {high}",
        name,
        number = written,
        low = shown(low),
        high = shown(high)
    )
}

#[cfg(test)]
mod tests;
