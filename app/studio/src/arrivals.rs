//! What comes in from outside: files that are dropped, pictures, paths and recipes that are pasted, answers of the system's
//! dialogs.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use eframe::egui::{self, ColorImage, Event};
use retake_engine::{Command, Pasted};

use crate::dialog::{self, Answer};
use crate::look::{Look, Room, Sheet};
use crate::panels::{export, inspector};

/// Takes what came in since the last frame out of its events.
pub(crate) fn take_in(ctx: &egui::Context, look: &mut Look, commands: &mut Vec<Command>) {
    let dropped: Vec<PathBuf> = ctx.input(|input| {
        let files = input.raw.dropped_files.iter();
        files.map(|file| file.path().to_owned()).collect()
    });
    if look.room == Room::Lab && dropped.first().is_some_and(|path| is_photo(path)) {
        // no data set is a picture
        look.room = Room::Studio;
    }
    let lab = look.room == Room::Lab;
    if lab {
        // a data set is one file, or one folder
        look.lab.came_in = dropped.into_iter().next().or(look.lab.came_in.take());
    } else if !dropped.is_empty() {
        commands.push(Command::Open(dropped));
    }
    let typing = ctx.egui_wants_keyboard_input();
    ctx.input_mut(|input| {
        input.events.retain(|event| match event {
            Event::PasteImage(_) if lab => false,
            Event::PasteImage(image) => {
                commands.push(Command::OpenPasted(pasted(image)));
                false
            }
            Event::Paste(text) if !lab => !meant_for_the_window(text, typing, look, commands),
            _ => true,
        });
    });
    for answer in dialog::answers() {
        match answer {
            Answer::Photos(Some(paths)) => commands.push(Command::Open(paths)),
            Answer::Photos(None)
            | Answer::Profile(None)
            | Answer::Model(None)
            | Answer::Data(None)
            | Answer::Equipment(_, None) => {}
            Answer::Equipment(wanted, Some(path)) => look.over.came_in = Some((wanted, path)),
            Answer::Model(Some(path)) => {
                look.sheet = Sheet::None;
                commands.push(Command::Editor(Some(path.display().to_string())));
            }
            Answer::Data(Some(path)) => {
                look.room = Room::Lab;
                look.lab.came_in = Some(path);
            }
            Answer::Profile(Some(path)) => look.screen = path.display().to_string(),
            Answer::File(to) | Answer::Folder(to) => {
                if let Some(to) = to {
                    export::chosen(ctx, to);
                }
            }
        }
    }
}

/// Whether a file's ending is one of those that photos have.
fn is_photo(path: &Path) -> bool {
    let ending = path.extension().unwrap_or_default().to_string_lossy();
    let known = retake_files::open::ENDINGS;
    known.iter().any(|one| one.eq_ignore_ascii_case(&ending)) && path.is_file()
}

/// A recipe, or paths of photos: those are meant for the window even while the line has the keyboard, which it has most of
/// the time.
fn meant_for_the_window(
    text: &str,
    typing: bool,
    look: &mut Look,
    commands: &mut Vec<Command>,
) -> bool {
    if let Some(recipe) = inspector::recipe_from(text) {
        look.recipe = Some(recipe);
        look.recipe_came_in = true;
        return true;
    }
    let lines = text
        .lines()
        .map(|line| line.trim().trim_start_matches("file://"));
    let paths: Vec<PathBuf> = lines
        .filter(|line| !line.is_empty())
        .map(PathBuf::from)
        .collect();
    // a word of an instruction may be the name of a file by chance, a path from the root is not
    let sure = |path: &PathBuf| (!typing || path.is_absolute()) && path.exists();
    let found = !paths.is_empty() && paths.iter().all(sure);
    if found {
        commands.push(Command::Open(paths));
    }
    found
}

fn pasted(image: &ColorImage) -> Arc<Pasted> {
    let [width, height] = image.size;
    let pixels = image.pixels.iter();
    Arc::new(Pasted {
        width,
        height,
        rgba: pixels
            .flat_map(|pixel| pixel.to_srgba_unmultiplied())
            .collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{sample, session, until, window};

    #[test]
    fn a_pasted_path_opens_the_photo_even_while_the_line_has_the_keyboard() {
        let mut window = window([1280.0, 720.0], vec![sample("astronaut.png")]);
        until(&mut window, |studio| studio.engine().session().is_some());
        window.run_steps(2);
        assert!(window.ctx.text_edit_focused());
        let other = sample("brushes.jpg").canonicalize().expect("it is there");
        window.event(Event::Paste(format!("{}\n", other.display())));
        until(&mut window, |studio| {
            let open = studio.engine().session();
            open.is_some_and(|session| session.name() == "brushes.jpg")
        });
        assert_eq!(session(&window).draft.text(), "");
    }

    #[test]
    fn words_that_are_pasted_while_typing_are_typed() {
        let mut window = window([1280.0, 720.0], vec![sample("astronaut.png")]);
        until(&mut window, |studio| studio.engine().session().is_some());
        window.run_steps(2);
        window.event(Event::Paste("warmer".to_owned()));
        window.run_steps(2);
        assert_eq!(session(&window).draft.text(), "warmer");
    }
}
