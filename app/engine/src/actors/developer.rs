//! The developer: renders the part of a picture that the screen shows, at the size it shows it. The latest question
//! for each place on the screen wins.

use std::cell::RefCell;
use std::sync::Arc;

use retake_core::{
    EditRequest, Editor, Instruction, Photo, PhotoId, Picture, Provenance, Raster, Rect,
};
use retake_pixels::resize;

use super::{Voice, spawn};
use crate::event::Event;
use crate::mailbox::{Sender, mailbox};
use crate::{Kit, Seen, Shown, View};

/// Bytes of edits at smaller sizes that are kept, so that panning and going back do not render them anew.
const KEPT_BYTES: usize = 192 << 20;
/// Between working size and full resolution lies this size: most of a large photo is looked at through it.
const MIDDLE_EDGE: usize = 2048;

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

/// What was rendered at smaller sizes.
#[derive(Default)]
struct Small {
    /// edits by key and long edge, the latest last
    edits: Vec<((u64, usize), Arc<Raster>)>,
    /// the latest photo at [`MIDDLE_EDGE`]
    middle: Option<(PhotoId, Arc<Raster>)>,
}

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
    // how much of the full resolution the screen shows, and how much of it the smaller copies have
    let scale = width as f64 / part.width() as f64;
    let edge = question.photo.width().max(question.photo.height());
    let has = |small_edge: usize| scale <= small_edge as f64 / edge as f64 * 1.02;
    let source = if has(question.working.width.max(question.working.height)) {
        Some(question.working.clone())
    } else if edge > MIDDLE_EDGE && has(MIDDLE_EDGE) {
        Some(small.middle(&question.photo)?)
    } else {
        None
    };
    let raster = match source {
        None => whole.part(part).map_err(|stop| stop.to_string())?,
        Some(source) => {
            let picture = match &question.edit {
                None => source,
                Some((instruction, provenance)) => {
                    let long_edge = source.width.max(source.height);
                    small.edit((question.key, long_edge), || {
                        let request = EditRequest {
                            photo: question.photo.clone(),
                            instruction: instruction.as_ref().clone(),
                            seed: provenance.seed,
                            source,
                            base: None,
                            like: None,
                        };
                        editor
                            .redo(&request, &provenance.recipe)
                            .map_err(|error| error.to_string())
                    })?
                }
            };
            picture.crop(scaled(part, full, (picture.width, picture.height)))
        }
    };
    if (raster.width, raster.height) == (width, height) {
        return Ok(raster);
    }
    Ok(resize::raster(&raster, width, height))
}

impl Small {
    fn edit(
        &mut self,
        key: (u64, usize),
        render: impl FnOnce() -> Result<Raster, String>,
    ) -> Result<Arc<Raster>, String> {
        let known = self.edits.iter().position(|(known, _)| *known == key);
        let edit = match known {
            Some(at) => self.edits.remove(at).1,
            None => Arc::new(render()?),
        };
        self.edits.push((key, edit.clone()));
        let bytes = |edits: &[((u64, usize), Arc<Raster>)]| {
            edits.iter().map(|(_, edit)| edit.len() * 12).sum::<usize>()
        };
        while self.edits.len() > 1 && bytes(&self.edits) > KEPT_BYTES {
            self.edits.remove(0);
        }
        Ok(edit)
    }
    fn middle(&mut self, photo: &Photo) -> Result<Arc<Raster>, String> {
        if let Some((id, middle)) = &self.middle
            && *id == photo.id()
        {
            return Ok(middle.clone());
        }
        let made = resize::fit(photo, MIDDLE_EDGE).map_err(|stop| stop.to_string())?;
        let middle = Arc::new(made);
        self.middle = Some((photo.id(), middle.clone()));
        Ok(middle)
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
