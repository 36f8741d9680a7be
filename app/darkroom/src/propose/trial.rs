//! Trying a recipe on small copies of the photo. Colours and tones are measured on a tiny copy; effects whose lengths
//! are shares of the picture on a small one; what depends on single pixels on a tile of the working picture.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use retake_core::{Goal, Mask, Photo, PhotoId, Quantity, Raster, Rect, Region, RegionKind};
use retake_pixels::lab::Lab;
use retake_pixels::measure::Reference;
use retake_pixels::resize;

use super::hue_of;
use super::step::turn;
use super::tones::Tones;
use super::ways::kelvin;
use crate::ops::Work;
use crate::recipe::{Operation, Recipe};
use crate::render::{Analysis, Plan};
use retake_pixels::once::Filled;

const TINY_EDGE: usize = 192;
const TILE_EDGE: usize = 384;
/// What is kept at most.
const MOST_TILES: usize = 8;
const MOST_PAINTED: usize = 256;

/// A copy of the photo, or a part of it, and its measures.
struct Copy {
    photo: Photo,
    rect: Rect,
    reference: Reference,
}

/// The copies of one photo.
pub(crate) struct Trials {
    pub(crate) analysis: Arc<Analysis>,
    source: Arc<Raster>,
    masked: bool,
    tiny: Arc<Copy>,
    small: OnceLock<Arc<Copy>>,
    working: Photo,
    /// a tile for each region, as candidates of one instruction ask for the same ones
    tiles: Mutex<Vec<(Region, Arc<Copy>)>>,
    /// what brushes have come to: they take long, and candidates try the same ones
    painted: Mutex<Vec<Painted>>,
}

/// A recipe with a brush, and how painterly it makes a region.
struct Painted {
    region: Region,
    recipe: Recipe,
    value: f32,
}

/// One quantity in one place, ready to be measured on any recipe.
pub(crate) struct Scope<'a> {
    trials: &'a Trials,
    copy: Arc<Copy>,
    quantity: Quantity,
    region: Region,
    mask: Option<Mask>,
    hue: Option<f32>,
}

fn photo_of(raster: impl Into<Arc<Raster>>) -> Photo {
    Photo::from_raster(raster, PhotoId([0; 32]))
}

fn whole(raster: Raster) -> Copy {
    let rect = Rect::whole(raster.width, raster.height);
    let reference = Reference::new(&raster);
    Copy {
        photo: photo_of(raster),
        rect,
        reference,
    }
}

fn shrunk(raster: &Raster, edge: usize) -> Raster {
    let (width, height) = resize::size_within(raster.width, raster.height, edge);
    resize::raster(raster, width, height)
}

impl Trials {
    /// `source` is the photo at working size, `masked` whether the instruction comes with a mask.
    pub(crate) fn new(analysis: Arc<Analysis>, source: Arc<Raster>, masked: bool) -> Self {
        let tiny = Arc::new(whole(shrunk(&analysis.proxy, TINY_EDGE)));
        let working = photo_of(source.clone());
        Self {
            analysis,
            source,
            masked,
            tiny,
            small: OnceLock::new(),
            working,
            tiles: Mutex::new(Vec::new()),
            painted: Mutex::new(Vec::new()),
        }
    }

    /// Whether these are the copies of this very picture, so that they serve again.
    pub(crate) fn are_of(
        &self,
        analysis: &Arc<Analysis>,
        source: &Arc<Raster>,
        masked: bool,
    ) -> bool {
        Arc::ptr_eq(&self.analysis, analysis)
            && Arc::ptr_eq(&self.source, source)
            && self.masked == masked
    }

    fn tile(&self, region: &Region) -> Arc<Copy> {
        let tiles = || self.tiles.lock().unwrap_or_else(PoisonError::into_inner);
        let of_region = |tile: &&(Region, Arc<Copy>)| tile.0 == *region;
        if let Some((_, copy)) = tiles().iter().find(of_region) {
            return copy.clone();
        }
        // cutting runs on all threads, so no lock is held meanwhile
        let copy = Arc::new(self.cut(region));
        let mut tiles = tiles();
        if tiles.len() >= MOST_TILES {
            tiles.clear();
        }
        tiles.push((region.clone(), copy.clone()));
        copy
    }

