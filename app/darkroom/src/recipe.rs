//! The recipe: an ordered list of layers, each a mask and operations, as JSON that a person can read and edit.
//! It says nothing of pixels, so it fits the photo at any resolution.

use retake_core::{Region, Said, Spot, said};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::ops::{self, Op};
use crate::patch::part;

/// The version this program writes; a newer one is refused.
pub const RECIPE_VERSION: u32 = 1;

/// An edit: layers from bottom to top.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recipe {
    /// [`RECIPE_VERSION`] when it was written
    pub version: u32,
    /// applied in order
    pub layers: Vec<Layer>,
}

/// Some operations, where they apply and how strongly.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Layer {
    /// what it is for, for the reader
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// where; an empty list is everywhere
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mask: Vec<MaskPart>,
    /// 0 to 1
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub opacity: f32,
    /// applied in order
    pub operations: Vec<Operation>,
}

fn one() -> f32 {
    1.0
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde asks for a reference"
)]
fn is_one(value: &f32) -> bool {
    *value == 1.0
}

/// One shape of a mask and how it joins what stands before it. The first part's `combine` is ignored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MaskPart {
    /// what is covered
    pub shape: MaskShape,
    /// how it joins
    #[serde(default)]
    pub combine: Combine,
    /// cover what the shape leaves out
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub invert: bool,
}

/// How a mask part joins those before it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Combine {
    /// the greater of both
    Add,
    /// the first without the second: a·(1 − b)
    Subtract,
    /// both: a·b
    #[default]
    Intersect,
}

/// What a mask part covers. Positions are shares of the frame (0 left/top, 1 right/bottom); lengths are shares of its
/// long edge; angles are degrees clockwise from pointing right.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum MaskShape {
    /// everywhere
    Whole,
    /// 1 at `from`, 0 at `to`, smooth between, level beyond
    Linear {
        /// where it is full
        from: [f32; 2],
        /// where it ends
        to: [f32; 2],
    },
    /// 1 inside an ellipse, fading to 0 over `feather`
    Radial {
        /// middle
        centre: [f32; 2],
        /// half axes as shares of the long edge
        radius: [f32; 2],
        /// turned by this
        #[serde(default)]
        angle_deg: f32,
        /// 0 hard, 1 from the very middle
        feather: f32,
    },
    /// source pixels with L* between `low` and `high`
    Luminance {
        /// L*
        low: f32,
        /// L*
        high: f32,
        /// width of the soft edge, L*
        feather: f32,
    },
    /// source pixels near an Oklch hue
    Colour {
        /// degrees
        hue_deg: f32,
        /// half-width that is fully covered, degrees
        width_deg: f32,
        /// width of the soft edge, degrees
        feather_deg: f32,
    },
    /// source pixels without colour. Beside what stays grey nothing may turn from one side of grey to the other, so the
    /// soft edge is wide where colours lie opposite to the hue that the layer moves them towards
    Neutral {
        /// Oklch hue that the layer moves colours towards, degrees
        towards_deg: f32,
        /// Oklch chroma up to which it is full
        chroma: f32,
        /// Oklch chroma over which it fades out, among colours of that hue and of the opposite one
        feather: [f32; 2],
    },
    /// a named part of the photo, found by looking
    Region(Region),
    /// the mask that came with the instruction (`--mask`)
    Painted,
}

/// An operation and its values.
#[derive(Clone)]
pub struct Operation {
    /// which
    pub op: &'static Op,
    /// one value a parameter, in the order of `op.params`
    pub values: Vec<f32>,
    /// what is not a number: the points of a tone curve, the table of a LUT; `Value::Null` otherwise
    pub data: Value,
}

impl Operation {
    /// All parameters neutral. Panics on an unknown id: those come from code, parsed recipes go through JSON.
    pub fn new(id: &str) -> Self {
        let op = ops::by_id(id).unwrap_or_else(|| panic!("no operation is called {id}"));
        Self {
            op,
            values: op.params.iter().map(|param| param.neutral).collect(),
            data: Value::Null,
        }
    }
    /// Sets a parameter, kept within its range. Panics on an unknown parameter.
    #[must_use]
    pub fn with(mut self, param: &str, value: f32) -> Self {
        let index = self.op.params.iter().position(|p| p.id == param);
        let index = index.unwrap_or_else(|| panic!("{} has no parameter {param}", self.op.id));
        let (low, high) = self.op.params[index].range;
        self.values[index] = value.clamp(low, high);
        self
    }
    /// The value of the parameter at `index` of the operation's list.
    pub fn value(&self, index: usize) -> f32 {
        self.values[index]
    }
    /// The value of a parameter by name; its neutral when there is none of that name.
    pub fn get(&self, param: &str) -> f32 {
        self.op
            .params
            .iter()
            .position(|p| p.id == param)
            .map_or(0.0, |i| self.values[i])
    }
    /// True when every parameter is neutral and there is no data: the picture stays as it is.
    pub fn is_neutral(&self) -> bool {
        self.data.is_null()
            && self
                .op
                .params
                .iter()
                .zip(&self.values)
                .all(|(p, v)| p.neutral == *v)
    }
}

