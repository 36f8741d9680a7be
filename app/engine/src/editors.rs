//! Editors beside the built-in one: which are on offer, and how one of them is opened. Whoever builds the program hands
//! both in; nothing below knows what they are made of.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use retake_core::{Editor, EditorSettings, Said, said};

/// An editor that can be opened: a model that is installed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EditorOffer {
    /// tells it from the others, today and in a journal that is read next year
    pub id: String,
    /// for people
    pub name: String,
    /// one sentence for the menu
    pub about: Said,
    /// where its weights are
    pub folder: PathBuf,
    /// of its weights
    pub bytes: u64,
}

impl EditorOffer {
    /// A folder that a person chose; what is in it shows when it is opened.
    pub(crate) fn of_folder(folder: &str) -> Self {
        let path = Path::new(folder);
        let name = path.file_name().unwrap_or(path.as_os_str());
        Self {
            id: folder.to_owned(),
            name: name.to_string_lossy().into_owned(),
            about: said!("A model in a folder of its own."),
            folder: path.to_owned(),
            bytes: 0,
        }
    }
}

/// Which editor beside the built-in one made something, or is to make it.
#[derive(Clone, Debug, PartialEq)]
pub struct Model {
    /// of its offer; empty when only the kind is known, from an export of another machine
    pub id: String,
    /// for people
    pub name: String,
    /// what it is opened with
    pub with: Equipment,
}

impl Model {
    /// Whether both make the same of the same.
    pub fn same(&self, other: &Self) -> bool {
        self.id == other.id && self.with == other.with
    }
}

/// What a model is opened with beside its own weights: another model is in memory with other equipment.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Equipment {
    /// adapters that are merged into the weights, and how strongly; 1 is as they were trained
    pub adapters: Vec<(PathBuf, f64)>,
    /// pictures that the instruction speaks of besides the photo
    pub references: Vec<PathBuf>,
    /// what its weights are held in, by its short name; none is the model's own
    pub precision: Option<String>,
}

/// How a person wants a model to work.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tuning {
    /// of the next runs; what is not set is the model's own
    pub settings: EditorSettings,
    /// when it is loaded the next time
    pub with: Equipment,
}

/// How it stands with an editor beside the built-in one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EditorState {
    /// in memory, ready to work
    Ready,
    /// being loaded
    Loading,
    /// it could not be loaded, in a sentence
    Failed(Said),
    /// not in memory; loaded when it is needed
    Away,
}

/// What is on offer, and how it is opened.
#[derive(Clone)]
pub struct Editors {
    /// lists what is installed; reads folders, so that it is called on a thread that may wait
    pub offers: Arc<dyn Fn() -> Vec<EditorOffer> + Send + Sync>,
    /// opens the one of this id, or the one in the folder of this path, with its equipment; takes as long as it takes
    pub open: OpenEditor,
}

/// Opens an editor, or says in a sentence why it cannot be.
pub type OpenEditor = Arc<dyn Fn(&Model) -> Result<Arc<dyn Editor>, Said> + Send + Sync>;

impl Default for Editors {
    /// None.
    fn default() -> Self {
        Self {
            offers: Arc::new(Vec::new),
            open: Arc::new(|model| {
                let name = model.name.clone();
                Err(said!(
                    "This program cannot open a model, so not {name} either.",
                    name
                ))
            }),
        }
    }
}
