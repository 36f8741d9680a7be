//! Convolutions by patches beside the plain formula, at every edge, by every kind of processor and on every number of
//! threads.

use candle_core::{DType, Tensor};

use super::lanes::{Any, Machine};
use super::mixing::{PANEL, Panel, mix};
use super::{Field, Patched, Room, largest_blurred};
use crate::kernels::tests::noise;
use crate::kernels::{Pool, blurred, conv2d, largest};

const SIDES: [usize; 3] = [3, 5, 7];

fn weight(side: usize, outputs: usize, inputs: usize) -> Tensor {
    (noise(2, &[outputs, inputs, side, side]) * 0.1).expect("smaller")
}

fn patched(conv: &Patched, x: &Tensor) -> Field {
    let mut out = Field::default();
    let x = Field::of(x).expect("a field");
    conv.forward(&x, &mut out, &mut Room::default())
        .expect("a convolution");
    out
}

fn apart(one: &Tensor, other: &Tensor) -> f64 {
    assert_eq!(one.dims(), other.dims());
    let wide = |x: &Tensor| x.to_dtype(DType::F64).expect("wider");
    let apart = (wide(one) - wide(other)).and_then(|d| d.abs()?.max_all()?.to_scalar::<f64>());
    apart.expect("numbers")
}

#[test]
fn a_convolution_by_patches_is_its_formula_at_every_edge() {
    for side in SIDES {
        let (weight, bias) = (weight(side, 9, 8), noise(3, &[9]));
        for (padding, rectified) in [(side / 2, true), (side / 2, false), (0, true)] {
            let conv =
                Patched::new(&weight, &bias, padding, rectified).expect("it goes by patches");
            for (height, width) in [(16, 16), (15, 23), (7, 7), (8, 40), (21, 9)] {
                let x = noise(1, &[2, 8, height, width]);
                let ours = patched(&conv, &x).to_tensor().expect("a tensor");
                let wide = |x: &Tensor| x.to_dtype(DType::F64).expect("wider");
                let plain = conv2d(&wide(&x), &wide(&weight), &wide(&bias), 1, padding);
                let plain = plain.and_then(|y| if rectified { y.relu() } else { Ok(y) });
                let apart = apart(&ours, &plain.expect("the formula"));
                assert!(apart < 3e-5, "{side} of {width} × {height}: {apart:e}");
            }
        }
    }
}

#[test]
fn large_weights_go_step_by_step_and_make_the_same() {
    // more weights than are read anew for every few patches, and more patches than go together
    let (weight, bias) = (weight(3, 256, 128), noise(3, &[256]));
    let conv = Patched::new(&weight, &bias, 1, false).expect("it goes by patches");
    for (height, width) in [(9, 14), (50, 70)] {
        let x = noise(1, &[2, 128, height, width]);
        let ours = patched(&conv, &x).to_tensor().expect("a tensor");
        let plain = conv2d(&x, &weight, &bias, 1, 1).expect("the formula");
        let apart = apart(&ours, &plain);
        assert!(apart < 2e-4, "{width} × {height}: {apart:e}");
    }
}

#[test]
fn a_convolution_by_patches_is_the_same_on_every_number_of_threads() {
    let wide = Patched::new(&weight(3, 256, 128), &noise(3, &[256]), 1, true);
    let narrow = Patched::new(&weight(5, 9, 8), &noise(3, &[9]), 2, true);
    for (conv, inputs) in [(wide, 128), (narrow, 8)] {
        let conv = conv.expect("it goes by patches");
        let x = noise(1, &[2, inputs, 31, 29]);
        let on = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
            let pool = pool.build().expect("threads");
            pool.install(|| patched(&conv, &x).values)
        };
        let alone = on(1);
        for threads in [2, 3, 8] {
            assert!(on(threads) == alone, "{inputs} channels, {threads} threads");
        }
    }
}

