//! Pictures about pictures, without a window: the contact sheet of a run, and evidence maps laid over the photo.

mod canvas;
mod evidence;
mod letters;
mod sheet;

pub use canvas::{Canvas, Ink};
pub use evidence::overlay;
pub use sheet::{Sheet, Take, contact_sheet, evidence_of};
