//! U²-NetP (Qin et al. 2020, "U²-Net: going deeper with nested U-structure for salient object detection",
//! arXiv 2005.09007, figure 5): a U whose floors are U's themselves. Its batch norms are folded into its convolutions.

use candle_core::{Result, Tensor};
use retake_tensors::kernels::{Pool, Walk, bilinear, convolution, largest};

use crate::shipped::Shipped;

/// The weights, under the Apache License 2.0: `assets/models/NOTICES.md`.
static WEIGHTS: &[u8] = include_bytes!("../../../../assets/models/u2netp.safetensors");

/// Channels between the floors.
const WIDE: usize = 64;
/// Channels within a floor.
const NARROW: usize = 16;

/// (name, convolutions on the way down, whether it halves on the way, channels that come in), on the way down and up.
const DOWN: [(&str, usize, bool, usize); 6] = [
    ("stage1", 7, true, 3),
    ("stage2", 6, true, WIDE),
    ("stage3", 5, true, WIDE),
    ("stage4", 4, true, WIDE),
    ("stage5", 4, false, WIDE),
    ("stage6", 4, false, WIDE),
];
const UP: [(&str, usize, bool, usize); 5] = [
    ("stage5d", 4, false, 2 * WIDE),
    ("stage4d", 4, true, 2 * WIDE),
    ("stage3d", 5, true, 2 * WIDE),
    ("stage2d", 6, true, 2 * WIDE),
    ("stage1d", 7, true, 2 * WIDE),
];

/// The network.
pub struct U2NetP {
    down: Vec<Floor>,
    up: Vec<Floor>,
    /// one channel from each floor of the way up, the finest first
    sides: Vec<Conv>,
    fuse: Conv,
}

impl U2NetP {
    /// Side of the pictures that it was trained on, px.
    pub const SIDE: usize = 320;
    /// What is taken from each channel of a picture in [0, 1], and what it is then divided by.
    pub const MEAN_AND_DEVIATION: ([f32; 3], [f32; 3]) =
        ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]);

    /// With the weights that are built in.
    pub fn shipped() -> Result<Self> {
        let mut shipped = Shipped::open(WEIGHTS)?;
        let mut floors = |table: &[(&str, usize, bool, usize)]| -> Result<Vec<Floor>> {
            table
                .iter()
                .map(|&(name, depth, halves, inputs)| {
                    Floor::new(&mut shipped, name, depth, halves, inputs)
                })
                .collect()
        };
        let (down, up) = (floors(&DOWN)?, floors(&UP)?);
        let sides = (1..=DOWN.len()).map(|i| {
            let walk = Walk {
                padding: 1,
                ..Walk::default()
            };
            Conv::new(&mut shipped, &format!("side{i}"), (1, WIDE, 3), walk)
        });
        let sides = sides.collect::<Result<_>>()?;
        let fuse = Conv::new(&mut shipped, "outconv", (1, DOWN.len(), 1), Walk::default())?;
        shipped.finish()?;
        Ok(Self {
            down,
            up,
            sides,
            fuse,
        })
    }

    /// (1, 3, height, width), normalised, to (1, 1, height, width): how much each place belongs to the subject, 0 to 1.
    pub fn forward(&self, x: &Tensor) -> Result<Tensor> {
        let (_, _, height, width) = x.dims4()?;
        let mut floors: Vec<Tensor> = Vec::new();
        for floor in &self.down {
            let x = match floors.last() {
                Some(above) => halved(above)?,
                None => x.clone(),
            };
            floors.push(floor.forward(&x)?);
        }
        let (Some(mut x), mut raised) = (floors.pop(), Vec::new()) else {
            candle_core::bail!("a network without floors");
        };
        for floor in &self.up {
            let Some(beside) = floors.pop() else {
                candle_core::bail!("more floors up than down");
            };
            let above = floor.forward(&Tensor::cat(&[&like(&x, &beside)?, &beside], 1)?)?;
            raised.push(std::mem::replace(&mut x, above));
        }
        raised.push(x);
        let sides = self.sides.iter().zip(raised.iter().rev());
        let sides = sides.map(|(side, x)| bilinear(&side.forward(x)?, height, width));
        let sides = sides.collect::<Result<Vec<_>>>()?;
        let x = self.fuse.forward(&Tensor::cat(&sides, 1)?)?;
        // the logistic function
        (x.neg()?.exp()? + 1.0)?.recip()
    }
}

