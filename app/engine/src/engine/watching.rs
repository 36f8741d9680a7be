//! Who watches over the choice without taking part in it: the takes that were chosen among the first one, two, four …
//! are shown to them, and the guard says whether the choice pleases more than its own judges.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use retake_core::{Group, Scorecard};
use retake_search::guard::{Point, guard};

use super::{Engine, MessageKind};
use crate::actors::watcher;
use crate::desk::without_maps;
use crate::event::SlotId;
use crate::run::guarding::{bests, point};
use crate::{Flag, HeldOut, Judge, JudgeState, ScoredBy, Session, TakeId};

/// What those who take no part said of takes, with the recipe that they saw.
#[derive(Clone, Debug, Default)]
pub(crate) struct Watched {
    /// who it was
    pub(crate) by: Option<Arc<ScoredBy>>,
    /// what they said
    pub(crate) cards: BTreeMap<TakeId, (serde_json::Value, Arc<Scorecard>)>,
}

/// Takes that are being looked at.
pub(super) struct UnderWay {
    ticket: u64,
    slot: SlotId,
    stop: Arc<AtomicBool>,
}

/// The best of the first so many, and what the choice thought of it.
struct Best {
    of: usize,
    take: TakeId,
    overall: f32,
    card: Scorecard,
}

impl Engine {
    /// Who is to watch over choices.
    pub fn held_out(&self) -> &HeldOut {
        &self.bench.held_out
    }

    /// Who watches over choices now; a judge that takes part in them cannot.
    pub fn watcher(&self) -> Option<Judge> {
        let judge = match &self.bench.held_out {
            HeldOut::Usual => self.kit.judges.usual.clone()?,
            HeldOut::Nobody => return None,
            HeldOut::Judge(judge) => judge.clone(),
        };
        let takes_part = |seat: &crate::Seat| seat.on && seat.judge == judge;
        (!self.bench.seats.iter().any(takes_part)).then_some(judge)
    }

    /// Whether the choice on the sheet is being looked at.
    pub fn watching(&self) -> bool {
        let here = self.slots.get(self.current).map(|slot| slot.id);
        let under_way = self.bench.watching.as_ref();
        under_way.is_some_and(|under_way| Some(under_way.slot) == here)
    }

    pub(super) fn hold_out(&mut self, held_out: HeldOut) {
        if self.bench.held_out == held_out {
            return;
        }
        let before = self.watcher();
        self.bench.held_out = held_out;
        self.stop_watching();
        let now = self.watcher();
        if let Some(judge) = before.filter(|judge| Some(judge) != now.as_ref()) {
            self.close_unless_needed(&judge);
        }
        self.watch_here();
    }

    fn stop_watching(&mut self) {
        self.staff.watcher.clear();
        if let Some(under_way) = self.bench.watching.take() {
            under_way.stop.store(true, Ordering::Relaxed);
        }
    }

    /// The same for the photo that is shown.
    pub(super) fn watch_here(&mut self) {
        if let Some(slot) = self.slots.get(self.current).map(|slot| slot.id) {
            self.watch_over(slot, true);
        }
    }

    /// Says what the guard thinks of the choice as it stands. Takes that nobody has looked at yet are shown first; without
    /// `ask` they are left out.
    pub(super) fn watch_over(&mut self, slot: SlotId, ask: bool) {
        let watcher = self.watcher();
        let Some(session) = self.session_of(slot) else {
            return;
        };
        session.guarded = None;
        let Some(judge) = watcher else { return };
        // the order is not settled
        if session.running.is_some() {
            return;
        }
        let bests = bests_of(session);
        if bests.is_empty() {
            return;
        }
        let name = judge.name();
        if session
            .watched
            .by
            .as_ref()
            .is_none_or(|by| by.names != [name.as_str()])
        {
            session.watched = Watched::default();
        }
        let unseen: Vec<TakeId> = bests
            .iter()
            .map(|best| best.take)
            .filter(|&take| seen(session, take).is_none())
            .collect();
        if ask && !unseen.is_empty() {
            return self.show_to_watcher(slot, &judge, unseen);
        }
        let points: Vec<Point> = bests
            .iter()
            .filter_map(|best| {
                let held_out = seen(session, best.take)?;
                Some(point(best.of, best.overall, &best.card, held_out))
            })
            .collect();
        session.guarded = (points.len() > 1).then(|| guard(&points));
    }

