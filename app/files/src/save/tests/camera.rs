//! The EXIF of a camera, written by hand.

pub(super) const LATITUDE: &[u8; 24] = b"LATITUDE:48.858-DEGREES!";
pub(super) const THUMBNAIL: &[u8] = b"\xFF\xD8thumbnail of the unedited photo\xFF\xD9";
pub(super) const MAKER_NOTE: &[u8] = b"Nikon\0a note with offsets that must not move";

/// Writes a camera's EXIF by hand: main directory, EXIF directory, GPS directory, thumbnail directory.
pub(super) struct Camera {
    big_endian: bool,
    bytes: Vec<u8>,
}

type Line<'a> = (u16, u16, u32, &'a [u8]);

impl Camera {
    fn u16(&self, value: u16) -> [u8; 2] {
        if self.big_endian {
            value.to_be_bytes()
        } else {
            value.to_le_bytes()
        }
    }
    fn u32(&self, value: u32) -> [u8; 4] {
        if self.big_endian {
            value.to_be_bytes()
        } else {
            value.to_le_bytes()
        }
    }
    /// Appends a value longer than four bytes; gives its offset.
    fn value(&mut self, data: &[u8]) -> u32 {
        let at = self.bytes.len() as u32;
        self.bytes.extend_from_slice(data);
        at
    }
    /// Appends a directory; gives its offset.
    fn directory(&mut self, lines: &[Line<'_>], next: u32) -> u32 {
        let mut done = Vec::new();
        for &(tag, kind, count, data) in lines {
            let mut value = [0; 4];
            if data.len() <= 4 {
                value[..data.len()].copy_from_slice(data);
            } else {
                let at = self.value(data);
                value = self.u32(at);
            }
            done.push((tag, kind, count, value));
        }
        let at = self.bytes.len() as u32;
        self.bytes.extend(self.u16(lines.len() as u16));
        for (tag, kind, count, value) in done {
            self.bytes.extend([self.u16(tag), self.u16(kind)].concat());
            self.bytes.extend(self.u32(count));
            self.bytes.extend(value);
        }
        self.bytes.extend(self.u32(next));
        at
    }
    pub(super) fn exif(big_endian: bool, maker_note: &[u8]) -> Vec<u8> {
        let start = if big_endian {
            b"MM\0*\0\0\0\0"
        } else {
            b"II*\0\0\0\0\0"
        };
        let mut camera = Self {
            big_endian,
            bytes: start.to_vec(),
        };
        let interop = camera.directory(&[(1, 2, 4, b"R98\0")], 0);
        let interop = camera.u32(interop);
        let (width, height, space) = (camera.u32(6000), camera.u16(4000), camera.u16(2));
        let note = camera.directory(
            &[
                (0x9003, 2, 20, b"2026:07:01 12:00:00\0"),
                (0x927C, 7, maker_note.len() as u32, maker_note),
                (0xA001, 3, 1, &space),
                (0xA002, 4, 1, &width),
                (0xA003, 3, 1, &height),
                (0xA005, 4, 1, &interop),
            ],
            0,
        );
        let gps = camera.directory(&[(1, 2, 2, b"N\0"), (2, 5, 3, LATITUDE)], 0);
        let (note, gps) = (camera.u32(note), camera.u32(gps));
        let thumbnail = camera.value(THUMBNAIL);
        let (at, length) = (camera.u32(thumbnail), camera.u32(THUMBNAIL.len() as u32));
        let second = camera.directory(&[(0x0201, 4, 1, &at), (0x0202, 4, 1, &length)], 0);
        let (orientation, strips) = (camera.u16(6), camera.u32(8));
        let first = camera.directory(
            &[
                (0x010F, 2, 18, b"NIKON CORPORATION\0"),
                (0x0111, 4, 1, &strips),
                (0x0112, 3, 1, &orientation),
                (0x8769, 4, 1, &note),
                (0x8825, 4, 1, &gps),
            ],
            second,
        );
        let first = camera.u32(first);
        camera.bytes[4..8].copy_from_slice(&first);
        camera.bytes
    }
}
