//! An export of Retake that is opened: its edit can be taken up on the original.

use super::home::Home;
use super::*;
use crate::Offer;

#[test]
fn an_export_offers_its_original_and_takes_its_edit_up_there() {
    let home = Home::new("export");
    let mut engine = home.engine();
    let photo = home.photo("original.png", 40);
    engine.obey(Command::Open(vec![photo]));
    until(&mut engine, |engine| engine.session().is_some());
    generate(&mut engine, "warmer", 1);
    let take = session(&engine).sheet()[0].clone();
    let to = home.0.join("edited.jpg");
    engine.obey(Command::Export(crate::Export {
        takes: vec![take.id],
        to: to.clone(),
        format: retake_files::save::Format::Jpeg,
        quality: 90,
        space: retake_files::save::OutputSpace::Srgb,
        metadata: retake_files::save::MetadataPolicy::Keep,
        long_edge: None,
    }));
    until(&mut engine, |_| to.exists());
    drop(engine);

    let mut engine = home.engine();
    engine.obey(Command::Open(vec![to.clone()]));
    until(&mut engine, |engine| engine.session().is_some());
    let offer = engine.messages().iter().find_map(|m| m.offer.clone());
    assert_eq!(offer, Some(Offer::Restore(to)), "{:?}", engine.messages());
    engine.obey(offer.expect("there is one").command());
    until(&mut engine, |engine| {
        engine.session().is_some_and(|s| {
            s.name() == "original.png"
                && s.history
                    .steps()
                    .last()
                    .is_some_and(|step| step.label.to_string().starts_with("Taken up from"))
        })
    });
    let taken = session(&engine).sheet()[0].id;
    until(&mut engine, |engine| {
        session(engine)
            .take(taken)
            .is_some_and(|take| take.shown.is_some() && take.card.is_some())
    });
    let taken = session(&engine).take(taken).expect("it is there");
    assert_eq!(taken.provenance.recipe, take.provenance.recipe);
    assert_eq!(taken.shown, take.shown, "the same picture");
}

#[test]
fn a_picture_of_somebody_else_offers_nothing() {
    let home = Home::new("foreign");
    let mut engine = home.engine();
    let photo = home.photo("a.png", 1);
    engine.obey(Command::Open(vec![photo.clone()]));
    until(&mut engine, |engine| engine.session().is_some());
    assert!(engine.messages().is_empty(), "{:?}", engine.messages());
    engine.obey(Command::RestoreFrom(photo));
    until(&mut engine, |engine| {
        engine.messages().iter().any(|m| {
            m.text
                .to_string()
                .contains("does not say what it was made from")
        })
    });
}
