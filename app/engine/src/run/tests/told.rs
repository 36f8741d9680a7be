//! What the engine tells selectors beside scorecards: untouched copies, turns, comparisons.

use retake_core::{Order, Origin, Verdict};
use retake_search::{BestOfN, selector};

use super::*;

/// Gives every second one back as it came.
struct Copyist;

impl Editor for Copyist {
    fn info(&self) -> EditorInfo {
        Painter { refuses: None }.info()
    }
    fn start(&self, request: &EditRequest) -> Result<Box<dyn Trajectory>, EditError> {
        let painted = Painter { refuses: None }.start(request)?;
        if request.seed.is_multiple_of(2) {
            return Ok(painted);
        }
        let mut copy = painted
            .finish(&Quiet)
            .map_err(|_| EditError::Machine(Said::words("it was stopped")))?;
        copy.picture = request.source.as_ref().clone();
        Ok(Box::new(Stroke(copy)))
    }
    fn redo(&self, request: &EditRequest, _: &Value) -> Result<Raster, EditError> {
        Ok(request.source.as_ref().clone())
    }
    fn develop(
        &self,
        photo: &Photo,
        _: &Instruction,
        _: &Provenance,
    ) -> Result<Box<dyn Picture>, EditError> {
        Ok(Box::new(photo.clone()))
    }
}

/// Likes everything equally, and of two the lighter one better.
struct Duel;

impl Reward for Duel {
    fn info(&self) -> RewardInfo {
        Eye("", 0.0).info()
    }
    fn score(&self, group: &ScoreRequest<'_>, _: &dyn Watch) -> Result<Vec<Scorecard>, Stop> {
        let score = Score {
            value: 0.9,
            spread: 0.01,
            reasons: Vec::new(),
            evidence: None,
        };
        let scores = Dimension::CANONICAL.map(|name| (Dimension::from(name), score.clone()));
        Ok(vec![BTreeMap::from(scores).into(); group.edited.len()])
    }
    fn compares(&self) -> bool {
        true
    }
    fn compare(
        &self,
        _: &Raster,
        [one, other]: [&Raster; 2],
        _: &Instruction,
        _: &dyn Watch,
    ) -> Result<Option<Verdict>, Stop> {
        let lighter = one.planes[0][0] > other.planes[0][0];
        Ok(Some(match lighter {
            true => Verdict::First,
            false => Verdict::Second,
        }))
    }
}

/// Worth as many tenths as there are turns.
struct Turns;

impl Selector for Turns {
    fn id(&self) -> &'static str {
        "turns"
    }
    fn settings(&self) -> Value {
        Value::Null
    }
    fn choose(&self, group: &Group<'_>) -> Selection {
        let turns = |place: usize| group.chain(place).count() as f32 / 10.0;
        Selection {
            overall: (0..group.cards.len()).map(turns).collect(),
            order: (0..group.cards.len()).collect(),
            ..Selection::default()
        }
    }
}

/// Makes one, one more turn on it, and a turn on that.
struct ThreeTurns;

impl Strategy for ThreeTurns {
    fn id(&self) -> &'static str {
        "three_turns"
    }
    fn run(&self, studio: &mut dyn Studio, _: &dyn Selector) -> Result<(), Stop> {
        let mut parent = None;
        for _ in 0..3 {
            let origin = match parent.and_then(|index| studio.provenance(index)) {
                Some(made) => Origin::On(made.recipe.clone()),
                None => Origin::Run,
            };
            let begun = studio.begin(vec![Order {
                parent,
                origin,
                ..Order::default()
            }]);
            studio.finish(&begun)?;
            studio.score(&begun)?;
            parent = begun.first().copied();
        }
        Ok(())
    }
}

fn asked(edits: usize) -> Job {
    let mut job = job(edits, 4);
    job.instruction.text = "lighter".to_owned();
    job
}

fn duelling(id: &str) -> Tools {
    Tools {
        strategy: Box::new(BestOfN {}),
        selector: selector(id).expect("it is in the table").plain(),
        ..tools(None, vec![Box::new(Duel)])
    }
}

#[test]
fn a_copy_that_nothing_was_done_to_is_behind_every_edit_and_the_reason_is_kept() {
    let tools = Tools {
        editor: Arc::new(Copyist),
        ..duelling("power_product")
    };
    let outcome = run(&asked(12), &tools, &Quiet).expect("nothing stops it");
    let copies: Vec<usize> = (0..12)
        .filter(|&place| outcome.candidates[place].picture == *outcome.source)
        .collect();
    assert!(!copies.is_empty() && copies.len() < 12, "{copies:?}");
    let last = &outcome.selection.order[12 - copies.len()..];
    assert!(last.iter().all(|place| copies.contains(place)), "{last:?}");
    for (place, card) in outcome.cards.iter().enumerate() {
        let cards = std::slice::from_ref(card);
        assert_eq!(Group::of(cards).is_untouched(0), copies.contains(&place));
    }
}

#[test]
fn where_nothing_was_asked_a_copy_is_no_fault() {
    let tools = Tools {
        editor: Arc::new(Copyist),
        ..duelling("power_product")
    };
    let outcome = run(&job(12, 4), &tools, &Quiet).expect("nothing stops it");
    assert!((0..12).all(|place| !Group::of(&outcome.cards).is_untouched(place)));
}

#[test]
fn selectors_hear_of_the_turns_of_the_search_and_of_those_before_it() {
    let tools = Tools {
        strategy: Box::new(ThreeTurns),
        selector: Box::new(Turns),
        ..tools(None, vec![Box::new(Duel)])
    };
    let overall = |before: usize| {
        let job = Job {
            before: vec![Scorecard::default(); before],
            ..asked(3)
        };
        let outcome = run(&job, &tools, &Quiet).expect("nothing stops it");
        outcome.selection.overall
    };
    assert_eq!(overall(0), [0.1, 0.2, 0.3]);
    assert_eq!(overall(2), [0.3, 0.4, 0.5]);
}

