//! What a network costs, counted from the names and shapes of its tensors: multiplications and additions of one call,
//! and the memory that its intermediate results take. Convolutions and products are counted exactly, attention by its
//! two large products; norms and activations are left out, so real times are somewhat longer.

use std::collections::BTreeSet;

/// Names and shapes.
pub(super) type Shapes = [(String, Vec<usize>)];

/// One call of a network.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Work {
    /// multiplications and additions, each counted
    pub(super) operations: f64,
    /// those of them in convolutions over more than a pixel
    pub(super) convolved: f64,
    /// of intermediate results in 32-bit floats, at the worst moment
    pub(super) bytes: f64,
}

impl Work {
    /// Counts a layer with weights of this shape.
    fn add(&mut self, shape: &[usize], rows: f64) {
        let operations = product(shape, rows);
        self.operations += operations;
        if matches!(shape, [_, _, height, width] if height * width > 1) {
            self.convolved += operations;
        }
    }

    /// Seconds on a machine that does so many operations a second in products and in convolutions.
    pub(super) fn seconds(&self, products: f64, convolutions: f64) -> f64 {
        (self.operations - self.convolved) / products + self.convolved / convolutions
    }
}

/// What a network works on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Size {
    /// the picture's height and width, px
    pub(super) picture: (usize, usize),
    /// picture px to one latent px
    pub(super) factor: usize,
    /// tokens of the text
    pub(super) text: usize,
    /// pictures that the denoiser sees beside each other as tokens
    pub(super) pictures: usize,
}

impl Size {
    fn latent_px(&self) -> f64 {
        (self.picture.0 / self.factor) as f64 * (self.picture.1 / self.factor) as f64
    }
    fn px(&self) -> f64 {
        self.picture.0 as f64 * self.picture.1 as f64
    }
}

const FLOAT: f64 = 4.0;

/// A U-Net on latents, for one picture of its batch.
pub(super) fn unet(shapes: &Shapes, size: Size) -> Work {
    let floors = count(shapes, "down_blocks.");
    let px = |floor: f64| size.latent_px() / 4f64.powf(floor);
    let floor_of = |name: &str| -> f64 {
        let number = |beginning: &str| {
            name.strip_prefix(beginning)?
                .split('.')
                .next()?
                .parse::<usize>()
                .ok()
        };
        let sampler = f64::from(u8::from(name.contains("samplers.")));
        if let Some(floor) = number("down_blocks.") {
            floor as f64 + sampler
        } else if let Some(block) = number("up_blocks.") {
            (floors.saturating_sub(1) as f64 - block as f64 - sampler).max(0.0)
        } else if name.starts_with("mid_block.") {
            floors.saturating_sub(1) as f64
        } else {
            0.0
        }
    };
    let mut work = Work::default();
    let mut widest = 0.0f64;
    for (name, shape) in shapes.iter().filter(|(name, _)| name.ends_with(".weight")) {
        let rows = match name {
            name if name.contains("time_emb") => 1.0,
            name if name.contains("attn2.to_k") || name.contains("attn2.to_v") => size.text as f64,
            name => px(floor_of(name)),
        };
        work.add(shape, rows);
        let outputs = shape.first().copied().unwrap_or(0) as f64;
        if name.contains("attn1.to_q") {
            work.operations += 4.0 * rows * rows * outputs;
        } else if name.contains("attn2.to_q") {
            work.operations += 4.0 * rows * size.text as f64 * outputs;
        }
        // what the way down leaves for the way up
        let kept = name.starts_with("down_blocks.")
            && (name.contains("conv2.") || name.contains("samplers."));
        if kept || name.starts_with("conv_in.") {
            work.bytes += rows * outputs * FLOAT;
        }
        if shape.len() > 1 {
            let inputs = shape[1] as f64;
            widest = widest.max(rows * (outputs + 2.0 * inputs) * FLOAT);
        }
    }
    // beside the layer at work: its block's input and the normalised copy
    work.bytes += 1.5 * widest;
    work
}

