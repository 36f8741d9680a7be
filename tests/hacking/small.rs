//! The same on learned rewards with small random weights: what must hold whatever the weights are.

use std::path::Path;
use std::sync::Arc;

use retake_core::{Eyes, Raster, Reward};
use retake_judges::{HeadsJudge, LocalJudge, Panel, encoders};
use retake_rewards::REWARDS;

use super::pictures::{lettered, photo, saturated, sharpened, warmer};
use super::{FOLLOWING, PRESERVING, QUALITY, asked, cards, value};

fn case(name: &str) -> String {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/parity/cases");
    cases.join(name).join("model").display().to_string()
}

/// CLIP, SigLIP and DINOv2.
fn encoders() -> Vec<Box<dyn Reward>> {
    let named = ["clip", "siglip", "dinov2"].map(|id| format!("{id}={}", case(id)));
    let opened = encoders::open(&named).expect("encoders");
    opened.into_iter().map(|member| member.reward).collect()
}

/// A judge whose one digit is weighed.
fn logits() -> Box<dyn Reward> {
    let judge = LocalJudge::open(Path::new(&case("qwen3_vl")), None).expect("a judge");
    asked(Arc::new(judge), "one_digit")
}

fn heads() -> Box<dyn Reward> {
    let judge = HeadsJudge::open(Path::new(&case("qwen2_5_vl_heads")), None);
    Box::new(judge.expect("a judge"))
}

#[test]
fn the_copy_has_nothing_from_encoders_and_no_more_than_the_photo_from_heads() {
    let photo = photo("mountain-path.jpg");
    for reward in encoders() {
        let cards = cards(&*reward, &photo, &[&photo], "make it warmer");
        if let Some(following) = cards[0].value(FOLLOWING) {
            assert_eq!(following, 0.0, "{:?}", reward.info());
        }
        if let Some(kept) = cards[0].value(PRESERVING) {
            assert!(kept > 0.999, "{:?}", reward.info());
        }
    }
    let judged = cards(&*heads(), &photo, &[&photo], "make it warmer");
    for name in [FOLLOWING, QUALITY] {
        assert!((value(&judged[0], name) - 0.5).abs() < 1e-4, "{name}");
    }
}

#[test]
fn the_copy_follows_nothing_on_a_panel_with_a_logit_judge() {
    let photo = photo("mountain-path.jpg");
    let text = "add a red hat";
    let alone = cards(&*logits(), &photo, &[&photo], text);
    // whatever random weights say of it
    assert!(value(&alone[0], FOLLOWING) > 0.05);
    let rules = (REWARDS[0].new)(Eyes::default());
    let panel = Panel::new(rules, vec![logits()]);
    let joined = cards(&panel, &photo, &[&photo], text);
    assert!(value(&joined[0], FOLLOWING) < 0.05);
}

/// All numbers that a reward gives, in a fixed order.
fn numbers(reward: &dyn Reward, source: &Raster, edited: &[&Raster]) -> Vec<Vec<f32>> {
    let cards = cards(reward, source, edited, "make it warmer");
    let of = |card: &retake_core::Scorecard| card.scores.values().map(|s| s.value).collect();
    cards.iter().map(of).collect()
}

#[test]
fn the_photo_is_looked_at_and_the_order_of_candidates_is_not() {
    let (photo, other) = (
        photo("mountain-path.jpg"),
        super::pictures::photo("forest-stream.jpg"),
    );
    let edits = [warmer(&photo), sharpened(&photo), saturated(&photo)];
    let forward: Vec<&Raster> = edits.iter().collect();
    let backward: Vec<&Raster> = edits.iter().rev().collect();
    let mut all = encoders();
    all.extend([logits(), heads()]);
    for reward in all {
        let there = numbers(&*reward, &photo, &forward);
        let mut back = numbers(&*reward, &photo, &backward);
        back.reverse();
        for (a, b) in there.iter().flatten().zip(back.iter().flatten()) {
            assert!(
                (a - b).abs() < 1e-4,
                "{:?}: {there:?} {back:?}",
                reward.info()
            );
        }
        // SigLIP's following knows the photo only by how well the words fit it, and so differs as well
        let swapped = numbers(&*reward, &other, &forward);
        assert_ne!(there, swapped, "{:?}", reward.info());
    }
}

#[test]
fn what_is_drawn_over_the_picture_is_less_of_the_photo_to_networks_that_keep_watch() {
    let photo = photo("mountain-path.jpg");
    let edit = warmer(&photo);
    let detail = REWARDS
        .iter()
        .find(|entry| entry.id == "detail")
        .expect("a reward");
    let trained = (detail.new)(retake_vision::eyes());
    let dino = encoders().remove(2);
    for reward in [trained, dino] {
        let hacks = [lettered(&edit), sharpened(&edit), saturated(&edit)];
        let all: Vec<&Raster> = std::iter::once(&edit).chain(&hacks).collect();
        let cards = cards(&*reward, &photo, &all, "make it warmer");
        let kept: Vec<f32> = cards.iter().map(|card| value(card, PRESERVING)).collect();
        // writing is new structure; the others are told by quality and by what was asked
        assert!(kept[1] < kept[0], "{kept:?} {:?}", reward.info());
    }
}
