//! LPIPS: how far an edit is from its source to an eye. The score is one minus the distance, of which hardly any pair of
//! photos has more than 1; what lies inside a region that may change is left out.

use std::path::Path;

use retake_core::{Dimension, Mask, Said, decimals, said};
use retake_vision::lpips::{Look, Lpips};
use retake_vision::picture::{Bitmap, Filter, Library, resize};

use super::{Asked, Encoder, Finding, Seen, fault, kept, kept_shares, scored, weighted};

/// The long edge at which pictures are compared, px: about what people were shown when the weights were trained, and
/// quick enough for a group.
const LONG_EDGE: usize = 512;
/// How far off such scores are from people's, one standard deviation; ours.
const SPREAD: f32 = 0.15;

/// See the module.
pub(super) struct Near(Lpips);

impl Near {
    /// A file, or a folder with one file of the safetensors format in it.
    pub(super) fn open(path: &Path) -> Result<Self, Said> {
        let file = if path.is_dir() {
            only_file(path)?
        } else {
            path.to_owned()
        };
        Lpips::on_processor(&file)
            .map(Self)
            .map_err(|error| fault(&error))
    }

    fn look(&self, picture: &Bitmap) -> Result<Look, Said> {
        let (width, height) =
            retake_pixels::resize::size_within(picture.width, picture.height, LONG_EDGE);
        let small = resize(
            picture,
            width,
            height,
            Filter::Bicubic,
            Library::Torchvision,
        );
        self.0.look(&small).map_err(|error| fault(&error))
    }
}

fn only_file(folder: &Path) -> Result<std::path::PathBuf, Said> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut files: Vec<_> = entries
        .map(|entry| entry.path())
        .filter(|path| {
            path.extension()
                .is_some_and(|ending| ending == "safetensors")
        })
        .collect();
    let count = files.len();
    files.pop().filter(|_| count == 1).ok_or_else(|| {
        said!(
            "The folder for LPIPS must hold one file of the safetensors format, and it holds {count}: {path}",
            count = count,
            path = folder.display().to_string()
        )
    })
}

impl Encoder for Near {
    fn weights(&self) -> String {
        self.0.fingerprint().to_owned()
    }

    fn source(&self, asked: &Asked<'_>) -> Result<Seen, Said> {
        Ok(Box::new(self.look(&asked.source)?))
    }

    fn candidate(
        &self,
        asked: &Asked<'_>,
        source: &Seen,
        edited: &Bitmap,
    ) -> Result<Finding, Said> {
        let before: &Look = kept(source)?;
        let after = self.look(edited)?;
        let distance = self
            .0
            .distance(before, &after)
            .map_err(|error| fault(&error))?;
        let (width, height) = (distance.map.width, distance.map.height);
        let shares = kept_shares(asked.free.as_ref(), width, height);
        let outside = weighted(&distance.map.values, &shares);
        let values = distance.map.values.iter().zip(&shares);
        let map = Mask {
            width,
            height,
            values: values
                .map(|(value, share)| (value * share).clamp(0.0, 1.0))
                .collect(),
        };
        let map = retake_pixels::resize::mask(&map, asked.source.width, asked.source.height);
        let counted = match asked.free {
            Some(_) => outside,
            None => distance.value,
        };
        let text = said!(
            "LPIPS: {distance} from the source to an eye (0 is the same).",
            distance = decimals(counted, 3)
        );
        Ok(Finding {
            measures: vec![
                ("lpips.distance", distance.value),
                ("lpips.distance_outside", outside),
            ],
            scores: vec![(
                Dimension::DETAIL_PRESERVING,
                scored(1.0 - counted, SPREAD, "lpips", text, Some(map)),
            )],
        })
    }
}
