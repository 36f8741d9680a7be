//! Finished pictures at working size, so that an edit that was made is not made again to be shown or written.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use retake_core::Raster;

use super::ground::Ground;
use super::recipe::Recipe;

/// How many are kept; one of 512 × 341 px takes 2 MB.
const MOST: usize = 64;

/// The last pictures that were finished.
#[derive(Default)]
pub(super) struct Kept(Mutex<VecDeque<(String, Arc<Raster>)>>);

impl Kept {
    /// What tells two pictures apart: how they were made, and from what.
    pub(super) fn key<C>(recipe: &Recipe, ground: &Ground<C>) -> String {
        format!("{} {:?}", recipe.value(), ground.key)
    }

    pub(super) fn get(&self, key: &str) -> Option<Arc<Raster>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter()
            .find(|(of, _)| of == key)
            .map(|(_, picture)| picture.clone())
    }

    pub(super) fn put(&self, key: String, picture: Arc<Raster>) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() == MOST {
            kept.pop_front();
        }
        kept.push_back((key, picture));
    }
}
