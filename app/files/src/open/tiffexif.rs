//! The EXIF of a TIFF: what other formats carry in a block of its own lies in the file's directories among the pixels,
//! and is gathered here into such a block.

use std::io::{Read, Seek};

use tiff::decoder::Decoder;
use tiff::tags::{ByteOrder, IfdPointer, Tag, Type, ValueBuffer};

const EXIF_IFD: u16 = 0x8769;
const GPS_IFD: u16 = 0x8825;
const INTEROP_IFD: u16 = 0xA005;
const LONG: u16 = 4;
/// Tags of the first directory that are about the photo and not about how its samples are stored (EXIF 2.32, table 4,
/// and what Adobe and Microsoft add): names, dates, makers, orientation, resolution, rights, ratings, IPTC, XP titles.
const ABOUT: [u16; 24] = [
    0x010D, 0x010E, 0x010F, 0x0110, 0x0112, 0x011A, 0x011B, 0x0128, 0x0131, 0x0132, 0x013B, 0x013C,
    0x4746, 0x4749, 0x8298, 0x83BB, 0x9C9B, 0x9C9C, 0x9C9D, 0x9C9E, 0x9C9F, 0xC4A5, 0xC614, 0xC62F,
];

/// The block without the `Exif\0\0` prefix, in the file's byte order; `None` when the file says nothing about the photo
/// beyond its orientation and resolution. What cannot be read is left out.
pub(super) fn gathered<R: Read + Seek>(decoder: &mut Decoder<R>) -> Option<Vec<u8>> {
    let mut block = Block {
        bytes: Vec::new(),
        big_endian: decoder.byte_order() == ByteOrder::BigEndian,
    };
    block.bytes.extend(if block.big_endian {
        b"MM\0*\0\0\0\0"
    } else {
        b"II*\0\0\0\0\0"
    });
    let mut main = Vec::new();
    for tag in ABOUT {
        main.extend(Entry::of_image(decoder, tag));
    }
    for (tag, below) in [(EXIF_IFD, Some(INTEROP_IFD)), (GPS_IFD, None)] {
        if let Some(at) = pointer(decoder, tag)
            && let Some(place) = block.copy(decoder, at, below)
        {
            main.push(block.link(tag, place));
        }
    }
    let plain = [0x0112, 0x011A, 0x011B, 0x0128];
    if main.iter().all(|entry| plain.contains(&entry.tag)) {
        return None;
    }
    let place = block.directory(main);
    let place = block.four(place);
    block.bytes[4..8].copy_from_slice(&place);
    Some(block.bytes)
}

fn pointer<R: Read + Seek>(decoder: &mut Decoder<R>, tag: u16) -> Option<IfdPointer> {
    let value = decoder.find_tag(Tag::from_u16_exhaustive(tag)).ok()??;
    value.into_ifd_pointer().ok()
}

/// One entry, its value in the file's byte order.
struct Entry {
    tag: u16,
    kind: u16,
    count: u32,
    value: Vec<u8>,
}

impl Entry {
    fn of_image<R: Read + Seek>(decoder: &mut Decoder<R>, tag: u16) -> Option<Self> {
        let order = decoder.byte_order();
        let mut value = ValueBuffer::empty(Type::BYTE);
        decoder
            .image_ifd()
            .find_tag_buf(Tag::from_u16_exhaustive(tag), &mut value)
            .ok()??;
        Self::new(tag, value, order)
    }

    /// `None` for the 64-bit kinds that only BigTIFF has.
    fn new(tag: u16, mut value: ValueBuffer, order: ByteOrder) -> Option<Self> {
        let kind = value.data_type().to_u16();
        if !(1..=13).contains(&kind) {
            return None;
        }
        value.set_byte_order(order);
        Some(Self {
            tag,
            kind,
            count: u32::try_from(value.count()).ok()?,
            value: value.as_bytes().to_vec(),
        })
    }
}

/// A TIFF structure that grows: values before the directory that names them.
struct Block {
    bytes: Vec<u8>,
    big_endian: bool,
}

impl Block {
    /// Copies the directory at this place of the file, and the one that its tag `below` leads to; its place here.
    fn copy<R: Read + Seek>(
        &mut self,
        decoder: &mut Decoder<R>,
        at: IfdPointer,
        below: Option<u16>,
    ) -> Option<u32> {
        let order = decoder.byte_order();
        let directory = decoder.read_directory(at).ok()?;
        let mut tags: Vec<u16> = directory.iter().map(|(tag, _)| tag.to_u16()).collect();
        tags.retain(|tag| ![EXIF_IFD, GPS_IFD, INTEROP_IFD].contains(tag));
        let mut entries = Vec::new();
        let mut reader = decoder.read_directory_tags(&directory);
        for tag in tags {
            let mut value = ValueBuffer::empty(Type::BYTE);
            let found = reader.find_tag_buf(Tag::from_u16_exhaustive(tag), &mut value);
            if matches!(found, Ok(Some(_))) {
                entries.extend(Entry::new(tag, value, order));
            }
        }
        let deeper = below.and_then(|tag| {
            let value = reader.find_tag(Tag::from_u16_exhaustive(tag)).ok()??;
            Some((tag, value.into_ifd_pointer().ok()?))
        });
        if let Some((tag, at)) = deeper
            && let Some(place) = self.copy(decoder, at, None)
        {
            entries.push(self.link(tag, place));
        }
        (!entries.is_empty()).then(|| self.directory(entries))
    }

    fn link(&self, tag: u16, place: u32) -> Entry {
        Entry {
            tag,
            kind: LONG,
            count: 1,
            value: self.four(place).to_vec(),
        }
    }

    /// Appends a directory; where it begins.
    fn directory(&mut self, mut entries: Vec<Entry>) -> u32 {
        entries.sort_by_key(|entry| entry.tag);
        let mut lines = Vec::with_capacity(entries.len() * 12);
        for entry in &entries {
            lines.extend(self.two(entry.tag));
            lines.extend(self.two(entry.kind));
            lines.extend(self.four(entry.count));
            let mut value = entry.value.clone();
            if value.len() > 4 {
                value = self.four(self.bytes.len() as u32).to_vec();
                self.bytes.extend(&entry.value);
                self.bytes.resize(self.bytes.len().next_multiple_of(2), 0);
            }
            value.resize(4, 0);
            lines.extend(value);
        }
        let place = self.bytes.len() as u32;
        self.bytes.extend(self.two(entries.len() as u16));
        self.bytes.extend(lines);
        self.bytes.extend([0; 4]);
        place
    }

    fn two(&self, value: u16) -> [u8; 2] {
        match self.big_endian {
            true => value.to_be_bytes(),
            false => value.to_le_bytes(),
        }
    }

    fn four(&self, value: u32) -> [u8; 4] {
        match self.big_endian {
            true => value.to_be_bytes(),
            false => value.to_le_bytes(),
        }
    }
}
