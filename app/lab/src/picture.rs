//! A picture of a data set: bytes or a name until somebody looks at it.

use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use retake_core::{Mask, Photo, Raster, Said, said};
use retake_files::save::save_rgb8;
use retake_files::{Limits, decode, open, open_mask};
use retake_pixels::{display, resize};

use crate::LabError;
use crate::rows::Cell;

/// Where it is.
#[derive(Clone, PartialEq)]
pub enum Picture {
    /// in the row itself, as a file of any format
    Bytes(Vec<u8>),
    /// on disk
    File(PathBuf),
    /// not here, and why
    Away(Said),
}

impl std::fmt::Debug for Picture {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Bytes(bytes) => write!(f, "{} bytes", bytes.len()),
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Away(why) => write!(f, "{why}"),
        }
    }
}

/// Where the names in a data set lead.
#[derive(Clone, Debug, Default)]
pub struct Base {
    /// the folder of the file that is read
    pub folder: PathBuf,
    /// where pictures are looked for first
    pub images: Option<PathBuf>,
}

impl Base {
    /// The file that a name leads to: as it stands, in the folder of pictures, beside the data, or a folder up.
    pub fn find(&self, name: &str) -> PathBuf {
        let name = Path::new(name);
        if name.is_absolute() && self.images.is_none() {
            return name.to_owned();
        }
        // a path of another machine is looked up by what it ends in
        let relative = name.strip_prefix("/").unwrap_or(name);
        let file_name = name.file_name().map(Path::new);
        let places = self
            .images
            .iter()
            .flat_map(|images| {
                [
                    Some(images.join(relative)),
                    file_name.map(|n| images.join(n)),
                ]
            })
            .flatten()
            .chain([name.to_owned()].into_iter().filter(|n| n.is_absolute()))
            .chain([
                self.folder.join(relative),
                self.folder.join("..").join(relative),
            ]);
        let mut places = places.peekable();
        let usual = self.folder.join(relative);
        places.find(|place| place.is_file()).unwrap_or(usual)
    }

    /// The picture in a cell: a file's bytes, a name, `{bytes, path}` as data sets of Hugging Face have it, a data address
    /// or base64. `None` for a cell that holds no picture at all.
    pub fn picture(&self, cell: &Cell) -> Option<Picture> {
        match cell {
            Cell::Bytes(bytes) => Some(Picture::Bytes(bytes.clone())),
            Cell::Text(text) => Some(self.named(text)),
            Cell::Map(row) => match row.get("bytes") {
                Some(Cell::Bytes(bytes)) => Some(Picture::Bytes(bytes.clone())),
                Some(Cell::Text(text)) => Some(coded(text)),
                _ => row
                    .any(&["path", "url", "image", "src"])
                    .and_then(|cell| self.picture(cell)),
            },
            Cell::List(cells) => cells.first().and_then(|cell| self.picture(cell)),
            _ => None,
        }
    }

    fn named(&self, text: &str) -> Picture {
        match text {
            _ if text.starts_with("data:") => coded(text.split_once(',').map_or("", |(_, d)| d)),
            _ if text.starts_with("http://") || text.starts_with("https://") => {
                let name = text.rsplit('/').next().unwrap_or(text);
                let here = self.find(name);
                match self.images.is_some() && here.is_file() {
                    true => Picture::File(here),
                    false => Picture::Away(said!(
                        "the picture lies on the web; load it and name the folder it is in (--images): {address}",
                        address = text
                    )),
                }
            }
            // longer than any path, and so the picture itself
            _ if text.len() > 4096 => coded(text),
            _ => Picture::File(self.find(text)),
        }
    }
}

fn coded(text: &str) -> Picture {
    match STANDARD.decode(text.trim()) {
        Ok(bytes) => Picture::Bytes(bytes),
        Err(_) => Picture::Away(said!("the picture's base64 is damaged")),
    }
}

