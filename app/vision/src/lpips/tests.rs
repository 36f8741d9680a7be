//! What is refused, and what holds without any weights. The numbers are held beside the authors' in `tests/parity`.

use super::*;

#[test]
fn a_coarse_map_is_enlarged_without_losing_its_mean() {
    let mut map = Mask::uniform(8, 6, 0.0);
    add_enlarged(&mut map, &[1.0, 2.0, 3.0, 4.0], (2, 2));
    assert_eq!((map.at(0, 0), map.at(7, 5)), (1.0, 4.0));
    assert!((map.share() - 2.5).abs() < 1e-6);
}

#[test]
fn a_file_without_a_trunk_is_refused() {
    let path =
        std::env::temp_dir().join(format!("retake-lpips-{}.safetensors", std::process::id()));
    let lin = Tensor::zeros((1, 64, 1, 1), DType::F32, &Device::Cpu).expect("a tensor");
    let save = |name: &str, tensor: &Tensor| {
        let tensors = std::collections::HashMap::from([(name, tensor.clone())]);
        candle_core::safetensors::save(&tensors, &path).expect("a file");
        Lpips::open(&path, &Device::Cpu)
            .err()
            .expect("a fault")
            .to_string()
    };
    assert!(save("lin0.model.1.weight", &lin).contains("net.slice1.0.weight is missing"));
    let other = Tensor::zeros((64, 3, 7, 7), DType::F32, &Device::Cpu).expect("a tensor");
    assert!(save("net.slice1.0.weight", &other).contains("neither AlexNet nor VGG-16"));
    let alex = Tensor::zeros((64, 3, 11, 11), DType::F32, &Device::Cpu).expect("a tensor");
    assert!(save("net.slice1.0.weight", &alex).contains("is missing"));
}
