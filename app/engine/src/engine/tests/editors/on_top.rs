//! One editor goes on from another's take.

use super::*;
use crate::Shown;

fn shown(engine: &Engine, at: usize) -> Arc<Shown> {
    let sheet = session(engine).sheet();
    sheet[at].shown.clone().expect("it is there")
}

/// How far two pictures are apart at the most, of 255.
fn apart(a: &Shown, b: &Shown) -> u8 {
    let far = a.rgba.iter().zip(&b.rgba).map(|(a, b)| a.abs_diff(*b));
    far.max().unwrap_or(0)
}

#[test]
fn the_darkroom_begins_from_the_picture_of_a_models_take() {
    let mut engine = engine_on(&Arc::default());
    choose(&mut engine, "red");
    generate(&mut engine, "add a dog", 1);
    let first = session(&engine).sheet()[0].id;
    let before = shown(&engine, 0);
    engine.obey(Command::GoOnFrom(Some(first)));
    engine.obey(Command::Editor(None));
    generate(&mut engine, "black and white", 1);
    let take = session(&engine).sheet()[0].clone();
    assert_eq!(take.model, None);
    assert!(take.provenance.recipe.get("layers").is_some());
    // grey, and as light as the model's picture was: not as the photo was
    let now = shown(&engine, 0);
    let light = |shown: &Shown| {
        let [r, g, b] = shown.at(40, 30);
        0.21 * f32::from(r) + 0.72 * f32::from(g) + 0.07 * f32::from(b)
    };
    let photo = session(&engine).shown.clone();
    assert!(apart(&before, &photo) > 20);
    let [r, g, b] = now.at(40, 30);
    assert!(r.abs_diff(g) < 3 && g.abs_diff(b) < 3);
    assert!((light(&now) - light(&before)).abs() < 40.0);
    // and once more the same, from the record
    let id = take.id;
    engine.obey(Command::Look {
        pane: 0,
        view: View {
            subject: Subject::Take(id),
            part: retake_core::Rect::whole(96, 64),
            size: (96, 64),
        },
        pixels: true,
    });
    until(&mut engine, |engine| engine.seen(0).is_some());
    let seen = engine.seen(0).expect("it came").picture.pixels().cloned();
    assert!(apart(&seen.expect("pixels were asked for"), &now) <= 2);
}

#[test]
fn a_model_begins_from_the_picture_of_a_darkroom_take() {
    let mut engine = engine_on(&Arc::default());
    generate(&mut engine, "black and white", 1);
    let first = session(&engine).sheet()[0].id;
    let grey = shown(&engine, 0);
    engine.obey(Command::GoOnFrom(Some(first)));
    choose(&mut engine, "red");
    generate(&mut engine, "add a dog", 1);
    let take = session(&engine).sheet()[0].clone();
    assert!(take.provenance.recipe["on"].is_null(), "it knows no recipe");
    // half the grey picture and half a colour: channels differ by the same everywhere, in light
    let linear = |code: u8| retake_pixels::color::srgb_decode(f32::from(code) / 255.0);
    let differs = |x, y| {
        let [r, _, b] = shown(&engine, 0).at(x, y);
        linear(r) - linear(b)
    };
    let at = |shown: &Shown, x, y| {
        let [r, g, b] = shown.at(x, y);
        (r.abs_diff(g), g.abs_diff(b))
    };
    assert!(at(&grey, 3, 3).0 < 3);
    assert!((differs(3, 3) - differs(90, 60)).abs() < 0.02);
}

#[test]
fn an_export_says_what_it_was_made_on_and_comes_back_with_it() {
    let home = crate::engine::tests::home::Home::new("made-on");
    let stage = Arc::new(Stage::default());
    let mut engine = Engine::keeping(kit_on(&stage), &home.0, || {});
    let photo = home.photo("original.png", 40);
    engine.obey(Command::Open(vec![photo]));
    until(&mut engine, |engine| engine.session().is_some());
    choose(&mut engine, "red");
    generate(&mut engine, "add a dog", 1);
    let first = session(&engine).sheet()[0].id;
    engine.obey(Command::GoOnFrom(Some(first)));
    engine.obey(Command::Editor(None));
    generate(&mut engine, "brighter", 1);
    let take = session(&engine).sheet()[0].clone();
    let to = home.0.join("edited.png");
    engine.obey(Command::Export(crate::Export {
        takes: vec![take.id],
        to: to.clone(),
        format: retake_files::save::Format::Png,
        quality: 90,
        space: retake_files::save::OutputSpace::Srgb,
        metadata: retake_files::save::MetadataPolicy::Keep,
        long_edge: None,
    }));
    until(&mut engine, |_| to.exists());
    let bytes = std::fs::read(&to).expect("it is there");
    let told = retake_files::save::read_provenance(&bytes).expect("it says");
    let told: serde_json::Value = serde_json::from_str(&told).expect("JSON");
    assert_eq!(told["editor"], "darkroom");
    assert_eq!(told["made_on"][0]["editor"], "splash");
    assert_eq!(told["made_on"][0]["instruction"], "add a dog");

    engine.obey(Command::RestoreFrom(to));
    until(&mut engine, |engine| told_label(engine, "Taken up from"));
    let again = session(&engine).sheet()[0].id;
    until(&mut engine, |engine| {
        let take = session(engine).take(again);
        take.is_some_and(|take| take.shown.is_some())
    });
    assert!(apart(&shown(&engine, 0), take.shown.as_ref().expect("shown")) <= 1);
}

fn told_label(engine: &Engine, words: &str) -> bool {
    let last = session(engine).history.steps().last();
    last.is_some_and(|step| step.label.to_string().contains(words))
}

#[test]
fn two_models_on_top_of_each_other_are_refused_with_a_way_out() {
    let mut engine = engine_on(&Arc::default());
    choose(&mut engine, "red");
    generate(&mut engine, "add a dog", 1);
    let first = session(&engine).sheet()[0].id;
    engine.obey(Command::GoOnFrom(Some(first)));
    choose(&mut engine, "blue");
    engine.obey(Command::Say("add a cat".to_owned()));
    engine.obey(Command::Generate);
    assert!(session(&engine).running.is_none());
    assert!(super::told(&engine, "Take 1 was made by RED"));
    let offer = engine.messages().iter().rev().find_map(|m| m.offer.clone());
    assert_eq!(offer, Some(Offer::FromPhoto));
}

#[test]
fn a_model_goes_on_from_its_own_take_by_its_own_record() {
    let mut engine = engine_on(&Arc::default());
    choose(&mut engine, "red");
    generate(&mut engine, "add a dog", 1);
    let first = session(&engine).sheet()[0].clone();
    engine.obey(Command::GoOnFrom(Some(first.id)));
    generate(&mut engine, "add a cat", 1);
    let second = session(&engine).sheet()[0].clone();
    assert_eq!(second.provenance.recipe["on"], first.provenance.recipe);
}

#[test]
fn a_models_take_has_no_recipe_to_change() {
    let mut engine = engine_on(&Arc::default());
    choose(&mut engine, "red");
    generate(&mut engine, "add a dog", 1);
    let take = session(&engine).sheet()[0].clone();
    engine.obey(Command::Adjust {
        take: take.id,
        recipe: serde_json::json!({ "version": 1, "layers": [] }),
        label: Said::words("Paste recipe"),
        done: true,
    });
    assert!(super::told(&engine, "has no recipe that can be changed"));
    let now = session(&engine).take(take.id).expect("it is there");
    assert_eq!(now.provenance, take.provenance);
}
