//! How a take is made: by which editor, and on what. An editor works on the photo, or on another editor's edit of it,
//! which that one renders; nothing of the way is lost, so that everything can be made again from the photo.

use std::sync::{Arc, Mutex, PoisonError};

use retake_core::{
    EditRequest, Editor, Instruction, Photo, PhotoId, Picture, Provenance, Raster, Said, Samples,
};

/// An edit with everything that makes it.
#[derive(Clone)]
pub(crate) struct Making {
    pub(crate) editor: Arc<dyn Editor>,
    pub(crate) instruction: Arc<Instruction>,
    pub(crate) provenance: Provenance,
    /// other editors' edits that it was made on, the first on the photo itself; none for an edit of the photo
    pub(crate) grounds: Vec<Ground>,
}

/// An edit that another editor's is made on.
#[derive(Clone)]
pub(crate) struct Ground {
    pub(crate) editor: Arc<dyn Editor>,
    pub(crate) instruction: Arc<Instruction>,
    pub(crate) provenance: Provenance,
}

/// What an editor works on: whole, and at working size.
#[derive(Clone)]
pub(crate) struct Stand {
    pub(crate) photo: Photo,
    pub(crate) working: Arc<Raster>,
}

/// The last ground that was stood on: rendering one whole is worth keeping. Shared by all actors.
#[derive(Clone, Default)]
pub(crate) struct Stands(Arc<Mutex<Option<(PhotoId, usize, Stand)>>>);

impl Stands {
    /// The photo with these edits done, one after the other.
    pub(crate) fn on(&self, grounds: &[Ground], bottom: &Stand) -> Result<Stand, Said> {
        if grounds.is_empty() {
            return Ok(bottom.clone());
        }
        let id = name_of(grounds, bottom.photo.id());
        let edge = bottom.working.width.max(bottom.working.height);
        let known = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((of, at, stand)) = known().as_ref()
            && (*of, *at) == (id, edge)
        {
            return Ok(stand.clone());
        }
        let mut stand = bottom.clone();
        for (i, ground) in grounds.iter().enumerate() {
            let id = name_of(&grounds[..=i], bottom.photo.id());
            stand = ground.laid_on(&stand, id)?;
        }
        *known() = Some((id, edge, stand.clone()));
        Ok(stand)
    }
}

impl Ground {
    /// The picture of this edit of `below`, as a photo of its own.
    fn laid_on(&self, below: &Stand, id: PhotoId) -> Result<Stand, Said> {
        let developed = self
            .editor
            .develop(&below.photo, &self.instruction, &self.provenance)
            .map_err(|error| error.said())?;
        let raster = whole(developed.as_ref())?;
        let photo = Photo::new(
            raster.width,
            raster.height,
            id,
            Samples::Linear(Arc::new(raster)),
            below.photo.carried().clone(),
        );
        let working = self
            .editor
            .redo(
                &request(
                    below,
                    &self.instruction,
                    self.provenance.seed,
                    below.working.clone(),
                ),
                &self.provenance.recipe,
            )
            .map_err(|error| error.said())?;
        Ok(Stand {
            photo,
            working: Arc::new(working),
        })
    }
}

impl Making {
    /// The picture at working size.
    pub(crate) fn redo(&self, stand: &Stand, source: Arc<Raster>) -> Result<Raster, Said> {
        let request = request(stand, &self.instruction, self.provenance.seed, source);
        let redone = self.editor.redo(&request, &self.provenance.recipe);
        redone.map_err(|error| error.said())
    }
    /// The picture at full resolution.
    pub(crate) fn develop(&self, stand: &Stand) -> Result<Box<dyn Picture>, Said> {
        self.editor
            .develop(&stand.photo, &self.instruction, &self.provenance)
            .map_err(|error| error.said())
    }
}

/// What is asked of an editor to have an edit again.
pub(crate) fn request(
    stand: &Stand,
    instruction: &Instruction,
    seed: u64,
    source: Arc<Raster>,
) -> EditRequest {
    EditRequest {
        photo: stand.photo.clone(),
        instruction: instruction.clone(),
        seed,
        source,
        base: None,
        like: None,
        settings: Default::default(),
    }
}

/// What tells a ground from others, as a photo's hash tells it.
fn name_of(grounds: &[Ground], photo: PhotoId) -> PhotoId {
    let mut bytes = photo.0.to_vec();
    for ground in grounds {
        let edit = &ground.provenance;
        let mask = ground.instruction.mask.as_ref();
        let mask = mask.map(|mask| {
            let values = mask.values.iter().flat_map(|value| value.to_le_bytes());
            retake_files::sha256(&values.collect::<Vec<u8>>())
        });
        let told = format!("{} {} {} {mask:?}", edit.editor, edit.version, edit.recipe);
        bytes.extend(told.as_bytes());
    }
    PhotoId(retake_files::sha256(&bytes))
}

/// All rows of a picture, strip by strip: an edit is rendered with its neighbours in reach.
fn whole(picture: &dyn Picture) -> Result<Raster, Said> {
    let (width, height) = picture.size();
    let said = |stop: retake_core::Stop| stop.said();
    picture.ready().map_err(said)?;
    let mut all = Raster::new(width, height);
    let rows = picture.strip_rows().max(1);
    for y in (0..height).step_by(rows) {
        let strip = picture.rows(y..(y + rows).min(height)).map_err(said)?;
        for (to, from) in all.planes.iter_mut().zip(&strip.planes) {
            to[y * width..][..from.len()].copy_from_slice(from);
        }
    }
    Ok(all)
}
