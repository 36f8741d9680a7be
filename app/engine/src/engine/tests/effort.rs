//! How much a run spends.

use super::*;

#[test]
fn a_run_whose_time_is_up_keeps_what_is_made_and_scores_it() {
    let mut engine = engine();
    engine.obey(Command::TimeLimit(Some(Duration::from_millis(1))));
    generate(&mut engine, "warmer", 64);
    let ended = session(&engine).ended.clone();
    let made = session(&engine).sheet().len();
    assert_eq!(ended, Some(Ended::OutOfTime(made)));
    assert!(made < 64);
    until(&mut engine, |engine| {
        let sheet = session(engine).sheet();
        sheet.iter().all(|take| take.card.is_some())
    });
}

#[test]
fn while_it_helps_makes_fewer_of_an_easy_instruction_and_the_same_ones() {
    let recipes = |engine: &Engine| -> Vec<serde_json::Value> {
        let sheet = session(engine).sheet();
        let recipe = |take: &Arc<crate::Take>| take.provenance.recipe.clone();
        sheet.into_iter().map(recipe).collect()
    };
    let mut all = engine();
    generate(&mut all, "warmer", 32);
    let mut fewer = engine();
    fewer.obey(Command::Strategy("while_it_helps"));
    generate(&mut fewer, "warmer", 32);
    let (all, fewer) = (recipes(&all), recipes(&fewer));
    assert!(
        fewer.len() < all.len() && fewer.len() >= 8,
        "{}",
        fewer.len()
    );
    assert_eq!(fewer[..], all[..fewer.len()]);
}

#[test]
fn what_a_strategy_ordered_is_told_as_a_tree_and_what_it_finished_is_on_the_sheet() {
    let mut engine = engine();
    engine.obey(Command::Strategy("local_search"));
    generate(&mut engine, "warmer", 8);
    let session = session(&engine);
    let search = session.search();
    let finished = search
        .all
        .iter()
        .filter(|one| one.fate == crate::Fate::Finished);
    let mut takes: Vec<TakeId> = finished.filter_map(|one| one.take).collect();
    takes.sort_unstable();
    let sheet: Vec<TakeId> = session.sheet().iter().map(|take| take.id).collect();
    assert_eq!(takes, {
        let mut sheet = sheet;
        sheet.sort_unstable();
        sheet
    });
    assert!(search.is_a_tree() && search.all.iter().any(|one| one.parent.is_some()));
}

#[test]
fn more_of_a_group_never_has_the_seeds_of_what_was_there() {
    let mut engine = engine();
    engine.obey(Command::Strategy("local_search"));
    generate(&mut engine, "warmer", 4);
    engine.obey(Command::More);
    until(&mut engine, |engine| session(engine).running.is_none());
    let sheet = session(&engine).sheet();
    let mut seeds: Vec<u64> = sheet.iter().map(|take| take.provenance.seed).collect();
    let count = seeds.len();
    seeds.sort_unstable();
    seeds.dedup();
    assert_eq!(seeds.len(), count);
}
