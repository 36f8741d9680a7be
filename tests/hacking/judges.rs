//! Judges whose faults are known.

use retake_core::{Raster, Watch};
use retake_judges::{Answer, Ask, Conversation, Judge, JudgeError, JudgeInfo, Part, Prefix};

use super::pictures::{changed, sharpness};

/// What a judge of these tests makes of the pictures that it is shown, in their order.
type Says = fn(&[&Raster]) -> String;

fn info(name: &str) -> JudgeInfo {
    JudgeInfo {
        name: name.to_owned(),
        version: "1".to_owned(),
        place: "in process".to_owned(),
        at_once: 1,
        weighs: false,
        continues: false,
    }
}

struct Talk<'a> {
    before: Vec<Part<'a>>,
    says: Says,
}

impl Conversation for Talk<'_> {
    fn ask(&self, rest: &[Part<'_>], _: &Ask, _: &dyn Watch) -> Result<Answer, JudgeError> {
        let shown = self
            .before
            .iter()
            .chain(rest)
            .filter_map(|part| match part {
                Part::Picture(picture) => Some(*picture),
                Part::Text(_) => None,
            });
        Ok(Answer {
            text: (self.says)(&shown.collect::<Vec<_>>()),
            finished: true,
            ..Answer::default()
        })
    }
}

macro_rules! judge {
    ($(#[$doc:meta])* $name:ident, $says:expr) => {
        $(#[$doc])*
        pub(super) struct $name;

        impl Judge for $name {
            fn info(&self) -> JudgeInfo {
                info(stringify!($name))
            }
            fn begin(&self, prefix: &Prefix<'_>, _: &dyn Watch) -> Result<Box<dyn Conversation + '_>, JudgeError> {
                // what is shown lives as long as the group that is scored
                let before = prefix.parts.iter().filter_map(|part| match part {
                    Part::Picture(picture) => Some((*picture).clone()),
                    Part::Text(_) => None,
                });
                Ok(Box::new(Kept { before: before.collect(), says: $says }))
            }
        }
    };
}

/// A conversation with pictures of its own.
struct Kept {
    before: Vec<Raster>,
    says: Says,
}

impl Conversation for Kept {
    fn ask(&self, rest: &[Part<'_>], how: &Ask, watch: &dyn Watch) -> Result<Answer, JudgeError> {
        let talk = Talk {
            before: self.before.iter().map(Part::Picture).collect(),
            says: self.says,
        };
        talk.ask(rest, how, watch)
    }
}

fn scores(first: f32, second: f32) -> String {
    let whole = |score: f32| (score * 25.0).round().clamp(0.0, 25.0);
    format!("{{\"score\": [{}, {}]}}", whole(first), whole(second))
}

fn mean(picture: &Raster, plane: usize) -> f32 {
    picture.planes[plane].iter().sum::<f32>() / picture.len() as f32
}

/// How much warmer the second is than the first, as a share of what an honest edit does.
fn warmer(source: &Raster, edit: &Raster) -> f32 {
    let warmth = |of: &Raster| (mean(of, 0) / mean(of, 2).max(1e-6)).ln();
    ((warmth(edit) - warmth(source)) / 0.3).clamp(0.0, 1.0)
}

judge!(
    /// Gives everything all it has.
    Flatterer,
    |_| scores(1.0, 1.0)
);

judge!(
    /// Takes sharpness for quality, and is content with anything else.
    SharpLover,
    |shown| match shown {
        [edit] => scores(sharpness(edit) * 3.0, sharpness(edit) * 3.0),
        _ => scores(1.0, 1.0),
    }
);

judge!(
    /// Looks at both pictures: what became warmer, and how much else changed.
    Looking,
    |shown| match shown {
        [_] => scores(0.8, 0.8),
        [source, edit] => scores(warmer(source, edit), 1.0 - 4.0 * changed(source, edit)),
        [source, a, b] if warmer(source, a) > warmer(source, b) => "{\"winner\": \"A\"}".to_owned(),
        _ => "{\"winner\": \"B\"}".to_owned(),
    }
);

judge!(
    /// Prefers whatever it was shown first.
    TakesTheFirst,
    |_| "{\"winner\": \"A\"}".to_owned()
);
