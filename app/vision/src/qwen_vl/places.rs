//! A message as the language model reads it: tokens, as many in the place of a picture as the eyes give, and the place of
//! each in time, height and width (multimodal rotary positions, Wang et al. 2024).

use std::ops::Range;

use retake_models::ModelError;

/// Tokens and their places.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Told {
    pub(super) ids: Vec<u32>,
    /// (time, height, width) of each
    pub(super) places: Vec<[usize; 3]>,
    /// the tokens of each picture
    pub(super) pictures: Vec<Range<usize>>,
    /// the place of whatever comes next
    pub(super) next: usize,
}

impl Told {
    /// Widens a message in which each picture is one token. `sizes` are (rows, columns) of their tokens; `plain` counts
    /// all tokens one after another, as if there were no pictures.
    pub(super) fn of(
        written: &[u32],
        picture: u32,
        sizes: &[(usize, usize)],
        plain: bool,
    ) -> Result<Self, ModelError> {
        let shown = written.iter().filter(|&&id| id == picture).count();
        if shown != sizes.len() {
            return Err(ModelError::Machine(format!(
                "the chat template shows the model {shown} of {} pictures: it is of another kind of model",
                sizes.len()
            )));
        }
        let mut told = Self::default();
        let mut sizes = sizes.iter();
        for &id in written {
            let size = if id == picture { sizes.next() } else { None };
            let Some(&(rows, columns)) = size else {
                told.ids.push(id);
                told.places.push([told.next; 3]);
                told.next += 1;
                continue;
            };
            let first = told.ids.len();
            told.ids.resize(first + rows * columns, picture);
            told.pictures.push(first..told.ids.len());
            let start = told.next;
            if plain {
                told.places
                    .extend((0..rows * columns).map(|at| [start + at; 3]));
                told.next += rows * columns;
            } else {
                let places = (0..rows * columns)
                    .map(|at| [start, start + at / columns, start + at % columns]);
                told.places.extend(places);
                told.next += rows.max(columns);
            }
        }
        Ok(told)
    }

    /// Its first tokens alone.
    pub(super) fn first(&self, length: usize) -> Self {
        let pictures = self.pictures.iter().filter(|range| range.start < length);
        Self {
            ids: self.ids[..length].to_vec(),
            places: self.places[..length].to_vec(),
            pictures: pictures
                .map(|range| range.start..range.end.min(length))
                .collect(),
            next: self.next,
        }
    }

    /// One more token behind it.
    pub(super) fn push(&mut self, id: u32) {
        self.ids.push(id);
        self.places.push([self.next; 3]);
        self.next += 1;
    }

    /// How many tokens two messages begin with alike, places included.
    pub(super) fn shared_with(&self, other: &Self) -> usize {
        let mine = self.ids.iter().zip(&self.places);
        let theirs = other.ids.iter().zip(&other.places);
        mine.zip(theirs).take_while(|(a, b)| a == b).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_has_one_time_and_the_next_word_comes_after_its_longer_side() {
        let told = Told::of(&[7, 9, 8], 9, &[(2, 3)], false).expect("a message");
        assert_eq!(told.ids, [7, 9, 9, 9, 9, 9, 9, 8]);
        let picture = [
            [1, 1, 1],
            [1, 1, 2],
            [1, 1, 3],
            [1, 2, 1],
            [1, 2, 2],
            [1, 2, 3],
        ];
        assert_eq!(told.places[1..7], picture);
        assert_eq!((told.places[7], told.next), ([4; 3], 5));
        assert_eq!((told.pictures.len(), &told.pictures[0]), (1, &(1..7)));
    }

    #[test]
    fn plain_places_count_on() {
        let told = Told::of(&[7, 9, 8], 9, &[(2, 3)], true).expect("a message");
        assert_eq!(told.places.last(), Some(&[7; 3]));
    }

    #[test]
    fn a_template_that_drops_pictures_is_a_sentence() {
        let said = Told::of(&[7, 8], 9, &[(1, 1)], false)
            .expect_err("a refusal")
            .to_string();
        assert!(said.contains("0 of 1 pictures"), "{said}");
    }
}
