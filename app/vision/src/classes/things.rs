//! Which classes mean a thing: those of the table (`assets/models/imagenet-things.toml`), else the class of its very name.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use super::WORDS;

static TABLE: &str = include_str!("../../../../assets/models/imagenet-things.toml");

/// The classes that a thing is, counted from 0; none where the network has no word for it.
pub(super) fn classes(thing: &str) -> Vec<usize> {
    static KNOWN: OnceLock<BTreeMap<&'static str, Vec<usize>>> = OnceLock::new();
    let known = KNOWN.get_or_init(|| TABLE.lines().filter_map(row).collect());
    match known.get(thing) {
        Some(classes) => classes.clone(),
        None => WORDS
            .lines()
            .position(|word| word.eq_ignore_ascii_case(thing))
            .into_iter()
            .collect(),
    }
}

/// `dog = ["151-268"]`; none of a comment or an empty line.
fn row(line: &'static str) -> Option<(&'static str, Vec<usize>)> {
    let (name, ranges) = line.split_once('=').filter(|_| !line.starts_with('#'))?;
    let ranges = ranges.split('"').skip(1).step_by(2);
    let classes = ranges.filter_map(|range| {
        let (first, last) = range.split_once('-').unwrap_or((range, range));
        Some(first.parse().ok()?..=last.parse().ok()?)
    });
    Some((name.trim(), classes.flatten().collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(thing: &str) -> Vec<&'static str> {
        let classes = classes(thing).into_iter();
        classes
            .filter_map(|class| WORDS.lines().nth(class))
            .collect()
    }

    #[test]
    fn a_thing_is_all_classes_that_mean_it() {
        assert_eq!(words("dog").len(), 118);
        assert_eq!(words("bear").len(), 4);
        assert!(words("car").contains(&"sports car") && words("cup").contains(&"coffee mug"));
        assert!(words("bird").contains(&"flamingo") && !words("bird").contains(&"tench"));
    }

    #[test]
    fn what_the_table_does_not_have_is_the_class_of_its_name() {
        assert_eq!(words("pizza"), ["pizza"]);
        assert_eq!(words("sky"), [""; 0]);
    }

    #[test]
    fn every_line_of_the_table_has_classes_that_there_are() {
        let rows: Vec<_> = TABLE.lines().filter_map(row).collect();
        assert!(rows.len() > 50);
        for (name, classes) in rows {
            assert!(
                !classes.is_empty() && classes.iter().all(|&class| class < 1000),
                "{name}"
            );
        }
    }
}
