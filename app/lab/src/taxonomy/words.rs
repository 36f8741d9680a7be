//! The words that the rules look for: `assets/lexicon/kinds-of-edit.toml`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

static FILE: &str = include_str!("../../../../assets/lexicon/kinds-of-edit.toml");

/// Phrases of a list; none where the file is not right, which a test would say.
static LISTS: LazyLock<BTreeMap<String, String>> =
    LazyLock::new(|| toml::from_str(FILE).unwrap_or_default());

/// The phrases of one list.
pub(super) type Words = LazyLock<Vec<&'static str>>;

fn list(name: &str) -> Vec<&'static str> {
    let phrases = LISTS.get(&name.to_lowercase());
    phrases.map_or_else(Vec::new, |phrases| phrases.split(", ").collect())
}

macro_rules! lists {
    ($($name:ident)*) => {
        $(pub(super) static $name: Words = LazyLock::new(|| list(stringify!($name)));)*

        /// What the rules call their lists.
        #[cfg(test)]
        pub(super) const NAMES: &[&str] = &[$(stringify!($name)),*];
    };
}

lists! {
    PERSON LEGO FUNKO SIMPSONS STICKER CARICATURE PIXAR COMIC ANIME LINES TRANSLATE LETTERS BOARDS FONT
    WRITE READS OUTPAINT ZOOM EXPRESSION FEELING_OF_SCENES AGE INTO_SOMEBODY ACCESSORY WORN CLOTHES BODY
    MOVES POSE BACKGROUND PLACES SEASON WEATHER LIGHT GRAIN HISTORICAL ART CARTOON REMOVE TAKE OUT
    RELOCATE RESIZE REPLACE TURN INTO ADD PAINT MATERIALS COLOURS TONE WHOLE
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_list_that_a_rule_names_is_in_the_file_and_no_other() {
        let mut named: Vec<String> = NAMES.iter().map(|name| name.to_lowercase()).collect();
        named.sort();
        assert_eq!(named, LISTS.keys().cloned().collect::<Vec<_>>());
        assert!(NAMES.iter().all(|name| list(name).len() > list("").len()));
    }
}
