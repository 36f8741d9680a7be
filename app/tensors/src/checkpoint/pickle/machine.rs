//! The stack machine that a pickle is written for. Everything lies flat in one table and values are numbers into it, so
//! that nothing in a file can nest deeply, and no step takes more memory than it has bytes.

use std::collections::HashMap;

use super::{Kind, Name, Why};

/// A value, or where it lies in the machine's table.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::checkpoint) enum Value {
    /// `None`
    Nothing,
    /// `True` and `False`
    Truth(bool),
    /// a whole number
    Int(i64),
    /// a number
    Float(f64),
    /// a name of Python
    Name(Name),
    /// text, a tuple, a list, a dictionary, a storage or a tensor
    Node(usize),
}

/// What is more than a number.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::checkpoint) enum Node {
    Text(String),
    Bytes(Vec<u8>),
    /// a tuple or a list
    Items(Vec<Value>),
    Pairs(Vec<(Value, Value)>),
    Storage(Storage),
    Tensor(Tensor),
}

/// Numbers in a row, which follow after the pickle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::checkpoint) struct Storage {
    pub(in crate::checkpoint) key: String,
    pub(in crate::checkpoint) kind: Kind,
    pub(in crate::checkpoint) count: usize,
}

/// A tensor as its storage holds it; offset and strides in numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::checkpoint) struct Tensor {
    pub(in crate::checkpoint) storage: Storage,
    pub(in crate::checkpoint) offset: usize,
    pub(in crate::checkpoint) shape: Vec<usize>,
    pub(in crate::checkpoint) strides: Vec<usize>,
}

#[derive(Default)]
pub(in crate::checkpoint) struct Machine {
    nodes: Vec<Node>,
    stack: Vec<Value>,
    /// heights of the stack
    marks: Vec<usize>,
    memory: HashMap<u32, Value>,
}

