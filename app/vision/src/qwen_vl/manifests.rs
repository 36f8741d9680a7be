//! The networks at the sizes that are published, against names and shapes of their checkpoints: every tensor is used
//! exactly once, and none takes memory.

use candle_core::{DType, Device};
use retake_tensors::checkpoint::config::Settings;
use retake_tensors::checkpoint::{Tensors, names};
use serde_json::{Map, Value};

use super::{Family, Networks, VlConfig, heads};
use crate::full_size;

fn built(
    name: &str,
    config: &Map<String, Value>,
    tensors: full_size::Shapes,
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
    full_size::fits(name, |config, tensors| {
        built(name, config, tensors).map(|read| assert_eq!(read.family, family))
    });
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
    let full_size::Manifest {
        config,
        mut tensors,
        ..
    } = full_size::manifest("qwen2.5-vl-7b");
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
