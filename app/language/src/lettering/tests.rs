//! Sentences about words, in the five languages, and sentences that only seem to be.

use retake_core::{Gone, Lettering};

use crate::{Lexicon, understand};

fn asked(text: &str) -> Vec<Lettering> {
    let read = understand(text, Lexicon::built_in());
    read.map_or_else(|_| Vec::new(), |read| read.understood.lettering)
}

/// What is to be read and what is to go.
fn told(text: &str) -> Vec<(Option<String>, Gone)> {
    let all = asked(text).into_iter();
    all.map(|one| (one.written, one.gone)).collect()
}

fn this(text: &str) -> Gone {
    Gone::This(text.to_owned())
}

#[test]
fn what_is_to_be_written_is_found() {
    for (text, written) in [
        ("add the text 'SALE'", "SALE"),
        ("add the text \"Grand Opening\" in the sky", "Grand Opening"),
        ("write \"Happy Birthday\" on the cake", "Happy Birthday"),
        ("add a sign that says 'OPEN'", "OPEN"),
        ("Add text: SALE 50", "SALE 50"),
        ("add the words happy birthday at the top", "happy birthday"),
        ("put 'darker' on the wall", "darker"),
        ("write SALE on the wall", "SALE"),
        ("schreibe 'SALE' auf das Schild", "SALE"),
        ("füge den Text „Frohe Ostern“ hinzu", "Frohe Ostern"),
        ("Füge den Text SALE oben hinzu", "SALE"),
        (
            "setze ein Schild mit der Aufschrift \"OFFEN\" vor das Haus",
            "OFFEN",
        ),
        ("ajoute le texte « SOLDES »", "SOLDES"),
        ("escribe \"OFERTA\" en la pared", "OFERTA"),
        ("在墙上写上“促销”", "促销"),
    ] {
        assert_eq!(
            told(text),
            [(Some(written.to_owned()), Gone::Nothing)],
            "{text}"
        );
    }
}

#[test]
fn what_takes_the_place_of_other_words_is_found() {
    for (text, written, gone) in [
        ("change the sign to 'SALE'", "SALE", Gone::Something),
        ("change the sign to SALE", "SALE", Gone::Something),
        ("make the sign say \"CLOSED\"", "CLOSED", Gone::Something),
        (
            "change the text to Happy Birthday",
            "Happy Birthday",
            Gone::Something,
        ),
        ("replace 'OPEN' with 'CLOSED'", "CLOSED", this("OPEN")),
        (
            "change the word \"OPEN\" to \"CLOSED\"",
            "CLOSED",
            this("OPEN"),
        ),
        ("ändere das Schild zu 'SALE'", "SALE", Gone::Something),
        (
            "ersetze „OFFEN“ durch „GESCHLOSSEN“",
            "GESCHLOSSEN",
            this("OFFEN"),
        ),
        ("remplace « OUVERT » par « FERMÉ »", "FERMÉ", this("OUVERT")),
        ("cambia el cartel a 'CERRADO'", "CERRADO", Gone::Something),
        ("把招牌改成“打折”", "打折", Gone::Something),
    ] {
        assert_eq!(told(text), [(Some(written.to_owned()), gone)], "{text}");
    }
}

#[test]
fn what_is_to_go_is_found() {
    for (text, gone) in [
        ("remove the text", Gone::All),
        ("remove the word 'SALE' from the wall", this("SALE")),
        ("erase the watermark", Gone::Something),
        ("entferne die Schrift", Gone::All),
        ("lösche das Wort „SALE“", this("SALE")),
        ("enlève le texte", Gone::All),
        ("去掉水印", Gone::Something),
    ] {
        assert_eq!(told(text), [(None, gone)], "{text}");
    }
}

#[test]
fn other_sentences_ask_nothing_of_words() {
    for text in [
        "make it look like 'Blade Runner'",
        "don't change the text 'OPEN'",
        "make it warmer without touching the writing",
        "make the word 'SALE' brighter",
        "add a dog",
        "change the sky to BW",
        "make the sign brighter",
        "remove the car",
        "mach das Schild heller",
        "entferne das Auto",
    ] {
        assert_eq!(told(text), [], "{text}");
    }
}

#[test]
fn words_that_are_written_are_no_wishes() {
    for text in [
        "make it warmer and write 'darker, more contrast' on the wall",
        "change the sign to \"BRIGHTER\", in red, at the top, and make it warmer",
        "mach es wärmer und schreibe „dunkler“ an die Wand",
    ] {
        let read = understand(text, Lexicon::built_in())
            .expect("understood")
            .understood;
        let goals: Vec<_> = read.goals.iter().map(|goal| goal.quantity.id()).collect();
        assert_eq!(goals, ["warmth"], "{text}");
        assert_eq!(read.generative.len(), 1, "{text}");
        assert_eq!(read.not_understood, [""; 0], "{text}");
    }
}

#[test]
fn a_clause_about_words_is_work_for_a_model() {
    for (text, words, kind) in [
        (
            "add the text 'SALE'",
            "add the text 'SALE'",
            "adding something",
        ),
        (
            "warmer, replace 'A' by 'B'",
            "replace 'A' by 'B'",
            "changing what something is",
        ),
        ("remove 'SALE'", "remove 'SALE'", "removing something"),
        (
            "schreibe 'SALE' auf das Schild",
            "schreibe 'SALE' auf das Schild",
            "adding something",
        ),
    ] {
        let read = understand(text, Lexicon::built_in())
            .expect("understood")
            .understood;
        let found = read.generative.iter().map(|one| (&*one.words, &*one.kind));
        assert_eq!(found.collect::<Vec<_>>(), [(words, kind)], "{text}");
    }
}

#[test]
fn the_language_is_told_by_the_words_outside_of_quotes() {
    let read = understand("schreibe 'HAPPY BIRTHDAY' an die Wand", Lexicon::built_in());
    assert_eq!(read.expect("understood").understood.language, "de");
}

#[test]
fn several_texts_are_several_wishes() {
    let all = told("write 'SALE' and '50 %' on the wall");
    let written: Vec<_> = all.into_iter().filter_map(|(written, _)| written).collect();
    assert_eq!(written, ["SALE", "50 %"]);
}
