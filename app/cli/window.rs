//! `retake [PHOTO…]`: the window, with the built-in editor and rewards, and the models of this machine on offer.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Result, anyhow};
use retake_core::{Editor, Eyes, Meanings, Said, said};
use retake_darkroom::{Darkroom, Device};
use retake_engine::{EditorOffer, Editors, Kit, Model};
use retake_lab::scoring::Scorer;
use retake_models::bert::InstalledEncoder;
use retake_models::diffusion::{self, Wishes};
use retake_models::store;
use retake_studio::LabTools;

use super::DONE;
use super::judging::JudgeArgs;
use super::lab::scorer::Rewards;
use super::{jury, picture, tools};

/// Long edge at which the lab's rewards look at edits, px.
const LONG_EDGE: usize = 512;

/// Opens the window and stays until it is closed; `device` is the word for what renders.
pub(crate) fn open(photos: Vec<PathBuf>, device: &str) -> Result<u8> {
    let kit = |device: Device| Kit {
        editors: models(),
        judges: jury::judges(),
        device: device.name(),
        eyes: Eyes {
            meanings: InstalledEncoder::find().map(|found| Arc::new(found) as Arc<dyn Meanings>),
            ..tools::eyes()
        },
        editor: Arc::new(Darkroom::new(device).with_finder(tools::eyes().subject)),
        rewards: tools::rewards().into(),
    };
    let home = retake_files::journal::home();
    if let Some(home) = &home {
        // a home that cannot be made is told of in the window, when there is something to keep
        let _ = std::fs::create_dir_all(home);
    }
    let lab = LabTools {
        containers: super::lab::containers(),
        home: home.as_ref().map(|home| home.join("lab")),
        rewards: Some(Arc::new(rewards)),
    };
    retake_studio::open_window(device, kit, photos, home, lab)
        .map_err(|sentence| anyhow!(sentence))?;
    Ok(DONE)
}

/// The rewards that are built in, or the judge of this place beside them, for the lab.
fn rewards(place: &str) -> Result<Box<dyn Scorer>, String> {
    let judging = match place {
        "" => JudgeArgs::default(),
        place => JudgeArgs::naming(place),
    };
    let opened = Rewards::open(&judging, None, LONG_EDGE, None);
    let opened = opened.map_err(|error| format!("{error:#}"))?;
    Ok(Box::new(opened))
}

/// The models that are installed here, and any other folder.
fn models() -> Editors {
    Editors {
        offers: Arc::new(|| store::installed().iter().filter_map(offer).collect()),
        open: Arc::new(|model| opened(model).map_err(|error| Said::words(format!("{error:#}")))),
    }
}

/// A model with what it is opened with.
fn opened(model: &Model) -> Result<Arc<dyn Editor>> {
    let references = model.with.references.iter();
    let wishes = Wishes {
        loras: model.with.adapters.clone(),
        references: references
            .map(|path| picture::reference(path))
            .collect::<Result<_>>()?,
        precision: super::config::precision(model.with.precision.as_deref().unwrap_or("auto"))?,
        ..Wishes::default()
    };
    Ok(diffusion::open(&store::resolve(&model.id)?, &wishes)?)
}

/// A model that Retake can make an editor of.
fn offer(model: &store::Installed) -> Option<EditorOffer> {
    let editor = model.editor?;
    Some(EditorOffer {
        id: model.name.clone(),
        name: model.name.clone(),
        about: said!(
            "{editor} with your own weights.",
            editor = editor.to_owned()
        ),
        folder: model.folder.clone(),
        bytes: model.bytes,
    })
}
