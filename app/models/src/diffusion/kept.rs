//! Finished pictures at working size, so that an edit that was made is not made again to be shown or written; and where ways
//! stood half-way, so that a neighbour, which leaves its like there, pays for the rest alone.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use candle_core::Tensor;
use retake_core::{Raster, Rng};

use super::ground::Ground;
use super::reach::Reach;
use super::recipe::Recipe;

/// How many are kept; one of 512 × 341 px takes 2 MB.
const MOST: usize = 64;

/// How many ways are kept half-way; one of a picture of 1024 × 1024 px takes 1 to 3 MB.
const WAYS: usize = 32;

/// What it takes to go on from half-way.
#[derive(Clone)]
pub(super) struct Half {
    pub(super) latents: Tensor,
    pub(super) clean: Option<Tensor>,
    pub(super) reach: Option<Reach>,
    pub(super) rng: Rng,
    pub(super) eta: f64,
}

/// The last pictures that were finished, and the last ways that were half walked.
#[derive(Default)]
pub(super) struct Kept(Last<Arc<Raster>>, Last<Half>);

/// The last of something, by what tells two of them apart.
type Last<T> = Mutex<VecDeque<(String, T)>>;

fn get<T: Clone>(last: &Last<T>, key: &str) -> Option<T> {
    let last = last.lock().unwrap_or_else(PoisonError::into_inner);
    last.iter()
        .find(|(of, _)| of == key)
        .map(|(_, one)| one.clone())
}

fn put<T>(last: &Last<T>, key: String, one: T, most: usize) {
    let mut last = last.lock().unwrap_or_else(PoisonError::into_inner);
    last.retain(|(of, _)| *of != key);
    if last.len() == most {
        last.pop_front();
    }
    last.push_back((key, one));
}

impl Kept {
    /// What tells two pictures apart: how they were made, and from what.
    pub(super) fn key<C>(recipe: &Recipe, ground: &Ground<C>) -> String {
        format!("{} {:?}", recipe.value(), ground.key)
    }

    pub(super) fn get(&self, key: &str) -> Option<Arc<Raster>> {
        get(&self.0, key)
    }

    pub(super) fn put(&self, key: String, picture: Arc<Raster>) {
        put(&self.0, key, picture, MOST);
    }

    /// Where the way of this recipe stood after so many steps.
    pub(super) fn half(&self, key: &str) -> Option<Half> {
        get(&self.1, key)
    }

    pub(super) fn put_half(&self, key: String, half: Half) {
        put(&self.1, key, half, WAYS);
    }

    /// What tells two ways apart up to this step: forks that are taken there or later are no matter.
    pub(super) fn way<C>(recipe: &Recipe, ground: &Ground<C>, step: usize) -> String {
        let so_far = Recipe {
            forks: (recipe.forks.iter().copied())
                .filter(|fork| fork.step < step)
                .collect(),
            spared: Vec::new(),
            patches: Vec::new(),
            fit: None,
            glimpsed: None,
            ..recipe.clone()
        };
        format!("{step} {}", Self::key(&so_far, ground))
    }
}