    fn show_to_watcher(&mut self, slot: SlotId, judge: &Judge, mut takes: Vec<TakeId>) {
        if self.bench.waits_for(slot) {
            return;
        }
        let open = match self.judge_state(judge) {
            JudgeState::Ready => self.bench.open.get(judge).cloned(),
            JudgeState::Away => {
                self.open_judge(judge.clone());
                None
            }
            _ => None,
        };
        // it is heard when it is there
        let Some(open) = open else { return };
        takes.sort_unstable();
        takes.dedup();
        let Some(session) = self
            .slots
            .iter()
            .find(|s| s.id == slot)
            .and_then(|s| s.session())
        else {
            return;
        };
        let Some(turn) = session.desk().turn.clone() else {
            return;
        };
        let shown = takes.into_iter().filter_map(|id| {
            let take = session.take(id)?;
            let how = self.how_to_have(session, take)?;
            Some((id, take.provenance.recipe.clone(), how))
        });
        let shown: Vec<_> = shown.collect();
        if shown.is_empty() {
            return;
        }
        let (bottom, source) = (session.bottom(), self.source_of(session, &turn));
        let instruction = turn.instruction.clone();
        self.stop_watching();
        let ticket = self.fresh();
        let stop = Arc::new(AtomicBool::new(false));
        self.bench.watching = Some(UnderWay {
            ticket,
            slot,
            stop: stop.clone(),
        });
        let question = watcher::Question {
            ticket,
            stop,
            name: judge.name(),
            open,
            bottom,
            instruction,
            source,
            takes: shown,
        };
        self.staff.watcher.put((), question);
    }

    /// Those who take no part have said what they think.
    pub(super) fn watched(
        &mut self,
        ticket: u64,
        watched: Result<watcher::Watched, retake_core::Said>,
    ) {
        let is_it = |under_way: &UnderWay| under_way.ticket == ticket;
        if !self.bench.watching.as_ref().is_some_and(is_it) {
            return;
        }
        let Some(UnderWay { slot, .. }) = self.bench.watching.take() else {
            return;
        };
        let watched = match watched {
            Ok(watched) => watched,
            Err(why) => return self.tell(MessageKind::Problem, why, false),
        };
        self.tell_notices(watched.notices);
        if watched.cards.is_empty() {
            return;
        }
        if let Some(session) = self.session_of(slot) {
            session.watched.by = Some(watched.by);
            for (take, recipe, card) in watched.cards {
                session.watched.cards.insert(take, (recipe, card));
            }
        }
        // what could not be said of a take is not asked again
        self.watch_over(slot, false);
    }
}

/// What was said of a take as it stands now.
fn seen(session: &Session, take: TakeId) -> Option<&Scorecard> {
    let recipe = &session.take(take)?.provenance.recipe;
    let (of, card) = session.watched.cards.get(&take)?;
    (of == recipe).then_some(card.as_ref())
}

/// The best of the first one, two, four … of the takes that stand, by the weights that stand.
fn bests_of(session: &Session) -> Vec<Best> {
    let desk = session.desk();
    let mut standing: Vec<(TakeId, Arc<Scorecard>)> = Vec::new();
    for take in session.sheet() {
        let stands = desk.mark(take.id).flag != Flag::Rejected && !take.stale;
        if let (Some(card), true) = (&take.card, stands) {
            standing.push((take.id, card.clone()));
        }
    }
    if standing.len() < 2 {
        return Vec::new();
    }
    let before = session.chains(&standing);
    let takes: Vec<TakeId> = standing.iter().map(|(id, _)| *id).collect();
    let cards: Vec<Scorecard> = standing
        .iter()
        .map(|(_, card)| without_maps(card))
        .collect();
    let selector = desk.weights.selector();
    let choose = |cards: &[Scorecard]| {
        let before = &before[..cards.len()];
        selector.choose(&Group::of(cards).after(before))
    };
    let selection = choose(&cards);
    bests(&cards, &selection, &choose)
        .into_iter()
        .map(|(of, place)| Best {
            of,
            take: takes[place],
            overall: selection.overall[place],
            card: cards[place].clone(),
        })
        .collect()
}
