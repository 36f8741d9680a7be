//! Each kernel beside the plain formula in 64-bit floats, which takes the other path through the same function.

use candle_core::quantized::{GgmlDType, QTensor};
use candle_core::{DType, Device, Result, Tensor};
use retake_core::Rng;

use super::linear::{linear, linear_to_picture};
use super::{
    Packed, Pool, Walk, Weight, attention, bilinear, blurred, conv2d, convolution, geglu,
    group_norm, largest,
};

pub(super) fn noise(seed: u64, dims: &[usize]) -> Tensor {
    let mut rng = Rng::new(seed);
    let count = dims.iter().product();
    let values: Vec<f32> = (0..count).map(|_| rng.normal()).collect();
    Tensor::from_vec(values, dims, &Device::Cpu).expect("a tensor")
}

/// `work` in 32 bits, through our kernel, and in 64 bits, through the formula.
pub(super) fn agree(tensors: &[Tensor], work: impl Fn(&[Tensor]) -> Result<Tensor>) {
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
fn convolution_with_gaps_is_its_formula() {
    for (size, dilation, stride, rectified) in [
        ([2, 3, 20, 17], 2, 1, false),
        ([1, 16, 40, 40], 4, 1, true),
        ([1, 5, 10, 9], 8, 1, true),
        ([1, 5, 5, 5], 8, 1, true),
        ([1, 4, 33, 30], 2, 2, false),
        ([1, 9, 35, 31], 1, 1, true),
    ] {
        let weight = (noise(2, &[9, size[1], 3, 3]) * 0.2).expect("smaller");
        let given = [noise(1, &size), weight, noise(3, &[9])];
        let walk = Walk {
            stride,
            padding: dilation,
            dilation,
            rectified,
        };
        agree(&given, |t| convolution(&t[0], &t[1], &t[2], walk));
    }
}

#[test]
fn the_largest_of_a_window_is_its_formula_at_the_edges_too() {
    for (height, width) in [(10, 12), (11, 7), (3, 3)] {
        for (side, stride) in [(2, 2), (3, 1), (3, 2)] {
            for overhanging in [false, true] {
                let pool = Pool {
                    side,
                    stride,
                    overhanging,
                };
                let given = [(noise(1, &[2, 3, height, width]) - 2.0).expect("mostly negative")];
                agree(&given, |t| largest(&t[0], pool));
            }
        }
    }
}

#[test]
fn another_size_is_its_formula() {
    for (from, to) in [
        ((5, 7), (10, 14)),
        ((10, 10), (320, 320)),
        ((1, 4), (3, 5)),
        ((6, 6), (6, 6)),
    ] {
        let given = [noise(1, &[2, 3, from.0, from.1])];
        agree(&given, |t| bilinear(&t[0], to.0, to.1));
    }
}

#[test]
fn the_blur_before_halving_is_its_formula() {
    for (height, width) in [(3, 3), (8, 9), (33, 20)] {
        for padding in [1, 2] {
            let given = [noise(1, &[2, 3, height, width])];
            agree(&given, |t| blurred(&t[0], padding));
        }
    }
}

#[test]
fn windows_and_reflections_larger_than_their_picture_are_refused() {
    let small = noise(1, &[1, 1, 2, 2]);
    let pool = Pool {
        side: 3,
        stride: 1,
        overhanging: false,
    };
    assert!(largest(&small, pool).is_err());
    assert!(blurred(&small, 2).is_err());
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
fn a_linear_layer_takes_a_single_row_of_each_picture() {
    let given = [noise(1, &[2, 1, 64]), noise(2, &[16, 64]), noise(3, &[16])];
    agree(&given, |t| linear(&t[0], &t[1], Some(&t[2])));
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

/// A matrix of `kind`, and the same one in 32-bit floats.
fn packed(kind: GgmlDType, rows: usize, columns: usize) -> (Weight, Tensor) {
    let exact = noise(7, &[rows, columns]);
    let blocks = QTensor::quantize(&exact, kind).expect("blocks");
    let bytes = blocks.data().expect("bytes").into_owned();
    let packed = Packed::new(kind, bytes, (rows, columns)).expect("a matrix");
    let wide = blocks.dequantize(&Device::Cpu).expect("floats");
    (Weight::Packed(packed), wide)
}

#[test]
fn a_packed_matrix_multiplies_as_the_numbers_that_it_stands_for() {
    let kinds = [
        GgmlDType::F16,
        GgmlDType::BF16,
        GgmlDType::Q8_0,
        GgmlDType::Q5_1,
        GgmlDType::Q4K,
        GgmlDType::Q6K,
    ];
    for kind in kinds {
        let (rows, columns) = (133, 256);
        let (weight, wide) = packed(kind, rows, columns);
        let bias = noise(8, &[rows]);
        // two strips' worth of views: tokens, and a picture's columns
        let tokens = noise(9, &[2, 31, columns]);
        let picture = noise(9, &[2, columns, 31]).transpose(1, 2).expect("a view");
        for x in [tokens, picture] {
            for bias in [Some(&bias), None] {
                let apart = |a: Result<Tensor>, b: Result<Tensor>| {
                    (a.expect("packed") - b.expect("plain"))
                        .and_then(|d| d.abs()?.max_all()?.to_scalar::<f32>())
                        .expect("numbers")
                };
                let plain = linear(&x, &wide, bias);
                let far = apart(weight.linear(&x, bias), plain);
                assert!(far < 1e-5, "{kind:?}: {far:e} apart");
                let plain = linear(&x, &wide, bias).and_then(|y| y.transpose(1, 2));
                let far = apart(weight.linear_to_picture(&x, bias), plain);
                assert!(far < 1e-5, "{kind:?}: {far:e} apart");
            }
        }
    }
}

#[test]
fn strips_of_a_large_matrix_join_without_a_gap() {
    let (rows, columns) = (2050, 2048); // three strips, the last of two rows
    let (weight, wide) = packed(GgmlDType::BF16, rows, columns);
    let x = noise(9, &[1, 2, columns]);
    let apart = (weight.linear(&x, None).expect("packed")
        - linear(&x, &wide, None).expect("plain"))
    .and_then(|d| d.abs()?.max_all()?.to_scalar::<f32>())
    .expect("numbers");
    assert!(apart < 1e-4, "{apart:e} apart");
}

#[test]
fn a_row_that_a_packed_table_lacks_is_an_error() {
    let (Weight::Packed(table), wide) = packed(GgmlDType::Q8_0, 5, 32) else {
        panic!("a packed matrix");
    };
    let picked = table.pick(&[4, 0]).expect("rows");
    let wanted = wide.index_select(&Tensor::new(&[4u32, 0], &Device::Cpu).expect("ids"), 0);
    let apart = (picked - wanted.expect("rows"))
        .and_then(|d| d.abs()?.max_all()?.to_scalar::<f32>())
        .expect("numbers");
    assert_eq!(apart, 0.0);
    assert!(table.pick(&[5]).is_err());
}

/// How far `work` in 16 bits is off what it is in 32, as a share of the greatest number.
fn off_in_half(tensors: &[Tensor], work: impl Fn(&[Tensor]) -> Result<Tensor>) -> f32 {
    let exact = work(tensors).expect("the kernel");
    let half: Vec<Tensor> = tensors
        .iter()
        .map(|tensor| tensor.to_dtype(DType::F16).expect("narrower"))
        .collect();
    let narrow = work(&half).and_then(|x| x.to_dtype(DType::F32));
    let greatest = |x: &Tensor| {
        let largest = x.abs().and_then(|x| x.max_all()?.to_scalar::<f32>());
        largest.expect("a number")
    };
    greatest(&(narrow.expect("the formula") - &exact).expect("of one size")) / greatest(&exact)
}

#[test]
fn formulas_in_sixteen_bits_are_near_for_numbers_whose_squares_are_not() {
    let large = |seed: u64, dims: &[usize]| (noise(seed, dims) * 90.0).expect("numbers");
    let keys = (noise(2, &[2, 7, 16]) * 0.02).expect("numbers");
    let tokens = [large(1, &[2, 9, 16]), keys];
    let off = off_in_half(&tokens, |t| attention(&t[0], &t[1], &t[1], 4, false));
    assert!(off < 0.02, "attention {off:e}");
    let picture = [large(3, &[2, 8, 6, 5]), noise(4, &[8]), noise(5, &[8])];
    let off = off_in_half(&picture, |t| group_norm(&t[0], &t[1], &t[2], 4, 1e-6, true));
    assert!(off < 0.005, "norm {off:e}");
    let picture = [
        noise(6, &[2, 4, 9, 8]),
        noise(7, &[6, 4, 3, 3]),
        noise(8, &[6]),
    ];
    let off = off_in_half(&picture, |t| conv2d(&t[0], &t[1], &t[2], 1, 1));
    assert!(off < 0.005, "convolution {off:e}");
    let off = off_in_half(&[noise(9, &[2, 5, 12])], |t| geglu(&t[0]));
    assert!(off < 0.005, "gate {off:e}");
    let rows = [noise(10, &[1, 9, 24]), noise(11, &[7, 24]), noise(12, &[7])];
    let off = off_in_half(&rows, |t| linear(&t[0], &t[1], Some(&t[2])));
    assert!(off < 0.005, "product {off:e}");
}

#[test]
fn a_product_with_few_rows_is_its_formula() {
    for (batch, rows, inputs, outputs) in
        [(1, 1, 64, 130), (1, 4, 65, 67), (2, 2, 33, 1), (1, 3, 7, 5)]
    {
        let given = [
            noise(1, &[batch, rows, inputs]),
            (noise(2, &[outputs, inputs]) * 0.1).expect("smaller"),
            noise(3, &[outputs]),
        ];
        agree(&given, |t| linear(&t[0], &t[1], Some(&t[2])));
        agree(&given, |t| linear(&t[0], &t[1], None));
    }
}

#[test]
fn a_packed_matrix_gives_few_rows_what_it_gives_each_of_many() {
    for kind in [
        GgmlDType::BF16,
        GgmlDType::F16,
        GgmlDType::Q8_0,
        GgmlDType::Q4K,
    ] {
        let (outputs, inputs) = (70, 256);
        let exact = (noise(4, &[outputs, inputs]) * 0.1).expect("smaller");
        let bytes = QTensor::quantize(&exact, kind).and_then(|q| Ok(q.data()?.into_owned()));
        let packed = Packed::new(kind, bytes.expect("blocks"), (outputs, inputs));
        let weight = Weight::Packed(packed.expect("a matrix"));
        let (x, bias) = (noise(5, &[1, 9, inputs]), noise(6, &[outputs]));
        let many = weight.linear(&x, Some(&bias)).expect("a product");
        for row in 0..9 {
            let one = x
                .narrow(1, row, 1)
                .and_then(|x| weight.linear(&x, Some(&bias)));
            let apart = (one.expect("a product") - many.narrow(1, row, 1).expect("a row"))
                .and_then(|d| d.abs()?.max_all()?.to_scalar::<f32>())
                .expect("numbers");
            assert!(apart < 1e-5, "{kind:?}: {apart:e} apart");
        }
    }
}
