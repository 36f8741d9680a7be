//! The kernels over tokens, each beside the plain formula in 64-bit floats.

use candle_core::{DType, Device, Tensor};

use super::tests::{agree, noise};
use super::{
    Pairs, Turns, attention_after, attention_over, attention_with_distances, gated_sum, modulated,
    rms_norm, swiglu, turned,
};

#[test]
fn attention_shares_keys_among_heads() {
    for (queries, keys, first) in [(5, 5, 0), (140, 140, 0), (140, 90, 0), (3, 45, 42)] {
        let given = [
            noise(1, &[2, queries, 24]),
            noise(2, &[2, keys, 8]),
            noise(3, &[2, keys, 8]),
        ];
        agree(&given, |t| attention_after(&t[0], &t[1], &t[2], 6, first));
    }
}

#[test]
fn keys_in_parts_are_the_keys_in_one() {
    for (queries, parts) in [(1, [90, 33, 1]), (5, [7, 2, 5]), (140, [1, 3, 150])] {
        let keys: usize = parts.iter().sum();
        let given = [
            noise(1, &[2, queries, 24]),
            noise(2, &[2, keys, 8]),
            noise(3, &[2, keys, 8]),
        ];
        agree(&given, |t| {
            let mut from = 0;
            let part = |count: &usize| {
                let part = (t[1].narrow(1, from, *count)?, t[2].narrow(1, from, *count)?);
                from += count;
                Ok::<_, candle_core::Error>(part)
            };
            let parts: Vec<_> = parts.iter().map(part).collect::<Result<_, _>>()?;
            let whole = attention_after(&t[0], &t[1], &t[2], 6, keys - queries)?;
            let over = attention_over(&t[0], &parts, 6)?;
            let apart: f64 = (&whole - &over)?
                .abs()?
                .max_all()?
                .to_dtype(DType::F64)?
                .to_scalar()?;
            assert!(apart < 1e-5, "{apart:e} apart");
            Ok(over)
        });
    }
}

#[test]
fn distances_of_rows_and_columns_are_added() {
    for (rows, columns) in [(3, 5), (1, 7), (12, 12)] {
        let keys = rows * columns;
        let given = [
            noise(1, &[2, keys, 24]),
            noise(2, &[2, keys, 24]),
            noise(3, &[2, keys, 24]),
            noise(4, &[2, keys, 3 * rows]),
            noise(5, &[2, keys, 3 * columns]),
        ];
        agree(&given, |t| {
            attention_with_distances(&t[0], &t[1], &t[2], 3, &t[3], &t[4])
        });
    }
}

#[test]
fn heads_are_normalised_and_turned_in_both_orders() {
    let angles: Vec<f64> = (0..35).map(|i| f64::from(i) * 0.3).collect();
    for pairs in [Pairs::Neighbours, Pairs::Halves] {
        let turns = Turns::new(&angles, 7, pairs, &Device::Cpu).expect("turns");
        let given = [noise(1, &[2, 7, 50]), noise(2, &[10])];
        agree(&given, |t| {
            let part = t[0].narrow(2, 20, 30)?;
            turned(&part, Some(&t[1]), 1e-6, &turns)
        });
        agree(&given, |t| turned(&t[0], None, 0.0, &turns));
    }
}

#[test]
fn a_turn_keeps_lengths() {
    let angles = [0.3, 1.7, -2.0];
    for pairs in [Pairs::Neighbours, Pairs::Halves] {
        let turns = Turns::new(&angles, 1, pairs, &Device::Cpu).expect("turns");
        let x = noise(1, &[1, 1, 6]);
        let length = |x: &Tensor| x.sqr()?.sum_all()?.to_scalar::<f32>();
        let before = length(&x).expect("a length");
        let after = turned(&x, None, 0.0, &turns).and_then(|x| length(&x));
        assert!((after.expect("a length") - before).abs() < 1e-5);
    }
}

#[test]
fn tokens_are_normalised_by_their_formulas() {
    let x = (noise(1, &[2, 9, 33]) + 2.0).expect("off centre");
    for batch in [1, 2] {
        let given = [
            x.clone(),
            noise(2, &[batch, 33]),
            noise(3, &[batch, 33]),
            noise(4, &[2, 9, 33]),
        ];
        agree(&given, |t| modulated(&t[0], &t[1], &t[2], 1e-6));
        agree(&given, |t| gated_sum(&t[0], &t[1], &t[3]));
        agree(&given, |t| rms_norm(&t[0], &t[1].get(0)?, 1e-6));
    }
}

#[test]
fn the_silu_gate_is_its_formula_far_out_too() {
    let given = [(noise(1, &[3, 17, 62]) * 4.0).expect("wider")];
    agree(&given, |t| {
        swiglu(&t[0].narrow(2, 0, 20)?, &t[0].narrow(2, 30, 20)?)
    });
}
