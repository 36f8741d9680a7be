//! What stays on the device from one slider move to the next: the photo as it was uploaded, and the coverages of its
//! masks. Only of the photo that was shown last, and only so much.

use std::sync::Arc;

use retake_core::{PhotoId, Rect};
use wgpu::Buffer;

use crate::recipe::MaskPart;
use crate::render::{Analysis, Frame};

/// Bytes of photos that are kept: the whole at both small sizes and some parts at full resolution.
const MOST_PHOTOS: u64 = 256 << 20;
/// Bytes of coverages that are kept.
const MOST_COVERS: u64 = 128 << 20;

/// A rectangle of a photo at one size, read through a frame.
#[derive(Clone, PartialEq)]
pub(super) struct Ground {
    /// which photo; its copies at other sizes differ in their frame
    pub(super) photo: PhotoId,
    /// how it is read
    pub(super) frame: Frame,
    /// what of it, in the frame
    pub(super) rect: Rect,
}

/// The coverages of all masked layers over a rectangle.
#[derive(Clone)]
pub(super) struct Cover {
    /// what they lie on; the rectangle is theirs
    pub(super) ground: Ground,
    /// of each masked layer, in order
    pub(super) masks: Vec<Vec<MaskPart>>,
    /// where the named regions are
    pub(super) analysis: Arc<Analysis>,
}

impl PartialEq for Cover {
    fn eq(&self, other: &Self) -> bool {
        self.ground == other.ground
            && self.masks == other.masks
            && Arc::ptr_eq(&self.analysis, &other.analysis)
    }
}

/// All that is kept, the latest used last.
#[derive(Default)]
pub(super) struct Grounds {
    photos: Vec<(Ground, Buffer)>,
    covers: Vec<(Cover, Buffer)>,
}

impl Grounds {
    /// Forgets other photos.
    pub(super) fn only(&mut self, photo: PhotoId) {
        self.photos.retain(|(ground, _)| ground.photo == photo);
        self.covers.retain(|(cover, _)| cover.ground.photo == photo);
    }
    /// The photo's buffer, if it is there.
    pub(super) fn photo(&mut self, ground: &Ground) -> Option<Buffer> {
        find(&mut self.photos, ground)
    }
    /// The coverages' buffer, if it is there.
    pub(super) fn cover(&mut self, cover: &Cover) -> Option<Buffer> {
        find(&mut self.covers, cover)
    }
    /// Keeps a photo's buffer.
    pub(super) fn keep_photo(&mut self, ground: Ground, buffer: Buffer) {
        keep(&mut self.photos, ground, buffer, MOST_PHOTOS);
    }
    /// Keeps the coverages' buffer.
    pub(super) fn keep_cover(&mut self, cover: Cover, buffer: Buffer) {
        keep(&mut self.covers, cover, buffer, MOST_COVERS);
    }
    /// How many photos and coverages are kept.
    #[cfg(test)]
    pub(super) fn count(&self) -> (usize, usize) {
        (self.photos.len(), self.covers.len())
    }
}

fn find<K: PartialEq>(kept: &mut Vec<(K, Buffer)>, key: &K) -> Option<Buffer> {
    let at = kept.iter().position(|(known, _)| known == key)?;
    let found = kept.remove(at);
    let buffer = found.1.clone();
    kept.push(found);
    Some(buffer)
}

fn keep<K>(kept: &mut Vec<(K, Buffer)>, key: K, buffer: Buffer, most: u64) {
    kept.push((key, buffer));
    let bytes = |kept: &[(K, Buffer)]| kept.iter().map(|(_, b)| b.size()).sum::<u64>();
    while kept.len() > 1 && bytes(kept) > most {
        kept.remove(0);
    }
}
