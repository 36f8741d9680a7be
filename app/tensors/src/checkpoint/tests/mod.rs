mod adapters;
mod alone;
mod changed;
mod gguf;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use candle_core::{DType, Device, Tensor};
use safetensors::Dtype;
use safetensors::tensor::TensorView;

use super::names::{AUTOENCODER, CLIP_TEXT, Rename};
use super::*;
use crate::layers::Embedding;

/// A folder with one part, "net", that goes away with the test.
struct Folder(PathBuf);

impl Folder {
    fn new(test: &str) -> Self {
        let path =
            std::env::temp_dir().join(format!("retake-models-{}-{test}", std::process::id()));
        std::fs::create_dir_all(path.join("net")).expect("a folder");
        let folder = Self(path);
        folder.write("model_index.json", br#"{"_class_name": "APipeline"}"#);
        folder
    }
    fn write(&self, name: &str, bytes: &[u8]) {
        std::fs::write(self.0.join(name), bytes).expect("a file");
    }
    fn weights(&self, name: &str, tensors: &[(&str, Dtype, &[usize], Vec<u8>)]) {
        self.write(name, &bytes_of(tensors));
    }
    fn tensors(&self, renames: &[Rename]) -> Result<Tensors, ModelError> {
        Checkpoint::open(&self.0)?.tensors("net", renames)
    }
    /// A network of one 2 × 2 tensor.
    fn square(&self, name: &'static str, renames: &[Rename]) -> Result<Vec<f32>, ModelError> {
        let built = self
            .tensors(renames)?
            .build(&Device::Cpu, DType::F32, |vb| square(&vb, name))?;
        Ok(built.network)
    }
    /// What is said about it.
    fn sentence(&self, name: &'static str) -> String {
        self.square(name, &[]).expect_err("a fault").to_string()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn square(vb: &Weights, name: &str) -> candle_core::Result<Vec<f32>> {
    vb.get((2, 2), name)?.flatten_all()?.to_vec1()
}

fn bytes_of(tensors: &[(&str, Dtype, &[usize], Vec<u8>)]) -> Vec<u8> {
    let views = tensors.iter().map(|(name, kind, shape, bytes)| {
        let view = TensorView::new(*kind, shape.to_vec(), bytes).expect("a tensor");
        (*name, view)
    });
    safetensors::serialize(views, None).expect("a file of weights")
}

fn floats(values: [f32; 4]) -> Vec<u8> {
    values.iter().flat_map(|v| v.to_le_bytes()).collect()
}

const VALUES: [f32; 4] = [0.5, -1.25, 3.0, -0.0625];
const ONE_FILE: &str = "net/diffusion_pytorch_model.safetensors";

#[test]
fn floats_of_16_and_32_bits_are_read_alike() {
    let half = VALUES
        .iter()
        .flat_map(|&v| half::f16::from_f32(v).to_le_bytes());
    let brain = VALUES
        .iter()
        .flat_map(|&v| half::bf16::from_f32(v).to_le_bytes());
    for (kind, bytes) in [
        (Dtype::F32, floats(VALUES)),
        (Dtype::F16, half.collect()),
        (Dtype::BF16, brain.collect()),
    ] {
        let folder = Folder::new(&format!("kinds-{kind:?}"));
        folder.weights(ONE_FILE, &[("w", kind, &[2, 2], bytes)]);
        assert_eq!(folder.square("w", &[]).expect("a tensor"), VALUES);
    }
}

#[test]
fn shards_are_read_as_one() {
    let folder = Folder::new("shards");
    folder.weights(
        "net/a.safetensors",
        &[("one", Dtype::F32, &[2, 2], floats(VALUES))],
    );
    folder.weights(
        "net/b.safetensors",
        &[("two", Dtype::F32, &[2, 2], floats(VALUES))],
    );
    let index =
        br#"{"metadata": {}, "weight_map": {"one": "a.safetensors", "two": "b.safetensors"}}"#;
    folder.write("net/model.safetensors.index.json", index);
    let tensors = folder.tensors(&[]).expect("shards");
    let built = tensors.build(&Device::Cpu, DType::F32, |vb| {
        Ok((square(&vb, "one")?, square(&vb, "two")?))
    });
    assert_eq!(
        built.expect("both").network,
        (VALUES.to_vec(), VALUES.to_vec())
    );
}

#[test]
fn a_shard_without_what_the_list_promises_is_named() {
    let folder = Folder::new("promise");
    folder.weights(
        "net/a.safetensors",
        &[("one", Dtype::F32, &[2, 2], floats(VALUES))],
    );
    let index = br#"{"weight_map": {"two": "a.safetensors"}}"#;
    folder.write("net/model.safetensors.index.json", index);
    assert!(folder.sentence("two").contains("lacks the tensor two"));
}

#[test]
fn a_list_of_shards_cannot_lead_out_of_the_folder() {
    let folder = Folder::new("outside");
    folder.write(
        "net/model.safetensors.index.json",
        br#"{"weight_map": {"w": "../w.safetensors"}}"#,
    );
    assert!(folder.sentence("w").contains("lies outside the folder"));
}

#[test]
fn old_names_are_found_under_new_ones() {
    for (old, new, renames) in [
        ("mid.query.weight", "mid.to_q.weight", AUTOENCODER),
        ("mid.proj_attn.weight", "mid.to_out.0.weight", AUTOENCODER),
        ("text_model.w", "w", CLIP_TEXT),
        ("w", "w", CLIP_TEXT),
    ] {
        let folder = Folder::new(&format!("old-{old}"));
        folder.weights(ONE_FILE, &[(old, Dtype::F32, &[2, 2], floats(VALUES))]);
        assert_eq!(folder.square(new, renames).expect(old), VALUES);
    }
}

#[test]
fn a_tensor_under_both_names_is_one_if_both_are_equal() {
    let of = |second: [f32; 4]| {
        let folder = Folder::new("both");
        let tensor = |name, values| (name, Dtype::F32, &[2usize, 2][..], floats(values));
        folder.weights(
            ONE_FILE,
            &[
                tensor("a.query.weight", VALUES),
                tensor("a.to_q.weight", second),
            ],
        );
        folder.square("a.to_q.weight", AUTOENCODER)
    };
    assert_eq!(of(VALUES).expect("one tensor"), VALUES);
    let said = of([1.0; 4]).expect_err("two tensors").to_string();
    assert!(
        said.contains("is there twice") && said.contains("other numbers"),
        "{said}"
    );
}

#[test]
fn a_table_of_positions_is_no_weight() {
    let folder = Folder::new("positions");
    let ids = 7i64.to_le_bytes().to_vec();
    folder.weights(
        ONE_FILE,
        &[
            ("w", Dtype::F32, &[2, 2], floats(VALUES)),
            (
                "text_model.embeddings.position_ids",
                Dtype::I64,
                &[1, 1],
                ids,
            ),
        ],
    );
    assert!(folder.square("w", &[]).is_ok());
}

#[test]
fn every_fault_of_a_tensor_names_it() {
    type Tensor<'a> = (&'a str, Dtype, &'a [usize], Vec<u8>);
    let good = || ("w", Dtype::F32, &[2usize, 2][..], floats(VALUES));
    let cases: [(&str, Vec<Tensor>); 6] = [
        ("the tensor w is missing", vec![]),
        (
            "the tensor w has the shape [4] where config.json calls for [2, 2]",
            vec![("w", Dtype::F32, &[4], floats(VALUES))],
        ),
        (
            "the tensor extra is left over",
            vec![good(), ("extra", Dtype::F32, &[4], floats(VALUES))],
        ),
        (
            "2 tensors are left over, among them a:",
            vec![
                good(),
                ("a", Dtype::F32, &[4], floats(VALUES)),
                ("b", Dtype::F32, &[4], floats(VALUES)),
            ],
        ),
        (
            "the tensor w holds numbers that are not finite",
            vec![("w", Dtype::F32, &[2, 2], floats([1.0, f32::NAN, 0.0, 0.0]))],
        ),
        (
            "the tensor w holds numbers of the kind I32",
            vec![("w", Dtype::I32, &[2, 2], floats(VALUES))],
        ),
    ];
    for (i, (sentence, tensors)) in cases.into_iter().enumerate() {
        let folder = Folder::new(&format!("faults-{i}"));
        folder.weights(ONE_FILE, &tensors);
        let said = folder.sentence("w");
        assert!(said.contains(sentence), "{said}");
        assert!(said.ends_with("net"), "{said}");
    }
}

#[test]
fn a_tensor_used_twice_is_named() {
    let folder = Folder::new("twice");
    folder.weights(ONE_FILE, &[("w", Dtype::F32, &[2, 2], floats(VALUES))]);
    let tensors = folder.tensors(&[]).expect("weights");
    let built = tensors.build(&Device::Cpu, DType::F32, |vb| {
        Ok((square(&vb, "w")?, square(&vb, "w")?))
    });
    let Err(fault) = built else {
        panic!("a fault");
    };
    assert!(fault.to_string().contains("the tensor w is used twice"));
}

#[test]
fn a_file_cut_short_says_so_wherever_it_ends() {
    let folder = Folder::new("short");
    let whole = bytes_of(&[("w", Dtype::F32, &[2, 2], floats(VALUES))]);
    for length in [0, 7, 20, whole.len() - 1] {
        folder.write(ONE_FILE, &whole[..length]);
        let said = folder.sentence("w");
        assert!(
            said.contains(&format!("{length} bytes")),
            "{length}: {said}"
        );
    }
}

#[test]
fn a_pickle_is_not_opened_under_any_name() {
    let folder = Folder::new("pickle");
    folder.write("net/diffusion_pytorch_model.bin", b"PK\x03\x04");
    assert!(folder.sentence("w").contains("pickle"));
    folder.write(ONE_FILE, b"PK\x03\x04aaaaaaaaaaaaaaaaaaaaaaa");
    assert!(folder.sentence("w").contains("pickle"));
}

#[test]
fn a_folder_that_is_no_checkpoint_is_told_apart_from_none() {
    let folder = Folder::new("none");
    let said = |path: &Path| {
        Checkpoint::open(path)
            .expect_err("no checkpoint")
            .to_string()
    };
    assert!(said(&folder.0.join("net")).contains("has no model_index.json"));
    assert!(said(&folder.0.join("nowhere")).contains("there is no such folder"));
    assert!(folder.sentence("w").contains("there are no weights"));
}

#[test]
fn a_setting_without_words_is_refused_by_name() {
    let folder = Folder::new("settings");
    for (text, refused) in [
        (
            r#"{"width": 1, "_version": "2", "new": null, "other": false, "act": "silu"}"#,
            None,
        ),
        (
            r#"{"width": 1, "act": "mish"}"#,
            Some("sets act to \"mish\""),
        ),
        (r#"{"width": 1, "twist": 3}"#, Some("sets twist to 3")),
    ] {
        folder.write("net/config.json", text.as_bytes());
        let settings = Checkpoint::open(&folder.0)
            .and_then(|checkpoint| checkpoint.settings("net"))
            .expect("settings");
        let said = settings.refuse_unknown(&["width"], &[("act", "\"silu\"")]);
        match (said, refused) {
            (Ok(()), None) => {}
            (Err(said), Some(part)) => assert!(said.to_string().contains(part), "{said}"),
            (said, _) => panic!("{said:?} for {text}"),
        }
    }
}

#[test]
fn the_same_weights_have_the_same_fingerprint_and_others_another() {
    let print = |test: &str, values| {
        let folder = Folder::new(test);
        folder.weights(ONE_FILE, &[("w", Dtype::F32, &[2, 2], floats(values))]);
        let tensors = folder.tensors(&[]).expect("weights");
        let built = tensors.build(&Device::Cpu, DType::F32, |vb| square(&vb, "w"));
        built.expect("a network").fingerprint
    };
    assert_eq!(print("print-a", VALUES), print("print-b", VALUES));
    assert_ne!(
        print("print-a", VALUES),
        print("print-b", [0.5, -1.25, 3.0, 0.0])
    );
}

#[test]
fn a_manifest_checks_names_and_shapes_without_weights() {
    let shapes = |name: &str| BTreeMap::from([(name.to_owned(), vec![1_000_000, 1_000_000])]);
    let of = |name| {
        let tensors = Tensors::of_manifest("a manifest", shapes(name), &[]);
        tensors.build(&Device::Cpu, DType::F32, |vb| {
            vb.get((1_000_000, 1_000_000), "w")
        })
    };
    assert_eq!(
        of("w").expect("a tensor").network.dims(),
        [1_000_000, 1_000_000]
    );
    let Err(fault) = of("v") else {
        panic!("a fault");
    };
    assert!(fault.to_string().contains("the tensor w is missing"));
}

#[test]
fn matrices_held_in_16_bits_are_the_rounded_ones_and_the_rest_stays_exact() {
    let third = 1.0f32 / 3.0;
    let folder = Folder::new("narrow");
    let tensors = ["weight", "bias", "table.weight"];
    folder.weights(
        ONE_FILE,
        &tensors.map(|name| (name, Dtype::F32, &[2usize, 2][..], floats([third; 4]))),
    );
    for (dtype, rounded) in [
        (DType::F32, third),
        (DType::F16, half::f16::from_f32(third).to_f32()),
        (DType::BF16, half::bf16::from_f32(third).to_f32()),
    ] {
        let tensors = folder.tensors(&[]).expect("weights");
        let built = tensors.build(&Device::Cpu, dtype, |vb| {
            assert_eq!(vb.dtype(), DType::F32);
            let one = Tensor::new(&[[[1.0f32, 0.0]]], vb.device())?;
            let product = vb.matrix((2, 2), "weight")?.linear(&one, None)?;
            let exact = vb.get((2, 2), "bias")?;
            let row = Embedding::new(2, 2, vb.pp("table"))?.forward(&[1])?;
            let all = [
                product.flatten_all()?,
                exact.flatten_all()?,
                row.flatten_all()?,
            ];
            Tensor::cat(&all, 0)?.to_vec1::<f32>()
        });
        let [a, b] = [rounded, third];
        let found = built.expect("a network").network;
        assert_eq!(found, [a, a, b, b, b, b, a, a], "{dtype:?}");
    }
}

#[test]
fn heads_over_a_model_of_16_bits_stay_in_32() {
    let folder = Folder::new("wide");
    let half = VALUES.map(|v| half::bf16::from_f32(v).to_le_bytes());
    // more digits than 16 bits have
    let fine = [0.123_456_79, -1.000_000_2, 3.0, 7.0];
    folder.weights(
        ONE_FILE,
        &[
            ("body.weight", Dtype::BF16, &[2, 2], half.concat()),
            ("head.weight", Dtype::F32, &[2, 2], floats(fine)),
        ],
    );
    let tensors = || folder.tensors(&[]).expect("tensors");
    assert_eq!(tensors().written_bytes(), 4);
    let wide = tensors().wide("head");
    assert_eq!((wide.written_bytes(), wide.held_bytes(2)), (2, 8 + 16));
    let built = wide.build_as_written(&Device::Cpu, |vb| {
        let body = crate::layers::Linear::no_bias(2, 2, vb.pp("body"))?;
        let head = crate::layers::Linear::no_bias(2, 2, vb.pp("head"))?;
        let one = Tensor::new(&[[[1.0f32, 0.0], [0.0, 1.0]]], &Device::Cpu)?;
        body.forward(&one)?;
        head.forward(&one)?.flatten_all()?.to_vec1::<f32>()
    });
    let columns = built.expect("built").network;
    assert_eq!(columns, [fine[0], fine[2], fine[1], fine[3]]);
}
