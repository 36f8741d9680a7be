//! From a moved slider to the take's new pixels on the screen, for edits of every kind: what looks at a pixel, at its
//! neighbours, through a mask.

use std::time::{Duration, Instant};

use retake_core::{Region, RegionKind};
use retake_darkroom::recipe::{Combine, MaskPart, MaskShape};
use retake_darkroom::{Layer, Operation, Recipe};
use retake_engine::{Command, Subject, TakeId};

use crate::{Window, generate, idle, session, until};

/// Steps of a drag that are measured.
const STEPS: usize = 40;

/// A drag that is measured, and the recipe at each of its positions, 0 to 1.
pub(crate) struct Drag {
    pub(crate) name: &'static str,
    recipe: fn(f32) -> Recipe,
}

/// All of them.
pub(crate) const DRAGS: &[Drag] = &[
    Drag {
        name: "exposure",
        recipe: |at| Recipe::of(vec![exposure(at)]),
    },
    Drag {
        name: "clarity",
        recipe: |at| Recipe::of(vec![operation("clarity", "amount", 10.0 + 60.0 * at)]),
    },
    Drag {
        name: "sharpen",
        recipe: |at| Recipe::of(vec![operation("sharpen", "amount", 20.0 + 100.0 * at)]),
    },
    Drag {
        name: "exposure in a mask",
        recipe: |at| masked(vec![exposure(at)]),
    },
    Drag {
        name: "five operations, two of them in a mask",
        recipe: |at| {
            let mut recipe = masked(vec![exposure(at), operation("dehaze", "amount", 30.0)]);
            let everywhere = vec![
                operation("white_balance", "kelvin", 5200.0),
                operation("contrast", "amount", 20.0),
                operation("sharpen", "amount", 40.0),
            ];
            recipe.layers.extend(Recipe::of(everywhere).layers);
            recipe
        },
    },
];

fn operation(id: &str, param: &str, value: f32) -> Operation {
    Operation::new(id).with(param, value)
}

fn exposure(at: f32) -> Operation {
    operation("exposure", "stops", 0.05 + 0.4 * at)
}

/// In the background, and more towards the top.
fn masked(operations: Vec<Operation>) -> Recipe {
    let part = |shape| MaskPart {
        shape,
        combine: Combine::Intersect,
        invert: false,
    };
    let layer = Layer {
        name: String::new(),
        mask: vec![
            part(MaskShape::Region(Region::of(RegionKind::Background))),
            part(MaskShape::Linear {
                from: [0.5, 0.2],
                to: [0.5, 0.9],
            }),
        ],
        opacity: 1.0,
        operations,
    };
    Recipe {
        layers: vec![layer],
        ..Recipe::neutral()
    }
}

/// A take to be changed, scored and on the screen.
pub(crate) fn take(window: &mut Window) -> TakeId {
    generate(window, "brighter", 1);
    until(window, idle);
    let take = session(window).ranking().leader().expect("scored");
    until(window, |studio| shown(studio, take));
    take
}

/// From each command to the take's new pixels on the screen; the last step is let go of and waits for its scores.
pub(crate) fn drag(window: &mut Window, take: TakeId, drag: &Drag) -> Vec<Duration> {
    let times = (1..=STEPS).map(|step| {
        let recipe = (drag.recipe)(step as f32 / STEPS as f32).to_json();
        let since = Instant::now();
        window.state_mut().obey(Command::Adjust {
            take,
            recipe: serde_json::from_str(&recipe).expect("recipes are JSON"),
            label: retake_core::Said::words(drag.name),
            done: step == STEPS,
        });
        until(window, |studio| shown(studio, take));
        since.elapsed()
    });
    let times = times.collect();
    until(window, |studio| {
        let session = studio.engine().session();
        session.is_some_and(|session| session.take(take).is_some_and(|take| !take.stale))
    });
    times
}

/// Whether the screen shows a take as it stands.
fn shown(studio: &retake_studio::Studio, take: TakeId) -> bool {
    let subject = Subject::Take(take);
    studio.engine().seen(0).is_some_and(|seen| {
        seen.view.subject == subject && studio.engine().key_of(subject) == Some(seen.key)
    })
}
