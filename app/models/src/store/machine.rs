//! What this machine has: memory, a graphics card, and how fast it multiplies.

use std::time::Instant;

use candle_core::{DType, Device, Tensor};
use serde::Serialize;

use crate::ModelError;
use crate::kernels::{Weight, conv2d};

/// Memory and speed of the device that editors compute on.
#[derive(Clone, Debug, Serialize)]
pub struct Machine {
    /// "processor" or the name of the graphics card
    pub device: String,
    /// of the machine or the card; none where the system does not say
    pub memory_bytes: Option<u64>,
    /// what of it is not in use now
    pub free_bytes: Option<u64>,
    /// 32-bit multiplications and additions in a second, measured on one matrix product
    pub operations_per_second: f64,
    /// the same of a convolution over 3 × 3 px, counted as its formula has them
    pub convolution_operations_per_second: f64,
}

impl Machine {
    /// Looks, and multiplies for a moment.
    pub(super) fn look(device: &Device) -> Result<Self, ModelError> {
        let (name, memory, free) = match device.is_cpu() {
            true => (
                "processor".to_owned(),
                meminfo("MemTotal"),
                meminfo("MemAvailable"),
            ),
            false => card().unwrap_or(("graphics card".to_owned(), None, None)),
        };
        Ok(Self {
            device: name,
            memory_bytes: memory,
            free_bytes: free,
            operations_per_second: of_products(device)?,
            convolution_operations_per_second: of_convolutions(device)?,
        })
    }
}

/// What of a device's memory is not in use now; `None` where the system does not say.
pub fn free_bytes(device: &Device) -> Option<u64> {
    match device.is_cpu() {
        true => meminfo("MemAvailable"),
        false => card()?.2,
    }
}

/// A line of `/proc/meminfo`, bytes.
fn meminfo(key: &str) -> Option<u64> {
    line_of(&std::fs::read_to_string("/proc/meminfo").ok()?, key)
}

fn line_of(text: &str, key: &str) -> Option<u64> {
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix(key)?.strip_prefix(':'))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    kibibytes.checked_mul(1024)
}

/// Name, memory and free memory of the first NVIDIA card, as its driver's own program tells them.
fn card() -> Option<(String, Option<u64>, Option<u64>)> {
    let asked = [
        "--query-gpu=name,memory.total,memory.free",
        "--format=csv,noheader,nounits",
    ];
    let answer = std::process::Command::new("nvidia-smi")
        .args(asked)
        .output()
        .ok()?;
    card_of(&String::from_utf8_lossy(&answer.stdout))
}

fn card_of(text: &str) -> Option<(String, Option<u64>, Option<u64>)> {
    let mut fields = text.lines().next()?.split(',').map(str::trim);
    let name = fields.next().filter(|name| !name.is_empty())?.to_owned();
    let mut bytes = || fields.next()?.parse::<u64>().ok()?.checked_mul(1 << 20);
    Some((name, bytes(), bytes()))
}

/// Two 1024 × 1024 matrices, by the kernel that the networks use.
fn of_products(device: &Device) -> Result<f64, ModelError> {
    const SIDE: usize = 1024;
    let x = Tensor::ones((1, SIDE, SIDE), DType::F32, device)?;
    let weight = Weight::Plain(Tensor::ones((SIDE, SIDE), DType::F32, device)?);
    let seconds = best_of_few(|| weight.linear(&x, None))?;
    Ok(2.0 * (SIDE as f64).powi(3) / seconds)
}

/// A layer as the U-Net of Stable Diffusion has them: 320 channels at 64 × 64 px.
fn of_convolutions(device: &Device) -> Result<f64, ModelError> {
    const CHANNELS: usize = 320;
    const SIDE: usize = 64;
    let x = Tensor::ones((1, CHANNELS, SIDE, SIDE), DType::F32, device)?;
    let weight = Tensor::ones((CHANNELS, CHANNELS, 3, 3), DType::F32, device)?;
    let bias = Tensor::zeros(CHANNELS, DType::F32, device)?;
    let seconds = best_of_few(|| conv2d(&x, &weight, &bias, 1, 1))?;
    Ok(2.0 * 9.0 * ((CHANNELS * SIDE) as f64).powi(2) / seconds)
}

/// The seconds of the fastest of a few tries.
fn best_of_few(work: impl Fn() -> candle_core::Result<Tensor>) -> Result<f64, ModelError> {
    let mut best = f64::INFINITY;
    for _ in 0..4 {
        let begun = Instant::now();
        // reading a number waits for a card to be done
        work()?.flatten_all()?.get(0)?.to_scalar::<f32>()?;
        best = best.min(begun.elapsed().as_secs_f64());
    }
    Ok(best)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_read_from_its_line() {
        let text = "MemTotal:       24689012 kB\nMemFree:  1 kB\nMemAvailable:   22000000 kB\n";
        assert_eq!(line_of(text, "MemTotal"), Some(24_689_012 * 1024));
        assert_eq!(line_of(text, "MemAvailable"), Some(22_000_000 * 1024));
        assert_eq!(line_of(text, "Mem"), None);
        assert_eq!(line_of("MemTotal: many kB", "MemTotal"), None);
    }

    #[test]
    fn the_first_card_is_read_and_a_card_that_says_little_too() {
        let said = card_of("NVIDIA RTX 4090, 24564, 20000\nNVIDIA T4, 1, 1\n").expect("a card");
        assert_eq!(
            said,
            (
                "NVIDIA RTX 4090".to_owned(),
                Some(24_564 << 20),
                Some(20_000 << 20)
            )
        );
        let said = card_of("NVIDIA GB10, [N/A], [N/A]").expect("a card");
        assert_eq!(said, ("NVIDIA GB10".to_owned(), None, None));
        assert_eq!(card_of(""), None);
    }

    #[test]
    fn the_processor_multiplies_at_some_speed() {
        let machine = Machine::look(&Device::Cpu).expect("a machine");
        assert!(machine.operations_per_second > 1e7, "{machine:?}");
        assert!(
            machine.convolution_operations_per_second > 1e7,
            "{machine:?}"
        );
    }
}
