//! Where an export goes: which files it would write, which of them are there already, and that the photo itself is never
//! among them.

use std::path::{Path, PathBuf};

use retake_engine::{Export, Flag, Take, TakeId};
use retake_files::save::same_file;

use super::plan::{Plan, What, stem};
use crate::cx::Cx;

/// Whether an export may begin.
pub(super) enum Ready {
    /// no, in a sentence
    Refused(String),
    /// these are there already
    Exists(Vec<PathBuf>),
    /// yes
    Go(Export),
}

/// The takes of the sheet that were picked.
pub(super) fn picked(cx: &Cx<'_>) -> Vec<TakeId> {
    let Some(session) = cx.session() else {
        return Vec::new();
    };
    let picked = |take: &&std::sync::Arc<Take>| session.desk().mark(take.id).flag == Flag::Picked;
    session
        .sheet()
        .into_iter()
        .filter(picked)
        .map(|take| take.id)
        .collect()
}

/// Looks at the disk once, when the button is pressed.
pub(super) fn check(cx: &Cx<'_>, plan: &Plan, take: &Take) -> Ready {
    if plan.to.trim().is_empty() {
        return Ready::Refused(cx.text("export_nowhere"));
    }
    let to = plan.path(cx);
    let takes = match plan.what {
        What::This => vec![take.id],
        What::Picked => picked(cx),
    };
    let files = files(cx, plan, &to, &takes);
    let source = cx.session().and_then(|session| session.path.clone());
    let over_source = |file: &PathBuf| source.as_deref().is_some_and(|it| same_file(file, it));
    if files.iter().any(over_source) {
        return Ready::Refused(cx.text("export_source"));
    }
    if plan.what == What::Picked && !to.is_dir() {
        return Ready::Refused(cx.text("export_no_folder"));
    }
    let there: Vec<PathBuf> = files.into_iter().filter(|file| file.exists()).collect();
    if !there.is_empty() && plan.replace.as_ref() != Some(&there) {
        return Ready::Exists(there);
    }
    Ready::Go(Export {
        takes,
        to,
        format: plan.format,
        quality: plan.quality,
        space: plan.space,
        metadata: plan.metadata,
        long_edge: plan.long_edge(),
    })
}

/// The files the engine would write.
fn files(cx: &Cx<'_>, plan: &Plan, to: &Path, takes: &[TakeId]) -> Vec<PathBuf> {
    if takes.len() == 1 && !to.is_dir() {
        return vec![to.to_owned()];
    }
    let extension = plan.format.info().extension;
    let stem = stem(cx);
    let number = |&id: &TakeId| Some(cx.session()?.take(id)?.index + 1);
    takes
        .iter()
        .filter_map(number)
        .map(|number| to.join(format!("{stem}-take-{number}.{extension}")))
        .collect()
}
