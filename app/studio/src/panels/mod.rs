//! The panels: each draws one thing from the engine's values and sends commands.

pub(crate) mod export;
pub(crate) mod filmstrip;
pub(crate) mod first;
pub(crate) mod inspector;
pub(crate) mod instruction;
pub(crate) mod lab;
pub(crate) mod over;
pub(crate) mod sheet;
pub(crate) mod toasts;
pub(crate) mod told;
pub(crate) mod top;
pub(crate) mod viewer;
