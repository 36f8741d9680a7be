//! Exports: which takes go into which files.

use std::path::Path;
use std::sync::Arc;

use retake_core::said;

use super::Engine;
use crate::actors::exporter;
use crate::{Export, Take};

impl Engine {
    pub(super) fn export(&mut self, how: Export) {
        let Some(session) = self.session() else {
            return;
        };
        let takes: Vec<Arc<Take>> = how
            .takes
            .iter()
            .filter_map(|&id| session.take(id).cloned())
            .collect();
        if takes.is_empty() {
            return self.complain(said!(
                "There is no take to export yet; generate some first."
            ));
        }
        let stem = session
            .path
            .as_deref()
            .and_then(Path::file_stem)
            .map_or_else(
                || "picture".to_owned(),
                |s| s.to_string_lossy().into_owned(),
            );
        let extension = how.format.info().extension;
        let several = takes.len() > 1 || how.to.is_dir();
        let mut files = Vec::new();
        for take in &takes {
            let path = if several {
                how.to
                    .join(format!("{stem}-take-{}.{extension}", take.index + 1))
            } else {
                how.to.clone()
            };
            match self.making(session, take) {
                Some(Ok(making)) => files.push((take.id, making, path)),
                Some(Err(model)) => return self.ask_to_load(&model),
                None => {}
            }
        }
        let question = exporter::Question {
            slot: self.slots[self.current].id,
            under_way: self.exports.clone(),
            bottom: session.bottom(),
            source: session.path.clone(),
            takes: files,
            how,
        };
        if self.staff.exporter.try_send(question).is_err() {
            self.complain(said!(
                "Too many exports wait already; try again when some are done."
            ));
        }
    }
}
