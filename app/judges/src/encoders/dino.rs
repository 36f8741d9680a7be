//! DINOv2: whether an edit still shows what the source shows. Half of the score is the whole picture's (class token), half
//! that of its squares (patch tokens), as in Adv-GRPO's reward of both; squares of a region that may change are left out.

use std::path::Path;
use std::sync::Arc;

use retake_core::{Dimension, Said, decimals, said};
use retake_vision::encoder::{self, Dino, Direction};
use retake_vision::picture::Bitmap;

use super::{Asked, Encoder, Finding, Seen, enlarged, fault, kept, kept_shares, scored, weighted};

/// Squares that a picture is cut into: those of 224 × 224 px, which DINOv2 is mostly used at.
const SQUARES: usize = 256;
/// How far off such scores are from people's, one standard deviation; ours.
const SPREAD: f32 = 0.15;

/// See the module.
pub(super) struct Same(Arc<Dino>);

impl Same {
    pub(super) fn open(folder: &Path) -> Result<Arc<Dino>, Said> {
        Dino::on_processor(folder)
            .map(Arc::new)
            .map_err(|error| fault(&error))
    }

    pub(super) fn of(network: Arc<Dino>) -> Self {
        Self(network)
    }

    fn look(&self, picture: &Bitmap) -> Result<encoder::Seen, Said> {
        self.0
            .whole(picture, SQUARES)
            .map_err(|error| fault(&error))
    }
}

/// The cosine of two vectors; 0 where one has no length.
fn cosine(a: &[f32], b: &[f32]) -> f32 {
    match (Direction::of(a), Direction::of(b)) {
        (Some(a), Some(b)) => a.cosine(&b) as f32,
        _ => 0.0,
    }
}

impl Encoder for Same {
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
        let before: &encoder::Seen = kept(source)?;
        let after = self.look(edited)?;
        let global = f64::from(cosine(&before.class, &after.class));
        let squares: Vec<f32> = before
            .squares
            .iter()
            .zip(&after.squares)
            .map(|(a, b)| cosine(a, b))
            .collect();
        let (columns, rows) = (after.columns, after.rows);
        let shares = kept_shares(asked.free.as_ref(), columns, rows);
        let local = weighted(&squares, &shares);
        let changed: Vec<f32> = squares
            .iter()
            .zip(&shares)
            .map(|(&alike, share)| (1.0 - alike).clamp(0.0, 1.0) * share)
            .collect();
        let map = enlarged(&changed, columns, rows, &asked.source);
        let text = said!(
            "DINOv2: the pictures are alike to {whole} as a whole and to {squares} square by square (1 is the same).",
            whole = decimals(global, 2),
            squares = decimals(local, 2)
        );
        Ok(Finding {
            measures: vec![("dinov2.whole", global), ("dinov2.squares", local)],
            scores: vec![(
                Dimension::DETAIL_PRESERVING,
                scored(
                    0.5 * global + 0.5 * local,
                    SPREAD,
                    "dinov2",
                    text,
                    Some(map),
                ),
            )],
        })
    }
}
