//! A judge in this process: a Qwen2.5-VL or Qwen3-VL, its weights in a folder. What questions share is read once and
//! kept; a question costs what is new in it.

use std::path::Path;
use std::time::Instant;

use retake_core::{Said, Watch};
use retake_vision::picture::Bitmap;
use retake_vision::qwen_vl::{self, Density, QwenVl};

use crate::judge::{
    Answer, Ask, Conversation, Cost, Judge, JudgeError, JudgeInfo, Part, Prefix, Token,
};
use crate::picture::Shown;

/// Pictures are brought to at most this area, px: 512 × 512, which EditScore was trained with (Luo et al. 2025).
const MOST_PIXELS: usize = 512 * 512;

/// A model in memory.
pub struct LocalJudge {
    model: QwenVl,
    name: String,
}

impl LocalJudge {
    /// Whether this is a folder, or a GGUF file: nothing of it is read.
    pub fn is_one(path: &Path) -> bool {
        let blocks = path.extension().is_some_and(|ending| ending == "gguf");
        path.is_dir() || (blocks && path.is_file())
    }

    /// Loads the model of a folder or of a GGUF file in one, or of an adapter's folder with the model that it was trained on
    /// beside it; held as densely as is asked, or as its files have it.
    pub fn open(folder: &Path, density: Option<Density>) -> Result<Self, Said> {
        Self::open_for(folder, density, 0)
    }

    /// The same for rubrics whose pictures have up to so many pixels, where that is more than usual.
    pub fn open_for(
        folder: &Path,
        density: Option<Density>,
        most_pixels: usize,
    ) -> Result<Self, Said> {
        let model =
            qwen_vl::open_here(folder, density).map_err(|fault| Said::words(fault.to_string()))?;
        let processor = model.processor();
        let (least, most) = (
            processor.least_pixels(),
            processor.most_pixels().min(MOST_PIXELS.max(most_pixels)),
        );
        Ok(Self {
            name: Self::name_of(folder),
            model: model.within(least.min(most), most),
        })
    }

    /// What a person calls the model of a folder.
    pub(crate) fn name_of(folder: &Path) -> String {
        let whole = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
        let last = whole.file_name().unwrap_or(whole.as_os_str());
        last.to_string_lossy().into_owned()
    }

    /// The model itself.
    pub fn model(&self) -> &QwenVl {
        &self.model
    }
}

impl Judge for LocalJudge {
    fn info(&self) -> JudgeInfo {
        JudgeInfo {
            name: self.name.clone(),
            version: self.model.weights().to_owned(),
            place: "in process".to_owned(),
            // one question already keeps all cores busy
            at_once: 1,
            weighs: true,
            continues: true,
        }
    }

    fn begin(
        &self,
        prefix: &Prefix<'_>,
        watch: &dyn Watch,
    ) -> Result<Box<dyn Conversation + '_>, JudgeError> {
        let shown = Pictures::of(&prefix.parts);
        let read = self.model.prefix(
            prefix.system.as_deref(),
            &shown.parts(&prefix.parts),
            &|| watch.stopped(),
        );
        match read {
            Ok(Some(prefix)) => Ok(Box::new(Begun {
                model: &self.model,
                prefix,
            })),
            Ok(None) => Err(JudgeError::Stopped),
            Err(fault) => Err(unanswered(&fault)),
        }
    }
}

/// Questions with one prefix.
struct Begun<'m> {
    model: &'m QwenVl,
    prefix: qwen_vl::Prefix<'m>,
}

impl Conversation for Begun<'_> {
    fn ask(&self, rest: &[Part<'_>], how: &Ask, watch: &dyn Watch) -> Result<Answer, JudgeError> {
        let began = Instant::now();
        let stop = || watch.stopped();
        let shown = Pictures::of(rest);
        let asked = self
            .prefix
            .with(&shown.parts(rest), &how.begun, &stop)
            .map_err(|fault| unanswered(&fault))?
            .ok_or(JudgeError::Stopped)?;
        let chat = self.model.chat();
        let weighed: Vec<(u32, &String)> = how
            .weigh
            .iter()
            .filter_map(|text| Some((chat.token(text)?, text)))
            .collect();
        let writing = qwen_vl::How {
            most: how.max_tokens.max(1),
            temperature: how.temperature,
            top_p: how.top_p,
            top_k: how.top_k,
            seed: how.seed,
            weighed: weighed.iter().map(|(token, _)| *token).collect(),
            past_the_end: false,
        };
        let answer = asked
            .answer(&writing, &stop)
            .map_err(|fault| unanswered(&fault))?
            .ok_or(JudgeError::Stopped)?;
        let token = |written: &qwen_vl::Written| Token {
            text: chat.text_of(written.id),
            log_probability: written.log_probability,
            others: weighed
                .iter()
                .zip(&written.weighed)
                .map(|((_, text), log)| ((*text).clone(), *log))
                .collect(),
        };
        // an answer that ends at once still says what it weighed there
        let at_end = answer.at_end.iter().filter(|_| answer.tokens.is_empty());
        Ok(Answer {
            tokens: match how.weigh.is_empty() {
                true => Vec::new(),
                false => answer.tokens.iter().chain(at_end).map(token).collect(),
            },
            finished: answer.at_end.is_some(),
            cost: Cost {
                read: asked.length(),
                reused: asked.reused(),
                written: answer.tokens.len(),
                seconds: began.elapsed().as_secs_f64(),
                retries: 0,
            },
            text: answer.text,
        })
    }
}

