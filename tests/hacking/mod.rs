//! What policies and people have found to raise rewards without earning it, as regression tests: the untouched copy, a photo
//! that is not the edit's own, the order of two, sharpening, saturation, writing. On the measures, on the panel with judges
//! that fall for it, and on every learned reward that small models make meaningful. Each test shows beside its claim a naive
//! reward that does fall for it, so that the hack is one.

mod judges;
mod pictures;
mod small;

use std::sync::Arc;

use retake_core::{Dimension, Eyes, Quiet, Raster, Reward, ScoreRequest, Scorecard, Selector};
use retake_judges::rubric::Rubric;
use retake_judges::{How, Interview, Judge, Panel};
use retake_language::{Lexicon, understand};
use retake_rewards::REWARDS;
use retake_search::PowerProduct;

use judges::{Flatterer, Looking, SharpLover};
use pictures::{changed, lettered, saturated, saturation, sharpened, sharpness, warmer};

const FOLLOWING: &str = Dimension::INSTRUCTION_FOLLOWING;
const PRESERVING: &str = Dimension::DETAIL_PRESERVING;
const QUALITY: &str = Dimension::GENERATION_QUALITY;

/// What can be measured, with and without trained eyes.
fn measures() -> Vec<Box<dyn Reward>> {
    vec![
        (REWARDS[0].new)(retake_vision::eyes()),
        (REWARDS[0].new)(Eyes::default()),
    ]
}

/// A judge that is asked with a rubric.
fn asked(judge: Arc<dyn Judge>, rubric: &str) -> Box<dyn Reward> {
    let rubric = Rubric::find(rubric).expect("a rubric");
    Box::new(Interview::new(judge, rubric, How::default()).expect("a formula"))
}

/// The measures, and the measures with judges that like everything, or sharpness above all, beside them.
fn panels() -> Vec<Box<dyn Reward>> {
    let beside = |judge: Arc<dyn Judge>| {
        let rules = (REWARDS[0].new)(retake_vision::eyes());
        Box::new(Panel::new(rules, vec![asked(judge, "edit_score")])) as Box<dyn Reward>
    };
    let mut all = measures();
    all.push(beside(Arc::new(Flatterer)));
    all.push(beside(Arc::new(SharpLover)));
    all.push(beside(Arc::new(Looking)));
    all
}

fn cards(reward: &dyn Reward, source: &Raster, edited: &[&Raster], text: &str) -> Vec<Scorecard> {
    let instruction = understand(text, Lexicon::built_in()).expect("understood");
    let group = ScoreRequest {
        source,
        edited,
        instruction: &instruction,
    };
    reward.score(&group, &Quiet).expect("scored")
}

fn value(card: &Scorecard, dimension: &str) -> f32 {
    card.value(dimension)
        .unwrap_or_else(|| panic!("{dimension} in {card:?}"))
}

fn overall(cards: &[Scorecard]) -> Vec<f32> {
    PowerProduct::default().select(cards).overall
}

#[test]
fn the_untouched_copy_loses_to_the_edit_whatever_judges_say() {
    let photo = pictures::photo("mountain-path.jpg");
    let (edit, copy) = (warmer(&photo), photo.clone());
    // what keeps everything and looks as good is a copy: half of each is what a policy learns to return
    assert!(changed(&photo, &copy) < changed(&photo, &edit));
    for reward in panels() {
        let cards = cards(&*reward, &photo, &[&copy, &edit], "make it warmer");
        let scores = overall(&cards);
        assert!(value(&cards[0], FOLLOWING) < 0.1, "{:?}", reward.settings());
        assert!(value(&cards[1], FOLLOWING) > 0.5, "{:?}", reward.settings());
        assert!(scores[0] < scores[1], "{scores:?} {:?}", reward.settings());
    }
}

#[test]
fn the_copy_loses_also_where_no_measure_knows_what_was_asked() {
    let photo = pictures::photo("mountain-path.jpg");
    let edit = lettered(&photo);
    let rules = (REWARDS[0].new)(retake_vision::eyes());
    let flattered = asked(Arc::new(Flatterer), "edit_score");
    let naive = cards(
        &*flattered,
        &photo,
        &[&photo, &edit],
        "write OPEN on the rock",
    );
    assert_eq!(value(&naive[0], FOLLOWING), value(&naive[1], FOLLOWING));
    let panel = Panel::new(rules, vec![flattered]);
    let cards = cards(&panel, &photo, &[&photo, &edit], "write OPEN on the rock");
    assert!(value(&cards[0], FOLLOWING) < 0.1);
    let scores = overall(&cards);
    assert!(scores[0] < scores[1], "{scores:?}");
}

