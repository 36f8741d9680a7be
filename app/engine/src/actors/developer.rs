//! The developer: renders the part of a picture that the screen shows, at the size it shows it. The latest question
//! for each place on the screen wins.

use std::cell::RefCell;
use std::sync::Arc;

use retake_core::{EditRequest, Editor, Instruction, Photo, Picture, Provenance, Raster, Rect};
use retake_pixels::resize;

use super::{Voice, spawn};
use crate::event::Event;
use crate::mailbox::{Sender, mailbox};
use crate::{Kit, Seen, Shown, View};

/// How many edits at working size are kept, so that panning does not render them anew.
const KEPT: usize = 6;

pub(crate) struct Question {
    pub(crate) pane: usize,
    pub(crate) view: View,
    /// what tells this picture from others: slot and edit
    pub(crate) key: u64,
    pub(crate) photo: Photo,
    pub(crate) working: Arc<Raster>,
    /// the edit; `None` is the photo itself
    pub(crate) edit: Option<(Arc<Instruction>, Provenance)>,
}

/// Edits at working size, the latest last.
#[derive(Default)]
struct Small(Vec<(u64, Arc<Raster>)>);

pub(crate) fn start(kit: &Kit, voice: Voice) -> Sender<usize, Question> {
    let (sender, receiver) = mailbox();
    let editor = kit.editor.clone();
    let small = RefCell::new(Small::default());
    spawn(
        "developer",
        voice,
        move || receiver.next(),
        move |question: Question, voice: &Voice| match render(
            &question,
            editor.as_ref(),
            &mut small.borrow_mut(),
        ) {
            Ok(raster) => voice.say(Event::Seen {
                pane: question.pane,
                seen: Seen {
                    view: question.view,
                    key: question.key,
                    shown: Arc::new(Shown::of(&raster)),
                },
            }),
            Err(sentence) => voice.say(Event::Failed(sentence)),
        },
    );
    sender
}

fn render(question: &Question, editor: &dyn Editor, small: &mut Small) -> Result<Raster, String> {
    let (width, height) = question.view.size;
    let (width, height) = (width.max(1), height.max(1));
    let whole: Box<dyn Picture> = match &question.edit {
        None => Box::new(question.photo.clone()),
        Some((instruction, provenance)) => editor
            .develop(&question.photo, instruction, provenance)
            .map_err(|error| error.to_string())?,
    };
    let full = whole.size();
    let part = inside(question.view.part, full);
    // how much of the full resolution the screen shows
    let scale = width as f64 / part.width() as f64;
    let have = question.working.width.max(question.working.height) as f64
        / question.photo.width().max(question.photo.height()) as f64;
    let raster = if scale <= have * 1.02 {
        let picture = match &question.edit {
            None => question.working.clone(),
            Some((instruction, provenance)) => small.of(question.key, || {
                let request = EditRequest {
                    photo: question.photo.clone(),
                    instruction: instruction.as_ref().clone(),
                    seed: provenance.seed,
                    source: question.working.clone(),
                    base: None,
                    like: None,
                };
                editor
                    .redo(&request, &provenance.recipe)
                    .map_err(|error| error.to_string())
            })?,
        };
        picture.crop(scaled(part, full, (picture.width, picture.height)))
    } else {
        whole.part(part).map_err(|stop| stop.to_string())?
    };
    if (raster.width, raster.height) == (width, height) {
        return Ok(raster);
    }
    Ok(resize::raster(&raster, width, height))
}

impl Small {
    fn of(
        &mut self,
        key: u64,
        render: impl FnOnce() -> Result<Raster, String>,
    ) -> Result<Arc<Raster>, String> {
        if let Some(at) = self.0.iter().position(|(known, _)| *known == key) {
            let known = self.0.remove(at);
            self.0.push(known);
        } else {
            let made = Arc::new(render()?);
            if self.0.len() >= KEPT {
                self.0.remove(0);
            }
            self.0.push((key, made));
        }
        Ok(self.0[self.0.len() - 1].1.clone())
    }
}

/// The part that lies inside a picture of this size, at least a pixel.
fn inside(part: Rect, (width, height): (usize, usize)) -> Rect {
    let x0 = part.x0.min(width - 1);
    let y0 = part.y0.min(height - 1);
    Rect {
        x0,
        y0,
        x1: part.x1.clamp(x0 + 1, width),
        y1: part.y1.clamp(y0 + 1, height),
    }
}

/// The same part of a smaller copy.
fn scaled(part: Rect, from: (usize, usize), to: (usize, usize)) -> Rect {
    let x = |v: usize| v * to.0 / from.0.max(1);
    let y = |v: usize| v * to.1 / from.1.max(1);
    inside(
        Rect {
            x0: x(part.x0),
            y0: y(part.y0),
            x1: (part.x1 * to.0).div_ceil(from.0.max(1)),
            y1: (part.y1 * to.1).div_ceil(from.1.max(1)),
        },
        to,
    )
}
