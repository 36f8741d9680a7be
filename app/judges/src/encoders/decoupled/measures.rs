//! What is measured of a pair of pictures inside and outside of the place of an edit, which way is better, and how a
//! number becomes a share of a score. The numbers and their directions are GEditBench v2's; the shares are Retake's own.

use std::cell::OnceCell;

use retake_core::{Mask, PerceptualDistance, Raster, Said, said};
use retake_pixels::lab::Lab;
use retake_pixels::resize;
use retake_vision::encoder::{Dino, Direction, Squares};
use retake_vision::picture::Bitmap;

use super::super::tower::Tower;
use super::super::{fault, kept_shares, weighted};
use crate::formulas::decoupled::{
    earth_movers_distance, structural_similarity, structure_likeness,
};

/// Long edge at which the perceptual distance looks, px: what the network was trained on.
const EDGE: usize = 256;
/// Squares that DINOv2 cuts a picture into: those of 224 × 224 px.
const SQUARES: usize = 256;
/// A square counts as outside where no more of it than this lies inside, and as inside from there on.
const HALF: f32 = 0.5;

/// A measure of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sort {
    /// LPIPS
    Perceptual,
    /// the earth mover's distance of CLIP's patches
    Patches,
    /// SSIM
    Structure,
    /// the identity of other people's faces
    OtherFaces,
    /// SSIM of L*
    StructureOfLight,
    /// likeness of structure to DINO
    Form,
    /// SSIM of depth
    Depth,
    /// whether the thing is the same one to CLIP
    SameToClip,
    /// whether the thing or body is the same one to DINO
    Body,
    /// the identity of the face
    Face,
    /// high frequencies of the hair
    Hair,
}

/// A row of the table of measures.
pub(super) struct Measure {
    sort: Sort,
    /// in the record
    pub(super) id: &'static str,
    /// for people, with the way that is better
    pub(super) name: &'static str,
    take: fn(&Pair<'_>) -> Result<f64, Said>,
    /// from the number to a share of the score, 0 to 1; monotone
    pub(super) share: fn(f64) -> f64,
}

fn none(_: f64) -> f64 {
    0.0
}
/// An SSIM of 0.2 and less is another picture.
fn of_similarity(value: f64) -> f64 {
    ((value - 0.2) / 0.8).clamp(0.0, 1.0)
}
/// Cosines of unrelated pictures lie around 0.5.
fn of_cosine(value: f64) -> f64 {
    ((value - 0.5) / 0.5).clamp(0.0, 1.0)
}

/// All measures.
pub(super) const MEASURES: &[Measure] = &[
    Measure {
        sort: Sort::Perceptual,
        id: "regions.lpips",
        name: "the perceptual distance (0 is the same)",
        take: |pair| match pair.perceived() {
            Ok(seen) => Ok(seen.pooled),
            Err(why) => Err(why.clone()),
        },
        share: |distance| (-distance / 0.2).exp(),
    },
    Measure {
        sort: Sort::Patches,
        id: "regions.clip_emd",
        name: "the distance of CLIP's patches (0 is the same)",
        take: |pair| pair.patches(),
        share: |distance| (-distance / 0.3).exp(),
    },
    Measure {
        sort: Sort::Structure,
        id: "regions.ssim",
        name: "the structural similarity (1 is the same)",
        take: |pair| pair.similarity(false),
        share: of_similarity,
    },
    Measure {
        sort: Sort::OtherFaces,
        id: "regions.other_faces",
        name: "the identity of other faces",
        take: |_| Err(said!("Retake has no network for faces")),
        share: none,
    },
    Measure {
        sort: Sort::StructureOfLight,
        id: "regions.ssim_l",
        name: "the structural similarity of the light (1 is the same)",
        take: |pair| pair.similarity(true),
        share: of_similarity,
    },
    Measure {
        sort: Sort::Form,
        id: "regions.dino_structure",
        name: "the likeness of structure to DINOv2 (1 is the same)",
        take: |pair| pair.form(),
        share: of_cosine,
    },
    Measure {
        sort: Sort::Depth,
        id: "regions.depth",
        name: "the similarity of depth",
        take: |_| Err(said!("Retake has no network for depth")),
        share: none,
    },
    Measure {
        sort: Sort::SameToClip,
        id: "regions.clip_thing",
        name: "the likeness of the thing to CLIP (1 is the same)",
        take: |pair| pair.same_to_clip(),
        share: of_cosine,
    },
    Measure {
        sort: Sort::Body,
        id: "regions.dino_thing",
        name: "the likeness of the thing to DINOv2 (1 is the same)",
        take: |pair| pair.same_to_dino(),
        share: of_cosine,
    },
    Measure {
        sort: Sort::Face,
        id: "regions.face",
        name: "the identity of the face",
        take: |_| Err(said!("Retake has no network for faces")),
        share: none,
    },
    Measure {
        sort: Sort::Hair,
        id: "regions.hair",
        name: "the detail of the hair",
        take: |_| Err(said!("Retake has no network for hair")),
        share: none,
    },
];

impl Sort {
    pub(super) fn row(self) -> Option<&'static Measure> {
        MEASURES.iter().find(|measure| measure.sort == self)
    }
}

