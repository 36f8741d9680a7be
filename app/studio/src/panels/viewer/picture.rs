//! A picture in a pane: the copy at working size at once, what was rendered for exactly this view as soon as it is there.

use std::sync::Arc;

use eframe::egui::{Color32, Painter, Pos2, Rect, Shape, pos2};
use eframe::epaint::{Mesh, Vertex};
use retake_core::Rect as Part;
use retake_darkroom::Recipe;
use retake_darkroom::ops::Work;
use retake_darkroom::render::Frame;
use retake_engine::{Command, Seen, Session, Shown, Sight, Subject, Take, View};

use super::arranged::MOST_PANES;
use super::geometry::Place;
use super::marks::clipped;
use crate::card;
use crate::cx::Cx;

/// From here on the pixels are shown as squares, screen pixels a picture pixel.
const SQUARES: f32 = 2.0;
/// Bytes of rendered views that are kept, so that going back and forth between takes is sharp at once.
const KEPT_BYTES: usize = 64 << 20;

/// One picture that can be looked at.
#[derive(Clone, Debug)]
pub(crate) struct Picture {
    /// which
    pub(crate) subject: Subject,
    /// its size at full resolution, and how it lies on the photo
    pub(crate) frame: Frame,
    /// what people call it
    pub(crate) name: String,
    /// at working size
    pub(crate) small: Arc<Shown>,
    /// tells it from every other picture
    pub(crate) key: u64,
    /// `small` is that of an earlier recipe
    pub(crate) behind: bool,
}

impl Picture {
    /// The photo as it was opened.
    pub(crate) fn photo(cx: &Cx<'_>) -> Option<Self> {
        let session = cx.session()?;
        Some(Self {
            subject: Subject::Photo,
            frame: whole(session),
            name: cx.text("side_original"),
            small: session.shown.clone(),
            key: cx.engine.key_of(Subject::Photo)?,
            behind: false,
        })
    }
    /// A take as it stands.
    pub(crate) fn take(cx: &Cx<'_>, take: &Take) -> Option<Self> {
        let session = cx.session()?;
        let number = (take.index + 1).to_string();
        let small = take.shown.as_ref();
        Some(Self {
            subject: Subject::Take(take.id),
            frame: frame(session, take),
            name: cx.texts.with("side_take", &[("number", &number)]),
            // one that is being made again after a restart looks like the photo until then
            small: small.unwrap_or(&session.shown).clone(),
            key: cx.engine.key_of(Subject::Take(take.id))?,
            behind: take.stale,
        })
    }
}

fn whole(session: &Session) -> Frame {
    Frame::whole(session.photo.width(), session.photo.height())
}

/// How a take lies on the photo, read from its recipe; edits that are no recipes lie on all of it.
fn frame(session: &Session, take: &Take) -> Frame {
    let mut frame = whole(session);
    let Ok(recipe) = Recipe::from_value(take.provenance.recipe.clone()) else {
        let (width, height) = take.full_size;
        let stretch = [
            [frame.width as f64 / width.max(1) as f64, 0.0, 0.0],
            [0.0, frame.height as f64 / height.max(1) as f64, 0.0],
        ];
        return frame.then(width, height, stretch);
    };
    for operation in recipe.layers.iter().flat_map(|layer| &layer.operations) {
        if let Work::Geometry { place } = operation.op.work {
            frame = place(operation, frame);
        }
    }
    frame
}

/// Views that were rendered, the latest last.
#[derive(Clone, Debug, Default)]
pub(crate) struct Views(Vec<Seen>);

