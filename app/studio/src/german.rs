//! That the German window is German everywhere: the same walk through the window is made in both languages, and every
//! word on the screen, painted or spoken, is looked at.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use eframe::egui::epaint::Shape;
use eframe::egui::{Key, Rect, Role, pos2};
use egui_kittest::kittest::NodeT as _;
use retake_engine::{Command, Flag};

use crate::hands::{CTRL, Window, drop_on, finished, opened, press, press_with, write};
use crate::panels::lab::PAGES;
use crate::panels::lab::failures::testing::failures;
use crate::testing::{Scratch, session, shot, until, window};

/// What the person says, in both windows: words of a person are shown as they are.
const WISH: &str =
    "linke Hälfte dunkler, viel wärmer, nicht zu kontrastreich, Haut unverändert lassen";
/// What cannot be done.
const REFUSED: &str = "wärmer, flurbisch, einen Hund hinzufügen";

/// What a judge of the lab writes, and what was asked of the edits there: shown as they are, too.
const LAB: [&str; 2] = ["Das Gesicht liegt im Licht", "ein ruhiger Abend,"];

/// Words that no German sentence of the window has.
const ENGLISH: &str = "\
    about after all and are as asked be before brighter but by cannot clearly clipping colour \
    colours corners darker edges edit for from highlights is its keep kept less light more newly not of \
    only or passed photo picture saturation shadows sharper sharpness slightly softer source take takes \
    than that the this to tones too which white with without words wrong";

/// The same in both languages: names, signs, units, and what the toolkit itself tells screen readers.
const SAME: &str = "\
    Retake, JPEG, PNG, TIFF, sRGB, Display P3, Adobe RGB, Rec. 2020, English, Deutsch, Lightroom, \
    darktable, Capture One, Export, Format, Format: JPEG, Format: PNG, Format: TIFF, Original, Tab, \
    gar-nicht-da, Resize panel, Invoke, Orange, Magenta, Sepia, Vignette, Radius, Alt, VIEScore, EditScore, \
    SpatialReward, FIRM";

/// Every word on the screen: what is painted, and what is spoken.
fn words(window: &Window) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for clipped in &window.output().shapes {
        painted(&clipped.shape, &mut found);
    }
    for node in window.root().children_recursive() {
        let node = node.accesskit_node();
        let spoken = [node.label(), node.value(), node.description()];
        found.extend(spoken.into_iter().flatten());
    }
    found
}

fn painted(shape: &Shape, found: &mut BTreeSet<String>) {
    match shape {
        Shape::Text(text) => _ = found.insert(text.galley.text().to_owned()),
        Shape::Vec(shapes) => shapes.iter().for_each(|shape| painted(shape, found)),
        _ => {}
    }
}

/// What was seen on a walk, by the place where it was seen.
type Seen = BTreeMap<&'static str, BTreeSet<String>>;

struct Walk {
    window: Window,
    seen: Seen,
    name: String,
}

impl Walk {
    fn look(&mut self, place: &'static str) {
        self.window.run_steps(2);
        let words = words(&self.window);
        self.seen.entry(place).or_default().extend(words);
        let name = format!("{}-{place}", self.name);
        shot(&mut self.window, &name);
    }

    /// The same, and what shows when the pointer rests on each thing.
    fn look_closely(&mut self, place: &'static str) {
        self.look(place);
        let root = self.window.root();
        let rects: Vec<_> = root
            .children_recursive()
            .filter(|node| !matches!(node.accesskit_node().role(), Role::Window | Role::TextRun))
            .filter(|node| node.accesskit_node().bounding_box().is_some())
            .map(|node| node.rect())
            .filter(|rect| rect.is_positive() && rect.height() < 100.0)
            .collect();
        for rect in rects {
            self.window.hover_at(rect.center());
            self.window.run_steps(4);
            let words = words(&self.window);
            self.seen.entry(place).or_default().extend(words);
        }
        self.window.hover_at(eframe::egui::pos2(700.0, 2.0));
        self.window.run_steps(2);
    }

    fn say(&mut self, text: &str) {
        press_with(&mut self.window, CTRL, Key::L);
        press_with(&mut self.window, CTRL, Key::A);
        write(&mut self.window, text);
    }

