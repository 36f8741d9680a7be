//! How far an edit may go from what was edited, as a limit that is kept: first edit, then consolidate (EtCon, arXiv
//! 2512.04753), which lets an edit no further from its source than a trust region reaches. A candidate beyond a limit is
//! held back, where its editor can do less of the same; where it cannot, it is none.

use std::ops::Range;
use std::sync::Arc;

use rayon::prelude::*;
use retake_core::{
    Candidate, EditRequest, Editor, Instruction, Mask, Picture, Raster, Region, RegionKind, Said,
    Stop, SubjectFinder, decimals, said,
};
use retake_pixels::delta_e::delta_e2000_plane;
use retake_pixels::lab::Lab;
use retake_pixels::region::Regions;
use retake_pixels::resize;

/// What is held back goes to this share of the limit, since the whole picture has details that its small copy averages away.
const SPARE: f32 = 0.95;
/// How often the strength is halved towards the limit: the last step is a 64th of it.
const HALVINGS: usize = 6;
/// Rows of a whole picture that are compared at a time.
const ROWS: usize = 64;

/// How far an edit may go: mean CIEDE2000 between what was edited and the edit as sRGB shows them; 1 is just seen side by
/// side, 100 is black for white.
#[derive(Clone, Default)]
pub struct Bounds {
    /// over the whole picture
    pub overall: Option<f32>,
    /// outside of where it was to apply; says nothing where that is the whole picture
    pub outside: Option<f32>,
    /// finds the subject, where there is a network for it
    pub finder: Option<Arc<dyn SubjectFinder>>,
}

impl Bounds {
    /// Whether nothing is limited.
    pub fn is_none(&self) -> bool {
        self.overall.is_none() && self.outside.is_none()
    }
}

/// How far an edit went, mean CIEDE2000.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Drift {
    /// over the whole picture
    pub overall: f32,
    /// outside of where it was to apply; `None` where that is the whole picture
    pub outside: Option<f32>,
}

/// Holds edits of one picture within bounds.
pub(crate) struct Tether<'a> {
    bounds: &'a Bounds,
    /// 1 outside of where the edit was to apply, 0 inside, at the size of the source; `None` where that is everywhere
    outside: Option<Mask>,
}

impl<'a> Tether<'a> {
    /// For edits of `source` by this instruction.
    pub(crate) fn of(bounds: &'a Bounds, instruction: &Instruction, source: &Raster) -> Self {
        let outside = outside(instruction, source, bounds.finder.clone());
        Self { bounds, outside }
    }

    /// How far an edit went from its source.
    pub(crate) fn drift(&self, source: &dyn Picture, edited: &dyn Picture) -> Result<Drift, Stop> {
        let (width, height) = source.size();
        if edited.size() != (width, height) {
            return Err(Stop::Failed(said!(
                "it moves the frame, so that nobody can tell how far it goes from the photo; leave the limits out for it"
            )));
        }
        source.ready()?;
        edited.ready()?;
        let strips: Vec<Range<usize>> = (0..height)
            .step_by(ROWS)
            .map(|top| top..(top + ROWS).min(height))
            .collect();
        let sums = strips.into_par_iter().map(|rows| {
            let (before, after) = (source.rows(rows.clone())?, edited.rows(rows.clone())?);
            let difference = delta_e2000_plane(&Lab::of(&before), &Lab::of(&after));
            let mut sums = [0.0_f64; 3];
            for (i, difference) in difference.into_iter().enumerate() {
                let away = self.away((i % width, rows.start + i / width), (width, height));
                let difference = f64::from(difference);
                for (sum, more) in sums.iter_mut().zip([difference, away * difference, away]) {
                    *sum += more;
                }
            }
            Ok(sums)
        });
        // summed in their order, whatever the threads do
        let sums: Vec<[f64; 3]> = sums.collect::<Result<_, Stop>>()?;
        let total = |which: usize| sums.iter().map(|sums| sums[which]).sum::<f64>();
        let outside = total(2);
        Ok(Drift {
            overall: (total(0) / (width * height).max(1) as f64) as f32,
            outside: (outside >= 1.0).then(|| (total(1) / outside) as f32),
        })
    }

    /// How far outside a pixel of a picture of this size lies, 0 to 1.
    fn away(&self, (x, y): (usize, usize), (width, height): (usize, usize)) -> f64 {
        let Some(outside) = &self.outside else {
            return 0.0;
        };
        let (x, y) = (x * outside.width / width, y * outside.height / height);
        f64::from(outside.values[y * outside.width + x])
    }

