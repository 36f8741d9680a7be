//! The developer: renders the part of a picture that the screen shows, at the size it shows it. The latest question
//! for each place on the screen wins.

mod copies;

use std::cell::RefCell;
use std::ops::Range;
use std::sync::Arc;

use retake_core::{Editor, Picture, Raster, Rect, Said, Stop};
use retake_pixels::resize;

use self::copies::{Copies, MIDDLE_EDGE};
use super::{Voice, spawn};
use crate::event::Event;
use crate::kept::unpacked;
use crate::mailbox::{Glance, Sender, mailbox};
use crate::making::{Making, Stand, Stands, request};
use crate::{Kit, Seen, Shown, Sight, View};

/// A larger part than this, px, is brought to the size of the screen while it is rendered and never held whole.
const HELD_PIXELS: usize = 8_000_000;

pub(crate) struct Question {
    pub(crate) pane: usize,
    pub(crate) view: View,
    /// what tells this picture from others: slot and edit
    pub(crate) key: u64,
    /// pixels are wanted, to be counted and read
    pub(crate) pixels: bool,
    pub(crate) bottom: Stand,
    pub(crate) subject: Wish,
}

/// What is wanted of a photo.
pub(crate) enum Wish {
    /// itself
    Photo,
    /// an edit of it
    Made(Making),
    /// an edit whose picture was kept; with its size at full resolution
    Kept(Arc<[u8]>, (usize, usize)),
}

/// Whether the developer rests.
pub(crate) type Screen = Glance<usize, Question>;

pub(crate) fn start(kit: &Kit, stands: Stands, voice: Voice) -> Sender<usize, Question> {
    let (sender, receiver) = mailbox();
    let editor = kit.editor.clone();
    let copies = RefCell::new(Copies::default());
    // threads of its own: in the common pool a slider would wait until takes are made or scored
    let pool = rayon::ThreadPoolBuilder::new().thread_name(|_| "screen".to_owned());
    let pool = pool.build().ok();
    spawn(
        "developer",
        voice,
        move || receiver.next(),
        move |question: Question, voice: &Voice| {
            let copies: &mut Copies = &mut copies.borrow_mut();
            let mut work = || render(&question, &editor, &stands, copies);
            let picture = match &pool {
                Some(pool) => pool.install(work),
                None => work(),
            };
            voice.say(match picture {
                Ok(picture) => Event::Seen {
                    pane: question.pane,
                    seen: Seen {
                        view: question.view,
                        key: question.key,
                        picture,
                    },
                },
                Err(sentence) => Event::Failed(sentence),
            });
        },
    );
    sender
}

/// What of a picture at full resolution is wanted, and at what size.
#[derive(Clone, Copy)]
struct Wanted {
    full: (usize, usize),
    part: Rect,
    size: (usize, usize),
}

impl Wanted {
    fn is_all(&self) -> bool {
        (self.part.width(), self.part.height()) == self.full
    }
}

fn render(
    question: &Question,
    built_in: &Arc<dyn Editor>,
    stands: &Stands,
    copies: &mut Copies,
) -> Result<Sight, Said> {
    let (width, height) = question.view.size;
    let size = (width.max(1), height.max(1));
    let making = match &question.subject {
        Wish::Kept(kept, full) => return of_kept(question, kept, *full, size, copies),
        Wish::Photo => None,
        Wish::Made(making) => Some(making),
    };
    let stand = stands.on(
        making.map_or(&[], |making| &making.grounds),
        &question.bottom,
    )?;
    let photo = &stand.photo;
    let whole: Box<dyn Picture> = match making {
        None => Box::new(photo.clone()),
        Some(making) => making.develop(&stand)?,
    };
    let full = whole.size();
    let part = question.view.part.inside(full);
    let wanted = Wanted { full, part, size };
    // how much of the full resolution the screen shows
    let scale = size.0 as f64 / part.width() as f64;
    // what is generated is generated at its own size: another copy of the photo would be another picture
    let generated = making.is_some_and(|making| making.editor.info().generative);
    let source = match generated {
        true => None,
        false => copies.source(photo, &stand.working, scale, wanted.is_all())?,
    };
    let editor = making.map_or(built_in, |making| &making.editor);
    let shown = (!question.pixels).then(|| {
        editor.show(&retake_core::Glance {
            photo,
            source: source.as_deref(),
            edit: making.map(|edit| (edit.instruction.as_ref(), &edit.provenance.recipe)),
            full,
            part,
            size,
        })
    });
    if let Some(shown) = shown.flatten() {
        return Ok(Sight::OnScreen(shown));
    }
    let raster = match source {
        None => cut(whole.as_ref(), part, size)?,
        Some(source) => match making {
            None => {
                let part = part.scaled(full, (source.width, source.height));
                fitted(cropped(source, part), size)
            }
            Some(making) => of_copy(question.key, (making, &stand), copies, source, wanted)?,
        },
    };
    Ok(Sight::Pixels(Arc::new(Shown::of(&raster))))
}