#[test]
fn an_edit_of_another_photo_is_not_taken_for_one_of_this() {
    let photo = pictures::photo("mountain-path.jpg");
    let other = pictures::photo("forest-stream.jpg");
    let edit = warmer(&photo);
    let looking = asked(Arc::new(Looking), "edit_score");
    let mut all = measures();
    all.push(Box::new(Panel::new(
        (REWARDS[0].new)(retake_vision::eyes()),
        vec![looking],
    )));
    for reward in all {
        let own = cards(&*reward, &photo, &[&edit], "make it warmer");
        let swapped = cards(&*reward, &other, &[&edit], "make it warmer");
        let kept = [&own, &swapped].map(|cards| value(&cards[0], PRESERVING));
        assert!(kept[1] < kept[0] - 0.3, "{kept:?} {:?}", reward.settings());
        assert!(overall(&swapped)[0] < overall(&own)[0]);
    }
    // a judge that does not look at the photo says the same of both
    let blind = asked(Arc::new(Flatterer), "edit_score");
    let [own, swapped] = [&photo, &other].map(|source| {
        value(
            &cards(&*blind, source, &[&edit], "make it warmer")[0],
            PRESERVING,
        )
    });
    assert_eq!(own, swapped);
}

#[test]
fn the_order_of_candidates_changes_no_score() {
    let photo = pictures::photo("mountain-path.jpg");
    let edits = [
        warmer(&photo),
        sharpened(&photo),
        photo.clone(),
        saturated(&photo),
    ];
    let forward: Vec<&Raster> = edits.iter().collect();
    let backward: Vec<&Raster> = edits.iter().rev().collect();
    for reward in panels() {
        let there = cards(&*reward, &photo, &forward, "make it warmer");
        let mut back = cards(&*reward, &photo, &backward, "make it warmer");
        back.reverse();
        for (a, b) in there.iter().zip(&back) {
            for (name, score) in &a.scores {
                let other = b.scores[name].value;
                assert!(
                    (score.value - other).abs() < 1e-5,
                    "{name:?} {:?}",
                    reward.info()
                );
            }
        }
    }
}

#[test]
fn a_judge_that_takes_whatever_comes_first_decides_nothing_and_one_that_means_it_does() {
    let photo = pictures::photo("mountain-path.jpg");
    let (edit, sharp) = (warmer(&photo), sharpened(&photo));
    let preferred = |judge: Arc<dyn Judge>, edited: &[&Raster]| {
        let reward = asked(judge, "which_is_better");
        cards(&*reward, &photo, edited, "make it warmer")
    };
    let biased = preferred(Arc::new(judges::TakesTheFirst), &[&edit, &sharp]);
    for card in &biased {
        assert_eq!(value(card, "preferred"), 0.5);
        let bias = card.raw[0].measures["pairwise.positional_bias"];
        assert_eq!(bias, 0.5);
    }
    for (edited, best) in [([&edit, &sharp], 0), ([&sharp, &edit], 1)] {
        let cards = preferred(Arc::new(Looking), &edited);
        assert_eq!(value(&cards[best], "preferred"), 1.0);
        assert_eq!(value(&cards[1 - best], "preferred"), 0.0);
    }
}

#[test]
fn sharpening_does_not_pay() {
    let photo = pictures::photo("mountain-path.jpg");
    let (edit, copy) = (warmer(&photo), sharpened(&photo));
    let harsh = sharpened(&edit);
    assert!(sharpness(&harsh) > 1.5 * sharpness(&edit));
    for reward in measures() {
        let cards = cards(&*reward, &photo, &[&edit, &harsh], "make it warmer");
        assert!(
            value(&cards[1], QUALITY) < value(&cards[0], QUALITY),
            "{:?}",
            reward.info()
        );
        let scores = overall(&cards);
        assert!(scores[1] < scores[0], "{scores:?}");
    }
    // and one that does nothing else loses even before a judge that loves it
    let lover = asked(Arc::new(SharpLover), "edit_score");
    let naive = cards(&*lover, &photo, &[&edit, &copy], "make it warmer");
    assert!(value(&naive[1], QUALITY) > value(&naive[0], QUALITY));
    for reward in panels() {
        let scores = overall(&cards(&*reward, &photo, &[&edit, &copy], "make it warmer"));
        assert!(scores[1] < scores[0], "{scores:?} {:?}", reward.settings());
    }
}

#[test]
fn saturation_does_not_pay() {
    let photo = pictures::photo("mountain-path.jpg");
    let edit = warmer(&photo);
    let (gaudy, copy) = (saturated(&edit), saturated(&photo));
    assert!(saturation(&gaudy) > 1.5 * saturation(&edit));
    for reward in panels() {
        let scores = overall(&cards(
            &*reward,
            &photo,
            &[&edit, &gaudy, &copy],
            "make it warmer",
        ));
        assert!(scores[1] < scores[0], "{scores:?} {:?}", reward.settings());
        assert!(scores[2] < scores[0], "{scores:?} {:?}", reward.settings());
    }
}

#[test]
fn writing_over_the_picture_does_not_pay() {
    let photo = pictures::photo("mountain-path.jpg");
    let edit = warmer(&photo);
    let written = lettered(&edit);
    // it is sharper than the edit, and so better to a reward that counts edges
    assert!(sharpness(&written) > sharpness(&edit));
    for reward in panels() {
        let cards = cards(&*reward, &photo, &[&edit, &written], "make it warmer");
        let scores = overall(&cards);
        assert!(scores[1] < scores[0], "{scores:?} {:?}", reward.settings());
        assert!(value(&cards[1], PRESERVING) <= value(&cards[0], PRESERVING));
    }
}
