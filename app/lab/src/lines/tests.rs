use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::case::{Take, Verdict};

fn case(id: &str, task: &str, humans: &[Option<f64>]) -> Case {
    let take = |(at, human): (usize, &Option<f64>)| Take {
        name: format!("take {at}"),
        editor: format!("editor {at}"),
        human: *human,
        ..Take::default()
    };
    Case {
        id: id.to_owned(),
        task: task.to_owned(),
        instruction: format!("Make {id} brighter"),
        takes: humans.iter().enumerate().map(take).collect(),
        ..Case::default()
    }
}

fn scores(overall: f64) -> Scores {
    Scores {
        overall,
        by_dimension: BTreeMap::from([("detail_preserving".to_owned(), 1.0 - overall)]),
        ..Scores::default()
    }
}

fn three() -> Lines {
    let lines = Lines::of(vec![
        case("b", "colour", &[Some(0.2), None]),
        case("a", "style", &[Some(0.9)]),
    ]);
    lines.scored(&[
        Ok(vec![scores(0.5), scores(0.1)]),
        Err(retake_core::Said::words("no")),
    ])
}

#[test]
fn a_line_is_an_edit() {
    let lines = three();
    assert_eq!(lines.len(), 3);
    assert_eq!(lines.words(&Column::Id, 2), "a");
    assert_eq!(lines.words(&Column::Editor, 1), "editor 1");
}

#[test]
fn only_columns_in_which_something_stands_are_shown() {
    let bare = Lines::of(vec![case("a", "", &[None])]);
    let shown = bare.columns();
    assert_eq!(shown, [Column::Id, Column::Editor, Column::Instruction]);
    let of = Column::Of("detail_preserving".to_owned());
    assert!(three().columns().ends_with(&[Column::Score, of]));
}

#[test]
fn lines_without_a_number_stand_last_whichever_way_the_others_run() {
    for (falling, expected) in [(false, [1, 0, 2]), (true, [0, 1, 2])] {
        let wanted = Wanted {
            by: Some("score".to_owned()),
            falling,
            ..Wanted::default()
        };
        assert_eq!(arrange(&three(), &Tags::new(), &wanted).lines, expected);
    }
}

#[test]
fn words_are_found_in_any_case() {
    let wanted = Wanted {
        text: " mAke A ".to_owned(),
        ..Wanted::default()
    };
    assert_eq!(arrange(&three(), &Tags::new(), &wanted).lines, [2]);
}

#[test]
fn every_filter_narrows() {
    let tags = Tags::from([("b".to_owned(), vec!["odd".to_owned()])]);
    let between = |column: &str, low, high| Between {
        column: column.to_owned(),
        low,
        high,
    };
    let some = |name: &str| Some(name.to_owned());
    for (wanted, expected) in [
        (
            Wanted {
                task: some("style"),
                ..Wanted::default()
            },
            vec![2],
        ),
        (
            Wanted {
                editor: some("editor 1"),
                ..Wanted::default()
            },
            vec![1],
        ),
        (
            Wanted {
                tag: some("odd"),
                ..Wanted::default()
            },
            vec![0, 1],
        ),
        (
            Wanted {
                numbers: vec![between("human", 0.0, 0.5)],
                ..Wanted::default()
            },
            vec![0],
        ),
        (
            Wanted {
                numbers: vec![between("of:detail_preserving", 0.6, 1.0)],
                ..Wanted::default()
            },
            vec![1],
        ),
    ] {
        assert_eq!(arrange(&three(), &tags, &wanted).lines, expected);
    }
}

#[test]
fn a_take_that_won_a_pair_has_what_people_said() {
    let mut pair = case("p", "", &[None, None, None]);
    pair.verdicts = vec![Verdict::of(Better::B)];
    let human = Lines::of(vec![pair]).numbers(&Column::Human).to_vec();
    assert_eq!(human[..2], [0.0, 1.0]);
    assert!(human[2].is_nan());
}

#[test]
fn pictures_that_stood_in_rows_are_let_go_and_files_are_not() {
    let mut heavy = case("h", "", &[None]);
    heavy.source = Some(Picture::File("source.png".into()));
    assert!(!is_light(&light(heavy.clone())));
    heavy.takes[0].picture = Some(Picture::Bytes(vec![1, 2, 3]));
    assert!(!is_light(&heavy));
    assert!(is_light(&light(heavy)));
}

proptest! {
    #[test]
    fn bins_and_cells_count_every_line_that_has_numbers(
        values in prop::collection::vec((0.0..1.0_f64, prop::option::of(0.0..1.0_f64)), 0..60)
    ) {
        let cases = values.iter().enumerate().map(|(at, (_, human))| case(&at.to_string(), "", &[*human]));
        let given: Vec<_> = values.iter().map(|(score, _)| Ok(vec![scores(*score)])).collect();
        let lines = Lines::of(cases.collect()).scored(&given);
        let arranged = arrange(&lines, &Tags::new(), &Wanted::default());
        let both = values.iter().filter(|(_, human)| human.is_some()).count();
        prop_assert_eq!(arranged.histogram.counts.iter().sum::<u32>() as usize, values.len());
        prop_assert_eq!(arranged.density.cells.iter().map(|cell| cell.2).sum::<u32>() as usize, both);
    }

    #[test]
    fn sorting_neither_loses_nor_doubles_a_line(values in prop::collection::vec(0.0..1.0_f64, 0..60), falling: bool) {
        let cases = (0..values.len()).map(|at| case(&at.to_string(), "", &[Some(values[at])]));
        let lines = Lines::of(cases.collect());
        let wanted = Wanted { by: Some("human".to_owned()), falling, ..Wanted::default() };
        let mut shown = arrange(&lines, &Tags::new(), &wanted).lines;
        let given: Vec<f64> = shown.iter().map(|line| values[*line as usize]).collect();
        let in_order = given.windows(2).all(|pair| pair[0] == pair[1] || falling == (pair[0] > pair[1]));
        prop_assert!(in_order);
        shown.sort_unstable();
        prop_assert_eq!(shown, (0..values.len() as u32).collect::<Vec<_>>());
    }
}