    fn obey(&mut self, command: Command) {
        self.window.state_mut().obey(command);
        self.window.run_steps(3);
    }
}

/// From the first screen to the export and a file that is no photo.
fn walk(language: &str) -> Seen {
    let folder = Scratch::new(&format!("german-{language}"));
    let mut window = window([1280.0, 800.0], Vec::new());
    window.state_mut().look_mut().language = language.to_owned();
    window.run_steps(2);
    let mut walk = Walk {
        window,
        seen: Seen::new(),
        name: language.to_owned(),
    };
    walk.look_closely("empty");
    let photos = [folder.photo("eins.png"), folder.photo("zwei.png")];
    drop_on(&mut walk.window, &photos);
    opened(&mut walk.window);
    walk.look_closely("photo");
    walk.say(REFUSED);
    walk.look_closely("chips of what cannot be done");
    walk.obey(Command::Generate);
    walk.look("refused");
    walk.say("den Sand wärmer");
    walk.look("not found");
    walk.say(WISH);
    walk.look_closely("chips");
    takes(&mut walk);
    sheets(&mut walk);
    trouble(&mut walk, &folder);
    lab(&mut walk, &folder);
    walk.seen
}

/// The pages of the lab over scores that were read back from their journal.
fn lab(walk: &mut Walk, folder: &Scratch) {
    let home = folder.join("lab");
    let mut before = window([1280.0, 800.0], Vec::new());
    before.run_steps(2);
    failures(&mut before, &folder.join(""), home.clone(), LAB);
    failures(&mut walk.window, &folder.join(""), home, LAB);
    press(&mut walk.window, Key::E);
    walk.look_closely("failures");
    for page in PAGES.iter().filter(|page| page.id != "lab_sitting") {
        walk.window.state_mut().look_mut().lab.page = page.id;
        walk.window.run_steps(3);
        walk.look(page.id);
    }
}

fn takes(walk: &mut Walk) {
    walk.obey(Command::Candidates(3));
    press_with(&mut walk.window, CTRL, Key::Enter);
    walk.look("running");
    finished(&mut walk.window);
    walk.look_closely("why");
    for (key, place) in [
        (Key::R, "recipe"),
        (Key::G, "group"),
        (Key::H, "history"),
        (Key::I, "why again"),
    ] {
        press_with(&mut walk.window, CTRL, key);
        walk.look_closely(place);
    }
    reasons(walk);
    for (key, place) in [
        (Key::W, "wipe"),
        (Key::O, "overlay"),
        (Key::F, "flicker"),
        (Key::D, "difference"),
        (Key::C, "side by side"),
        (Key::H, "histogram"),
        (Key::N, "survey"),
    ] {
        press(&mut walk.window, key);
        walk.look(place);
    }
    press(&mut walk.window, Key::Escape);
    until(&mut walk.window, |studio| {
        let session = studio.engine().session();
        session.is_some_and(|session| !session.sheet().is_empty())
    });
    let take = session(&walk.window).sheet()[0].id;
    walk.obey(Command::Flag(take, Flag::Picked));
    walk.obey(Command::Stars(take, 4));
    walk.look("a picked take");
    walk.obey(Command::MoreLike(take));
    finished(&mut walk.window);
    walk.obey(Command::GoOnFrom(Some(take)));
    press_with(&mut walk.window, CTRL, Key::H);
    walk.look_closely("a longer history");
    press_with(&mut walk.window, CTRL, Key::I);
    press(&mut walk.window, Key::B);
    walk.look_closely("mask tools");
    press(&mut walk.window, Key::Escape);
}

/// Where every number of the scores comes from.
fn reasons(walk: &mut Walk) {
    let root = walk.window.root();
    // the inspector below its tabs: one of those would lead to the history, and a step of it elsewhere
    let inspector = Rect::from_min_max(pos2(900.0, 150.0), pos2(1280.0, 500.0));
    let buttons: Vec<_> = root
        .children_recursive()
        .filter(|node| node.accesskit_node().role() == Role::Button)
        .filter(|node| node.accesskit_node().bounding_box().is_some())
        .map(|node| node.rect())
        .filter(|rect| inspector.contains_rect(*rect) && rect.is_positive())
        .collect();
    for rect in buttons {
        walk.window.hover_at(rect.center());
        walk.window.drag_at(rect.center());
        walk.window.drop_at(rect.center());
        walk.look("where numbers come from");
        press(&mut walk.window, Key::Escape);
    }
}