impl Picture {
    /// Opens it.
    pub fn open(&self) -> Result<Photo, Said> {
        let limits = Limits::default();
        match self {
            Self::Bytes(bytes) => decode(bytes, &limits)
                .map_err(|why| said!("the picture cannot be opened ({why})", why = why.said())),
            Self::File(path) if !path.is_file() => Err(said!(
                "the picture is missing: {path}",
                path = path.display().to_string()
            )),
            Self::File(path) => open::open(path, &limits)
                .map_err(|why| said!("the picture cannot be opened ({why})", why = why.said())),
            Self::Away(why) => Err(why.clone()),
        }
    }

    /// The same as a mask: white where the instruction applies.
    pub fn open_mask(&self) -> Result<Mask, Said> {
        match self {
            Self::File(path) if path.is_file() => open_mask(path, &Limits::default())
                .map_err(|why| said!("the mask cannot be opened ({why})", why = why.said())),
            _ => {
                let photo = self.open()?;
                let picture = retake_core::Picture::rows(&photo, 0..photo.height())
                    .map_err(|why| said!("the mask cannot be read ({why})", why = why.said()))?;
                Ok(white_parts(&picture))
            }
        }
    }

    /// Its bytes as a file, for reports and exports.
    pub fn bytes(&self) -> Result<Vec<u8>, Said> {
        match self {
            Self::Bytes(bytes) => Ok(bytes.clone()),
            Self::File(path) => retake_files::read_whole(path, Limits::default().max_file_bytes)
                .map_err(|why| why.said()),
            Self::Away(why) => Err(why.clone()),
        }
    }
}

/// Half white is half meant: the code value, not the light, as masks on disk are read.
fn white_parts(picture: &Raster) -> Mask {
    let mut coded = picture.clone();
    display::encode(&mut coded, display::Space::Srgb);
    Mask::from_fn(coded.width, coded.height, |x, y| {
        let [r, g, b] = coded.at(x, y);
        (0.2126 * r + 0.7152 * g + 0.0722 * b).clamp(0.0, 1.0)
    })
}

/// Writes a picture as an sRGB JPEG of at most this long edge, px.
pub fn save_small(path: &Path, raster: &Raster, long_edge: usize) -> Result<(), LabError> {
    save_coded(path, &small(raster, long_edge))
}

/// The tint of evidence in reports, sRGB, and how strongly it lies over the picture where a map is 1.
const TINT: [f32; 3] = [0.95, 0.1, 0.55];
const STRENGTH: f32 = 0.75;

/// The same with a map of what was found lying over it as a tint.
pub fn save_tinted(
    path: &Path,
    raster: &Raster,
    map: &Mask,
    long_edge: usize,
) -> Result<(), LabError> {
    let mut small = small(raster, long_edge);
    let map = resize::mask(map, small.width, small.height);
    for (plane, tint) in small.planes.iter_mut().zip(TINT) {
        for (value, found) in plane.iter_mut().zip(&map.values) {
            let share = found.clamp(0.0, 1.0) * STRENGTH;
            *value += (tint - *value) * share;
        }
    }
    save_coded(path, &small)
}

/// In sRGB code values of 0 to 1.
fn small(raster: &Raster, long_edge: usize) -> Raster {
    let (width, height) = resize::size_within(raster.width, raster.height, long_edge);
    let mut small = resize::raster(raster, width, height);
    display::encode(&mut small, display::Space::Srgb);
    small
}

fn save_coded(path: &Path, coded: &Raster) -> Result<(), LabError> {
    let (width, height) = (coded.width, coded.height);
    let mut samples = Vec::with_capacity(width * height * 3);
    for at in 0..width * height {
        let pixel = coded.at(at % width, at / width);
        samples.extend(pixel.map(|value| (value.clamp(0.0, 1.0) * 255.0 + 0.5) as u8));
    }
    let written = save_rgb8(path, width, height, &samples, 88);
    written
        .map(|_| ())
        .map_err(|error| LabError::Asked(error.said()))
}
