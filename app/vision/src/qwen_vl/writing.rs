//! Answers while they are written, a token at a time: one alone, or several side by side, for which every weight of the
//! model is read once. An answer does not depend, to the last bit, on those beside it.

use candle_core::DType;
use retake_core::Rng;
use retake_models::ModelError;
use retake_models::qwen3::{Chat, Memory};
use retake_tensors::kernels::FEW;

use super::QwenVl;
use super::sampling::{How, log_softmax};

/// One token of an answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Written {
    /// the token
    pub id: u32,
    /// natural logarithm of its probability at temperature 1, over the whole vocabulary
    pub log_probability: f32,
    /// the same of the tokens that were to be weighed at its place, in their order
    pub weighed: Vec<f32>,
}

/// An answer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answer {
    /// its words, without special tokens
    pub text: String,
    /// its tokens, without the one that ends it
    pub tokens: Vec<Written>,
    /// what the weighed tokens had where the answer ended; none where it was cut off
    pub at_end: Option<Written>,
}

/// An answer that is being written.
pub struct Writing {
    how: How,
    rng: Rng,
    memory: Memory,
    /// the place of the token that comes next
    next: usize,
    /// the token whose state is wanted; none once the answer is finished
    wanted: Option<u32>,
    answer: Answer,
}

impl Writing {
    /// After a question whose last state gave these logits.
    pub(super) fn new(how: &How, next: usize, memory: Memory, logits: &[f32], chat: &Chat) -> Self {
        let mut writing = Self {
            rng: Rng::new(how.seed),
            how: how.clone(),
            memory,
            next,
            wanted: None,
            answer: Answer::default(),
        };
        if how.most > 0 {
            writing.go_on(logits, chat);
        }
        writing
    }

    /// Whether nothing is left to write.
    pub fn finished(&self) -> bool {
        self.wanted.is_none()
    }

    /// Picks the next token.
    fn go_on(&mut self, logits: &[f32], chat: &Chat) {
        let token = self.how.pick(logits, &mut self.rng);
        let all = log_softmax(logits);
        let of = |token: u32| {
            let log = all.get(token as usize);
            log.copied().unwrap_or(f32::NEG_INFINITY)
        };
        let written = Written {
            id: token,
            log_probability: of(token),
            weighed: self.how.weighed.iter().map(|&token| of(token)).collect(),
        };
        self.wanted = None;
        if !self.how.past_the_end && chat.ends(token) {
            self.answer.at_end = Some(written);
            return;
        }
        self.answer.tokens.push(written);
        if self.answer.tokens.len() < self.how.most {
            self.wanted = Some(token);
        }
    }
}

impl QwenVl {
    /// The most answers that are written side by side.
    pub const SIDE_BY_SIDE: usize = FEW;

    /// One more token of each of these that is not finished.
    pub fn write(&self, writings: &mut [&mut Writing]) -> Result<(), ModelError> {
        let mut open: Vec<&mut &mut Writing> = writings
            .iter_mut()
            .filter(|writing| !writing.finished())
            .collect();
        for some in open.chunks_mut(Self::SIDE_BY_SIDE) {
            let ids: Vec<u32> = some.iter().filter_map(|writing| writing.wanted).collect();
            let places: Vec<[usize; 3]> = some.iter().map(|writing| [writing.next; 3]).collect();
            let language = &self.networks.language;
            let x = language.embedded(&ids)?;
            let axes = self.config.axes;
            let turns = language.decoder().turns_at(
                places.into_iter(),
                |pair| axes.of_pair(pair),
                &self.device,
            )?;
            let mut memories: Vec<(&mut Memory, usize)> = some
                .iter_mut()
                .map(|writing| (&mut writing.memory, 1))
                .collect();
            // a step takes little: nobody stops within one
            let never = || false;
            let decoder = language.decoder();
            let states = decoder.forward_together(&x, &turns, &mut memories, &[], &never)?;
            let Some(states) = states else { continue };
            let logits: Vec<Vec<f32>> = self
                .logits(&states)?
                .to_dtype(DType::F32)?
                .squeeze(0)?
                .to_vec2()?;
            for (writing, logits) in some.iter_mut().zip(&logits) {
                writing.next += 1;
                writing.go_on(logits, &self.chat);
            }
        }
        Ok(())
    }

    /// What was written.
    pub fn answer(&self, writing: Writing) -> Result<Answer, ModelError> {
        let mut answer = writing.answer;
        let ids: Vec<u32> = answer.tokens.iter().map(|written| written.id).collect();
        answer.text = self.chat.text(&ids)?;
        Ok(answer)
    }

