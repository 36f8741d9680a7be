//! An adapter merged at load beside the same adapter at work in PEFT and diffusers, under the names of either tool.

use std::collections::HashMap;
use std::path::Path;

use candle_core::{Device, Tensor};
use retake_models::Checkpoint;
use retake_models::stable::Networks;

fn load(case: &str, name: &str) -> HashMap<String, Tensor> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/parity/cases");
    candle_core::safetensors::load(folder.join(case).join(name), &Device::Cpu).expect("tensors")
}

fn networks(adapters: &[&str]) -> Networks {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/parity/cases");
    let model = cases.join("instruct_pix2pix_old/model");
    let checkpoint = Checkpoint::open(&model).expect("a checkpoint");
    let checkpoint = adapters.iter().fold(checkpoint, |checkpoint, name| {
        let path = cases.join("lora").join(name);
        checkpoint.with_adapter(&path, 0.7).expect("an adapter")
    });
    Networks::of(&checkpoint, &Device::Cpu, 2).expect("networks")
}

fn apart(ours: &Tensor, theirs: &Tensor) -> f32 {
    (ours - theirs)
        .and_then(|d| d.abs()?.max_all()?.to_scalar())
        .expect("numbers of one shape")
}

#[test]
fn a_merged_adapter_is_the_one_that_peft_applies() {
    let prompt = "Make the sky more dramatic, golden  hour!";
    let (inputs, expected) = (
        load("instruct_pix2pix_old", "inputs.safetensors"),
        load("lora", "expected.safetensors"),
    );
    let without = load("instruct_pix2pix_old", "expected.safetensors");
    let picture = &without["image_latents"];
    for name in ["peft.safetensors", "kohya.safetensors"] {
        let networks = networks(&[name]);
        let tokens = networks.tokens(prompt).expect("tokens");
        let text = networks.text_states(&tokens).expect("states");
        assert!(apart(&text, &expected["prompt_embeds"]) < 1e-4, "{name}");
        let both = Tensor::cat(&[&inputs["noise"], picture], 1).expect("latents");
        let answer = networks.denoise(&both, 500.0, &expected["prompt_embeds"]);
        let answer = answer.expect("an answer");
        let far = apart(&answer, &expected["unet_t500"]);
        assert!(far < 1e-4, "{name}: {far:e} apart");
        // and the adapter is not nothing
        assert!(apart(&answer, &without["unet_t500"]) > 0.1, "{name}");
    }
}

#[test]
fn an_adapter_is_part_of_what_made_a_picture() {
    let [plain, peft, kohya] = [&[][..], &["peft.safetensors"], &["kohya.safetensors"]]
        .map(|adapters| networks(adapters).weights().to_owned());
    assert!(plain != peft && peft != kohya && kohya != plain);
}
