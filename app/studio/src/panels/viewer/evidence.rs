//! Evidence: the map behind a score or a reason, over the take it is about.

use std::hash::{DefaultHasher, Hash, Hasher};

use eframe::egui::{Color32, Painter};
use retake_core::{Dimension, Mask, Scorecard};
use retake_engine::{Subject, Take};

use super::geometry::Place;
use super::marks::tinted;
use super::picture::{Picture, image};
use crate::cx::Cx;
use crate::look::Evidence;

/// How strongly it lies over the photo where the map is 1.
pub(crate) const STRENGTH: f32 = 0.75;

/// The map that the look asks for.
fn map<'a>(card: &'a Scorecard, wanted: &Evidence) -> Option<&'a Mask> {
    let score = card
        .scores
        .get(&Dimension::from(wanted.dimension.as_str()))?;
    match wanted.reason {
        None => score.evidence.as_ref(),
        Some(reason) => {
            let reason = score.reasons.get(reason)?;
            reason.evidence.as_ref().or(score.evidence.as_ref())
        }
    }
}

/// Draws it over the picture of its take.
pub(crate) fn draw(
    painter: &Painter,
    cx: &mut Cx<'_>,
    take: &Take,
    picture: &Picture,
    place: &Place,
) {
    let (Some(wanted), Some(card)) = (cx.look.evidence.clone(), take.card.clone()) else {
        return;
    };
    if picture.subject != Subject::Take(take.id) || map(&card, &wanted).is_none() {
        return;
    }
    let mut hasher = DefaultHasher::new();
    (&wanted.dimension, wanted.reason, cx.theme.shade).hash(&mut hasher);
    let colour = cx.theme.evidence;
    let ctx = painter.ctx().clone();
    let make = |card: &Scorecard| match map(card, &wanted) {
        Some(map) => tinted(map, colour, STRENGTH),
        None => eframe::egui::ColorImage::filled([1, 1], Color32::TRANSPARENT),
    };
    let texture = cx.textures.made(&ctx, &card, hasher.finish(), true, make);
    let painter = painter.with_clip_rect(painter.clip_rect().intersect(place.pane));
    image(&painter, texture, place.rect, Color32::WHITE, None);
}
