//! Pictures about pictures, without a window: the contact sheet of a run, evidence maps laid over the
//! photo, and curves.

mod canvas;
mod evidence;
mod letters;
mod plot;
mod sheet;

pub use canvas::{Canvas, Ink};
pub use evidence::overlay;
pub use plot::{Look, Plot, PlotLine, PlotPoint};
pub use sheet::{Sheet, Take, contact_sheet, evidence_of};
