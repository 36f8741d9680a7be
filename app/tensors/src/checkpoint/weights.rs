//! What a network takes its tensors from, by their names in the checkpoint.

use std::borrow::Cow;
use std::sync::Arc;

use candle_core::quantized::{GgmlDType, QMatMul, QStorage, QTensor};
use candle_core::{DType, Device, Result, Shape, Tensor};

use super::density::{Density, in_blocks};
use super::map::Bytes;
use super::source::{Source, Taken};
use crate::kernels::{Packed, Weight, plain, widen};

/// Tensors whose names begin alike: `pp` goes a name deeper, `get` and `matrix` hand one out, each only once.
#[derive(Clone)]
pub struct Weights {
    source: Arc<Source>,
    /// what the names begin with
    beginning: String,
    device: Device,
    /// what matrices are held in
    held: Held,
    /// whether blocks are to be fine ones
    fine: bool,
}

/// What the matrices of a network are held in.
#[derive(Clone, Copy, Debug)]
pub(super) struct Held {
    /// the floats that are held on the processor, and that a graphics card computes in
    floats: DType,
    /// floats of 16 bits stay what they are on the processor, whatever the others are
    as_written: bool,
    /// floats become blocks
    blocks: Option<Density>,
}

impl Held {
    /// In these floats.
    pub(super) fn in_floats(floats: DType) -> Self {
        Self {
            floats,
            as_written: false,
            blocks: None,
        }
    }

    /// Each in its own, where `floats` is what all of them can be held in.
    pub(super) fn as_written(floats: DType) -> Self {
        Self {
            as_written: true,
            ..Self::in_floats(floats)
        }
    }

    /// As densely as is asked.
    pub(super) fn of(density: Density) -> Self {
        Self {
            blocks: Some(density),
            ..Self::in_floats(density.floats())
        }
    }

    /// The floats of 16 bits that a matrix of floats is held in on the processor.
    fn narrow(self, kind: GgmlDType) -> Option<GgmlDType> {
        let half = |kind: &GgmlDType| matches!(kind, GgmlDType::F16 | GgmlDType::BF16);
        let own = (self.as_written && half(&kind)).then_some(kind);
        own.or(match self.floats {
            DType::F16 => Some(GgmlDType::F16),
            DType::BF16 => Some(GgmlDType::BF16),
            _ => None,
        })
    }
}

impl Weights {
    pub(super) fn new(source: Arc<Source>, device: Device, held: Held) -> Self {
        Self {
            source,
            beginning: String::new(),
            device,
            held,
            fine: false,
        }
    }

    /// The same, for a part whose numbers matter more than others: blocks of its matrices have at least 8 bits.
    pub fn fine(&self) -> Self {
        Self {
            fine: true,
            ..self.clone()
        }
    }

    /// Those whose names go on with `part` and a dot.
    pub fn pp(&self, part: impl ToString) -> Self {
        Self {
            beginning: self.name(&part.to_string()),
            ..self.clone()
        }
    }

    /// A tensor in the numbers that the network computes with.
    pub fn get(&self, shape: impl Into<Shape>, name: &str) -> Result<Tensor> {
        let shape = shape.into();
        let dtype = self.computed_in(self.held(name));
        match self.source.take(&self.name(name), &shape)? {
            Taken::Zeros => self.zeros(&shape, dtype),
            Taken::Numbers(kind, bytes) => self.tensor(wide(kind, &bytes, &shape)?, &shape, dtype),
            Taken::Wide(values) => self.tensor(values, &shape, dtype),
        }
    }

