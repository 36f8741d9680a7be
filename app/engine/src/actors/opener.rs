//! The opener: decodes photos, and makes the small pictures of the filmstrip when nothing else is to be opened.

use std::path::PathBuf;
use std::sync::Arc;

use retake_core::{Photo, PhotoId};
use retake_files::{Limits, open};
use retake_pixels::matrix::{REC2020, SRGB, between};
use retake_pixels::resize;

use super::{Voice, spawn};
use crate::event::{Event, Opened, SlotId};
use crate::mailbox::{Sender, mailbox};
use crate::{Pasted, Shown, WORKING_EDGE};

/// Long edge of the filmstrip's pictures, px.
const THUMBNAIL_EDGE: usize = 192;

/// What is to be opened.
pub(crate) enum Source {
    File(PathBuf),
    Pasted(Arc<Pasted>),
}

/// Photos come before thumbnails, the order of the keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Key {
    /// the photo that is to be shown; a newer one replaces it
    Photo,
    Thumbnail(SlotId),
}

pub(crate) enum Question {
    Photo(SlotId, Source),
    Thumbnail(SlotId, PathBuf),
}

pub(crate) fn start(voice: Voice) -> Sender<Key, Question> {
    let (sender, receiver) = mailbox();
    spawn("opener", voice, move || receiver.next(), answer);
    sender
}

fn answer(question: Question, voice: &Voice) {
    match question {
        Question::Photo(slot, source) => voice.say(Event::Opened {
            slot,
            result: opened(source),
        }),
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

fn opened(source: Source) -> Result<Opened, String> {
    let photo = match source {
        Source::File(path) => open(&path, &Limits::default()).map_err(|error| error.to_string())?,
        Source::Pasted(pasted) => from_screen(&pasted)?,
    };
    let working = resize::fit(&photo, WORKING_EDGE).map_err(|stop| stop.to_string())?;
    let shown = Arc::new(Shown::of(&working));
    Ok(Opened {
        photo,
        working: Arc::new(working),
        shown,
    })
}

/// A pasted picture as a photo.
fn from_screen(pasted: &Pasted) -> Result<Photo, String> {
    if pasted.rgba.len() != pasted.width * pasted.height * 4 || pasted.rgba.is_empty() {
        return Err("The clipboard's picture is damaged; copy it again.".to_owned());
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