impl Views {
    /// Keeps what the engine has rendered since the last frame.
    pub(crate) fn gather(&mut self, cx: &Cx<'_>) {
        let through_profile = cx.screen.profile().is_some();
        let usable = |seen: &Seen| match &seen.picture {
            Sight::Pixels(_) => true,
            // what lies on the card is coded for an sRGB screen, and a card that is lost takes it along
            Sight::OnScreen(there) => {
                !through_profile && card::opened(there).is_some_and(|there| !there.is_lost())
            }
        };
        self.0.retain(usable);
        for seen in (0..MOST_PANES).filter_map(|pane| cx.engine.seen(pane)) {
            let made = |seen: &Seen| (seen.key, seen.view, seen.picture.pixels().is_some());
            if !self.0.iter().any(|kept| same(kept, seen)) && usable(seen) {
                self.0.retain(|kept| made(kept) != made(seen));
                self.0.push(seen.clone());
            }
        }
        let bytes = |views: &[Seen]| views.iter().map(bytes).sum::<usize>();
        while self.0.len() > MOST_PANES && bytes(&self.0) > KEPT_BYTES {
            self.0.remove(0);
        }
    }
    /// What was rendered for exactly this view, before anything else what lies on the graphics card already.
    pub(crate) fn exact(&self, key: u64, view: View) -> Option<&Seen> {
        let exact = || self.0.iter().filter(|s| s.key == key && s.view == view);
        let there = exact().find(|seen| seen.picture.pixels().is_none());
        there.or_else(|| exact().next())
    }
    /// The pixels of exactly this view.
    pub(crate) fn exact_pixels(&self, key: u64, view: View) -> Option<&Arc<Shown>> {
        let mut exact = self.0.iter().filter(|s| s.key == key && s.view == view);
        exact.find_map(|seen| seen.picture.pixels())
    }
    /// What was rendered last for this view, whatever the recipe was then.
    fn last(&self, view: View) -> Option<&Seen> {
        self.0.iter().rev().find(|seen| seen.view == view)
    }
    /// What was rendered of this picture for other views, the coarsest first.
    fn others(&self, key: u64) -> Vec<Seen> {
        let mut views: Vec<Seen> = self.0.iter().filter(|s| s.key == key).cloned().collect();
        let fineness = |seen: &Seen| seen.view.size.0 as f32 / seen.view.part.width() as f32;
        views.sort_by(|a, b| fineness(a).total_cmp(&fineness(b)));
        views
    }
}

/// True when it is the very same picture.
fn same(a: &Seen, b: &Seen) -> bool {
    match (&a.picture, &b.picture) {
        (Sight::Pixels(a), Sight::Pixels(b)) => Arc::ptr_eq(a, b),
        (Sight::OnScreen(a), Sight::OnScreen(b)) => Arc::ptr_eq(a, b),
        _ => false,
    }
}

fn bytes(seen: &Seen) -> usize {
    let (width, height) = seen.view.size;
    4 * width * height
}

/// What is asked of the engine for a picture in its place.
pub(crate) fn view(picture: &Picture, place: &Place) -> Option<View> {
    let (part, size) = place.part()?;
    Some(View {
        subject: picture.subject,
        part,
        size,
    })
}

/// The pixels that a picture shows right now, and which part of it they are: the exact ones, or the small copy.
pub(crate) fn pixels(cx: &Cx<'_>, picture: &Picture, place: &Place) -> (Arc<Shown>, Part) {
    let views = &cx.look.hand.views;
    let exact = view(picture, place).and_then(|view| {
        let shown = views.exact_pixels(picture.key, view)?;
        Some((shown.clone(), view.part))
    });
    exact.unwrap_or_else(|| {
        let all = Part::whole(picture.frame.width, picture.frame.height);
        (picture.small.clone(), all)
    })
}

/// How a picture is drawn.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Manner {
    /// which of the engine's panes renders it
    pub(crate) pane: usize,
    /// 0 invisible to 1
    pub(crate) opacity: f32,
    /// drawn only on this side of a line: a point of it, and the direction that is kept
    pub(crate) side: Option<(Pos2, eframe::egui::Vec2)>,
}

impl Manner {
    /// Whole and opaque.
    pub(crate) fn plain(pane: usize) -> Self {
        Self {
            pane,
            opacity: 1.0,
            side: None,
        }
    }
}

/// Asks for what is missing of a picture without drawing it: first for something to look at, then for its pixels where
/// they are wanted too.
pub(crate) fn ask(cx: &mut Cx<'_>, picture: &Picture, place: &Place, pane: usize, pixels: bool) {
    let Some(view) = view(picture, place) else {
        return;
    };
    let through_profile = cx.screen.profile().is_some();
    let views = &cx.look.hand.views;
    let there = views.exact(picture.key, view).is_some();
    if !there || (pixels && views.exact_pixels(picture.key, view).is_none()) {
        cx.send(Command::Look {
            pane,
            view,
            // on a screen with a profile everything goes through it
            pixels: there || through_profile,
        });
    }
}

