//! Device memory that is used again from tile to tile.

use wgpu::{Buffer, BufferUsages};

/// Pictures, masks and constants on the device.
pub(super) const STORAGE: BufferUsages = BufferUsages::STORAGE
    .union(BufferUsages::COPY_DST)
    .union(BufferUsages::COPY_SRC);
/// What places a dispatch.
pub(super) const UNIFORM: BufferUsages = BufferUsages::UNIFORM.union(BufferUsages::COPY_DST);
/// Where results come back.
pub(super) const READ_BACK: BufferUsages = BufferUsages::MAP_READ.union(BufferUsages::COPY_DST);

/// Bytes that may lie unused.
const MOST_FREE: u64 = 512 << 20;

/// Buffers that nobody holds.
#[derive(Default)]
pub(super) struct Pool {
    free: Vec<Buffer>,
}

impl Pool {
    /// A buffer of at least this size and at most twice it, with old contents.
    pub(super) fn take(
        &mut self,
        device: &wgpu::Device,
        bytes: u64,
        usage: BufferUsages,
    ) -> Buffer {
        let fits = |buffer: &Buffer| {
            buffer.usage() == usage && buffer.size() >= bytes && buffer.size() <= 2 * bytes
        };
        let best = self
            .free
            .iter()
            .enumerate()
            .filter(|(_, buffer)| fits(buffer))
            .min_by_key(|(_, buffer)| buffer.size())
            .map(|(i, _)| i);
        match best {
            Some(i) => self.free.swap_remove(i),
            None => device.create_buffer(&wgpu::BufferDescriptor {
                label: None,
                size: bytes,
                usage,
                mapped_at_creation: false,
            }),
        }
    }

    /// Takes a buffer back; the longest unused make room.
    pub(super) fn give(&mut self, buffer: Buffer) {
        self.free.push(buffer);
        while self.free.iter().map(Buffer::size).sum::<u64>() > MOST_FREE {
            self.free.remove(0);
        }
    }
}
