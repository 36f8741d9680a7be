//! The opener: decodes photos, and makes the small pictures of the filmstrip when nothing else is to be opened.

use std::path::PathBuf;
use std::sync::Arc;

use retake_core::{Photo, PhotoId, Said, said};
use retake_files::journal::folder_of;
use retake_files::{Limits, decode, open};
use retake_pixels::matrix::{REC2020, SRGB, between};
use retake_pixels::resize;

use super::keeper::Held;
use super::{Voice, spawn, traced};
use crate::event::{Event, Kept, Opened, SlotId};
use crate::keeping::Restored;
use crate::mailbox::{Sender, mailbox};
use crate::{Pasted, Sample, Shown, WORKING_EDGE};

/// Long edge of the filmstrip's pictures, px.
const THUMBNAIL_EDGE: usize = 192;

/// What is to be opened.
pub(crate) enum Source {
    File(PathBuf),
    Pasted(Arc<Pasted>),
    Sample(Sample),
}

/// Where journals lie, and which of them are in this program's own hands.
#[derive(Clone)]
pub(crate) struct Shelf {
    pub(crate) home: PathBuf,
    pub(crate) held: Held,
}

/// Photos come before thumbnails, the order of the keys.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Key {
    /// the photo that is to be shown; a newer one replaces it
    Photo,
    /// an export whose photo is to be found
    Trace(PathBuf),
    Thumbnail(SlotId),
}

pub(crate) enum Question {
    Photo(SlotId, Source),
    Thumbnail(SlotId, PathBuf),
    Trace(PathBuf),
}

pub(crate) fn start(shelf: Option<Shelf>, voice: Voice) -> Sender<Key, Question> {
    let (sender, receiver) = mailbox();
    let work = move |question, voice: &Voice| answer(question, shelf.as_ref(), voice);
    spawn("opener", voice, move || receiver.next(), work);
    sender
}

fn answer(question: Question, shelf: Option<&Shelf>, voice: &Voice) {
    match question {
        Question::Photo(slot, source) => voice.say(Event::Opened {
            slot,
            result: opened(source, shelf),
        }),
        Question::Trace(path) => {
            let home = shelf.map(|shelf| shelf.home.as_path());
            let origin = traced::origin(&path, home).ok_or_else(|| {
                said!(
                    "{name} does not say what it was made from; only pictures that Retake exported with their metadata do.",
                    name = crate::session::name(&path)
                )
            });
            voice.say(Event::Traced { path, origin });
        }
        Question::Thumbnail(slot, path) => {
            // a file that cannot be opened says so when it is chosen
            if let Ok(photo) = open(&path, &Limits::default())
                && let Ok(small) = resize::fit(&photo, THUMBNAIL_EDGE)
            {
                let shown = Arc::new(Shown::of(&small));
                voice.say(Event::Thumbnail { slot, shown });
            }
        }
    }
}

fn opened(source: Source, shelf: Option<&Shelf>) -> Result<Opened, Said> {
    let limits = Limits::default();
    let mut origin = None;
    let photo = match source {
        Source::File(path) => {
            let photo = open(&path, &limits).map_err(|error| error.said())?;
            origin = traced::origin(&path, shelf.map(|shelf| shelf.home.as_path()));
            photo
        }
        Source::Pasted(pasted) => from_screen(&pasted)?,
        Source::Sample(sample) => decode(sample.bytes, &limits).map_err(|error| error.said())?,
    };
    let kept = shelf.map_or(Kept::Nowhere, |shelf| kept(&photo, shelf));
    let working = resize::fit(&photo, WORKING_EDGE).map_err(|stop| stop.said())?;
    let shown = Arc::new(Shown::of(&working));
    Ok(Opened {
        photo,
        working: Arc::new(working),
        shown,
        kept,
        origin,
    })
}

/// The photo's journal, read.
fn kept(photo: &Photo, shelf: &Shelf) -> Kept {
    let folder = folder_of(&shelf.home, &photo.id().to_string());
    match shelf.held.open(&folder) {
        Ok(found) => Kept::Here {
            journal: Box::new(found.journal),
            restored: Box::new(Restored::of(found.lines)),
            notes: found.notes,
        },
        Err(error) => Kept::Refused(error.said()),
    }
}

/// A pasted picture as a photo.
fn from_screen(pasted: &Pasted) -> Result<Photo, Said> {
    if pasted.rgba.len() != pasted.width * pasted.height * 4 || pasted.rgba.is_empty() {
        return Err(said!("The clipboard's picture is damaged; copy it again."));
    }
    let linear = retake_pixels::color::srgb_decode;
    let table: Vec<f32> = (0..=255u8)
        .map(|code| linear(f32::from(code) / 255.0))
        .collect();
    let rec2020_from_srgb = between(&REC2020, &SRGB);
    let rgb: Vec<u8> = pasted
        .rgba
        .chunks_exact(4)
        .flat_map(|pixel| [pixel[0], pixel[1], pixel[2]])
        .collect();
    let id = PhotoId(retake_files::sha256(&rgb));
    let coded = retake_core::CodedPixels {
        rgb,
        linear_from_code: [table.clone(), table.clone(), table],
        rec2020_from_file: rec2020_from_srgb,
    };
    Ok(Photo::new(
        pasted.width,
        pasted.height,
        id,
        retake_core::Samples::Eight(coded),
        retake_core::Carried::default(),
    ))
}
