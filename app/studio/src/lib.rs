//! The window and only the window: panels that read the engine and send it commands, the pictures on the graphics
//! card, the theme, the texts and the keys. Everything it shows lives in the engine.

mod actions;
mod app;
mod arrivals;
mod card;
mod cx;
mod dialog;
mod keys;
mod lab;
mod layout;
mod look;
mod panels;
mod presets;
mod screen;
mod settings;
mod texts;
mod textures;
mod theme;
mod widgets;
mod window;

pub use app::Studio;
pub use lab::{LabTools, OpenRewards};
pub use window::open_window;

#[cfg(test)]
mod german;
#[cfg(test)]
mod hands;
#[cfg(test)]
mod journeys;
#[cfg(test)]
mod monkey;
#[cfg(test)]
mod names;
#[cfg(test)]
mod screenshots;
#[cfg(test)]
mod testing;
