//! Opens a judge by what a person types: a server's address, a folder, or a GGUF file in one, perhaps with a name before it
//! and a weight behind.

use std::path::Path;
use std::sync::Arc;

use retake_core::{Said, said};
use retake_vision::qwen_vl::Density;

use crate::server::{Address, Manners, Secret, ServerJudge};
use crate::{Judge, LocalJudge};

/// The most that a member of the panel can be weighed with.
pub const HEAVIEST: f64 = 1000.0;

/// A judge as it was typed: `fast=http://localhost:8000/v1@0.5`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Named<'a> {
    /// what a person calls it; none of one without a name
    pub name: Option<&'a str>,
    /// an address or a folder
    pub place: &'a str,
    /// how much it counts beside the other judges; none where nobody said so
    pub weight: Option<f64>,
}

impl<'a> Named<'a> {
    /// Takes it apart. What is a folder as it stands is one, whatever signs are in it.
    pub fn read(text: &'a str) -> Result<Self, Said> {
        if Path::new(text).exists() {
            return Ok(Self {
                name: None,
                place: text,
                weight: None,
            });
        }
        let plain = |name: &str| {
            let letter = |l: char| l.is_alphanumeric() || l == '_' || l == '-' || l == '.';
            !name.is_empty() && name.chars().all(letter)
        };
        let (name, rest) = match text.split_once('=') {
            Some((name, rest)) if plain(name) => (Some(name), rest),
            _ => (None, text),
        };
        let (place, weight) = weighed(rest)?;
        Ok(Self {
            name,
            place,
            weight,
        })
    }
}

/// Parts a place and the weight behind its last `@`; what exists as it stands has none.
pub(crate) fn weighed(text: &str) -> Result<(&str, Option<f64>), Said> {
    if Path::new(text).exists() {
        return Ok((text, None));
    }
    let Some((place, Ok(weight))) = text
        .rsplit_once('@')
        .map(|(place, weight)| (place, weight.parse::<f64>()))
    else {
        return Ok((text, None));
    };
    match (0.0..=HEAVIEST).contains(&weight) {
        true => Ok((place, Some(weight))),
        false => Err(said!(
            "A weight is a number from 0 to {most}, and {weight} is none.",
            most = HEAVIEST.to_string(),
            weight = weight.to_string()
        )),
    }
}

/// The judge of this address or folder. A server is not asked anything yet: one that is down is found out when it is
/// needed, and then the measures score alone. A model in process is held as densely as is asked, or as its files have it.
pub fn open(
    place: &str,
    model: &str,
    key: &Secret,
    manners: &Manners,
    density: Option<Density>,
) -> Result<Arc<dyn Judge>, Said> {
    if Address::looks_like_one(place) {
        let address = Address::read(place)?;
        let model = Address::model_in(place).unwrap_or(model);
        return Ok(Arc::new(ServerJudge::new(
            address,
            model,
            key.clone(),
            manners.clone(),
        )));
    }
    let folder = Path::new(place);
    if LocalJudge::is_one(folder) {
        return Ok(Arc::new(LocalJudge::open(folder, density)?));
    }
    Err(said!(
        "{name} is no judge; give the folder of a model, or the address of a server such as http://localhost:8000/v1.",
        name = place
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Option<&str>, &str, Option<f64>) {
        let named = Named::read(text).expect("right");
        (named.name, named.place, named.weight)
    }

    #[test]
    fn a_judge_may_have_a_name_and_a_weight() {
        let address = "http://localhost:8000/v1";
        assert_eq!(read(address), (None, address, None));
        assert_eq!(
            read("fast=http://localhost:8000/v1@0.5"),
            (Some("fast"), address, Some(0.5))
        );
        assert_eq!(read("a/folder@2"), (None, "a/folder", Some(2.0)));
    }

    #[test]
    fn signs_of_an_address_are_no_names_and_no_weights() {
        for text in [
            "http://host/v1?key=secret",
            "http://me:secret@host/v1",
            "http://host/v1#model@main",
            "one/folder=two",
        ] {
            assert_eq!(read(text), (None, text, None));
        }
        let model = "http://host/v1#qwen2.5vl:7b@3";
        assert_eq!(read(model), (None, &model[..model.len() - 2], Some(3.0)));
    }

    #[test]
    fn a_folder_with_such_signs_is_a_folder() {
        let folder = std::env::temp_dir().join(format!("retake-judge-{}=a@2", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        let text = folder.to_string_lossy();
        assert_eq!(read(&text), (None, &*text, None));
        std::fs::remove_dir(&folder).expect("gone");
    }

    #[test]
    fn a_weight_is_a_number_that_can_be_one() {
        for wrong in ["http://host@-1", "http://host@1e9", "http://host@NaN"] {
            assert!(Named::read(wrong).is_err(), "{wrong}");
        }
    }
}