impl std::fmt::Debug for Operation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}{:?}", self.op.id, self.values)
    }
}

impl PartialEq for Operation {
    fn eq(&self, other: &Self) -> bool {
        self.op.id == other.op.id && self.values == other.values && self.data == other.data
    }
}

impl Serialize for Operation {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = Map::new();
        map.insert("op".into(), self.op.id.into());
        for (param, value) in self.op.params.iter().zip(&self.values) {
            if *value != param.neutral {
                map.insert(param.id.into(), shortest(*value));
            }
        }
        if !self.data.is_null() {
            map.insert("data".into(), self.data.clone());
        }
        map.serialize(serializer)
    }
}

/// The JSON number with the fewest digits that reads back as the same f32.
fn shortest(value: f32) -> Value {
    value
        .to_string()
        .parse::<f64>()
        .ok()
        .and_then(serde_json::Number::from_f64)
        .map_or(Value::Null, Value::Number)
}

impl<'de> Deserialize<'de> for Operation {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        use serde::de::Error;
        let mut map = Map::deserialize(deserializer)?;
        let Some(Value::String(id)) = map.remove("op") else {
            return Err(D::Error::custom("an operation needs its name as \"op\""));
        };
        let op = ops::by_id(&id)
            .ok_or_else(|| D::Error::custom(format!("there is no operation called \"{id}\"")))?;
        let data = map.remove("data").unwrap_or(Value::Null);
        let mut values: Vec<f32> = op.params.iter().map(|param| param.neutral).collect();
        for (key, value) in map {
            let index = op.params.iter().position(|param| param.id == key);
            let index = index
                .ok_or_else(|| D::Error::custom(format!("\"{id}\" has no parameter \"{key}\"")))?;
            let (low, high) = op.params[index].range;
            let number = value
                .as_f64()
                .map(|v| v as f32)
                .filter(|v| (low..=high).contains(v));
            values[index] = number.ok_or_else(|| {
                D::Error::custom(format!(
                    "\"{key}\" of \"{id}\" must be a number from {low} to {high}"
                ))
            })?;
        }
        Ok(Self { op, values, data })
    }
}

/// Why a recipe is refused.
#[derive(Debug)]
pub enum RecipeError {
    /// Not JSON, or not a recipe.
    Unreadable(String),
    /// Written by a newer program.
    Newer(u32),
    /// More than any photo needs.
    TooLong(usize),
}

impl RecipeError {
    /// The sentence.
    pub fn said(&self) -> Said {
        match self {
            Self::Unreadable(why) => said!("The recipe cannot be read: {why}.", why),
            Self::Newer(version) => said!(
                "The recipe is of version {version}; this program knows versions up to {known}. Update Retake to use it.",
                version = *version,
                known = RECIPE_VERSION
            ),
            Self::TooLong(count) => said!(
                "The recipe has {count} operations; at most {most} are allowed.",
                count = *count,
                most = MOST_OPERATIONS
            ),
        }
    }
}

impl std::fmt::Display for RecipeError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.said().fmt(f)
    }
}

impl std::error::Error for RecipeError {}

/// The most operations in one recipe.
pub const MOST_OPERATIONS: usize = 500;