    /// What is beyond its limit, in a sentence without an end; `None` where nothing is. `share` of each limit counts.
    pub(crate) fn beyond(&self, drift: &Drift, share: f32) -> Option<Said> {
        let over = |value: f32, limit: Option<f32>| limit.filter(|limit| value > share * limit);
        if let Some(limit) = over(drift.overall, self.bounds.overall) {
            return Some(said!(
                "it goes {drift} from the photo on average, and {limit} is the limit",
                drift = decimals(drift.overall, 1),
                limit = decimals(limit, 1)
            ));
        }
        let outside = drift.outside?;
        let limit = over(outside, self.bounds.outside)?;
        Some(said!(
            "outside of what was meant it goes {drift} from the photo on average, and {limit} is the limit",
            drift = decimals(outside, 1),
            limit = decimals(limit, 1)
        ))
    }

    /// A candidate within the bounds: as it was made, or less of it; or why there is none.
    pub(crate) fn held(
        &self,
        editor: &dyn Editor,
        (request, base): (&EditRequest, Option<&serde_json::Value>),
        source: &Raster,
        made: Candidate,
    ) -> Result<Candidate, Stop> {
        let drift = self.drift(&Still(source), &Still(&made.picture))?;
        let Some(why) = self.beyond(&drift, 1.0) else {
            return Ok(made);
        };
        let weaker = |share: f32| -> Result<Option<Candidate>, Stop> {
            let Some(recipe) = editor.weaker(&made.provenance.recipe, base, share) else {
                return Ok(None);
            };
            let picture = editor.redo(request, &recipe);
            let picture = picture.map_err(|error| Stop::Failed(error.said()))?;
            let drift = self.drift(&Still(source), &Still(&picture))?;
            let mut candidate = made.clone();
            candidate.picture = picture;
            candidate.provenance.recipe = recipe;
            candidate.provenance.label = said!(
                "{label}, held back to {share} %",
                label = made.provenance.label.clone(),
                share = decimals(100.0 * share, 0)
            );
            Ok(self.beyond(&drift, SPARE).is_none().then_some(candidate))
        };
        let (mut low, mut high, mut best) = (0.0, 1.0, None);
        for _ in 0..HALVINGS {
            let middle = 0.5 * (low + high);
            match weaker(middle)? {
                Some(candidate) => (low, best) = (middle, Some(candidate)),
                None => high = middle,
            }
        }
        best.ok_or(Stop::Failed(why))
    }
}

/// A raster as a picture, without a copy of it.
pub(crate) struct Still<'a>(pub(crate) &'a Raster);

impl Picture for Still<'_> {
    fn size(&self) -> (usize, usize) {
        (self.0.width, self.0.height)
    }
    fn rows(&self, y: Range<usize>) -> Result<Raster, Stop> {
        Ok(self.0.crop(retake_core::Rect {
            x0: 0,
            y0: y.start,
            x1: self.0.width,
            y1: y.end,
        }))
    }
}

/// Where an edit was not to show: beside what was painted, or else beside every place that the words name. The soft edge of
/// a place belongs to it, as where the rewards look for change that was not asked.
fn outside(
    instruction: &Instruction,
    source: &Raster,
    finder: Option<Arc<dyn SubjectFinder>>,
) -> Option<Mask> {
    let (width, height) = (source.width, source.height);
    let painted = instruction
        .mask
        .as_ref()
        .filter(|mask| !mask.values.is_empty());
    let inside = match painted {
        Some(painted) => resize::mask(painted, width, height),
        None => {
            let goals = &instruction.understood.goals;
            let whole = |region: &Region| {
                let mut kinds = region.parts.iter().map(|part| part.kind);
                region.is_whole() || kinds.all(|kind| kind == RegionKind::Painted)
            };
            if goals.is_empty() || goals.iter().any(|goal| whole(&goal.region)) {
                return None;
            }
            let regions = Regions::of(source).with_finder(finder);
            let mut union = Mask::uniform(width, height, 0.0);
            for goal in goals {
                let mask = regions.mask(&goal.region, width, height);
                let both = union.values.iter_mut().zip(mask.values);
                both.for_each(|(value, other)| *value = value.max(other));
            }
            union
        }
    };
    let values = inside
        .values
        .iter()
        .map(|value| (1.0 - 2.5 * value).max(0.0));
    Some(Mask {
        values: values.collect(),
        ..inside
    })
}