    fn copy(&self, quantity: Quantity, region: &Region) -> Arc<Copy> {
        use Quantity as Q;
        match quantity {
            Q::Sharpness | Q::Blur | Q::MotionBlur | Q::Noise | Q::Grain | Q::Painterly => {
                self.tile(region)
            }
            Q::Clarity | Q::Texture | Q::Pixelate | Q::Glow | Q::Haze => self
                .small
                .filled(|| Arc::new(whole(self.analysis.proxy.clone())))
                .clone(),
            _ => self.tiny.clone(),
        }
    }

    /// The tile of the working picture that holds most of the region.
    fn cut(&self, region: &Region) -> Copy {
        let (width, height) = (self.working.width(), self.working.height());
        let (tile_width, tile_height) = (width.min(TILE_EDGE), height.min(TILE_EDGE));
        let mask = self.mask(region, 64.min(width), 64.min(height));
        let mut best = (f32::MIN, 0, 0);
        for (j, i) in (0..=4).flat_map(|j| (0..=4).map(move |i| (j, i))) {
            let (x0, y0) = ((width - tile_width) * i / 4, (height - tile_height) * j / 4);
            let cover = mask.as_ref().map_or(0.0, |mask| {
                let (left, top) = (x0 * mask.width / width, y0 * mask.height / height);
                let right = ((x0 + tile_width) * mask.width / width).max(left + 1);
                let bottom = ((y0 + tile_height) * mask.height / height).max(top + 1);
                (top..bottom)
                    .flat_map(|y| (left..right).map(move |x| (x, y)))
                    .map(|(x, y)| mask.at(x, y))
                    .sum()
            });
            // without a region, the middle
            let middle = -0.001 * ((i as f32 - 2.0).powi(2) + (j as f32 - 2.0).powi(2));
            if cover + middle > best.0 {
                best = (cover + middle, x0, y0);
            }
        }
        let rect = Rect {
            x0: best.1,
            y0: best.2,
            x1: best.1 + tile_width,
            y1: best.2 + tile_height,
        };
        let frame = crate::render::Frame::whole(width, height);
        let reference = Reference::new(&frame.read(&self.working, rect));
        Copy {
            photo: self.working.clone(),
            rect,
            reference,
        }
    }

    /// The region, inside the instruction's mask; `None` for everywhere.
    fn mask(&self, region: &Region, width: usize, height: usize) -> Option<Mask> {
        let mut region = region.clone();
        if self.masked {
            region.parts.push(retake_core::Part {
                kind: RegionKind::Painted,
                inverted: false,
            });
        }
        (!region.is_whole()).then(|| self.analysis.regions.mask(&region, width, height))
    }

