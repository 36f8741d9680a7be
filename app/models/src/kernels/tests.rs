//! Each kernel beside the plain formula in 64-bit floats, which takes the other path through the same function.

use candle_core::{DType, Device, Result, Tensor};
use retake_core::Rng;

use super::{attention, conv2d, geglu, group_norm, linear, linear_to_picture};

fn noise(seed: u64, dims: &[usize]) -> Tensor {
    let mut rng = Rng::new(seed);
    let count = dims.iter().product();
    let values: Vec<f32> = (0..count).map(|_| rng.normal()).collect();
    Tensor::from_vec(values, dims, &Device::Cpu).expect("a tensor")
}

/// `work` in 32 bits, through our kernel, and in 64 bits, through the formula.
fn agree(tensors: &[Tensor], work: impl Fn(&[Tensor]) -> Result<Tensor>) {
    let fast = work(tensors).expect("the kernel");
    let wide: Vec<Tensor> = tensors
        .iter()
        .map(|tensor| tensor.to_dtype(DType::F64).expect("wider"))
        .collect();
    let plain = work(&wide).expect("the formula");
    assert_eq!(fast.dims(), plain.dims());
    let apart = (fast.to_dtype(DType::F64).expect("wider") - plain)
        .and_then(|d| d.abs()?.max_all()?.to_scalar::<f64>())
        .expect("numbers");
    assert!(apart < 2e-5, "{apart:e} apart");
}

#[test]
fn convolution_is_its_formula() {
    for (size, side, stride, padding) in [
        ([2, 5, 7, 9], 3, 1, 1),
        ([1, 3, 41, 37], 3, 1, 1),
        ([1, 3, 41, 37], 3, 1, 0),
        ([2, 4, 8, 8], 3, 2, 1),
        ([1, 2, 65, 64], 3, 2, 0),
        ([2, 6, 5, 4], 1, 1, 0),
        ([1, 2, 1, 1], 3, 1, 1),
        ([1, 2, 33, 64], 5, 1, 2),
    ] {
        let weight = noise(2, &[4, size[1], side, side]);
        let given = [
            noise(1, &size),
            (weight * 0.2).expect("smaller"),
            noise(3, &[4]),
        ];
        agree(&given, |t| conv2d(&t[0], &t[1], &t[2], stride, padding));
    }
}

#[test]
fn convolution_in_patches_is_its_formula_at_every_edge() {
    for (height, width) in [(30, 30), (31, 33), (200, 5), (5, 200), (1, 901)] {
        let weight = (noise(2, &[9, 8, 3, 3]) * 0.2).expect("smaller");
        let given = [noise(1, &[2, 8, height, width]), weight, noise(3, &[9])];
        agree(&given, |t| conv2d(&t[0], &t[1], &t[2], 1, 1));
    }
}

#[test]
fn convolution_adds_a_bias_of_each_picture() {
    let given = [
        noise(1, &[2, 3, 6, 6]),
        noise(2, &[4, 3, 3, 3]),
        noise(3, &[2, 4]),
    ];
    agree(&given, |t| conv2d(&t[0], &t[1], &t[2], 1, 1));
}

#[test]
fn convolution_refuses_a_picture_smaller_than_its_kernel() {
    let (x, weight, bias) = (
        noise(1, &[1, 1, 2, 2]),
        noise(2, &[1, 1, 3, 3]),
        noise(3, &[1]),
    );
    assert!(conv2d(&x, &weight, &bias, 1, 0).is_err());
}

#[test]
fn group_norm_is_its_formula() {
    for (size, groups) in [([2, 8, 5, 7], 4), ([1, 6, 33, 21], 2), ([3, 4, 1, 1], 2)] {
        let channels = size[1];
        let given = [
            (noise(1, &size) + 3.0).expect("off centre"),
            noise(2, &[channels]),
            noise(3, &[channels]),
        ];
        for silu in [false, true] {
            agree(&given, |t| {
                group_norm(&t[0], &t[1], &t[2], groups, 1e-5, silu)
            });
        }
    }
}

#[test]
fn the_gate_is_its_formula_far_out_too() {
    let given = [(noise(1, &[3, 17, 62]) * 4.0).expect("wider")];
    agree(&given, |t| geglu(&t[0]));
}

#[test]
fn a_linear_layer_reads_a_picture_as_tokens() {
    let given = [noise(1, &[2, 6, 35]), noise(2, &[4, 6]), noise(3, &[4])];
    agree(&given, |t| {
        linear(&t[0].transpose(1, 2)?, &t[1], Some(&t[2]))
    });
    agree(&given, |t| linear(&t[0].transpose(1, 2)?, &t[1], None));
}

#[test]
fn a_linear_layer_writes_a_picture() {
    let given = [noise(1, &[2, 35, 6]), noise(2, &[4, 6]), noise(3, &[4])];
    agree(&given, |t| linear_to_picture(&t[0], &t[1], &t[2]));
}

#[test]
fn attention_is_its_formula() {
    for (queries, keys, causal) in [(5, 7, false), (300, 77, false), (150, 150, true)] {
        let given = [
            noise(1, &[2, queries, 24]),
            noise(2, &[2, keys, 24]),
            noise(3, &[2, keys, 24]),
        ];
        agree(&given, |t| attention(&t[0], &t[1], &t[2], 3, causal));
    }
}

#[test]
fn attention_survives_scores_that_would_overflow() {
    let large = (noise(1, &[1, 9, 8]) * 200.0).expect("large");
    let seen = attention(&large, &large, &noise(2, &[1, 9, 8]), 1, false).expect("attention");
    let sum = seen.sum_all().and_then(|sum| sum.to_scalar::<f32>());
    assert!(sum.expect("a number").is_finite());
}
