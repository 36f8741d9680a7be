//! Networks that are published alone: what is found, what is refused, and adapters for them.

use super::*;
use crate::checkpoint::Alone;

/// A folder with a network of one 2 × 2 tensor, "model.layer.weight".
fn network(test: &str) -> Folder {
    let folder = Folder::new(&format!("alone-{test}"));
    std::fs::remove_file(folder.0.join("model_index.json")).expect("a file");
    folder.write(
        "config.json",
        br#"{"model_type": "a_kind", "inner": {"width": 2}}"#,
    );
    folder.weights(
        "model.safetensors",
        &[("model.layer.weight", Dtype::F32, &[2, 2], floats(VALUES))],
    );
    folder
}

fn numbers(alone: &Alone) -> Result<Vec<f32>, ModelError> {
    let built =
        alone
            .tensors(&[Rename::Prefix("model.")])?
            .build(&Device::Cpu, DType::F32, |vb| square(&vb, "layer.weight"))?;
    Ok(built.network)
}

fn refused(folder: &Folder) -> String {
    Alone::open(&folder.0).expect_err("a fault").to_string()
}

#[test]
fn a_network_alone_is_its_settings_and_its_weights() {
    let folder = network("whole");
    let alone = Alone::open(&folder.0).expect("a network");
    assert_eq!(alone.kind(), "a_kind");
    let inner = alone.settings().expect("settings").part("inner");
    assert_eq!(inner.and_then(|inner| inner.number("width")), Some(2));
    assert_eq!(numbers(&alone).expect("weights"), VALUES);
}

#[test]
fn a_network_of_another_family_is_named() {
    let folder = network("family");
    let alone = Alone::open(&folder.0).expect("a network");
    let said = alone
        .clone()
        .expect(&["clip"], "CLIP")
        .expect_err("a fault")
        .to_string();
    assert!(
        said.starts_with("this is a network of the kind a_kind; CLIP is called for: "),
        "{said}"
    );
    assert!(alone.expect(&["clip", "a_kind"], "CLIP").is_ok());
}

#[test]
fn folders_that_are_no_network_say_what_they_are() {
    let folder = network("other");
    std::fs::remove_file(folder.0.join("config.json")).expect("a file");
    assert!(refused(&folder).starts_with("this folder is no network: it has no config.json"));
    folder.write("adapter_config.json", b"{}");
    assert!(refused(&folder).contains("an adapter"));
    folder.write("model_index.json", b"{}");
    assert!(refused(&folder).contains("several networks"));
    let gone = Alone::open(&folder.0.join("nowhere"))
        .expect_err("a fault")
        .to_string();
    assert!(gone.starts_with("there is no such folder"));
    let file = Alone::open(&folder.0.join("model.safetensors"))
        .expect_err("a fault")
        .to_string();
    assert!(file.starts_with("this is a file; name the folder"));
}

#[test]
fn an_adapter_of_a_network_alone_is_added_wherever_its_names_begin() {
    let folder = network("adapter");
    let (down, up) = ([1.0f32, 2.0], [0.5f32, -1.0]);
    let bytes = |values: [f32; 2]| {
        values
            .iter()
            .flat_map(|v| v.to_le_bytes())
            .collect::<Vec<u8>>()
    };
    std::fs::create_dir_all(folder.0.join("lora")).expect("a folder");
    folder.write("lora/adapter_config.json", br#"{"lora_alpha": 2, "r": 1}"#);
    folder.weights(
        "lora/adapter_model.safetensors",
        &[
            (
                "base_model.model.model.layer.lora_A.weight",
                Dtype::F32,
                &[1, 2],
                bytes(down),
            ),
            (
                "base_model.model.model.layer.lora_B.weight",
                Dtype::F32,
                &[2, 1],
                bytes(up),
            ),
        ],
    );
    let alone =
        Alone::open(&folder.0).and_then(|alone| alone.with_adapter(&folder.0.join("lora"), 0.5));
    // scale 0.5 × alpha 2 / rank 1 × up · down
    let wanted: Vec<f32> = (0..4)
        .map(|i| VALUES[i] + up[i / 2] * down[i % 2])
        .collect();
    assert_eq!(
        numbers(&alone.expect("an adapter")).expect("weights"),
        wanted
    );
}

#[test]
fn an_adapter_for_layers_that_are_not_there_is_refused() {
    let folder = network("stranger");
    folder.weights(
        "lora.safetensors",
        &[
            (
                "base_model.model.model.other.lora_A.weight",
                Dtype::F32,
                &[1, 4],
                floats(VALUES),
            ),
            (
                "base_model.model.model.other.lora_B.weight",
                Dtype::F32,
                &[4, 1],
                floats(VALUES),
            ),
        ],
    );
    let alone = Alone::open(&folder.0)
        .and_then(|alone| alone.with_adapter(&folder.0.join("lora.safetensors"), 1.0));
    let said = numbers(&alone.expect("an adapter"))
        .expect_err("a fault")
        .to_string();
    assert!(
        said.contains("model.other.lora_A.weight fits nowhere in the model's network"),
        "{said}"
    );
}
