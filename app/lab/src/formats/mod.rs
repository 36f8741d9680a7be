//! How published data sets are written. A format is one small file and one line in the table.

mod aurora;
mod editreward_bench;
mod editreward_data;
mod editscore;
mod folder;
mod gedit;
mod gedit2;
mod genai;
mod guess;
mod humanedit;
mod imagenhub;
mod imgedit;
mod mmrb2;
mod pico;
mod rewardedit;
mod runs;

use std::path::Path;

use crate::LabError;
use crate::case::Case;
use crate::picture::Base;
use crate::rows::{Flow, Place, Row};
use retake_core::Said;

pub use guess::guess;
pub use runs::run_files;

/// Gets every case in turn, or why a row could not be used.
pub type CaseVisit<'a> = dyn FnMut(Place, Result<Case, Said>) -> Flow + 'a;

/// How the cases of a format are found.
#[derive(Clone, Copy)]
pub enum Read {
    /// in rows of any kind of file; a row may hold several
    Rows(fn(&Row, &Base) -> Result<Vec<Case>, Said>),
    /// in a folder with an order of its own
    Folder(fn(&Path, &mut CaseVisit<'_>) -> Result<(), LabError>),
}

/// A format in the table.
#[derive(Clone, Copy)]
pub struct Format {
    /// short name for the command line
    pub id: &'static str,
    /// what it is, and where it comes from
    pub about: &'static str,
    /// the columns that are read; others are named
    pub columns: &'static [&'static str],
    /// see there
    pub read: Read,
}

/// Every format.
pub const FORMATS: &[Format] = &[
    imagenhub::FORMAT,
    editscore::FORMAT,
    editreward_bench::FORMAT,
    editreward_data::FORMAT,
    genai::FORMAT,
    aurora::FORMAT,
    mmrb2::FORMAT,
    gedit::FORMAT,
    gedit2::FORMAT,
    imgedit::FORMAT,
    humanedit::FORMAT,
    pico::FORMAT,
    rewardedit::FORMAT,
    runs::FORMAT,
    folder::FORMAT,
];

/// The format of this id.
pub fn format(id: &str) -> Option<&'static Format> {
    FORMATS.iter().find(|format| format.id == id)
}

/// One case, which most rows hold.
fn one(case: Case) -> Result<Vec<Case>, Said> {
    Ok(vec![case])
}

/// The columns that a case does not name otherwise, as words.
fn facts(row: &Row, of: &[&str]) -> std::collections::BTreeMap<String, String> {
    let told = of.iter().filter_map(|name| {
        let text = row.get(name)?.text()?;
        Some(((*name).to_owned(), text))
    });
    told.collect()
}
