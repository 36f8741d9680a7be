//! Names that others give the tensors of a network, beside the names in published folders. Some tensors are several of
//! ours in one, row upon row; some are parts of one of ours.

mod flux;
mod qwen_vl;

use std::ops::Range;

/// All names of a network that somebody gave it.
pub(super) type Dialect = &'static [&'static [Row]];

/// One name of theirs, without its last part, and what it is here; `{}` stands for the number of a block.
pub(super) struct Row(&'static str, Ours);

enum Ours {
    /// the same tensor
    Same(&'static str),
    /// the tensors that it holds, the topmost first, with their shares of its rows
    Parts(&'static [(&'static str, usize)]),
    /// the same tensor with its halves exchanged: they say shift and scale, we scale and shift
    Exchanged(&'static str),
    /// so many rows of one of ours: which part from the top, of how many
    Joined(&'static str, usize, usize),
    /// one of two moments in time of a kernel of ours, whose whole name this is as theirs is
    Woven(&'static str, usize),
    /// the same tensor, where `{}` is the rank of their number among those that there are
    Ranked(&'static str),
}

/// The same tensor under two names.
const fn same(theirs: &'static str, ours: &'static str) -> Row {
    Row(theirs, Ours::Same(ours))
}

/// By the class in `transformer/config.json`, or the kind (`model_type`) of a network alone.
const DIALECTS: &[(&str, Dialect)] = &[
    ("FluxTransformer2DModel", flux::FLUX1),
    ("Flux2Transformer2DModel", flux::FLUX2),
    ("qwen2_5_vl", qwen_vl::QWEN25_VL),
    ("qwen3_vl", qwen_vl::QWEN3_VL),
];

/// The other names of a class of networks; none for most.
pub(super) fn of_class(class: &str) -> Dialect {
    DIALECTS
        .iter()
        .find(|(name, _)| *name == class)
        .map_or(&[], |(_, dialect)| dialect)
}

/// A tensor of ours within one of theirs, or around it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// our name, without its last part
    pub(super) stem: String,
    /// its rows in their tensor, in this order, in shares
    pub(super) shares: Vec<Range<usize>>,
    /// shares in their tensor
    pub(super) of: usize,
    /// what else it needs
    pub(super) fit: Fit,
}

/// How what is in their tensor becomes one of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fit {
    /// it is the whole
    Whole,
    /// it is this part from the top, of so many
    Part(usize, usize),
    /// it is this moment of two; `stem` is the whole name
    Moment(usize),
    /// it is the whole of a number whose rank is not known yet: `{}` stands for it in `stem`
    Ranked(usize),
}

/// What a name of theirs holds; `None` if it is no name of theirs. Underscores may stand for the dots.
pub(super) fn places(dialect: Dialect, stem: &str) -> Option<Vec<Place>> {
    dialect
        .iter()
        .copied()
        .flatten()
        .find_map(|Row(theirs, ours)| {
            let number =
                number_in(theirs, stem).or_else(|| number_in(&theirs.replace('.', "_"), stem))?;
            let whole = |name: &str, fit: Fit| {
                vec![Place {
                    stem: name.replace("{}", number),
                    shares: std::iter::once(0..1).collect(),
                    of: 1,
                    fit,
                }]
            };
            Some(match ours {
                Ours::Same(name) => whole(name, Fit::Whole),
                Ours::Exchanged(name) => vec![Place {
                    shares: vec![1..2, 0..1],
                    of: 2,
                    ..whole(name, Fit::Whole).pop()?
                }],
                Ours::Joined(name, part, of) => whole(name, Fit::Part(*part, *of)),
                Ours::Woven(name, moment) => whole(name, Fit::Moment(*moment)),
                Ours::Ranked(name) => vec![Place {
                    stem: (*name).to_owned(),
                    ..whole(name, Fit::Ranked(number.parse().ok()?)).pop()?
                }],
                Ours::Parts(parts) => {
                    let of = parts.iter().map(|(_, share)| share).sum();
                    let mut first = 0;
                    let place = |&(name, share): &(&str, usize)| {
                        let shares = std::iter::once(first..first + share).collect();
                        first += share;
                        Place {
                            stem: name.replace("{}", number),
                            shares,
                            of,
                            fit: Fit::Whole,
                        }
                    };
                    parts.iter().map(place).collect()
                }
            })
        })
}

/// What stands for `{}`; empty where the pattern has none.
fn number_in<'a>(pattern: &str, name: &'a str) -> Option<&'a str> {
    let Some((before, after)) = pattern.split_once("{}") else {
        return (pattern == name).then_some("");
    };
    let number = name.strip_prefix(before)?.strip_suffix(after)?;
    let digits = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    digits.then_some(number)
}
