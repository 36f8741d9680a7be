//! Photos come in: what every format, colour space, orientation and fault becomes. Small files are made here by encoders that are not ours.

mod colour;
mod faults;
mod formats;
mod made;
mod mutated;
mod tiffs;
mod upright;
