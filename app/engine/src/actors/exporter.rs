//! The exporter: writes takes to files at full resolution, one after the other.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use retake_core::{Photo, PhotoId, Picture, Quiet, Said};
use retake_files::save::{SaveOptions, save};
use retake_pixels::resize;

use super::{Voice, spawn};
use crate::event::{Event, SlotId};
use crate::making::{Making, Stand, Stands};
use crate::{Export, TakeId, provenance_json_on};

/// Exports that may wait; one more is refused with a sentence.
pub(crate) const WAITING: usize = 64;

pub(crate) struct Question {
    /// counts as an export for as long as it is held
    pub(crate) under_way: Arc<()>,
    pub(crate) bottom: Stand,
    pub(crate) source: Option<PathBuf>,
    /// which photo of the filmstrip
    pub(crate) slot: SlotId,
    /// take, edit and name of each file
    pub(crate) takes: Vec<(TakeId, Making, PathBuf)>,
    pub(crate) how: Export,
}

pub(crate) fn start(stands: Stands, voice: Voice) -> crossbeam::channel::Sender<Question> {
    let (sender, receiver) = crossbeam::channel::bounded(WAITING);
    spawn(
        "exporter",
        voice,
        move || receiver.recv().ok(),
        move |question: Question, voice: &Voice| {
            let (mut paths, mut takes, mut notes) = (Vec::new(), Vec::new(), Vec::new());
            for (take, making, path) in &question.takes {
                match write(&question, &stands, making, path) {
                    Ok(said) => {
                        paths.push(path.clone());
                        takes.push(*take);
                        notes.extend(said);
                    }
                    Err(sentence) => voice.say(Event::Failed(sentence)),
                }
            }
            if !paths.is_empty() {
                voice.say(Event::Exported {
                    slot: question.slot,
                    takes,
                    paths,
                    notes,
                });
            }
            // after what there is to say of it; a panic lets go of it as well
            drop(question.under_way);
        },
    );
    sender
}

fn write(
    question: &Question,
    stands: &Stands,
    making: &Making,
    path: &Path,
) -> Result<Vec<Said>, Said> {
    let (how, photo) = (&question.how, &question.bottom.photo);
    let stand = stands.on(&making.grounds, &question.bottom)?;
    let developed = making.develop(&stand)?;
    let picture: Box<dyn Picture> = match how.long_edge {
        Some(edge) => {
            let small = resize::fit(developed.as_ref(), edge).map_err(|stop| stop.said())?;
            Box::new(Photo::from_raster(small, PhotoId([0; 32])))
        }
        None => developed,
    };
    let grounds = making.grounds.iter();
    let made_on: Vec<_> = grounds
        .map(|ground| (ground.instruction.as_ref(), &ground.provenance))
        .collect();
    let options = SaveOptions {
        format: how.format,
        quality: how.quality,
        space: how.space,
        metadata: how.metadata,
        carried: Some(photo.carried().clone()),
        provenance: Some(provenance_json_on(
            photo,
            &making.instruction,
            &making.provenance,
            &made_on,
        )),
        sources: question.source.clone().into_iter().collect(),
        ..SaveOptions::default()
    };
    let saved = save(path, picture.as_ref(), &options, &Quiet).map_err(|error| error.said())?;
    Ok(saved.notes)
}