/// One convolution with its bias.
struct Conv {
    weight: Tensor, // (out, in, side, side)
    bias: Tensor,   // (out)
    walk: Walk,
}

impl Conv {
    fn new(
        shipped: &mut Shipped,
        name: &str,
        (outputs, inputs, side): (usize, usize, usize),
        walk: Walk,
    ) -> Result<Self> {
        Ok(Self {
            weight: shipped.take(&format!("{name}.weight"), (outputs, inputs, side, side))?,
            bias: shipped.take(&format!("{name}.bias"), outputs)?,
            walk,
        })
    }

    fn forward(&self, x: &Tensor) -> Result<Tensor> {
        convolution(x, &self.weight, &self.bias, self.walk)
    }
}

/// A residual U-block (RSU): its own way down, its lowest convolution with gaps, its own way up, and its input added.
struct Floor {
    entry: Conv,
    down: Vec<Conv>,
    lowest: Conv,
    up: Vec<Conv>,
    halves: bool,
}

impl Floor {
    fn new(
        shipped: &mut Shipped,
        name: &str,
        depth: usize,
        halves: bool,
        inputs: usize,
    ) -> Result<Self> {
        // without halving the gaps grow instead: 1, 2, 4, 8
        let gap = |level: usize| if halves { 1 } else { 1 << level };
        let mut conv = |part: String, outputs: usize, inputs: usize, dilation: usize| {
            let walk = Walk {
                padding: dilation,
                dilation,
                rectified: true,
                ..Walk::default()
            };
            let name = format!("{name}.{part}.conv_s1");
            Conv::new(shipped, &name, (outputs, inputs, 3), walk)
        };
        let entry = conv("rebnconvin".to_owned(), WIDE, inputs, 1)?;
        let down = (1..depth).map(|i| {
            let inputs = if i == 1 { WIDE } else { NARROW };
            conv(format!("rebnconv{i}"), NARROW, inputs, gap(i - 1))
        });
        let down = down.collect::<Result<_>>()?;
        let lowest_gap = if halves { 2 } else { gap(depth - 1) };
        let lowest = conv(format!("rebnconv{depth}"), NARROW, NARROW, lowest_gap)?;
        let up = (1..depth).rev().map(|i| {
            let outputs = if i == 1 { WIDE } else { NARROW };
            conv(format!("rebnconv{i}d"), outputs, 2 * NARROW, gap(i - 1))
        });
        let up = up.collect::<Result<_>>()?;
        Ok(Self {
            entry,
            down,
            lowest,
            up,
            halves,
        })
    }

    fn forward(&self, x: &Tensor) -> Result<Tensor> {
        let entered = self.entry.forward(x)?;
        let mut levels: Vec<Tensor> = Vec::new();
        for conv in &self.down {
            let x = match levels.last() {
                None => entered.clone(),
                Some(above) if self.halves => halved(above)?,
                Some(above) => above.clone(),
            };
            levels.push(conv.forward(&x)?);
        }
        let Some(last) = levels.last() else {
            candle_core::bail!("a floor without levels");
        };
        let mut x = self.lowest.forward(last)?;
        for conv in &self.up {
            let Some(beside) = levels.pop() else {
                candle_core::bail!("more levels up than down");
            };
            x = conv.forward(&Tensor::cat(&[&like(&x, &beside)?, &beside], 1)?)?;
        }
        x + entered
    }
}

/// The largest of each 2 × 2 px.
fn halved(x: &Tensor) -> Result<Tensor> {
    let pool = Pool {
        side: 2,
        stride: 2,
        overhanging: true,
    };
    largest(x, pool)
}

/// At the size of another.
fn like(x: &Tensor, other: &Tensor) -> Result<Tensor> {
    let (_, _, height, width) = other.dims4()?;
    if x.dims()[2..] == [height, width] {
        return Ok(x.clone());
    }
    bilinear(x, height, width)
}