/// The pictures of a message as a screen shows them, in their order.
struct Pictures(Vec<Bitmap>);

impl Pictures {
    fn of(parts: &[Part<'_>]) -> Self {
        let shown = parts.iter().filter_map(|part| match part {
            Part::Picture(raster) => {
                let Shown { width, height, rgb } = Shown::of(raster);
                Some(Bitmap { width, height, rgb })
            }
            Part::Text(_) => None,
        });
        Self(shown.collect())
    }

    /// The message with them.
    fn parts<'a>(&'a self, parts: &'a [Part<'_>]) -> Vec<qwen_vl::Part<'a>> {
        let mut pictures = self.0.iter();
        let shown = parts.iter().filter_map(|part| match part {
            Part::Text(words) => Some(qwen_vl::Part::Words(words)),
            Part::Picture(_) => pictures.next().map(qwen_vl::Part::Picture),
        });
        shown.collect()
    }
}

fn unanswered(fault: &impl std::fmt::Display) -> JudgeError {
    JudgeError::Unanswered(Said::words(fault.to_string()))
}

#[cfg(test)]
mod tests {
    use retake_core::{Quiet, Raster};

    use super::*;

    fn judge() -> LocalJudge {
        let folder = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../tests/parity/cases/qwen3_vl/model"
        );
        LocalJudge::open(Path::new(folder), None).expect("a judge")
    }

    fn photo(light: f32) -> Raster {
        Raster::from_fn(96, 64, |x, y| {
            [light, light * (x as f32 / 96.0), light * (y as f32 / 64.0)]
        })
    }

    fn ask() -> Ask {
        Ask {
            max_tokens: 4,
            weigh: vec![
                "yes".to_owned(),
                "no".to_owned(),
                "☃ no single token".to_owned(),
            ],
            ..Ask::default()
        }
    }

    #[test]
    fn a_question_with_a_prefix_is_answered_as_one_without() {
        let judge = judge();
        let (source, edited) = (photo(0.4), photo(0.7));
        let parts = [
            Part::text("score the edit : make the sky warm . "),
            Part::Picture(&source),
            Part::Picture(&edited),
            Part::text("yes or no ?"),
        ];
        let answers = [0, 2].map(|split| {
            let prefix = Prefix {
                system: None,
                parts: parts[..split].to_vec(),
            };
            let begun = judge.begin(&prefix, &Quiet).expect("a conversation");
            begun
                .ask(&parts[split..], &ask(), &Quiet)
                .expect("an answer")
        });
        let [whole, split] = &answers;
        assert_eq!(whole.text, split.text);
        assert_eq!((whole.cost.reused, whole.cost.read), (0, split.cost.read));
        assert!(split.cost.reused > 10, "{:?}", split.cost);
        for (a, b) in whole.tokens.iter().zip(&split.tokens) {
            assert!((a.log_probability - b.log_probability).abs() < 1e-4);
            assert_eq!(a.others.len(), 2, "what is no single token is not known");
            assert!(a.others.iter().all(|(_, log)| *log < 0.0));
        }
        assert!(!whole.tokens.is_empty());
    }

    #[test]
    fn the_same_question_has_the_same_answer() {
        let judge = judge();
        let prefix = Prefix::default();
        let begun = judge.begin(&prefix, &Quiet).expect("a conversation");
        let how = Ask {
            temperature: 0.8,
            seed: 6,
            ..ask()
        };
        let answer = || {
            begun
                .ask(&[Part::text("score ?")], &how, &Quiet)
                .expect("an answer")
                .text
        };
        assert_eq!(answer(), answer());
    }

    #[test]
    fn a_picture_that_cannot_be_looked_at_leaves_one_question_unanswered() {
        let judge = judge();
        let thin = Raster::from_fn(900, 3, |_, _| [0.5; 3]);
        let begun = judge
            .begin(&Prefix::default(), &Quiet)
            .expect("a conversation");
        let fault = begun
            .ask(&[Part::Picture(&thin)], &ask(), &Quiet)
            .expect_err("no answer");
        assert!(
            matches!(&fault, JudgeError::Unanswered(said) if said.to_string().contains("too thin")),
            "{fault}"
        );
        assert!(begun.ask(&[Part::text("score ?")], &ask(), &Quiet).is_ok());
    }

    #[test]
    fn it_stops_when_the_person_does() {
        struct Stopped;
        impl Watch for Stopped {
            fn progress(&self, _stage: &'static str, _done: usize, _total: usize) {}
            fn stopped(&self) -> bool {
                true
            }
        }
        let judge = judge();
        let begun = judge
            .begin(&Prefix::default(), &Quiet)
            .expect("a conversation");
        let fault = begun
            .ask(&[Part::text("score ?")], &ask(), &Stopped)
            .expect_err("no answer");
        assert_eq!(fault, JudgeError::Stopped);
    }

    #[test]
    fn a_folder_that_is_no_judge_is_one_sentence() {
        let folder = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../tests/parity/cases/flux2_klein/model"
        );
        let said = LocalJudge::open(Path::new(folder), None)
            .err()
            .expect("a refusal")
            .to_string();
        assert!(
            said.contains("model_index.json") && !said.contains('\n'),
            "{said}"
        );
    }
}