    /// Where and what a goal measures.
    pub(crate) fn scope(&self, goal: &Goal) -> Scope<'_> {
        self.scope_of(goal.quantity, &goal.region, hue_of(goal))
    }

    /// The same for a quantity and a region.
    pub(crate) fn scope_of(
        &self,
        quantity: Quantity,
        region: &Region,
        hue: Option<f32>,
    ) -> Scope<'_> {
        let copy = self.copy(quantity, region);
        let (width, height) = (copy.photo.width(), copy.photo.height());
        let mask = self
            .mask(region, width, height)
            .map(|mask| cropped(&mask, copy.rect));
        Scope {
            trials: self,
            copy,
            quantity,
            region: region.clone(),
            mask,
            hue,
        }
    }

    /// How the tones of the photo, or of a part of it, are spread.
    pub(crate) fn tones(&self, region: &Region) -> Tones {
        let (width, height) = (self.tiny.photo.width(), self.tiny.photo.height());
        Tones::of(&self.tiny(), self.mask(region, width, height).as_ref())
    }

    /// A region on the tiny copy, inside the instruction's mask; `None` for everywhere.
    pub(crate) fn mask_of(&self, region: &Region) -> Option<Mask> {
        self.mask(region, self.tiny.photo.width(), self.tiny.photo.height())
    }

    /// Whether the instruction came with a mask.
    pub(crate) fn masked(&self) -> bool {
        self.masked
    }

    /// The white balance that makes the near-neutrals neutral: mired from 6500 K, and tint. A pattern search (Hooke &
    /// Jeeves 1961) on the cast itself.
    pub(crate) fn neutral_light(&self, goal: &Goal) -> [f32; 2] {
        let scope = self.scope(goal);
        let cast = |[mired, tint]: [f32; 2]| {
            let operation = Operation::new("white_balance")
                .with("kelvin", kelvin(mired))
                .with("tint", tint);
            scope.measure(&Recipe::of(vec![operation]))
        };
        let (mut at, mut least, mut step) = ([0.0, 0.0], scope.before(), 32.0f32);
        while step >= 2.0 {
            let tries = [[step, 0.0], [-step, 0.0], [0.0, step], [0.0, -step]];
            let found = tries
                .map(|d| [at[0] + d[0], at[1] + d[1]])
                .map(|place| (cast(place), place));
            let best = found.into_iter().min_by(|a, b| a.0.total_cmp(&b.0));
            match best {
                Some((value, place)) if value < least => (least, at) = (value, place),
                _ => step *= 0.5,
            }
        }
        at
    }

    /// A recipe on the tiny copy, without its geometry.
    pub(crate) fn render_tiny(&self, recipe: &Recipe) -> Raster {
        let plan = Plan::new(
            &unmoved(recipe),
            self.tiny.photo.width(),
            self.tiny.photo.height(),
            self.analysis.clone(),
        );
        plan.render_whole(&self.tiny.photo)
    }

    /// The tiny copy itself.
    pub(crate) fn tiny(&self) -> Raster {
        shrunk(&self.analysis.proxy, TINY_EDGE)
    }
}

/// The recipe in the photo's own frame: what is compared are the photo's own parts, which a crop or a turn would move.
fn unmoved(recipe: &Recipe) -> Recipe {
    let mut recipe = recipe.clone();
    for layer in &mut recipe.layers {
        let stays = |operation: &Operation| !matches!(operation.op.work, Work::Geometry { .. });
        layer.operations.retain(stays);
    }
    recipe
}

fn cropped(mask: &Mask, rect: Rect) -> Mask {
    if rect == Rect::whole(mask.width, mask.height) {
        return mask.clone();
    }
    Mask::from_fn(rect.width(), rect.height(), |x, y| {
        mask.at(rect.x0 + x, rect.y0 + y)
    })
}

impl Scope<'_> {
    /// The value in the photo as it is.
    pub(crate) fn before(&self) -> f32 {
        self.copy
            .reference
            .before(self.quantity, self.mask.as_ref(), self.hue)
    }

    /// The value after a recipe, without its geometry.
    pub(crate) fn measure(&self, recipe: &Recipe) -> f32 {
        if self.quantity != Quantity::Painterly {
            return self.tried(recipe);
        }
        let painted = || {
            self.trials
                .painted
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
        };
        let same = |known: &&Painted| known.region == self.region && known.recipe == *recipe;
        if let Some(known) = painted().iter().find(same) {
            return known.value;
        }
        let value = self.tried(recipe);
        let mut painted = painted();
        if painted.len() >= MOST_PAINTED {
            painted.clear();
        }
        painted.push(Painted {
            region: self.region.clone(),
            recipe: recipe.clone(),
            value,
        });
        value
    }

    fn tried(&self, recipe: &Recipe) -> f32 {
        let copy = &self.copy;
        let analysis = self.trials.analysis.clone();
        let (width, height) = (copy.photo.width(), copy.photo.height());
        let plan = Plan::new(&unmoved(recipe), width, height, analysis);
        let edited = Lab::of(&plan.render(&copy.photo, copy.rect));
        let after = copy
            .reference
            .after(self.quantity, &edited, self.mask.as_ref(), self.hue);
        if self.quantity == Quantity::Hue {
            let before = self.before();
            return before + turn(after - before);
        }
        after
    }
}
