//! Reads what Python's pickle wrote, without running any of it: plain values, and of everything else only the few names
//! that a file of tensors needs. A name that is not in the table `NAMES` is refused, so there is nothing to execute.
//! The operations are those of <https://github.com/python/cpython/blob/main/Lib/pickletools.py>.

mod machine;
#[cfg(test)]
mod tests;
pub(super) mod torch;

use std::collections::BTreeMap;

pub(super) use machine::{Machine, Value};

/// Why a pickle cannot be read: a clause, as "it breaks off".
pub(super) type Why = String;

/// A name of Python that may stand in a pickle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Name {
    /// a dictionary that keeps the order of its keys
    OrderedDict,
    /// a tensor from its storage, offset, shape and strides
    RebuildTensor,
    /// numbers of one kind in a row
    Storage(Kind),
}

/// What the numbers of a storage are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// 32-bit floats
    Float,
    /// 64-bit floats
    Double,
    /// 16-bit floats
    Half,
    /// 64-bit whole numbers
    Long,
    /// 32-bit whole numbers
    Int,
    /// bytes
    Byte,
}

/// All that may be named: its module, its name, and what it is to us.
const NAMES: &[(&str, &str, Name)] = &[
    ("collections", "OrderedDict", Name::OrderedDict),
    ("torch._utils", "_rebuild_tensor_v2", Name::RebuildTensor),
    ("torch", "FloatStorage", Name::Storage(Kind::Float)),
    ("torch", "DoubleStorage", Name::Storage(Kind::Double)),
    ("torch", "HalfStorage", Name::Storage(Kind::Half)),
    ("torch", "LongStorage", Name::Storage(Kind::Long)),
    ("torch", "IntStorage", Name::Storage(Kind::Int)),
    ("torch", "ByteStorage", Name::Storage(Kind::Byte)),
];

impl Name {
    fn of(module: &str, name: &str) -> Result<Self, Why> {
        let known = NAMES
            .iter()
            .find(|(in_module, known, _)| (*in_module, *known) == (module, name));
        known.map(|(_, _, meant)| *meant).ok_or_else(|| {
            format!("it names {module}.{name}, which is no part of a file of numbers, so that nothing of it was used")
        })
    }
}

/// The lists of numbers in a pickled dictionary, by their names, as `{"min_": [0.1, 0.2], "max_": [1.0, 2.0]}`.
///
/// # Errors
/// Where the pickle is cut, holds anything but lists of finite numbers under names, or names anything of Python.
pub fn numbers(bytes: &[u8]) -> Result<BTreeMap<String, Vec<f64>>, String> {
    let mut machine = Machine::default();
    let (top, rest) = machine.run(bytes)?;
    if !rest.is_empty() {
        return Err("something follows after its end".to_owned());
    }
    let mut lists = BTreeMap::new();
    for (key, value) in machine.pairs(top)? {
        let name = machine.text(key)?.to_owned();
        let numbers = machine.items(value)?.iter().map(|item| match *item {
            Value::Float(number) if number.is_finite() => Ok(number),
            Value::Int(number) => Ok(number as f64),
            _ => Err(format!("{name} holds something that is no number")),
        });
        let numbers = numbers.collect::<Result<_, _>>()?;
        lists.insert(name, numbers);
    }
    Ok(lists)
}