impl Machine {
    /// Runs one pickle from the beginning of the bytes: what it made, and what follows after it.
    pub(in crate::checkpoint) fn run<'a>(
        &mut self,
        bytes: &'a [u8],
    ) -> Result<(Value, &'a [u8]), Why> {
        (self.stack, self.marks, self.memory) = Default::default();
        let mut rest = bytes;
        loop {
            let [code] = taken(&mut rest)?;
            if code == b'.' {
                return Ok((self.pop()?, rest));
            }
            self.step(code, &mut rest)?;
        }
    }

    fn step(&mut self, code: u8, rest: &mut &[u8]) -> Result<(), Why> {
        match code {
            // PROTO, FRAME: only how it is written
            0x80 => taken(rest).map(|[_]: [u8; 1]| ())?,
            0x95 => taken(rest).map(|_: [u8; 8]| ())?,
            b'(' => self.marks.push(self.stack.len()),
            b'N' => self.stack.push(Value::Nothing),
            0x88 => self.stack.push(Value::Truth(true)),
            0x89 => self.stack.push(Value::Truth(false)),
            b'K' => self.int(u8::from_le_bytes(taken(rest)?)),
            b'M' => self.int(u16::from_le_bytes(taken(rest)?)),
            b'J' => self.int(i32::from_le_bytes(taken(rest)?)),
            0x8a => {
                let [length] = taken(rest)?;
                let long = cut(rest, length.into())?.to_vec();
                match long.len() {
                    // numbers that fit are numbers; longer ones are only compared
                    0..=8 => self.int(whole(&long)),
                    _ => self.make(Node::Bytes(long)),
                }
            }
            b'G' => {
                let number = f64::from_be_bytes(taken(rest)?);
                self.stack.push(Value::Float(number));
            }
            b'X' => {
                let length = u32::from_le_bytes(taken(rest)?);
                self.written(rest, length as usize)?;
            }
            0x8c => {
                let [length] = taken(rest)?;
                self.written(rest, length.into())?;
            }
            b'}' => self.make(Node::Pairs(Vec::new())),
            b']' | b')' => self.make(Node::Items(Vec::new())),
            b't' => {
                let items = self.since_mark()?;
                self.make(Node::Items(items));
            }
            0x85..=0x87 => {
                let count = usize::from(code - 0x84);
                let from = self.stack.len().checked_sub(count).ok_or_else(confused)?;
                let items = self.stack.split_off(from);
                self.make(Node::Items(items));
            }
            b'a' | b'e' => {
                let more = match code {
                    b'a' => vec![self.pop()?],
                    _ => self.since_mark()?,
                };
                match self.top_node()? {
                    Node::Items(items) => items.extend(more),
                    _ => return Err(confused()),
                }
            }
            b's' | b'u' => {
                let more = match code {
                    b's' => {
                        let value = self.pop()?;
                        vec![self.pop()?, value]
                    }
                    _ => self.since_mark()?,
                };
                match (self.top_node()?, more.as_chunks()) {
                    (Node::Pairs(pairs), (more, [])) => {
                        pairs.extend(more.iter().map(|[key, value]| (*key, *value)));
                    }
                    _ => return Err(confused()),
                }
            }
            b'q' => {
                let [at] = taken(rest)?;
                self.remember(at.into())?;
            }
            b'r' => {
                let at = u32::from_le_bytes(taken(rest)?);
                self.remember(at)?;
            }
            0x94 => self.remember(self.memory.len() as u32)?,
            b'h' => {
                let [at] = taken(rest)?;
                self.recall(at.into())?;
            }
            b'j' => {
                let at = u32::from_le_bytes(taken(rest)?);
                self.recall(at)?;
            }
            b'c' => {
                let (module, name) = (line(rest)?, line(rest)?);
                self.stack.push(Value::Name(Name::of(module, name)?));
            }
            0x93 => {
                let (name, module) = (self.pop()?, self.pop()?);
                let name = Name::of(self.text(module)?, self.text(name)?)?;
                self.stack.push(Value::Name(name));
            }
            b'Q' => self.storage()?,
            b'R' => self.call()?,
            // what hangs on a dictionary beside its pairs (its `_metadata`) is nothing to us
            b'b' => {
                self.pop()?;
                match self.top_node()? {
                    Node::Pairs(_) => {}
                    _ => return Err(confused()),
                }
            }
            code => {
                return Err(format!(
                    "it asks for the operation {code:#04x}, which no file of numbers needs"
                ));
            }
        }
        Ok(())
    }

    /// The whitelisted calls: an empty dictionary, and a tensor over its storage.
    fn call(&mut self) -> Result<(), Why> {
        let (arguments, name) = (self.pop()?, self.pop()?);
        let arguments = self.items(arguments)?.to_vec();
        match (name, arguments.as_slice()) {
            (Value::Name(Name::OrderedDict), []) => self.make(Node::Pairs(Vec::new())),
            (
                Value::Name(Name::RebuildTensor),
                [storage, Value::Int(offset), shape, strides, ..],
            ) => {
                let storage = match self.node(*storage)? {
                    Node::Storage(storage) => storage.clone(),
                    _ => return Err(confused()),
                };
                let tensor = Tensor {
                    storage,
                    offset: usize::try_from(*offset).map_err(|_| confused())?,
                    shape: self.lengths(*shape)?,
                    strides: self.lengths(*strides)?,
                };
                self.make(Node::Tensor(tensor));
            }
            _ => return Err(confused()),
        }
        Ok(())
    }

    /// `('storage', kind, key, device, count, …)`: where tensors keep their numbers.
    fn storage(&mut self) -> Result<(), Why> {
        let named = self.pop()?;
        let storage = match self.items(named)? {
            [
                tag,
                Value::Name(Name::Storage(kind)),
                key,
                _,
                Value::Int(count),
                rest @ ..,
            ] if self.text(*tag)? == "storage" && rest.iter().all(|v| *v == Value::Nothing) => {
                Storage {
                    key: self.text(*key)?.to_owned(),
                    kind: *kind,
                    count: usize::try_from(*count).map_err(|_| confused())?,
                }
            }
            _ => return Err(confused()),
        };
        self.make(Node::Storage(storage));
        Ok(())
    }

    fn lengths(&self, of: Value) -> Result<Vec<usize>, Why> {
        let lengths = self.items(of)?.iter().map(|item| match item {
            Value::Int(length) => usize::try_from(*length).map_err(|_| confused()),
            _ => Err(confused()),
        });
        lengths.collect()
    }

    fn int(&mut self, number: impl Into<i64>) {
        self.stack.push(Value::Int(number.into()));
    }

    fn written(&mut self, rest: &mut &[u8], length: usize) -> Result<(), Why> {
        let text = std::str::from_utf8(cut(rest, length)?).map_err(|_| confused())?;
        self.make(Node::Text(text.to_owned()));
        Ok(())
    }

    fn make(&mut self, node: Node) {
        self.stack.push(Value::Node(self.nodes.len()));
        self.nodes.push(node);
    }

    fn pop(&mut self) -> Result<Value, Why> {
        self.stack.pop().ok_or_else(confused)
    }

    fn since_mark(&mut self) -> Result<Vec<Value>, Why> {
        let mark = self.marks.pop().ok_or_else(confused)?;
        match mark <= self.stack.len() {
            true => Ok(self.stack.split_off(mark)),
            false => Err(confused()),
        }
    }

    fn top_node(&mut self) -> Result<&mut Node, Why> {
        match self.stack.last() {
            Some(Value::Node(at)) => self.nodes.get_mut(*at).ok_or_else(confused),
            _ => Err(confused()),
        }
    }

    fn remember(&mut self, at: u32) -> Result<(), Why> {
        let top = *self.stack.last().ok_or_else(confused)?;
        self.memory.insert(at, top);
        Ok(())
    }

    fn recall(&mut self, at: u32) -> Result<(), Why> {
        let value = *self.memory.get(&at).ok_or_else(confused)?;
        self.stack.push(value);
        Ok(())
    }

    pub(in crate::checkpoint) fn node(&self, of: Value) -> Result<&Node, Why> {
        match of {
            Value::Node(at) => self.nodes.get(at).ok_or_else(confused),
            _ => Err(confused()),
        }
    }

    pub(in crate::checkpoint) fn text(&self, of: Value) -> Result<&str, Why> {
        match self.node(of)? {
            Node::Text(text) => Ok(text),
            _ => Err(confused()),
        }
    }

    pub(in crate::checkpoint) fn items(&self, of: Value) -> Result<&[Value], Why> {
        match self.node(of)? {
            Node::Items(items) => Ok(items),
            _ => Err(confused()),
        }
    }

    pub(in crate::checkpoint) fn pairs(&self, of: Value) -> Result<Vec<(Value, Value)>, Why> {
        match self.node(of)? {
            Node::Pairs(pairs) => Ok(pairs.clone()),
            _ => Err(confused()),
        }
    }
}