#[test]
fn a_convolution_does_not_depend_on_what_its_buffers_held() {
    let conv = Patched::new(&weight(5, 9, 8), &noise(3, &[9]), 2, true).expect("by patches");
    let (mut out, mut room) = (Field::default(), Room::default());
    let x = Field::of(&noise(1, &[2, 8, 13, 17])).expect("a field");
    let fresh = patched(&conv, &noise(1, &[2, 8, 13, 17]));
    let other = Field::of(&noise(5, &[1, 8, 40, 31])).expect("a field");
    conv.forward(&other, &mut out, &mut room)
        .expect("a convolution");
    conv.forward(&x, &mut out, &mut room)
        .expect("a convolution");
    assert_eq!((out.size(), out.pictures), (fresh.size(), 2));
    for picture in 0..2 {
        assert!(out.picture(picture) == fresh.picture(picture));
    }
}

#[test]
fn a_kernel_of_another_side_does_not_go_by_patches() {
    for (side, across) in [(1, 1), (9, 9), (3, 5)] {
        let weight = noise(2, &[9, 8, side, across]);
        assert!(Patched::new(&weight, &noise(3, &[9]), 0, false).is_err());
    }
}

#[test]
fn what_does_not_fit_a_convolution_is_refused() {
    let conv = Patched::new(&weight(5, 9, 8), &noise(3, &[9]), 0, true).expect("by patches");
    let mut out = Field::default();
    for dims in [[1, 7, 9, 9], [1, 8, 4, 9], [1, 8, 9, 4]] {
        let x = Field::of(&noise(1, &dims)).expect("a field");
        assert!(
            conv.forward(&x, &mut out, &mut Room::default()).is_err(),
            "{dims:?}"
        );
    }
}

#[test]
fn a_field_holds_its_tensor() {
    let x = noise(1, &[2, 5, 7, 3]);
    let back = Field::of(&x)
        .and_then(|field| field.to_tensor())
        .expect("a tensor");
    assert_eq!(apart(&x, &back), 0.0);
}

#[test]
fn the_largest_blurred_in_one_step_is_the_same_as_in_two() {
    for (height, width) in [(5, 5), (6, 9), (33, 20)] {
        let x = noise(1, &[2, 19, height, width]);
        let mut out = Field::default();
        largest_blurred(&Field::of(&x).expect("a field"), 2, &mut out).expect("large enough");
        let pool = Pool {
            side: 3,
            stride: 1,
            overhanging: false,
        };
        let plain = largest(&x, pool)
            .and_then(|x| blurred(&x, 2))
            .expect("two steps");
        let apart = apart(&out.to_tensor().expect("a tensor"), &plain);
        assert!(apart < 1e-6, "{width} × {height}: {apart:e}");
    }
    let small = Field::of(&noise(1, &[1, 2, 4, 9])).expect("a field");
    assert!(largest_blurred(&small, 2, &mut Field::default()).is_err());
}

/// Small products of so many patches by one kind of processor.
fn mixed(machine: impl Machine, patches: usize) -> Vec<f32> {
    let (inputs, stride) = (37, 48);
    let number = |i: usize| ((i * 7919) % 1013) as f32 / 500.0 - 1.0;
    let weights: Vec<[f32; PANEL]> = (0..inputs)
        .map(|input| std::array::from_fn(|lane| number(input * PANEL + lane + 3)))
        .collect();
    let panel = Panel {
        weights: &weights,
        next: &weights,
    };
    let seen: Vec<f32> = (0..patches * stride).map(number).collect();
    let mut sums = vec![f32::NAN; patches * PANEL];
    mix(machine, panel, patches, (&seen, stride), (&mut sums, PANEL));
    sums
}

#[test]
fn every_processor_mixes_the_same_channels() {
    // groups of every size that goes together
    for patches in 1..45 {
        let plain = mixed(Any, patches);
        assert!(plain.iter().all(|value| value.is_finite()), "{patches}");
        #[cfg(target_arch = "x86_64")]
        {
            use super::lanes::{Eight, Sixteen};
            let eight = Eight::here().map(|machine| mixed(machine, patches));
            let sixteen = Sixteen::here().map(|machine| mixed(machine, patches));
            for vectors in [&eight, &sixteen].into_iter().flatten() {
                let close = plain.iter().zip(vectors).all(|(a, b)| (a - b).abs() < 1e-5);
                assert!(close, "{patches}: not what any processor makes of it");
            }
            if let (Some(eight), Some(sixteen)) = (eight, sixteen) {
                assert!(eight == sixteen, "{patches}: AVX2 and AVX-512 differ");
            }
        }
    }
}
