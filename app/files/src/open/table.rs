//! Profiles made of look-up tables (scanners, printers, inks), converted by the colour-management crate.

use std::sync::Arc;

use moxcms::{ColorProfile, Layout, RenderingIntent, TransformF32Executor, TransformOptions};

use super::decoded::Channels;
use super::encoding::Curve;
use super::guard;

/// Tried in this order: white paper becomes white, and nothing else is adjusted, when the profile can do that.
const INTENTS: [RenderingIntent; 3] = [
    RenderingIntent::RelativeColorimetric,
    RenderingIntent::Perceptual,
    RenderingIntent::Saturation,
];

/// Converts code values of one kind of picture to linear Rec.2020.
pub(super) struct Table {
    transform: Arc<TransformF32Executor>,
    channels: usize,
    /// the target's curve, 65 536 steps
    linear_from_code: Vec<f32>,
}

impl Table {
    /// `None` when the profile cannot be connected to Rec.2020.
    pub(super) fn new(profile: &ColorProfile, channels: Channels) -> Option<Self> {
        let (layout, channels) = match channels {
            Channels::Cmyk => (Layout::Rgba, 4),
            _ => (Layout::Rgb, 3),
        };
        // a table for another intent is better than none (ICC.1:2022, 9.1.18: AToB0 stands in for the others)
        let transform = INTENTS.into_iter().find_map(|rendering_intent| {
            let options = TransformOptions {
                rendering_intent,
                prefer_fixed_point: false,
                ..TransformOptions::default()
            };
            let make = || profile.create_transform_f32(layout, &target(), Layout::Rgb, options);
            guard::caught(make)?.ok()
        })?;
        let linear = |code: u32| Curve::Srgb.linear(f64::from(code) / 65535.0) as f32;
        Some(Self {
            transform,
            channels,
            linear_from_code: (0..=65535).map(linear).collect(),
        })
    }

    /// Appends the linear Rec.2020 of interleaved codes (full scale 1; three a pixel, or four inks).
    /// What lies outside Rec.2020 ends at its border.
    pub(super) fn linear(&self, codes: &[f32], out: &mut Vec<[f32; 3]>) {
        let pixels = codes.len() / self.channels;
        let mut coded = vec![0.0; pixels * 3];
        // the lengths fit by construction, which is all that it checks
        if self.transform.transform(codes, &mut coded).is_err() {
            coded.fill(0.0);
        }
        let linear = |&code: &f32| {
            let step = (code.clamp(0.0, 1.0) * 65535.0).round();
            self.linear_from_code[step as usize]
        };
        out.extend(
            coded
                .as_chunks::<3>()
                .0
                .iter()
                .map(|rgb| rgb.each_ref().map(linear)),
        );
    }
}

/// Rec.2020 with sRGB's curve: the crate's float results have 15 bits, which in linear light would be too few for the shadows.
fn target() -> ColorProfile {
    let mut profile = ColorProfile::new_bt2020();
    let curve = ColorProfile::new_srgb().red_trc;
    profile.red_trc.clone_from(&curve);
    profile.green_trc.clone_from(&curve);
    profile.blue_trc = curve;
    profile
}
