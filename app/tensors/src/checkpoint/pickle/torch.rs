//! Files of tensors as torch wrote them before 1.6: five pickles (a number that marks the file, its version, the machine
//! that wrote it, the tensors, the names of their storages), then the numbers of each storage behind their count
//! (<https://github.com/pytorch/pytorch/blob/v1.5.0/torch/serialization.py>, `_legacy_save`).

use std::collections::{BTreeMap, HashMap};

use safetensors::{Dtype, tensor::TensorView};

use super::machine::{Node, Storage, Tensor, confused, cut, taken};
use super::{Kind, Machine, Value, Why};

/// 0x1950a86a20f9469cfc6c, the lowest byte first.
const MAGIC: [u8; 10] = [0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19];
const VERSION: i64 = 1001;

impl Kind {
    /// What safetensors calls it, and how many bytes a number has.
    fn written(self) -> (Dtype, usize) {
        match self {
            Self::Float => (Dtype::F32, 4),
            Self::Double => (Dtype::F64, 8),
            Self::Half => (Dtype::F16, 2),
            Self::Long => (Dtype::I64, 8),
            Self::Int => (Dtype::I32, 4),
            Self::Byte => (Dtype::U8, 1),
        }
    }
}

/// The tensors of such a file, brought into the safetensors format, in the order of their names. Nothing in the file is
/// executed. The same file always makes the same bytes.
///
/// # Errors
/// A clause that says what is wrong: the file is of another format, breaks off, names anything but tensors, or has
/// tensors that lie outside their storage.
pub fn safetensors_of_torch(bytes: &[u8]) -> Result<Vec<u8>, String> {
    let mut machine = Machine::default();
    let (magic, rest) = machine.run(bytes)?;
    if machine.node(magic) != Ok(&Node::Bytes(MAGIC.to_vec())) {
        return Err("it is no file of torch's older format".to_owned());
    }
    let (version, rest) = machine.run(rest)?;
    let (_, rest) = machine.run(rest)?;
    if version != Value::Int(VERSION) {
        return Err("it is of a version of torch's format that is not known".to_owned());
    }
    let (top, rest) = machine.run(rest)?;
    let tensors = named(&machine, top)?;
    let (keys, mut rest) = machine.run(rest)?;
    let kinds: HashMap<&str, &Storage> = tensors
        .values()
        .map(|tensor| (tensor.storage.key.as_str(), &tensor.storage))
        .collect();
    let mut storages = HashMap::new();
    for key in machine.items(keys)? {
        let key = machine.text(*key)?;
        let storage = kinds.get(key).ok_or_else(confused)?;
        let count = u64::from_le_bytes(taken(&mut rest)?);
        if count != storage.count as u64 {
            return Err(confused());
        }
        let (_, size) = storage.kind.written();
        let length = storage.count.checked_mul(size).ok_or_else(confused)?;
        storages.insert(key, cut(&mut rest, length)?);
    }
    if !rest.is_empty() {
        return Err("something follows after its end".to_owned());
    }
    let mut rows = BTreeMap::new();
    for (name, tensor) in &tensors {
        let numbers = storages.get(tensor.storage.key.as_str());
        let numbers = gathered(tensor, numbers.ok_or_else(confused)?)
            .ok_or_else(|| format!("its tensor {name} lies outside the numbers that are there"))?;
        rows.insert(name.clone(), (tensor, numbers));
    }
    let views = rows.iter().map(|(name, (tensor, numbers))| {
        let (dtype, _) = tensor.storage.kind.written();
        let view = TensorView::new(dtype, tensor.shape.clone(), numbers);
        view.map(|view| (name.as_str(), view))
    });
    let views = views
        .collect::<Result<Vec<_>, _>>()
        .map_err(|_| confused())?;
    safetensors::serialize(views, None).map_err(|_| confused())
}

/// The dictionary of tensors.
fn named(machine: &Machine, top: Value) -> Result<BTreeMap<String, Tensor>, Why> {
    let pairs = machine.pairs(top)?;
    let tensors = pairs.into_iter().map(|(key, value)| {
        let name = machine.text(key)?.to_owned();
        match machine.node(value) {
            Ok(Node::Tensor(tensor)) => Ok((name, tensor.clone())),
            _ => Err(format!("its {name} is no tensor")),
        }
    });
    tensors.collect()
}

/// The bytes of a tensor, its rows one after another, however its storage has them; `None` where it reaches out of its
/// storage or has more numbers than that.
fn gathered(tensor: &Tensor, storage: &[u8]) -> Option<Vec<u8>> {
    let (_, size) = tensor.storage.kind.written();
    if tensor.shape.len() != tensor.strides.len() {
        return None;
    }
    let mut lengths = tensor.shape.iter();
    let count = lengths.try_fold(1usize, |count, length| count.checked_mul(*length))?;
    if count > tensor.storage.count {
        return None;
    }
    let mut bytes = Vec::with_capacity(count * size);
    for index in 0..count {
        let (mut rest, mut at) = (index, tensor.offset);
        for (length, stride) in tensor.shape.iter().zip(&tensor.strides).rev() {
            at = at.checked_add((rest % length).checked_mul(*stride)?)?;
            rest /= length;
        }
        let from = at.checked_mul(size)?;
        bytes.extend(storage.get(from..from.checked_add(size)?)?);
    }
    Some(bytes)
}