fn sheets(walk: &mut Walk) {
    for (held, key, place) in [
        (CTRL, Key::K, "palette"),
        (Default::default(), Key::F1, "keys"),
        (CTRL, Key::Comma, "settings"),
        (CTRL, Key::E, "export"),
    ] {
        press_with(&mut walk.window, held, key);
        walk.look_closely(place);
        if place == "export" {
            press(&mut walk.window, Key::Enter);
            walk.look("export by Enter");
        }
        press(&mut walk.window, Key::Escape);
    }
}

/// Messages of the engine: what was exported, what is no photo.
fn trouble(walk: &mut Walk, folder: &Scratch) {
    let files: [(&str, &[u8]); 4] = [
        ("leer.png", b""),
        ("kaputt.png", b"\x89PNG\r\n\x1A\nno"),
        ("text.jpg", b"Kein Foto, nur ein Brief."),
        ("heic.jpg", b"\0\0\0\x18ftypheic\0\0\0\0"),
    ];
    for (name, bytes) in files {
        let path = folder.join(name);
        std::fs::write(&path, bytes).expect("temporary files can be written");
        drop_on(&mut walk.window, std::slice::from_ref(&path));
        until(&mut walk.window, |studio| {
            let slots = studio.engine().slots();
            let failed = |slot: &retake_engine::Slot| {
                matches!(slot.state, retake_engine::SlotState::Failed(_))
            };
            slots.last().is_some_and(failed)
        });
        walk.look("no photo");
    }
    drop_on(&mut walk.window, &[folder.join("gar-nicht-da")]);
    walk.look("nothing there");
    walk.obey(Command::RestoreFrom(folder.join("eins.png")));
    until(&mut walk.window, |studio| {
        let mut messages = studio.engine().messages().iter();
        messages.any(|message| message.text.to_string().contains("made from"))
    });
    walk.look("no export");
}

/// A word for word list of what is in a text.
fn tokens(text: &str) -> impl Iterator<Item = String> {
    let parts = text.split(|letter: char| !letter.is_alphabetic());
    parts.filter(|part| !part.is_empty()).map(str::to_lowercase)
}

/// A text that is the same in every language: no words in it, a name, a person's words.
fn same_everywhere(text: &str) -> bool {
    let plain = text.trim_matches(['“', '”', '„', ' ', '\u{e5cd}']);
    let spoken = [WISH, REFUSED, "den Sand wärmer"];
    !text.chars().any(char::is_alphabetic)
        || !tokens(text).any(|token| token.chars().count() > 2)
        || SAME.split(", ").any(|name| name == plain)
        || spoken.iter().any(|said| said.contains(plain))
        || LAB.iter().any(|words| text.contains(words))
        // kinds of edit have the names of the published taxonomy
        || text.contains("(guessed)")
        || text.contains("paare.jsonl")
        || text.contains(".png")
        || text.contains(".jpg")
}

/// What was seen in German; walked once.
fn german() -> &'static Seen {
    static SEEN: OnceLock<Seen> = OnceLock::new();
    SEEN.get_or_init(|| walk("de"))
}

#[test]
fn the_german_window_is_german_everywhere() {
    let (english, german) = (walk("en"), german());
    let known: BTreeSet<&String> = english.values().flatten().collect();
    let mut wrong = Vec::new();
    for (place, texts) in german {
        for text in texts.iter().filter(|text| !same_everywhere(text)) {
            let english = tokens(text).find(|token| ENGLISH.split(' ').any(|word| word == token));
            if known.contains(text) || english.is_some() {
                wrong.push(format!("{place}: {text:?} {}", english.unwrap_or_default()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_german_window_writes_numbers_with_a_comma() {
    let point = |text: &str| {
        let bytes = text.as_bytes();
        bytes
            .windows(3)
            .any(|three| three[1] == b'.' && three[0].is_ascii_digit() && three[2].is_ascii_digit())
    };
    let texts = german().values().flatten();
    let wrong: BTreeSet<&String> = texts.filter(|text| point(text)).collect();
    assert_eq!(wrong, BTreeSet::new());
}
