//! The words Retake is written in: photos, instructions, goals, candidates, scorecards,
//! and the traits `Editor`, `Reward`, `Selector`, `Strategy`, `SubjectFinder`, `PerceptualDistance`, `TextReader`, `Meanings` and `Watch` that
//! everything else plugs into.
//! No files, no threads, no GPU: values and rules only.

mod answered;
mod candidate;
mod editor;
mod eyes;
mod goal;
mod group;
mod guidance;
mod instruction;
mod lettering;
mod meanings;
mod passes;
mod photo;
mod quantity;
mod raster;
mod region;
mod reward;
mod rng;
mod said;
mod select;
mod setting;
mod spot;
mod strategy;
mod watch;

pub use answered::{
    Answered, Distribution, MOST_LIKELY, OverPasses, answered, by_pass, over_passes,
};
pub use candidate::{Candidate, Provenance};
pub use editor::{EditError, EditRequest, Editor, EditorInfo, Glance, OnScreen, Trajectory};
pub use eyes::{
    Apart, Eyes, FoundSubject, LookedAt, PerceptualDistance, SceneWords, SubjectFinder,
    TechnicalQuality, TextReader,
};
pub use goal::{Amount, AskedRange, Change, Constraint, Degree, Goal, Keep};
pub use group::{Group, Member, Pair, move_pairs, told_pairs, with_pairs_of};
pub use guidance::{Pull, Slope, SlopeAt};
pub use instruction::{Generative, Instruction, NearestKnown, Thing, Understanding};
pub use lettering::{Gone, Lettering, ReadLine};
pub use meanings::Meanings;
pub use passes::joined;
pub use photo::{Carried, CodedPixels, Photo, PhotoId, Picture, Samples};
pub use quantity::{QUANTITIES, Quantity, QuantityInfo, Scale};
pub use raster::{Mask, Raster, Rect};
pub use region::{Band, Part, Region, RegionKind};
pub use reward::{
    Check, Dimension, Raw, Reason, Reward, RewardInfo, Score, ScoreRequest, Scorecard, Work,
};
pub use rng::Rng;
pub use said::{Said, SaidValue, decimals, number, signed};
pub use select::{LeftOut, Selection, Selector};
pub use setting::{EditorSettings, Setting, SettingKind, SettingValue};
pub use spot::Spot;
pub use strategy::{
    Beside, Brief, Budget, Knob, Led, Order, Origin, Spent, Strategy, Studio, Unrest, Verdict,
};
pub use watch::{Quiet, Stop, Watch};