pub(super) fn confused() -> Why {
    "it is not put together as a file of numbers is".to_owned()
}

/// So many bytes from the front.
pub(super) fn cut<'a>(rest: &mut &'a [u8], count: usize) -> Result<&'a [u8], Why> {
    let (front, back) = rest
        .split_at_checked(count)
        .ok_or_else(|| "it breaks off".to_owned())?;
    *rest = back;
    Ok(front)
}

pub(super) fn taken<const N: usize>(rest: &mut &[u8]) -> Result<[u8; N], Why> {
    cut(rest, N)?.try_into().map_err(|_| confused())
}

fn line<'a>(rest: &mut &'a [u8]) -> Result<&'a str, Why> {
    let end = rest.iter().position(|byte| *byte == b'\n');
    let end = end.ok_or_else(|| "it breaks off".to_owned())?;
    let text = cut(rest, end + 1)?;
    std::str::from_utf8(&text[..end]).map_err(|_| confused())
}

/// A whole number in two's complement, the lowest byte first; at most eight bytes.
fn whole(bytes: &[u8]) -> i64 {
    let sign = match bytes.last() {
        Some(byte) if byte & 0x80 != 0 => 0xff,
        _ => 0,
    };
    let mut all = [sign; 8];
    all[..bytes.len()].copy_from_slice(bytes);
    i64::from_le_bytes(all)
}
