//! A model for tests: lays a colour over the picture in four steps, and can be told to be slow, to break or to fail.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use retake_core::{
    Candidate, EditError, EditRequest, Editor, EditorInfo, Instruction, Photo, PhotoId, Picture,
    Provenance, Raster, Rng, Said, Setting, SettingKind, Stop, Trajectory, Watch,
};

use crate::{EditorOffer, Editors, Model};

/// What the tests set and see of all models.
#[derive(Default)]
pub(super) struct Stage {
    /// models in memory now, and the most there were
    pub(super) alive: AtomicUsize,
    pub(super) most: AtomicUsize,
    /// loading waits while this is set
    pub(super) gate: AtomicBool,
    /// seeds that fail
    pub(super) fails: Mutex<Vec<u64>>,
    /// what was opened, in order
    pub(super) opened: Mutex<Vec<Model>>,
}

impl Stage {
    /// Two that can be loaded, and one that cannot.
    pub(super) fn editors(self: &Arc<Self>) -> Editors {
        let offer = |id: &str| EditorOffer {
            id: id.to_owned(),
            name: id.to_uppercase(),
            about: Said::words("Lays a colour over it."),
            folder: format!("/models/{id}").into(),
            bytes: 1 << 30,
        };
        let stage = self.clone();
        Editors {
            offers: Arc::new(move || ["red", "blue", "broken"].map(offer).to_vec()),
            open: Arc::new(move |model| {
                if model.id == "broken" {
                    return Err(Said::words("a shard is missing"));
                }
                while stage.gate.load(Ordering::Relaxed) {
                    std::thread::sleep(std::time::Duration::from_millis(2));
                }
                let mut opened = stage.opened.lock().expect("nobody panics");
                opened.push(model.clone());
                let now = stage.alive.fetch_add(1, Ordering::SeqCst) + 1;
                stage.most.fetch_max(now, Ordering::SeqCst);
                Ok(Arc::new(Splash(stage.clone())) as Arc<dyn Editor>)
            }),
        }
    }
}

pub(super) struct Splash(Arc<Stage>);

impl Drop for Splash {
    fn drop(&mut self) {
        self.0.alive.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Half the picture, half the colour.
pub(super) fn laid(source: &Raster, recipe: &serde_json::Value) -> Raster {
    let colour = [0, 1, 2].map(|i| recipe["colour"][i].as_f64().unwrap_or(0.0) as f32);
    let mut picture = source.clone();
    for (plane, colour) in picture.planes.iter_mut().zip(colour) {
        for value in plane.iter_mut() {
            *value = (*value + colour) / 2.0;
        }
    }
    picture
}

impl Editor for Splash {
    fn info(&self) -> EditorInfo {
        EditorInfo {
            id: "splash",
            version: "1",
            name: "Splash",
            about: "Lays a colour over it.",
            at_once: Some(1),
            generative: true,
        }
    }
    fn settings(&self) -> Vec<Setting> {
        let kind = SettingKind::Whole {
            from: 1,
            to: 100,
            own: 4,
        };
        vec![Setting { id: "steps", kind }]
    }
    fn start(&self, request: &EditRequest) -> Result<Box<dyn Trajectory>, EditError> {
        let mut rng = Rng::new(request.seed);
        let colour = [0, 1, 2].map(|_| rng.uniform());
        let recipe = serde_json::json!({
            "editor": "splash", "colour": colour, "on": request.base, "steps": 4,
            "set": request.settings,
        });
        let fails = self.0.fails.lock().expect("nobody panics");
        Ok(Box::new(Pour {
            left: 4,
            fails: fails.contains(&request.seed),
            picture: laid(&request.source, &recipe),
            provenance: Provenance {
                editor: "splash".to_owned(),
                version: "1".to_owned(),
                seed: request.seed,
                recipe,
                label: Said::default(),
            },
        }))
    }
    fn redo(&self, request: &EditRequest, recipe: &serde_json::Value) -> Result<Raster, EditError> {
        Ok(laid(&request.source, recipe))
    }
    fn develop(
        &self,
        photo: &Photo,
        _: &Instruction,
        provenance: &Provenance,
    ) -> Result<Box<dyn Picture>, EditError> {
        let all = photo.rows(0..photo.height());
        let all = all.map_err(|stop| EditError::Machine(stop.said()))?;
        let picture = laid(&all, &provenance.recipe);
        Ok(Box::new(Photo::from_raster(picture, PhotoId([3; 32]))))
    }
}

struct Pour {
    left: usize,
    fails: bool,
    picture: Raster,
    provenance: Provenance,
}

impl Trajectory for Pour {
    fn steps_left(&self) -> usize {
        self.left
    }
    fn step(&mut self, _: &dyn Watch) -> Result<(), Stop> {
        self.left -= 1;
        match self.fails {
            true => Err(Stop::Failed(Said::words("the numbers became infinite"))),
            false => Ok(()),
        }
    }
    fn preview(&self) -> Option<Raster> {
        Some(self.picture.clone())
    }
    fn fork(&self, _: u64) -> Option<Box<dyn Trajectory>> {
        None
    }
    fn finish(self: Box<Self>, _: &dyn Watch) -> Result<Candidate, Stop> {
        Ok(Candidate {
            picture: self.picture,
            provenance: self.provenance,
        })
    }
}
