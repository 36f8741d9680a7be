//! Small masks as they stand in a record: the places that the steps of a search work at.

use retake_core::Mask;
use serde::{Deserialize, Serialize};

/// A place that an instruction names, as a mask.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlaceRecord {
    /// in words: "the sky"
    pub name: String,
    /// the mask row by row from the top, a hexadecimal digit a pixel: 0 is not meant, f is
    pub mask: Vec<String>,
    /// laid over the photo, relative to the run's folder
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
}

impl PlaceRecord {
    /// Of a small mask.
    pub fn of(name: String, mask: &Mask) -> Self {
        let digit = |value: &f32| {
            let step = (value.clamp(0.0, 1.0) * 15.0).round() as u32;
            char::from_digit(step, 16).unwrap_or('0')
        };
        let rows = mask.values.chunks(mask.width.max(1));
        Self {
            name,
            mask: rows.map(|row| row.iter().map(digit).collect()).collect(),
            file: None,
        }
    }

    /// The mask again, within a thirtieth; `None` of rows that are no mask.
    pub fn mask(&self) -> Option<Mask> {
        let width = self.mask.first()?.len();
        let mut values = Vec::with_capacity(width * self.mask.len());
        for row in &self.mask {
            if row.len() != width {
                return None;
            }
            for digit in row.chars() {
                values.push(digit.to_digit(16)? as f32 / 15.0);
            }
        }
        Some(Mask {
            width,
            height: self.mask.len(),
            values,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mask_comes_back_from_its_record() {
        let was = Mask::from_fn(5, 3, |x, y| (x * 3 + y) as f32 / 14.0);
        let record = PlaceRecord::of("the sky".to_owned(), &was);
        let again = record.mask().expect("it is a mask");
        assert_eq!((again.width, again.height), (5, 3));
        let pairs = was.values.iter().zip(&again.values);
        assert!(
            pairs
                .clone()
                .all(|(was, is)| (was - is).abs() <= 1.0 / 30.0 + 1e-6)
        );
    }

    #[test]
    fn rows_that_are_no_mask_are_none() {
        for mask in [vec!["0f", "0"], vec!["0g"], vec![]] {
            let record = PlaceRecord {
                mask: mask.into_iter().map(str::to_owned).collect(),
                ..PlaceRecord::default()
            };
            assert_eq!(record.mask(), None);
        }
    }
}
