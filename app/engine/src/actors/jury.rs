//! The jury: asks judges about takes that were made and measured. It may take minutes and hinders nobody: the measures'
//! scores are there before, and are replaced when the judges' come.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use retake_core::{Instruction, Raster, Reward, Said, ScoreRequest, Scorecard, Stop, Watch, said};

use super::adjuster::{How, Source, picture_of, source_of};
use super::maker::small_maps;
use super::{Voice, spawn};
use crate::event::{Event, SlotId};
use crate::judges::{Panel, Rewards};
use crate::mailbox::{Sender, mailbox};
use crate::making::{Stand, Stands};
use crate::{Kit, TakeId, score};

/// Judged side by side at the most: the pictures of so many are in memory at a time.
const SIDE_BY_SIDE: usize = 16;

pub(crate) struct Question {
    pub(crate) ticket: u64,
    pub(crate) slot: SlotId,
    pub(crate) stop: Arc<AtomicBool>,
    pub(crate) bottom: Stand,
    pub(crate) instruction: Arc<Instruction>,
    pub(crate) source: Source,
    pub(crate) takes: Vec<Asked>,
    /// nobody: the takes are measured anew
    pub(crate) panel: Panel,
}

/// A take that is to be judged.
pub(crate) struct Asked {
    pub(crate) take: TakeId,
    pub(crate) recipe: serde_json::Value,
    pub(crate) how: How,
    /// what the measures alone say of it; none where that is to be found out
    pub(crate) measured: Option<Arc<Scorecard>>,
}

/// What came of it.
pub(crate) struct Judged {
    pub(crate) take: TakeId,
    pub(crate) recipe: serde_json::Value,
    pub(crate) card: Arc<Scorecard>,
    pub(crate) near: bool,
}

/// Counts what is done and hears whether it is still wanted.
struct Listens<'a> {
    question: &'a Question,
    /// takes judged before this group
    before: usize,
    /// takes of this group
    group: usize,
    voice: &'a Voice,
}

impl Watch for Listens<'_> {
    fn progress(&self, _stage: &'static str, done: usize, total: usize) {
        let share = done as f32 / total.max(1) as f32;
        let done = self.before + (share * self.group as f32) as usize;
        self.voice.say(Event::Judging {
            ticket: self.question.ticket,
            done,
        });
    }
    fn stopped(&self) -> bool {
        self.question.stop.load(Ordering::Relaxed)
    }
}

pub(crate) fn start(kit: &Kit, stands: Stands, voice: Voice) -> Sender<u64, Question> {
    let (sender, receiver) = mailbox();
    let measures = kit.rewards.clone();
    spawn(
        "jury",
        voice,
        move || receiver.next(),
        move |question: Question, voice: &Voice| {
            // a judge that meets a fault of its own must not leave the window waiting for it
            let judged = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                judge(&question, &stands, &measures, voice)
            }));
            let notices = match judged {
                Ok(Ok(notices)) => notices,
                Ok(Err(Stop::Cancelled)) => Vec::new(),
                Ok(Err(Stop::Failed(why))) => {
                    vec![said!("The takes could not be judged: {why}", why)]
                }
                Err(_) => vec![said!(
                    "A judge met a fault of its own; what is measured stays. Please report it."
                )],
            };
            voice.say(Event::JudgingEnded {
                ticket: question.ticket,
                notices,
            });
        },
    );
    sender
}

/// Judges all of them; what the judges have to tell besides.
fn judge(
    question: &Question,
    stands: &Stands,
    measures: &[Box<dyn Reward>],
    voice: &Voice,
) -> Result<Vec<Said>, Stop> {
    let Some(source) =
        source_of(&question.source, stands, &question.bottom).map_err(Stop::Failed)?
    else {
        return Ok(Vec::new());
    };
    let rewards = question.panel.rewards();
    let by = (!question.panel.is_empty()).then(|| Arc::new(question.panel.told(&rewards)));
    for (i, group) in question.takes.chunks(SIDE_BY_SIDE).enumerate() {
        let watch = Listens {
            question,
            before: i * SIDE_BY_SIDE,
            group: group.len(),
            voice,
        };
        let judged = judge_group(
            question,
            group,
            &source,
            (measures, &rewards),
            stands,
            &watch,
        )?;
        voice.say(Event::Judged {
            ticket: question.ticket,
            slot: question.slot,
            by: by.clone(),
            judged,
        });
    }
    let mut notices: Vec<Said> = Vec::new();
    for notice in rewards.iter().flat_map(|reward| reward.notices()) {
        if !notices.contains(&notice) {
            notices.push(notice);
        }
    }
    Ok(notices)
}

/// Judges takes side by side: some judges hold them against each other.
fn judge_group(
    question: &Question,
    group: &[Asked],
    source: &Raster,
    (measures, rewards): (&Rewards, &Rewards),
    stands: &Stands,
    watch: &dyn Watch,
) -> Result<Vec<Judged>, Stop> {
    let mut pictures = Vec::with_capacity(group.len());
    let mut cards = Vec::with_capacity(group.len());
    for asked in group {
        if watch.stopped() {
            return Err(Stop::Cancelled);
        }
        let picture = picture_of(&asked.how, stands, &question.bottom).map_err(Stop::Failed)?;
        cards.push(match &asked.measured {
            Some(card) => card.as_ref().clone(),
            None => {
                let measured = score(source, &[&picture], &question.instruction, measures, watch)?;
                measured.first().map(small_maps).unwrap_or_default()
            }
        });
        pictures.push(picture);
    }
    let edited: Vec<&Raster> = pictures.iter().map(|picture| picture.as_ref()).collect();
    let request = ScoreRequest {
        source,
        edited: &edited,
        instruction: &question.instruction,
    };
    for reward in rewards {
        let scored = reward.score_with(&request, &cards, watch)?;
        for (card, scores) in cards.iter_mut().zip(scored) {
            card.merge(scores);
        }
    }
    let judged = group.iter().zip(&cards).map(|(asked, card)| Judged {
        take: asked.take,
        recipe: asked.recipe.clone(),
        card: Arc::new(small_maps(card)),
        near: asked.measured.is_none() && matches!(asked.how, How::Kept(..)),
    });
    Ok(judged.collect())
}

/// For the window: how far judging is.
#[derive(Clone, Debug)]
pub(crate) struct UnderWay {
    pub(crate) ticket: u64,
    pub(crate) slot: SlotId,
    pub(crate) total: usize,
    pub(crate) done: usize,
    pub(crate) stop: Arc<AtomicBool>,
}
