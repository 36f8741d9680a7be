//! A data set that is open, and one that is being opened.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use retake_core::{Said, said};
use retake_lab::LabError;
use retake_lab::dataset::{Dataset, Tally};
use retake_lab::formats::{Format, guess};
use retake_lab::lines::{Lines, light};
use retake_lab::rows::{Container, Flow};

use super::errand::Teller;

/// What is to be opened.
#[derive(Clone)]
pub(crate) struct Wish {
    /// a file or a folder
    pub(crate) path: PathBuf,
    /// none is guessed
    pub(crate) format: Option<&'static Format>,
    /// where pictures are looked for first
    pub(crate) images: Option<PathBuf>,
    /// the kinds of file that can be read
    pub(crate) containers: Vec<&'static [Container]>,
}

/// An open data set.
pub(crate) struct Data {
    /// where it is
    pub(crate) wish: Wish,
    /// how it is written
    pub(crate) format: &'static Format,
    /// what was used and what was not
    pub(crate) tally: Tally,
    /// its edits
    pub(crate) lines: Arc<Lines>,
    /// the reading was stopped before its end
    pub(crate) cut: bool,
    /// cases that were looked at
    visited: usize,
}

/// Why nothing was opened.
#[derive(Clone, Debug)]
pub(crate) enum Trouble {
    /// no format can use any of its first rows
    NoFormat,
    /// it was read and no row could be used
    NothingUsed(Tally),
    /// a sentence
    Lab(Said),
}

impl Data {
    /// Its name for people.
    pub(crate) fn name(&self) -> String {
        let path: &Path = &self.wish.path;
        let name = path.file_name().unwrap_or(path.as_os_str());
        name.to_string_lossy().into_owned()
    }
}

impl Data {
    /// The same cases, to be read again.
    pub(crate) fn dataset(&self) -> Dataset<'static> {
        Dataset {
            limit: self.cut.then_some(self.visited),
            ..dataset(&self.wish, self.format)
        }
    }
}

fn dataset(wish: &Wish, format: &'static Format) -> Dataset<'static> {
    Dataset {
        path: wish.path.clone(),
        format,
        images: wish.images.clone(),
        containers: wish.containers.clone(),
        limit: None,
    }
}

/// Reads a data set from front to back; somebody who stops it gets what was read so far.
pub(crate) fn read(wish: &Wish, teller: &Teller) -> Result<Data, Trouble> {
    use retake_core::Watch as _;
    let told = |error: LabError| Trouble::Lab(error.said());
    let format = match wish.format {
        Some(format) => format,
        None => guess(&wish.path, &wish.containers)
            .map_err(told)?
            .ok_or(Trouble::NoFormat)?,
    };
    let mut cases = Vec::new();
    let mut visited = 0;
    let walked = dataset(wish, format).walk(&mut |case, _| {
        visited += 1;
        if case.takes.is_empty() {
            return Err(said!("there is no edit in it"));
        }
        cases.push(light(case));
        teller.done(cases.len());
        Ok(match teller.stopped() {
            true => Flow::Enough,
            false => Flow::On,
        })
    });
    let tally = walked.map_err(told)?;
    match cases.is_empty() {
        true => Err(Trouble::NothingUsed(tally)),
        false => Ok(Data {
            wish: wish.clone(),
            format,
            tally,
            lines: Arc::new(Lines::of(cases)),
            cut: teller.stopped(),
            visited,
        }),
    }
}
