//! What a search asks of an edit under way, on small checkpoints: what a step costs, and what has changed.

use std::path::Path;
use std::sync::Arc;

use candle_core::Device;
use retake_core::{
    EditRequest, Editor, Instruction, Photo, PhotoId, Quiet, Raster, Trajectory, Unrest,
};

use super::{Diffusion, Model, Wishes};
use crate::Checkpoint;
use crate::flux2::Klein;
use crate::stable::img2img::Img2Img;
use crate::stable::pix2pix::Pix2Pix;

const STEPS: u32 = 8;

fn editor<M: Model>(case: &str) -> Diffusion<M> {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/parity/cases");
    let checkpoint = Checkpoint::open(&cases.join(case).join("model")).expect("a checkpoint");
    let model = M::open(&checkpoint, &Device::Cpu).expect("a model");
    let wishes = Wishes {
        steps: Some(STEPS as usize),
        ..Wishes::default()
    };
    Diffusion::new(model, &wishes).expect("an editor")
}

fn begun(editor: &dyn Editor, seed: u64, steps: usize) -> Box<dyn Trajectory> {
    let source = Raster::from_fn(40, 32, |x, y| {
        [0.1 + x as f32 / 60.0, 0.3, 0.7 - y as f32 / 60.0]
    });
    let request = EditRequest {
        photo: Photo::from_raster(source.clone(), PhotoId([1; 32])),
        instruction: Instruction {
            text: "make it winter".to_owned(),
            ..Instruction::default()
        },
        seed,
        source: Arc::new(source),
        base: None,
        like: None,
        settings: Default::default(),
    };
    let mut way = editor.start(&request).expect("a start");
    for _ in 0..steps {
        way.step(&Quiet).expect("a step");
    }
    way
}

fn unrest(editor: &dyn Editor, seed: u64, steps: usize) -> Option<Unrest> {
    begun(editor, seed, steps).unrest()
}

#[test]
fn a_step_costs_one_evaluation_for_each_thing_that_is_told() {
    let told = |editor: &dyn Editor| begun(editor, 1, 0).evaluations();
    assert_eq!(told(&editor::<Pix2Pix>("instruct_pix2pix_old")), 3);
    assert_eq!(told(&editor::<Img2Img>("img2img_21")), 2);
    assert_eq!(told(&editor::<Img2Img>("img2img_turbo")), 1);
    assert_eq!(told(&editor::<Klein>("flux2_klein_base")), 2);
    assert_eq!(told(&editor::<Klein>("flux2_klein")), 1);
}

#[test]
fn with_guidance_there_is_an_answer_from_the_first_step_on() {
    let guided: [Box<dyn Editor>; 2] = [
        Box::new(editor::<Pix2Pix>("instruct_pix2pix_old")),
        Box::new(editor::<Img2Img>("img2img_21")),
    ];
    for editor in guided {
        let editor = editor.as_ref();
        assert_eq!(unrest(editor, 1, 0), None);
        let (one, other) = (unrest(editor, 1, 3), unrest(editor, 2, 3));
        let (one, other) = (one.expect("an answer"), other.expect("an answer"));
        assert!(one.outside > 0.0 && one.inside > 0.0, "{one:?}");
        assert_ne!(one, other, "seeds differ");
        assert_eq!(Some(one), unrest(editor, 1, 3), "and a seed is an answer");
    }
}

#[test]
fn without_guidance_nobody_can_say() {
    assert_eq!(unrest(&editor::<Img2Img>("img2img_turbo"), 1, 3), None);
}
