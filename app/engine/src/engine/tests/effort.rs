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