    /// Writes answers side by side. `None` once `stop` says so.
    pub fn answers(
        &self,
        mut writings: Vec<Writing>,
        stop: &dyn Fn() -> bool,
    ) -> Result<Option<Vec<Answer>>, ModelError> {
        while writings.iter().any(|writing| !writing.finished()) {
            if stop() {
                return Ok(None);
            }
            self.write(&mut writings.iter_mut().collect::<Vec<_>>())?;
        }
        let answers = writings.into_iter().map(|writing| self.answer(writing));
        answers.collect::<Result<_, _>>().map(Some)
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{model, never, picture};
    use super::*;
    use crate::qwen_vl::{Density, Part};

    /// Answers of different lengths, by lots or the likeliest, to questions about different pictures.
    fn questions() -> Vec<(u8, How)> {
        let how = |index: u64| How {
            most: 3 + 2 * (index as usize % 7),
            temperature: if index.is_multiple_of(3) { 0.0 } else { 0.9 },
            seed: index,
            weighed: vec![5, 6],
            past_the_end: index.is_multiple_of(2),
            ..How::default()
        };
        (0..21).map(|index| (index as u8 % 4, how(index))).collect()
    }

    #[test]
    fn an_answer_beside_others_is_the_answer_alone_to_the_last_bit() {
        for (name, density) in [
            ("qwen3_vl", None),
            ("qwen2_5_vl", None),
            ("qwen3_vl", Some(Density::Bf16)),
            ("qwen2_5_vl", Some(Density::Q8)),
            ("qwen3_vl", Some(Density::Q4)),
        ] {
            let model = model(name, density);
            let photos: Vec<_> = (1..5).map(|seed| picture(seed, 64, 96)).collect();
            let prefix = model
                .prefix(
                    None,
                    &[Part::Words("score the edit : "), Part::Picture(&photos[0])],
                    &never,
                )
                .expect("a prefix")
                .expect("not stopped");
            let asked: Vec<_> = photos
                .iter()
                .map(|photo| {
                    let rest = [Part::Picture(photo), Part::Words("is it warm ?")];
                    let asked = prefix.with(&rest, "", &never);
                    asked.expect("a question").expect("not stopped")
                })
                .collect();
            let of = |(photo, _): &(u8, How)| &asked[usize::from(*photo)];
            let questions = questions();
            let alone: Vec<Answer> = questions
                .iter()
                .map(|question| {
                    let answer = of(question).answer(&question.1, &never);
                    answer.expect("an answer").expect("not stopped")
                })
                .collect();
            let writings = questions
                .iter()
                .map(|question| of(question).writing(&question.1).expect("a beginning"));
            let together = model
                .answers(writings.collect(), &never)
                .expect("answers")
                .expect("not stopped");
            assert_eq!(together, alone, "{name} in {density:?}");
            assert!(together.iter().any(|answer| answer.tokens.len() > 12));
        }
    }

    #[test]
    fn questions_that_are_read_together_are_what_each_is_alone() {
        for name in ["qwen3_vl", "qwen2_5_vl"] {
            let model = model(name, None);
            let photos: Vec<_> = (1..4).map(|seed| picture(seed, 64, 96)).collect();
            let thin = picture(1, 1000, 4);
            let prefix = model
                .prefix(None, &[Part::Picture(&photos[0])], &never)
                .expect("a prefix")
                .expect("not stopped");
            let parts = [
                vec![Part::Picture(&photos[1]), Part::Words("is it warm ?")],
                vec![Part::Picture(&thin), Part::Words("score")],
                vec![Part::Words("score")],
                vec![Part::Words("yes or no ?"), Part::Picture(&photos[2])],
            ];
            let questions: Vec<(&[Part<'_>], &str)> =
                parts.iter().map(|parts| (&parts[..], "")).collect();
            let together = prefix
                .with_all(&questions, &never)
                .expect("questions")
                .expect("not stopped");
            for (index, (parts, beside)) in parts.iter().zip(&together).enumerate() {
                let alone = prefix.with(parts, "", &never);
                let (alone, beside) = match (alone, beside) {
                    (Ok(alone), Ok(beside)) => (alone.expect("not stopped"), beside),
                    (Err(fault), Err(beside)) => {
                        assert!(index == 1 && fault.to_string() == beside.to_string());
                        continue;
                    }
                    _ => panic!("question {index} of {name} is read only alone or together"),
                };
                assert_eq!(alone.ids(), beside.ids());
                let far = alone.logits().iter().zip(beside.logits());
                let far = far.map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
                assert!(far < 1e-5, "question {index} of {name}: {far:e} apart");
                let how = How {
                    most: 12,
                    past_the_end: true,
                    ..How::default()
                };
                let words = |asked: &super::super::Asked<'_>| {
                    asked
                        .answer(&how, &never)
                        .expect("an answer")
                        .expect("not stopped")
                        .text
                };
                assert_eq!(words(&alone), words(beside));
            }
        }
    }

    #[test]
    fn answers_stop_when_they_are_told_to() {
        let model = model("qwen3_vl", None);
        let prefix = model
            .prefix(None, &[], &never)
            .expect("no prefix")
            .expect("not stopped");
        let asked = prefix
            .with(&[Part::Words("score")], "", &never)
            .expect("a question")
            .expect("not stopped");
        let writing = asked.writing(&How::default()).expect("a beginning");
        let stopped = model.answers(vec![writing], &|| true).expect("no fault");
        assert!(stopped.is_none());
    }
}