impl Recipe {
    /// Does nothing.
    pub fn neutral() -> Self {
        Self {
            version: RECIPE_VERSION,
            layers: Vec::new(),
        }
    }
    /// One layer over the whole photo.
    pub fn of(operations: Vec<Operation>) -> Self {
        let layer = Layer {
            name: String::new(),
            mask: Vec::new(),
            opacity: 1.0,
            operations,
        };
        Self {
            version: RECIPE_VERSION,
            layers: vec![layer],
        }
    }
    /// Reads a recipe, refusing what cannot be meant.
    pub fn from_json(text: &str) -> Result<Self, RecipeError> {
        let value: Value =
            serde_json::from_str(text).map_err(|e| RecipeError::Unreadable(e.to_string()))?;
        Self::from_value(value)
    }
    /// The same from a JSON value.
    pub fn from_value(value: Value) -> Result<Self, RecipeError> {
        if let Some(version) = value.get("version").and_then(Value::as_u64)
            && version > u64::from(RECIPE_VERSION)
        {
            return Err(RecipeError::Newer(
                u32::try_from(version).unwrap_or(u32::MAX),
            ));
        }
        let recipe: Self =
            serde_json::from_value(value).map_err(|e| RecipeError::Unreadable(e.to_string()))?;
        let count = recipe
            .layers
            .iter()
            .map(|layer| layer.operations.len())
            .sum();
        if count > MOST_OPERATIONS {
            return Err(RecipeError::TooLong(count));
        }
        for layer in &recipe.layers {
            layer.check()?;
        }
        Ok(recipe)
    }
    /// As indented JSON.
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default()
    }
    /// As a JSON value.
    pub fn to_value(&self) -> Value {
        serde_json::to_value(self).unwrap_or_default()
    }
}

impl Recipe {
    /// The same at a share of its strength, 0 to 1: every layer from the `first` on covers so much less. What moves the frame
    /// stays.
    pub(crate) fn weaker(mut self, first: usize, share: f32) -> Self {
        let layers = self.layers.iter_mut().skip(first);
        for layer in layers.filter(|layer| !layer.moves()) {
            layer.opacity = (layer.opacity * share).clamp(0.0, 1.0);
        }
        self
    }

    /// The same edit without what its layers from `first` on do at some places. A layer that moves the whole photo stays as
    /// it is.
    pub(crate) fn without(mut self, first: usize, spots: &[Spot]) -> Self {
        for layer in self.layers.iter_mut().skip(first) {
            if layer.moves() {
                continue;
            }
            if layer.mask.is_empty() {
                layer.mask.push(MaskPart {
                    shape: MaskShape::Whole,
                    combine: Combine::default(),
                    invert: false,
                });
            }
            let taken = spots.iter().map(|spot| part(spot, Combine::Subtract));
            layer.mask.extend(taken);
        }
        self
    }
}

impl Layer {
    /// Whether it moves the frame.
    fn moves(&self) -> bool {
        let mut operations = self.operations.iter();
        operations.any(|operation| matches!(operation.op.work, ops::Work::Geometry { .. }))
    }

    fn check(&self) -> Result<(), RecipeError> {
        let refuse = |why: &str| Err(RecipeError::Unreadable(why.to_owned()));
        if !(0.0..=1.0).contains(&self.opacity) {
            return refuse("a layer's opacity must be from 0 to 1");
        }
        for operation in &self.operations {
            if let ops::Work::Geometry { .. } = operation.op.work
                && !self.mask.is_empty()
            {
                return refuse(&format!(
                    "\"{}\" moves the whole photo and cannot stand under a mask",
                    operation.op.id
                ));
            }
            (operation.op.check)(operation).map_err(RecipeError::Unreadable)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recipe_reads_back_as_it_was_written() {
        let mut recipe = Recipe::of(vec![Operation::new("exposure").with("stops", 0.35)]);
        recipe.layers[0].mask = vec![MaskPart {
            shape: MaskShape::Linear {
                from: [0.5, 0.0],
                to: [0.5, 0.4],
            },
            combine: Combine::Intersect,
            invert: true,
        }];
        assert_eq!(
            Recipe::from_json(&recipe.to_json()).expect("it was just written"),
            recipe
        );
    }

    #[test]
    fn a_misspelt_parameter_is_refused_by_name() {
        let text = r#"{"version":1,"layers":[{"operations":[{"op":"exposure","stop":1}]}]}"#;
        let error = Recipe::from_json(text)
            .expect_err("there is no such parameter")
            .to_string();
        assert_eq!(
            error,
            "The recipe cannot be read: \"exposure\" has no parameter \"stop\"."
        );
    }

    #[test]
    fn a_value_out_of_range_is_refused() {
        let text = r#"{"version":1,"layers":[{"operations":[{"op":"exposure","stops":1e9}]}]}"#;
        assert!(Recipe::from_json(text).is_err());
    }

    #[test]
    fn a_recipe_from_the_future_is_refused() {
        let error = Recipe::from_json(r#"{"version":99,"layers":[]}"#).expect_err("too new");
        assert!(matches!(error, RecipeError::Newer(99)));
    }
}