#[test]
fn comparisons_are_asked_in_whatever_pieces_the_group_was_scored() {
    let of = |at_a_time| {
        let job = Job {
            at_a_time,
            ..asked(9)
        };
        run(&job, &duelling("bradley_terry"), &Quiet).expect("nothing stops it")
    };
    let (whole, pieces) = (of(None), of(Some(2)));
    let light = |place: usize| pieces.candidates[place].picture.planes[0][0];
    assert_eq!(whole.selection.order, pieces.selection.order);
    let best = pieces.selection.order[0];
    assert!((0..9).all(|place| light(place) <= light(best)));
    // nine scores, and both orders of 8 + 7 pairs
    assert_eq!(pieces.spent.judge_calls, 9 + 2 * 15);
}

#[test]
fn comparisons_end_with_the_judge_calls_and_what_was_asked_counts() {
    let budget = Budget {
        judge_calls: Some(14),
        ..Budget::edits(9)
    };
    let job = Job { budget, ..asked(9) };
    let outcome = run(&job, &duelling("bradley_terry"), &Quiet).expect("nothing stops it");
    assert_eq!(outcome.spent.judge_calls, 13);
    assert_eq!(Group::of(&outcome.cards).pairs().len(), 2);
}

#[test]
fn a_selector_that_looks_at_scores_alone_has_nothing_compared() {
    let outcome = run(&asked(9), &duelling("power_product"), &Quiet).expect("nothing stops it");
    assert_eq!(outcome.spent.judge_calls, 9);
}

#[test]
fn pivots_are_compared_with_everybody_once() {
    let outcome = run(&asked(6), &duelling("pivots"), &Quiet).expect("nothing stops it");
    // three pivots: each with three others, and the three among each other
    assert_eq!(Group::of(&outcome.cards).pairs().len(), 3 * 3 + 3);
}

/// Shows what it edits as it is, until its last step.
struct Shy(Raster, Raster, bool);

impl Trajectory for Shy {
    fn steps_left(&self) -> usize {
        2 - usize::from(self.2)
    }
    fn step(&mut self, _: &dyn Watch) -> Result<(), Stop> {
        self.2 = true;
        Ok(())
    }
    fn preview(&self) -> Option<Raster> {
        self.2.then(|| self.0.clone())
    }
    fn fork(&self, _: u64) -> Option<Box<dyn Trajectory>> {
        None
    }
    fn finish(self: Box<Self>, _: &dyn Watch) -> Result<Candidate, Stop> {
        Ok(Candidate {
            picture: self.1,
            provenance: Provenance {
                editor: "shy".to_owned(),
                version: "1".to_owned(),
                seed: 0,
                recipe: Value::Null,
                label: Said::default(),
            },
        })
    }
}

/// Its seeds that are even are shy.
struct Shying;

impl Editor for Shying {
    fn info(&self) -> EditorInfo {
        Copyist.info()
    }
    fn start(&self, request: &EditRequest) -> Result<Box<dyn Trajectory>, EditError> {
        let (source, lit) = (request.source.as_ref().clone(), request.source.as_ref());
        let lighter = Raster::from_fn(lit.width, lit.height, |x, y| lit.at(x, y).map(|v| v + 0.2));
        let seen = match request.seed.is_multiple_of(2) {
            true => source,
            false => lighter.clone(),
        };
        Ok(Box::new(Shy(seen, lighter, false)))
    }
    fn redo(&self, request: &EditRequest, recipe: &Value) -> Result<Raster, EditError> {
        Copyist.redo(request, recipe)
    }
    fn develop(
        &self,
        photo: &Photo,
        instruction: &Instruction,
        provenance: &Provenance,
    ) -> Result<Box<dyn Picture>, EditError> {
        Copyist.develop(photo, instruction, provenance)
    }
}

/// Looks at all after a step; those that look untouched are let go.
struct Looks;

impl Strategy for Looks {
    fn id(&self) -> &'static str {
        "looks"
    }
    fn run(&self, studio: &mut dyn Studio, _: &dyn Selector) -> Result<(), Stop> {
        let all = studio.begin(vec![Order::default(); 12]);
        studio.step(&all, 1)?;
        let cards: Vec<Scorecard> = studio.glimpse(&all)?.into_iter().flatten().collect();
        let group = Group::of(&cards);
        let (copies, others): (Vec<u64>, Vec<u64>) =
            (all.iter()).partition(|&&index| group.is_untouched(index as usize));
        for index in copies {
            studio.let_go(index, Said::words("untouched"));
        }
        let made = studio.finish(&others)?;
        studio.score(&made).map(|_| ())
    }
}

#[test]
fn a_look_that_shows_what_is_edited_as_it_was_is_known_for_a_copy() {
    let tools = Tools {
        editor: Arc::new(Shying),
        strategy: Box::new(Looks),
        ..duelling("power_product")
    };
    let outcome = run(&asked(12), &tools, &Quiet).expect("nothing stops it");
    let even = |node: &&Node| retake_core::Rng::seed_of(4, node.index).is_multiple_of(2);
    let shy: Vec<u64> = (outcome.nodes.iter().filter(even))
        .map(|node| node.index)
        .collect();
    assert!(!shy.is_empty() && shy.len() < 12);
    for node in &outcome.nodes {
        assert_eq!(
            matches!(node.fate, Fate::LetGo(_)),
            shy.contains(&node.index)
        );
    }
}
