//! The exporter: writes takes to files at full resolution, one after the other.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use retake_core::{Editor, Instruction, Photo, PhotoId, Picture, Provenance, Quiet, Said};
use retake_files::save::{SaveOptions, save};
use retake_pixels::resize;

use super::{Voice, spawn};
use crate::event::Event;
use crate::{Export, Kit, provenance_json};

/// Exports that may wait; one more is refused with a sentence.
pub(crate) const WAITING: usize = 64;

pub(crate) struct Question {
    /// counts as an export for as long as it is held
    pub(crate) under_way: Arc<()>,
    pub(crate) photo: Photo,
    pub(crate) source: Option<PathBuf>,
    /// instruction, edit and name of each file
    pub(crate) takes: Vec<(Arc<Instruction>, Provenance, PathBuf)>,
    pub(crate) how: Export,
}

pub(crate) fn start(kit: &Kit, voice: Voice) -> crossbeam::channel::Sender<Question> {
    let (sender, receiver) = crossbeam::channel::bounded(WAITING);
    let editor = kit.editor.clone();
    spawn(
        "exporter",
        voice,
        move || receiver.recv().ok(),
        move |question: Question, voice: &Voice| {
            let (mut paths, mut notes) = (Vec::new(), Vec::new());
            for (instruction, provenance, path) in &question.takes {
                match write(&question, editor.as_ref(), instruction, provenance, path) {
                    Ok(said) => {
                        paths.push(path.clone());
                        notes.extend(said);
                    }
                    Err(sentence) => voice.say(Event::Failed(sentence)),
                }
            }
            if !paths.is_empty() {
                voice.say(Event::Exported { paths, notes });
            }
            // after what there is to say of it; a panic lets go of it as well
            drop(question.under_way);
        },
    );
    sender
}

fn write(
    question: &Question,
    editor: &dyn Editor,
    instruction: &Instruction,
    provenance: &Provenance,
    path: &Path,
) -> Result<Vec<Said>, Said> {
    let how = &question.how;
    let developed = editor
        .develop(&question.photo, instruction, provenance)
        .map_err(|error| error.said())?;
    let picture: Box<dyn Picture> = match how.long_edge {
        Some(edge) => {
            let small = resize::fit(developed.as_ref(), edge).map_err(|stop| stop.said())?;
            Box::new(Photo::from_raster(small, PhotoId([0; 32])))
        }
        None => developed,
    };
    let options = SaveOptions {
        format: how.format,
        quality: how.quality,
        space: how.space,
        metadata: how.metadata,
        carried: Some(question.photo.carried().clone()),
        provenance: Some(provenance_json(&question.photo, instruction, provenance)),
        sources: question.source.clone().into_iter().collect(),
        ..SaveOptions::default()
    };
    let saved = save(path, picture.as_ref(), &options, &Quiet).map_err(|error| error.said())?;
    Ok(saved.notes)
}