    /// The matrix of a linear layer, (out, in), held as densely as the network was asked to hold it. Further axes
    /// must be of length 1.
    pub fn matrix(&self, shape: impl Into<Shape>, name: &str) -> Result<Weight> {
        let shape = shape.into();
        let (rows, columns) = match *shape.dims() {
            [rows, columns] | [rows, columns, 1, 1] => (rows, columns),
            _ => candle_core::bail!("{shape:?} is not the shape of a matrix"),
        };
        let flat = Shape::from((rows, columns));
        let held = self.held(name);
        let dtype = self.computed_in(held);
        let (mut kind, mut bytes) = match self.source.take(&self.name(name), &shape)? {
            Taken::Zeros => return Ok(Weight::Plain(self.zeros(&flat, dtype)?)),
            Taken::Numbers(kind, bytes) => (kind, bytes),
            Taken::Wide(values) => (
                GgmlDType::F32,
                Bytes::Own(values.iter().flat_map(|v| v.to_le_bytes()).collect()),
            ),
        };
        let asked = held.blocks;
        if let Some(blocks) = asked.and_then(|density| density.blocks(columns, self.fine))
            && kind.block_size() == 1
        {
            let values = wide(kind, &bytes, &flat)?;
            bytes = Bytes::Own(in_blocks(blocks, &values, columns)?);
            kind = blocks;
        }
        let in_blocks = kind.block_size() > 1 && columns.is_multiple_of(kind.block_size());
        match (in_blocks, self.on_the_processor()) {
            (true, true) => {
                Packed::new(kind, bytes.into_vec(), (rows, columns)).map(Weight::Packed)
            }
            (true, false) => {
                let blocks = QStorage::from_data(Cow::Borrowed(&bytes), &self.device, kind)?;
                let blocks = QTensor::new(blocks, flat)?;
                QMatMul::from_qtensor(blocks).map(Weight::Blocks)
            }
            (false, true) if let Some(wanted) = held.narrow(kind) => {
                let bytes = narrow(wanted, kind, bytes, &flat)?;
                Packed::new(wanted, bytes, (rows, columns)).map(Weight::Packed)
            }
            (false, _) => {
                let values = wide(kind, &bytes, &flat)?;
                drop(bytes);
                self.tensor(values, &flat, dtype).map(Weight::Plain)
            }
        }
    }

    /// Whether there is a tensor of this name.
    pub fn contains(&self, name: &str) -> bool {
        self.source.contains(&self.name(name))
    }

    /// Where the network computes.
    pub fn device(&self) -> &Device {
        &self.device
    }

    /// What it computes in.
    pub fn dtype(&self) -> DType {
        self.computed_in(self.held)
    }

    fn computed_in(&self, held: Held) -> DType {
        match self.on_the_processor() {
            true => DType::F32,
            false => held.floats,
        }
    }

    /// What one tensor is held in.
    fn held(&self, name: &str) -> Held {
        match self.source.is_wide(&self.name(name)) {
            true => Held::in_floats(DType::F32),
            false => self.held,
        }
    }

    fn on_the_processor(&self) -> bool {
        self.device.is_cpu() && !plain()
    }

    fn name(&self, last: &str) -> String {
        if self.beginning.is_empty() {
            last.to_owned()
        } else {
            format!("{}.{last}", self.beginning)
        }
    }

    fn zeros(&self, shape: &Shape, dtype: DType) -> Result<Tensor> {
        Tensor::zeros((), dtype, &self.device)?.broadcast_as(shape)
    }

    fn tensor(&self, values: Vec<f32>, shape: &Shape, dtype: DType) -> Result<Tensor> {
        // to 16 bits before the way to a graphics card
        Tensor::from_vec(values, shape, &Device::Cpu)?
            .to_dtype(dtype)?
            .to_device(&self.device)
    }
}

fn wide(kind: GgmlDType, bytes: &[u8], shape: &Shape) -> Result<Vec<f32>> {
    let mut values = vec![0.0; shape.elem_count()];
    widen(kind, bytes, &mut values)?;
    Ok(values)
}

/// The same numbers in 16-bit floats.
fn narrow(wanted: GgmlDType, kind: GgmlDType, bytes: Bytes, shape: &Shape) -> Result<Vec<u8>> {
    if kind == wanted {
        return Ok(bytes.into_vec());
    }
    let values = wide(kind, &bytes, shape)?;
    let halves = |of: fn(f32) -> [u8; 2]| values.iter().flat_map(|&v| of(v)).collect();
    Ok(match wanted {
        GgmlDType::F16 => halves(|v| half::f16::from_f32(v).to_le_bytes()),
        _ => halves(|v| half::bf16::from_f32(v).to_le_bytes()),
    })
}