/// Draws a picture in its place and asks for what is missing.
pub(crate) fn draw(
    painter: &Painter,
    cx: &mut Cx<'_>,
    picture: &Picture,
    place: &Place,
    manner: Manner,
) {
    let painter = painter.with_clip_rect(painter.clip_rect().intersect(place.pane));
    let Some(view) = view(picture, place) else {
        return;
    };
    let exact = cx.look.hand.views.exact(picture.key, view).cloned();
    ask(cx, picture, place, manner.pane, cx.look.clipping);
    let small = (Sight::Pixels(picture.small.clone()), place.rect);
    // half-transparent layers would add up, so there is only one of them
    let mut layers = vec![small];
    let placed = |seen: &Seen| {
        let rect = place.rect_of(seen.view.part, seen.view.size);
        (seen.picture.clone(), rect)
    };
    match &exact {
        Some(seen) => layers = vec![placed(seen)],
        // under a moving slider the sharp picture of a moment ago stays until the next one is there
        None if picture.behind && cx.look.hand.views.last(view).is_some() => {
            layers = cx
                .look
                .hand
                .views
                .last(view)
                .map(placed)
                .into_iter()
                .collect();
        }
        None if manner.opacity >= 1.0 => {
            layers.extend(cx.look.hand.views.others(picture.key).iter().map(placed));
        }
        None => {}
    }
    let ctx = painter.ctx().clone();
    let tint = Color32::WHITE.gamma_multiply(manner.opacity);
    let sharp = place.scale >= SQUARES && exact.is_some();
    for (sight, rect) in &layers {
        let texture = match sight {
            Sight::Pixels(shown) => Some(cx.textures.of(&ctx, shown, !sharp)),
            Sight::OnScreen(there) => cx.textures.on_screen(there, !sharp),
        };
        if let Some(texture) = texture {
            image(&painter, texture, *rect, tint, manner.side);
        }
    }
    if cx.look.clipping {
        let (shown, part) = pixels(cx, picture, place);
        let rect = match part == view.part {
            true => place.rect_of(part, view.size),
            false => place.rect,
        };
        let (blown, crushed) = (cx.theme.blown, cx.theme.crushed);
        let style = 16 + cx.theme.shade as u64;
        let texture = cx.textures.made(&ctx, &shown, style, !sharp, |shown| {
            clipped(shown, blown, crushed)
        });
        image(&painter, texture, rect, tint, manner.side);
    }
}

/// A texture in a rectangle, or that side of it.
pub(crate) fn image(
    painter: &Painter,
    texture: eframe::egui::TextureId,
    rect: Rect,
    tint: Color32,
    side: Option<(Pos2, eframe::egui::Vec2)>,
) {
    let whole = Rect::from_min_max(Pos2::ZERO, pos2(1.0, 1.0));
    let Some((point, towards)) = side else {
        painter.image(texture, rect, whole, tint);
        return;
    };
    let corners = [
        rect.left_top(),
        rect.right_top(),
        rect.right_bottom(),
        rect.left_bottom(),
    ];
    let uv = |at: Pos2| {
        let share = (at - rect.min) / rect.size();
        share.to_pos2()
    };
    polygon(painter, texture, &cut(&corners, point, towards), uv, tint);
}

/// A texture on a convex polygon.
pub(crate) fn polygon(
    painter: &Painter,
    texture: eframe::egui::TextureId,
    corners: &[Pos2],
    uv: impl Fn(Pos2) -> Pos2,
    tint: Color32,
) {
    let mut mesh = Mesh::with_texture(texture);
    for &pos in corners {
        mesh.vertices.push(Vertex {
            pos,
            uv: uv(pos),
            color: tint,
        });
    }
    for i in 2..corners.len() as u32 {
        mesh.add_triangle(0, i - 1, i);
    }
    painter.add(Shape::mesh(mesh));
}

/// The part of a convex polygon on one side of a line (Sutherland and Hodgman 1974, one edge).
fn cut(corners: &[Pos2], point: Pos2, towards: eframe::egui::Vec2) -> Vec<Pos2> {
    let inside = |at: Pos2| (at - point).dot(towards);
    let mut kept = Vec::with_capacity(corners.len() + 1);
    for (i, &from) in corners.iter().enumerate() {
        let to = corners[(i + 1) % corners.len()];
        let (a, b) = (inside(from), inside(to));
        if a >= 0.0 {
            kept.push(from);
        }
        if (a >= 0.0) != (b >= 0.0) {
            kept.push(from + (to - from) * (a / (a - b)));
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use eframe::egui::vec2;

    #[test]
    fn a_line_through_the_middle_leaves_half() {
        let square = [
            pos2(0.0, 0.0),
            pos2(2.0, 0.0),
            pos2(2.0, 2.0),
            pos2(0.0, 2.0),
        ];
        let half = cut(&square, pos2(1.0, 1.0), vec2(1.0, 0.0));
        assert!(half.iter().all(|at| at.x >= 1.0) && half.len() == 4);
        let corner = cut(&square, pos2(1.5, 1.5), vec2(1.0, 1.0));
        assert_eq!(corner.len(), 3);
        assert!(cut(&square, pos2(5.0, 0.0), vec2(1.0, 0.0)).is_empty());
    }
}