/// Half of an autoencoder of pictures: `encoder` or `decoder`.
pub(super) fn autoencoder(shapes: &Shapes, half: &str, size: Size) -> Work {
    let mut work = Work::default();
    for (name, shape) in shapes.iter().filter(|(name, _)| name.ends_with(".weight")) {
        let Some(name) = name
            .strip_prefix(half)
            .and_then(|name| name.strip_prefix('.'))
        else {
            continue;
        };
        let number = |beginning: &str| {
            name.strip_prefix(beginning)?
                .split('.')
                .next()?
                .parse::<i32>()
                .ok()
        };
        let sampler = i32::from(name.contains("samplers."));
        let rows = if let Some(floor) = number("down_blocks.") {
            size.px() / 4f64.powi(floor + sampler)
        } else if let Some(floor) = number("up_blocks.") {
            size.latent_px() * 4f64.powi(floor + sampler)
        } else if name.starts_with("mid_block.")
            || (half == "decoder") == name.starts_with("conv_in.")
        {
            size.latent_px()
        } else {
            size.px()
        };
        work.add(shape, rows);
        if name.contains("to_q.") {
            work.operations += 4.0 * rows * rows * shape[0] as f64;
        }
        if shape.len() > 1 {
            // in, out, and a normalised copy of either
            let widths = 2 * (shape[0] + shape[1]);
            work.bytes = work.bytes.max(rows * widths as f64 * FLOAT);
        }
    }
    work
}

/// A transformer that FLUX denoises with, for one picture.
pub(super) fn flux(shapes: &Shapes, size: Size) -> Work {
    // latents are patches of two by two
    let image = size.latent_px() / 4.0 * size.pictures as f64;
    let text = size.text as f64;
    let mut work = Work::default();
    let (mut widest, mut hidden) = (0.0f64, 0.0);
    for (name, shape) in shapes
        .iter()
        .filter(|(name, shape)| name.ends_with(".weight") && shape.len() == 2)
    {
        let once = ["norm", "modulation", "time_"]
            .iter()
            .any(|piece| name.contains(piece));
        let of_text = ["context", "add_", "to_add_out"]
            .iter()
            .any(|piece| name.contains(piece));
        let rows = match name {
            _ if once => 1.0,
            name if name.starts_with("single_") => image + text,
            _ if of_text => text,
            _ => image,
        };
        work.operations += product(shape, rows);
        widest = widest.max(rows * (shape[0] + shape[1]) as f64);
        if name == "x_embedder.weight" {
            hidden = shape[0] as f64;
        }
    }
    let blocks = count(shapes, "transformer_blocks.") + count(shapes, "single_transformer_blocks.");
    let all = image + text;
    work.operations += blocks as f64 * 4.0 * all * all * hidden;
    work.bytes = (2.0 * widest + 6.0 * all * hidden) * FLOAT;
    work
}

/// A transformer that reads text.
pub(super) fn text(shapes: &Shapes, size: Size) -> Work {
    let rows = size.text as f64;
    let mut work = Work::default();
    for (name, shape) in shapes
        .iter()
        .filter(|(name, shape)| name.ends_with(".weight") && shape.len() == 2)
    {
        let looked_up = ["embed", "shared", "lm_head", "relative_attention_bias"]
            .iter()
            .any(|piece| name.contains(piece));
        if !looked_up {
            work.operations += product(shape, rows);
            work.bytes = work
                .bytes
                .max(2.0 * rows * (shape[0] + shape[1]) as f64 * FLOAT);
        }
    }
    work
}

/// Twice the numbers of a matrix or a convolution for every row or pixel that goes through it.
fn product(shape: &[usize], rows: f64) -> f64 {
    match shape.len() {
        0 | 1 => 0.0,
        _ => 2.0 * rows * shape.iter().map(|&axis| axis as f64).product::<f64>(),
    }
}

/// How many blocks have names that begin so.
fn count(shapes: &Shapes, beginning: &str) -> usize {
    let numbers = shapes
        .iter()
        .filter_map(|(name, _)| name.strip_prefix(beginning)?.split('.').next());
    numbers.collect::<BTreeSet<_>>().len()
}