impl Measure {
    pub(super) fn take(&self, pair: &Pair<'_>) -> Result<f64, Said> {
        (self.take)(pair)
    }
}

/// The networks, as far as there are any.
#[derive(Clone, Copy)]
pub(super) struct Networks<'a> {
    pub(super) eye: Option<&'a dyn PerceptualDistance>,
    pub(super) clip: Option<&'a Tower>,
    pub(super) dino: Option<&'a Dino>,
}

/// Both pictures at one size, and the place of the edit.
pub(super) struct Pair<'a> {
    pub(super) networks: Networks<'a>,
    pub(super) source: &'a Raster,
    pub(super) before: &'a Lab,
    pub(super) edited: &'a Raster,
    pub(super) after: &'a Lab,
    /// 1 inside, 0 outside
    pub(super) place: &'a Mask,
    /// looked at once
    pub(super) perceived: OnceCell<Result<Perceived, Said>>,
}

/// What the perceptual distance sees outside.
pub(super) struct Perceived {
    /// the mean, as it is published
    pub(super) mean: f64,
    /// the root of the mean square: a new thing in a corner is seen at once
    pub(super) pooled: f64,
    /// where, at the size of the pictures
    pub(super) map: Mask,
}

impl Pair<'_> {
    fn outside(&self, i: usize) -> f32 {
        1.0 - self.place.values[i]
    }

    /// The edit with the source put back inside, so that nothing of the inside reaches what is measured outside.
    fn put_back(&self) -> Raster {
        let mut out = self.edited.clone();
        for (plane, source) in out.planes.iter_mut().zip(&self.source.planes) {
            for (i, value) in plane.iter_mut().enumerate() {
                if self.place.values[i] > HALF {
                    *value = source[i];
                }
            }
        }
        out
    }

    pub(super) fn perceived(&self) -> &Result<Perceived, Said> {
        self.perceived.get_or_init(|| self.perceptual())
    }

    fn perceptual(&self) -> Result<Perceived, Said> {
        let eye = self.networks.eye;
        let eye = eye.ok_or_else(|| said!("the network for it is not there"))?;
        let (width, height) = resize::size_within(self.source.width, self.source.height, EDGE);
        let small = |raster: &Raster| resize::raster(raster, width, height);
        let apart = eye.between(&small(self.source), &small(&self.put_back()));
        let apart = apart.ok_or_else(|| said!("the picture is too small for it"))?;
        let shares = kept_shares(Some(self.place), apart.map.width, apart.map.height);
        let squares: Vec<f32> = apart.map.values.iter().map(|value| value * value).collect();
        let shown = apart.map.values.iter().zip(&shares);
        Ok(Perceived {
            mean: weighted(&apart.map.values, &shares),
            pooled: weighted(&squares, &shares).sqrt(),
            map: resize::mask(
                &Mask {
                    width: apart.map.width,
                    height: apart.map.height,
                    values: shown
                        .map(|(value, share)| (1.5 * value * share).clamp(0.0, 1.0))
                        .collect(),
                },
                self.source.width,
                self.source.height,
            ),
        })
    }

    /// SSIM of L*, outside with the source put back, or inside.
    fn similarity(&self, inside: bool) -> Result<f64, Said> {
        let (width, height) = (self.before.width, self.before.height);
        let of = |lab: &Lab| -> Vec<f32> { lab.l.iter().map(|l| l / 100.0).collect() };
        let (before, mut after) = (of(self.before), of(self.after));
        if !inside {
            for (i, value) in after.iter_mut().enumerate() {
                if self.place.values[i] > HALF {
                    *value = before[i];
                }
            }
        }
        structural_similarity(&before, &after, (width, height), |x, y| {
            let i = y * width + x;
            if inside {
                self.place.values[i]
            } else {
                self.outside(i)
            }
        })
        .ok_or_else(|| said!("the area is too small for it"))
    }

    /// The earth mover's distance from all patches of the source to those outside of the edit, less what it is for the
    /// source itself, from which the same patches are missing. Patches have length 1, so that the number does not hang on
    /// the checkpoint.
    fn patches(&self) -> Result<f64, Said> {
        let clip = self.networks.clip;
        let clip = clip.ok_or_else(|| said!("name CLIP's folder with clip=DIR"))?;
        let look = |raster: &Raster| -> Result<Squares, Said> {
            let seen = clip.clip().squares(&Bitmap::of_raster(raster));
            seen.map_err(|error| fault(&error))
        };
        let (before, after) = (look(self.source)?, look(&self.put_back())?);
        let shares = kept_shares(Some(self.place), before.columns, before.rows);
        let left = |seen: &Squares| -> Vec<Vec<f32>> {
            let each = seen.vectors.iter().zip(&shares);
            let kept = each.filter(|(_, share)| **share >= HALF);
            kept.map(|(vector, _)| vector.clone()).collect()
        };
        let to = |vectors: &[Vec<f32>]| earth_movers_distance(&before.vectors, vectors);
        let (least, found) = (to(&left(&before)), to(&left(&after)));
        match (least, found) {
            (Some(least), Some(found)) => Ok((found - least).max(0.0)),
            _ => Err(said!("the area is too small for it")),
        }
    }

    fn form(&self) -> Result<f64, Said> {
        let (before, after) = (self.dino(self.source)?, self.dino(self.edited)?);
        let shares = kept_shares(Some(self.place), before.columns, before.rows);
        let inside = |squares: &[Vec<f32>]| -> Vec<Vec<f32>> {
            let each = squares.iter().zip(&shares);
            let there = each.filter(|(_, share)| **share < HALF);
            there.map(|(vector, _)| vector.clone()).collect()
        };
        structure_likeness(&inside(&before.squares), &inside(&after.squares))
            .ok_or_else(|| said!("the area is too small for it"))
    }

    fn dino(&self, picture: &Raster) -> Result<retake_vision::encoder::Seen, Said> {
        let dino = self.networks.dino;
        let dino = dino.ok_or_else(|| said!("name DINOv2's folder with dinov2=DIR"))?;
        dino.whole(&Bitmap::of_raster(picture), SQUARES)
            .map_err(|error| fault(&error))
    }

    fn same_to_clip(&self) -> Result<f64, Said> {
        let clip = self.networks.clip;
        let clip = clip.ok_or_else(|| said!("name CLIP's folder with clip=DIR"))?;
        let [before, after] = self.cut()?;
        let (before, after) = (
            clip.picture(&Bitmap::of_raster(&before))?,
            clip.picture(&Bitmap::of_raster(&after))?,
        );
        Ok(before.cosine(&after))
    }

    fn same_to_dino(&self) -> Result<f64, Said> {
        let [before, after] = self.cut()?;
        let (before, after) = (self.dino(&before)?, self.dino(&after)?);
        match (Direction::of(&before.class), Direction::of(&after.class)) {
            (Some(before), Some(after)) => Ok(before.cosine(&after)),
            _ => Err(said!("the network points nowhere")),
        }
    }

    /// The box around the place, cut out of both pictures.
    fn cut(&self) -> Result<[Raster; 2], Said> {
        let inside = |i: &usize| self.place.values[*i] > HALF;
        let (mut left, mut top, mut right, mut bottom) = (usize::MAX, usize::MAX, 0, 0);
        for i in (0..self.place.values.len()).filter(inside) {
            let (x, y) = (i % self.place.width, i / self.place.width);
            (left, right) = (left.min(x), right.max(x + 1));
            (top, bottom) = (top.min(y), bottom.max(y + 1));
        }
        if right < left + 8 || bottom < top + 8 {
            return Err(said!("the area is too small for it"));
        }
        let of = |raster: &Raster| {
            Raster::from_fn(right - left, bottom - top, |x, y| {
                raster.at(left + x, top + y)
            })
        };
        Ok([of(self.source), of(self.edited)])
    }

    /// What changed outside, where no network looks.
    pub(super) fn differences(&self) -> Mask {
        let change = |i: usize| (self.before.l[i] - self.after.l[i]).abs() / 50.0;
        let values = (0..self.before.len()).map(|i| (change(i) * self.outside(i)).min(1.0));
        Mask {
            width: self.before.width,
            height: self.before.height,
            values: values.collect(),
        }
    }
}
