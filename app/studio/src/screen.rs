//! The screen's colour profile: which one pictures are shown through. It is looked for on a thread of its own; until it is
//! there, and where there is none, pictures are shown as sRGB.

use std::path::Path;
use std::sync::Arc;

use crossbeam::channel::{Receiver, bounded};
use eframe::egui;
use retake_core::Said;
use retake_files::ScreenProfile;

/// The profile that the system names for the screen.
pub(crate) const SYSTEM: &str = "system";
/// None: the screen is taken for an sRGB one. Any other word is the path of a profile.
pub(crate) const SRGB: &str = "srgb";

/// What was found.
type Found = Result<Option<ScreenProfile>, Said>;

/// The profile in use.
#[derive(Default)]
pub(crate) struct Screen {
    /// what was asked for last
    wanted: String,
    answer: Option<Receiver<Found>>,
    profile: Option<Arc<ScreenProfile>>,
    /// why the one that was asked for is not used, in a sentence
    problem: Option<Said>,
}

impl Screen {
    /// Looks for another profile when another one is wanted, and takes in what was found. True when pictures look
    /// different from now on.
    pub(crate) fn follow(&mut self, ctx: &egui::Context, wanted: &str) -> bool {
        if self.wanted != wanted {
            wanted.clone_into(&mut self.wanted);
            self.answer = ask(ctx, wanted);
        }
        let Some(Ok(found)) = self.answer.as_ref().map(Receiver::try_recv) else {
            return false;
        };
        self.answer = None;
        let had = self.profile.is_some();
        (self.profile, self.problem) = match found {
            Ok(profile) => (profile.map(Arc::new), None),
            Err(sentence) => (None, Some(sentence)),
        };
        had || self.profile.is_some()
    }
    /// What pictures are shown through; `None` is sRGB.
    pub(crate) fn profile(&self) -> Option<&Arc<ScreenProfile>> {
        self.profile.as_ref()
    }
    /// Why the profile that was asked for is not used.
    pub(crate) fn problem(&self) -> Option<&Said> {
        self.problem.as_ref()
    }
}

/// Has a profile looked for.
fn ask(ctx: &egui::Context, wanted: &str) -> Option<Receiver<Found>> {
    let (answer, receiver) = bounded(1);
    let (wanted, ctx) = (wanted.to_owned(), ctx.clone());
    let body = move || {
        // a window that has asked for another one since does not wait for this answer
        let _ = answer.send(find(&wanted));
        ctx.request_repaint();
    };
    let thread = std::thread::Builder::new().name("screen profile".to_owned());
    thread.spawn(body).ok().map(|_| receiver)
}

fn find(wanted: &str) -> Found {
    match wanted {
        SRGB => Ok(None),
        // no test may look different on somebody's screen
        SYSTEM if cfg!(test) => Ok(None),
        SYSTEM => of_the_system(None),
        path => ScreenProfile::load(Path::new(path))
            .map(Some)
            .map_err(|error| error.said()),
    }
}

/// What X11 knows of the first screen: the property `_ICC_PROFILE` of its root window (ICC Profiles in X Specification 0.4).
/// Elsewhere the system converts by itself or keeps it to itself, and a file can be named.
#[cfg(target_os = "linux")]
fn of_the_system(display: Option<&str>) -> Found {
    use x11rb::connection::Connection as _;
    use x11rb::protocol::xproto::{AtomEnum, ConnectionExt as _};

    /// Words of four bytes that are read at most.
    const MOST_WORDS: u32 = 4 << 20;
    let property = || -> Option<Vec<u8>> {
        let (server, screen) = x11rb::connect(display).ok()?;
        let root = server.setup().roots.get(screen)?.root;
        let name = server.intern_atom(true, b"_ICC_PROFILE").ok()?;
        let name = name.reply().ok()?.atom;
        let kind = AtomEnum::ANY;
        let property = server.get_property(false, root, name, kind, 0, MOST_WORDS);
        let value = property.ok()?.reply().ok()?.value;
        (!value.is_empty()).then_some(value)
    };
    match property() {
        Some(bytes) => ScreenProfile::read(&bytes)
            .map(Some)
            .map_err(|error| error.said()),
        None => Ok(None),
    }
}

#[cfg(not(target_os = "linux"))]
fn of_the_system(_display: Option<&str>) -> Found {
    Ok(None)
}

#[cfg(test)]
mod tests {
    use retake_files::save::{OutputSpace, icc_profile};

    use super::*;
    use crate::testing::{Scratch, sample, shot, until, window};

    #[test]
    fn a_profile_that_is_chosen_changes_what_is_uploaded_and_srgb_brings_it_back() {
        let scratch = Scratch::new("screen");
        let file = scratch.join("p3.icc");
        std::fs::write(&file, icc_profile(OutputSpace::DisplayP3)).expect("writable");
        let mut window = window([960.0, 640.0], vec![sample("astronaut.png")]);
        until(&mut window, |studio| studio.engine().session().is_some());
        let wanted = file.display().to_string();
        window.state_mut().look_mut().screen = wanted;
        until(&mut window, |studio| studio.screen().profile().is_some());
        shot(&mut window, "screen-p3");
        window.state_mut().look_mut().screen = SRGB.to_owned();
        until(&mut window, |studio| studio.screen().profile().is_none());
    }

    #[test]
    fn a_file_that_is_no_profile_is_told_of() {
        let photo = sample("astronaut.png").display().to_string();
        let error = find(&photo).expect_err("a photo is no profile");
        let error = error.to_string();
        assert!(error.starts_with("the ICC profile is damaged"), "{error}");
        let error = find("/nowhere/screen.icc").expect_err("it is not there");
        let error = error.to_string();
        assert!(error.starts_with("there is no such file"), "{error}");
    }

    /// A virtual screen whose root window carries a profile, as colour managers set it.
    #[cfg(target_os = "linux")]
    #[test]
    fn the_systems_profile_is_read_from_the_screen() {
        use std::io::{BufRead as _, BufReader};
        use std::process::{Command, Stdio};

        use x11rb::connection::Connection as _;
        use x11rb::protocol::xproto::{AtomEnum, ConnectionExt as _, PropMode};
        use x11rb::wrapper::ConnectionExt as _;

        let server = Command::new("Xvfb")
            .args([
                "-displayfd",
                "1",
                "-screen",
                "0",
                "64x64x24",
                "-nolisten",
                "tcp",
                // it would begin anew when its first client leaves
                "-noreset",
            ])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn();
        let Ok(mut server) = server else {
            eprintln!("skipped: Xvfb is not installed");
            return;
        };
        let mut line = String::new();
        let out = server.stdout.take().expect("it is piped");
        BufReader::new(out).read_line(&mut line).expect("a number");
        let display = format!(":{}", line.trim());
        let found = || of_the_system(Some(&display)).expect("nothing is wrong");
        assert!(found().is_none());

        let (holder, screen) = x11rb::connect(Some(&display)).expect("it is there");
        let root = holder.setup().roots[screen].root;
        let name = holder.intern_atom(false, b"_ICC_PROFILE").expect("sent");
        let name = name.reply().expect("answered").atom;
        let profile = icc_profile(OutputSpace::AdobeRgb);
        let kind = AtomEnum::CARDINAL;
        holder
            .change_property8(PropMode::REPLACE, root, name, kind, &profile)
            .expect("sent")
            .check()
            .expect("done");
        let name = found().map(|profile| profile.name().to_owned());
        let _ = server.kill();
        let _ = server.wait();
        let meant = ScreenProfile::read(&profile).expect("ours is right");
        assert_eq!(name.as_deref(), Some(meant.name()));
    }
}
