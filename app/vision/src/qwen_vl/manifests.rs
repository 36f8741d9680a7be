//! The networks at the sizes that are published, against names and shapes of their checkpoints: every tensor is used
//! exactly once, and none takes memory.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;

use candle_core::{DType, Device};
use retake_tensors::checkpoint::config::Settings;
use retake_tensors::checkpoint::{Tensors, names};
use serde_json::{Map, Value};

use super::{Family, Networks, VlConfig, heads};

#[derive(serde::Deserialize)]
struct Manifest {
    parameters: usize,
    config: Map<String, Value>,
    tensors: BTreeMap<String, Vec<usize>>,
}

fn manifest(name: &str) -> Manifest {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/parity/manifests");
    let file = std::fs::File::open(folder.join(format!("{name}.json.gz"))).expect("a manifest");
    let mut text = String::new();
    flate2::read::GzDecoder::new(file)
        .read_to_string(&mut text)
        .expect("a manifest");
    serde_json::from_str(&text).expect("a manifest")
}

fn built(
    name: &str,
    config: &Map<String, Value>,
    tensors: BTreeMap<String, Vec<usize>>,
) -> Result<VlConfig, String> {
    let config =
        VlConfig::of(&Settings::of(name, config.clone())).map_err(|fault| fault.to_string())?;
    let tensors = Tensors::of_manifest(name, tensors, names::QWEN_VL);
    let sizes = heads::sizes(tensors.shapes());
    tensors
        .build(&Device::Cpu, DType::F32, |vb| {
            Networks::new(&config, &sizes, vb)
        })
        .map_err(|fault| fault.to_string())?;
    Ok(config)
}

fn fits(name: &str, family: Family) {
    let Manifest {
        parameters,
        config,
        tensors,
    } = manifest(name);
    let count: usize = tensors
        .values()
        .map(|shape| shape.iter().product::<usize>())
        .sum();
    assert_eq!(count, parameters, "{name}");
    let read = built(name, &config, tensors.clone()).expect("a model");
    assert_eq!(read.family, family);
    let mut fewer = tensors.clone();
    fewer.pop_last();
    assert!(built(name, &config, fewer).is_err_and(|said| said.contains("is missing")));
    let mut more = tensors;
    more.insert("one.more".to_owned(), vec![1]);
    assert!(built(name, &config, more).is_err_and(|said| said.contains("one.more is left over")));
}

#[test]
fn qwen3_vl_4b_fits_at_full_size() {
    fits("qwen3-vl-4b", Family::Qwen3);
}

#[test]
fn qwen3_vl_8b_fits_at_full_size() {
    fits("qwen3-vl-8b", Family::Qwen3);
}

#[test]
fn qwen2_5_vl_7b_fits_at_full_size() {
    fits("qwen2.5-vl-7b", Family::Qwen25);
}

/// EditReward adds two heads (names and sizes from its published code).
#[test]
fn a_reward_model_fits_at_full_size() {
    let Manifest {
        config,
        mut tensors,
        ..
    } = manifest("qwen2.5-vl-7b");
    for head in 0..2 {
        for (place, outputs, inputs) in [(0, 1024, 3584), (3, 16, 1024), (5, 2, 16)] {
            tensors.insert(
                format!("rm_heads.head_{head}.{place}.weight"),
                vec![outputs, inputs],
            );
            tensors.insert(format!("rm_heads.head_{head}.{place}.bias"), vec![outputs]);
        }
    }
    built("editreward", &config, tensors).expect("a model");
}