/// A part of a picture that was kept, as large as it is wanted.
fn of_kept(
    question: &Question,
    kept: &[u8],
    full: (usize, usize),
    size: (usize, usize),
    copies: &mut Copies,
) -> Result<Sight, Said> {
    let part = question.view.part.inside(full);
    let picture = copies.edit((question.key, full), || unpacked(kept))?;
    let part = part.scaled(full, (picture.width, picture.height));
    let raster = fitted(cropped(picture, part), size);
    Ok(Sight::Pixels(Arc::new(Shown::of(&raster))))
}

/// The same of a smaller copy of the photo.
fn of_copy(
    key: u64,
    (making, stand): (&Making, &Stand),
    copies: &mut Copies,
    source: Arc<Raster>,
    wanted: Wanted,
) -> Result<Arc<Raster>, Said> {
    let Wanted { full, part, size } = wanted;
    if !wanted.is_all() && source.width.max(source.height) > MIDDLE_EDGE {
        let provenance = &making.provenance;
        let request = request(stand, &making.instruction, provenance.seed, source);
        let picture = making.editor.preview(&request, &provenance.recipe);
        let picture = picture.map_err(|error| error.said())?;
        let part = part.scaled(full, picture.size());
        return cut(picture.as_ref(), part, size);
    }
    let edit = copies.edit((key, (source.width, source.height)), || {
        making.redo(stand, source)
    })?;
    let part = part.scaled(full, (edit.width, edit.height));
    Ok(fitted(cropped(edit, part), size))
}

/// A part of a picture at a size.
fn cut(picture: &dyn Picture, part: Rect, size: (usize, usize)) -> Result<Arc<Raster>, Said> {
    let shrinks = size.0 <= part.width() && size.1 <= part.height();
    if shrinks && part.width() * part.height() > HELD_PIXELS {
        let cut = Cut { picture, part };
        let small = resize::sized(&cut, size.0, size.1);
        return small.map(Arc::new).map_err(|stop| stop.said());
    }
    let raster = picture.part(part).map_err(|stop| stop.said())?;
    Ok(fitted(Arc::new(raster), size))
}

/// A part of a picture, as a picture.
struct Cut<'a> {
    picture: &'a dyn Picture,
    part: Rect,
}

impl Picture for Cut<'_> {
    fn size(&self) -> (usize, usize) {
        (self.part.width(), self.part.height())
    }
    fn rows(&self, y: Range<usize>) -> Result<Raster, Stop> {
        self.picture.part(Rect {
            y0: self.part.y0 + y.start,
            y1: self.part.y0 + y.end,
            ..self.part
        })
    }
    fn strip_rows(&self) -> usize {
        self.picture.strip_rows()
    }
}

fn cropped(raster: Arc<Raster>, part: Rect) -> Arc<Raster> {
    match part == Rect::whole(raster.width, raster.height) {
        true => raster,
        false => Arc::new(raster.crop(part)),
    }
}

fn fitted(raster: Arc<Raster>, (width, height): (usize, usize)) -> Arc<Raster> {
    match (raster.width, raster.height) == (width, height) {
        true => raster,
        false => Arc::new(resize::raster(&raster, width, height)),
    }
}
