//! How results change with what comes in: each kernel's gradient beside that of the plain formula in 64-bit floats.

use candle_core::quantized::GgmlDType;
use candle_core::{DType, Result, Tensor, Var};

use super::linear::{linear, linear_to_picture};
use super::tests::noise;
use super::{
    Packed, Walk, Weight, attention, convolution, geglu, gelu_erf, gelu_tanh, group_norm,
    modulated, rms_norm, swiglu,
};

/// The gradient of a sum of the results, each by a factor of its own, by the first of the tensors.
fn gradient(tensors: &[Tensor], work: &dyn Fn(&[Tensor]) -> Result<Tensor>) -> Result<Tensor> {
    let x = Var::from_tensor(&tensors[0])?;
    let mut all = tensors.to_vec();
    all[0] = x.as_tensor().clone();
    let y = work(&all)?;
    let factors = noise(9, y.dims()).to_dtype(y.dtype())?;
    let gradients = (y * factors)?.sum_all()?.backward()?;
    match gradients.get(&x) {
        Some(gradient) => gradient.to_dtype(DType::F64),
        None => candle_core::bail!("there is no gradient"),
    }
}

fn agree(tensors: &[Tensor], work: impl Fn(&[Tensor]) -> Result<Tensor>) {
    let wide: Vec<Tensor> = tensors
        .iter()
        .map(|tensor| tensor.to_dtype(DType::F64).expect("wider"))
        .collect();
    let ours = gradient(tensors, &work).expect("a gradient");
    let theirs = gradient(&wide, &work).expect("a gradient");
    let apart = (ours - &theirs)
        .and_then(|d| d.abs()?.max_all()?.to_scalar::<f64>())
        .expect("numbers");
    let most = theirs.abs().and_then(|d| d.max_all()?.to_scalar::<f64>());
    let most = most.expect("numbers");
    assert!(
        most > 1e-3 && apart < 1e-4 * most.max(1.0),
        "{apart:e} of {most:e}"
    );
}

#[test]
fn of_convolutions() {
    for (size, side, stride, padding) in [
        ([1, 5, 7, 9], 3, 1, 1),
        ([1, 3, 9, 8], 3, 1, 0),
        ([2, 4, 8, 8], 3, 2, 1),
        ([1, 4, 9, 9], 3, 2, 0),
        ([1, 3, 8, 8], 1, 1, 0),
    ] {
        let walk = Walk {
            stride,
            padding,
            ..Walk::default()
        };
        let tensors = [
            noise(1, &size),
            noise(2, &[6, size[1], side, side]),
            noise(3, &[6]),
        ];
        agree(&tensors, |t| convolution(&t[0], &t[1], &t[2], walk));
        let rectified = Walk {
            rectified: true,
            ..walk
        };
        agree(&tensors, |t| convolution(&t[0], &t[1], &t[2], rectified));
    }
}

#[test]
fn of_a_convolution_with_a_stride_over_a_picture_that_is_no_square() {
    // candle's own gradient knows squares only; the adjoint of a linear map is known without it
    let walk = Walk {
        stride: 2,
        padding: 1,
        ..Walk::default()
    };
    let (x, weight) = (noise(1, &[1, 4, 8, 9]), noise(2, &[6, 4, 3, 3]));
    let bias = noise(3, &[6]).zeros_like().expect("zeros");
    let work = |t: &[Tensor]| convolution(&t[0], &weight, &bias, walk);
    let back = gradient(std::slice::from_ref(&x), &work).expect("a gradient");
    let sum = |x: Result<Tensor>| {
        x.and_then(|x| x.sum_all()?.to_dtype(DType::F64)?.to_scalar::<f64>())
            .expect("a number")
    };
    let other = noise(5, &[1, 4, 8, 9]);
    let y = work(std::slice::from_ref(&other)).expect("a picture");
    let there = sum(&y * noise(9, y.dims()));
    let here = sum(other.to_dtype(DType::F64).and_then(|other| other * back));
    assert!(
        (there - here).abs() < 1e-3 * there.abs().max(1.0),
        "{there} {here}"
    );
}

#[test]
fn of_linear_layers() {
    let tensors = [noise(1, &[2, 11, 12]), noise(2, &[7, 12]), noise(3, &[7])];
    agree(&tensors, |t| linear(&t[0], &t[1], Some(&t[2])));
    agree(&tensors, |t| linear(&t[0], &t[1], None));
    agree(&tensors, |t| linear_to_picture(&t[0], &t[1], &t[2]));
}

#[test]
fn of_packed_matrices() {
    let matrix = noise(2, &[7, 12]);
    let values: Vec<f32> = matrix
        .flatten_all()
        .and_then(|v| v.to_vec1())
        .expect("numbers");
    let bytes = values
        .iter()
        .flat_map(|value| value.to_le_bytes())
        .collect();
    let packed = Packed::new(GgmlDType::F32, bytes, (7, 12)).expect("a matrix");
    let packed = Weight::Packed(packed);
    let of = |weight: &Weight, picture: bool| {
        let tensors = [noise(1, &[1, 11, 12])];
        let bias = noise(3, &[7]);
        let work = |t: &[Tensor]| match picture {
            true => weight.linear_to_picture(&t[0], Some(&bias)),
            false => weight.linear(&t[0], Some(&bias)),
        };
        let gradient = gradient(&tensors, &work).expect("a gradient");
        let gradient = gradient.flatten_all().and_then(|v| v.to_vec1::<f64>());
        gradient.expect("numbers")
    };
    for picture in [false, true] {
        let (ours, theirs) = (
            of(&packed, picture),
            of(&Weight::Plain(matrix.clone()), picture),
        );
        let pairs = ours.iter().zip(&theirs);
        assert!(pairs.clone().all(|(a, b)| (a - b).abs() < 1e-5));
        assert!(ours.iter().any(|value| value.abs() > 1e-2));
    }
}

#[test]
fn of_what_goes_by_the_plain_formulas_from_a_variable_on() {
    let tokens = noise(1, &[1, 6, 16]);
    let (keys, values) = (noise(2, &[1, 9, 16]), noise(3, &[1, 9, 16]));
    agree(&[tokens.clone(), keys, values], |t| {
        attention(&t[0], &t[1], &t[2], 2, false)
    });
    agree(std::slice::from_ref(&tokens), |t| geglu(&t[0]));
    agree(std::slice::from_ref(&tokens), |t| gelu_tanh(&t[0]));
    agree(std::slice::from_ref(&tokens), |t| gelu_erf(&t[0]));
    agree(&[tokens.clone(), noise(4, &[1, 6, 16])], |t| {
        swiglu(&t[0], &t[1])
    });
    agree(&[tokens.clone(), noise(5, &[16])], |t| {
        rms_norm(&t[0], &t[1], 1e-6)
    });
    agree(&[tokens, noise(6, &[1, 16]), noise(7, &[1, 16])], |t| {
        modulated(&t[0], &t[1], &t[2], 1e-6)
    });
    let picture = [noise(1, &[1, 8, 5, 4]), noise(2, &[8]), noise(3, &[8])];
    agree(&picture, |t| group_norm(&t[0], &t[1], &t[2], 2, 1e-6, true));
}

#[test]
fn weights_that_are_variables_are_refused_and_not_forgotten() {
    let weight = Var::from_tensor(&noise(2, &[7, 12])).expect("a variable");
    let y = linear(&noise(1, &[1, 3, 12]), weight.as_tensor(), None);
    let y = y.and_then(|y| y.sum_all()).expect("a sum");
    assert!(y.backward().is_err());
}
