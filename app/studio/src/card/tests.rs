//! The window whose own device renders the photo: the same picture as from the processor, and what happens when the
//! device is gone. On whatever adapter the test renderer finds, a software one before others.

use eframe::egui_wgpu::RenderState;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use retake_core::Said;
use retake_engine::{Command, Seen, Sight, Subject, TakeId};

use crate::Studio;
use crate::testing::{generate, sample, session, until, window, window_on_card};

type Window = Harness<'static, Studio>;

const SIZE: [f32; 2] = [1000.0, 700.0];

/// A window on its own card with a take, and that card.
fn on_card() -> Option<(Window, RenderState)> {
    let (mut window, state) = window_on_card(SIZE, vec![sample("astronaut.png")])?;
    with_take(&mut window);
    Some((window, state))
}

fn with_take(window: &mut Window) {
    until(window, |studio| studio.engine().session().is_some());
    generate(window, "warmer, sharper", 1);
    sharp(window);
}

/// What is shown of the take as it stands; the photo itself may still be there when the takes have come.
fn seen(studio: &Studio) -> Option<&Seen> {
    let seen = studio.engine().seen(0)?;
    let of_take = matches!(seen.view.subject, Subject::Take(_));
    let now = studio.engine().key_of(seen.view.subject) == Some(seen.key);
    (of_take && now).then_some(seen)
}

/// Draws until what is looked at is there exactly.
fn sharp(window: &mut Window) {
    until(window, |studio| seen(studio).is_some());
    window.step();
    window.step();
}

fn take(window: &Window) -> TakeId {
    session(window).sheet()[0].id
}

/// Moves the first value of the take's recipe to this share of its range.
fn adjust(window: &mut Window, share: f32) {
    let take = take(window);
    let recipe = session(window).take(take).expect("it is there");
    let recipe = retake_darkroom::Recipe::from_value(recipe.provenance.recipe.clone());
    let mut recipe = recipe.expect("it was just made");
    let operation = &mut recipe.layers[0].operations[0];
    let (low, high) = operation.op.params[0].range;
    operation.values[0] = low + (high - low) * share;
    window.state_mut().obey(Command::Adjust {
        take,
        recipe: recipe.to_value(),
        label: Said::words("Temperature"),
        done: false,
    });
}

fn lies_on_card(seen: &Seen) -> bool {
    matches!(seen.picture, Sight::OnScreen(_))
}

/// The pixels of the viewer, where the photo is.
fn photo(window: &mut Window) -> Vec<[u8; 4]> {
    window.step();
    let picture = window.render().expect("there is an adapter");
    let number = session(window).sheet()[0].index + 1;
    let pane = window.get_by_label(&format!("Photo: Take {number}")).rect();
    let inside = |x: u32, y: u32| pane.contains(eframe::egui::pos2(x as f32, y as f32));
    let pixels = picture.enumerate_pixels();
    pixels
        .filter(|(x, y, _)| inside(*x, *y))
        .map(|(.., p)| p.0)
        .collect()
}

/// The greatest difference of the photo in two windows, in codes.
fn apart(mut one: Window, mut other: Window) -> u8 {
    let (one, other) = (photo(&mut one), photo(&mut other));
    assert!(one.len() == other.len() && one.len() > 10_000);
    let pairs = one.as_flattened().iter().zip(other.as_flattened());
    pairs.map(|(a, b)| a.abs_diff(*b)).max().unwrap_or(0)
}

#[test]
fn the_photo_on_the_screen_never_left_the_card_and_looks_the_same() {
    let Some((on_card, _)) = on_card() else {
        return;
    };
    assert!(seen(on_card.state()).is_some_and(lies_on_card));
    assert!(on_card.state().textures().native.count() > 0);
    let mut from_processor = window(SIZE, vec![sample("astronaut.png")]);
    with_take(&mut from_processor);
    assert!(!seen(from_processor.state()).is_some_and(lies_on_card));
    let apart = apart(on_card, from_processor);
    assert!(apart <= 2, "{apart}");
}

#[test]
fn a_moved_slider_moves_the_texture_and_old_ones_are_let_go() {
    let Some((mut window, _)) = on_card() else {
        return;
    };
    for step in 0..30 {
        adjust(&mut window, 0.4 + step as f32 * 0.01);
        sharp(&mut window);
        let said = window.state().engine().messages();
        let there = seen(window.state()).is_some_and(lies_on_card);
        assert!(there, "step {step}: {said:?}");
    }
    let count = window.state().textures().native.count();
    assert!(count <= 8, "{count}");
}

#[test]
fn pixels_are_asked_for_when_one_is_read() {
    let Some((mut window, _)) = on_card() else {
        return;
    };
    let number = session(&window).sheet()[0].index + 1;
    let photo = window.get_by_label(&format!("Photo: Take {number}")).rect();
    assert!(seen(window.state()).is_some_and(lies_on_card));
    window.hover_at(photo.center());
    until(&mut window, |studio| {
        seen(studio).is_some_and(|seen| seen.picture.pixels().is_some())
    });
    // what is drawn stays where it lies
    window.step();
    assert!(window.state().textures().native.count() > 0);
}

#[test]
fn a_lost_card_is_one_sentence_and_the_photo_stays() {
    let Some((mut first, state)) = on_card() else {
        return;
    };
    let key = seen(first.state()).map(|seen| seen.key);
    state.device.destroy();
    for _ in 0..100 {
        let _ = state.device.poll(eframe::wgpu::PollType::Poll);
        if first.state().has_lost_its_card() {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    assert!(first.state().has_lost_its_card());
    // what draws the window would end the program on a card that is gone
    first.step();
    assert!(first.output().shapes.is_empty());

    let mut second = window(SIZE, Vec::new());
    std::mem::swap(first.state_mut(), second.state_mut());
    let ctx = second.ctx.clone();
    second.state_mut().move_to(&ctx, None, Default::default());
    until(&mut second, |studio| {
        seen(studio).is_some_and(|seen| seen.picture.pixels().is_some())
    });
    second.step();
    assert_eq!(seen(second.state()).map(|seen| seen.key), key);
    let engine = second.state().engine();
    let told: Vec<_> = engine
        .messages()
        .iter()
        .map(|m| m.text.to_string())
        .collect();
    let about = |text: &&String| text.contains("stopped answering; Retake goes on");
    assert_eq!(told.iter().filter(about).count(), 1, "{told:?}");
    assert!(second.render().is_ok());
    // and work goes on
    generate(&mut second, "darker", 2);
}
