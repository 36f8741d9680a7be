//! SigLIP: how probable it is that the words describe the picture, after the edit and before.

use std::path::Path;

use retake_core::{Dimension, Said, decimals, said, signed};
use retake_vision::encoder::{Direction, Siglip};
use retake_vision::picture::Bitmap;

use super::{Asked, Captions, Encoder, Finding, Given, Seen, fault, kept, scored};

/// How far off such scores are from people's, one standard deviation; ours.
const SPREAD: f32 = 0.25;

/// See the module.
pub(super) struct Described {
    siglip: Siglip,
    captions: Option<Captions>,
}

/// What the source and the words are to SigLIP.
struct Before {
    picture: Direction,
    text: Direction,
}

impl Described {
    pub(super) fn open(given: &Given, folder: &Path) -> Result<Self, Said> {
        Ok(Self {
            siglip: Siglip::on_processor(folder).map_err(|error| fault(&error))?,
            captions: given.captions.clone(),
        })
    }
}

impl Encoder for Described {
    fn weights(&self) -> String {
        self.siglip.fingerprint().to_owned()
    }

    fn source(&self, asked: &Asked<'_>) -> Result<Seen, Said> {
        let captions = Captions::or_of(self.captions.as_ref(), asked.instruction);
        let picture = self
            .siglip
            .picture(&asked.source)
            .map_err(|error| fault(&error))?;
        let text = self
            .siglip
            .text(&captions.target)
            .map_err(|error| fault(&error))?;
        Ok(Box::new(Before { picture, text }))
    }

    /// The score is how much the odds rose: 0 where they did not, ½ where they are three times what they were, towards 1.
    fn candidate(&self, _: &Asked<'_>, source: &Seen, edited: &Bitmap) -> Result<Finding, Said> {
        let before: &Before = kept(source)?;
        let picture = self.siglip.picture(edited).map_err(|error| fault(&error))?;
        let (logit, logit_before) = (
            self.siglip.logit(&picture, &before.text),
            self.siglip.logit(&before.picture, &before.text),
        );
        let probability = self.siglip.probability(&picture, &before.text);
        let rose = 2.0 / (1.0 + (logit_before - logit).exp()) - 1.0;
        let text = said!(
            "SigLIP: the words describe the edit with a probability of {after}; the logarithm of the odds rose by {rose}.",
            after = decimals(probability, 3),
            rose = signed(logit - logit_before, 2)
        );
        Ok(Finding {
            measures: vec![
                ("siglip.probability", probability),
                ("siglip.logit", logit),
                ("siglip.logit_before", logit_before),
            ],
            scores: vec![(
                Dimension::INSTRUCTION_FOLLOWING,
                scored(rose, SPREAD, "siglip", text, None),
            )],
        })
    }
}
