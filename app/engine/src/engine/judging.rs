//! Judges beside the measures: who takes part, who is open, which takes are asked about, and whose answers came.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use retake_core::{Said, said};
use retake_search::STRATEGIES;

use super::turns::turn_of;
use super::{Engine, MessageKind, watching};
use crate::actors::jury::{self, Asked, Judged, UnderWay};
use crate::event::SlotId;
use crate::judges::Panel;
use crate::{HeldOut, Judge, JudgeState, Judges, OpenJudge, ScoredBy, Seat, TakeId};

/// What is known of judges.
#[derive(Default)]
pub(super) struct Bench {
    pub(super) seats: Vec<Seat>,
    pub(super) open: BTreeMap<Judge, OpenJudge>,
    opening: BTreeSet<Judge>,
    failed: BTreeMap<Judge, Said>,
    /// being asked, the first of them first
    under_way: Vec<UnderWay>,
    /// takes that are asked about when they are measured, and when every judge is there
    later: BTreeSet<(SlotId, TakeId)>,
    /// who watches over choices
    pub(super) held_out: HeldOut,
    /// takes are being shown to them
    pub(super) watching: Option<watching::UnderWay>,
}

impl Bench {
    /// Whether judges are still to be heard about takes of this photo.
    pub(super) fn waits_for(&self, slot: SlotId) -> bool {
        let under_way = self
            .under_way
            .iter()
            .any(|under_way| under_way.slot == slot);
        under_way || self.later.iter().any(|(of, _)| *of == slot)
    }
}

impl Engine {
    /// Who scores beside the measures, in their order.
    pub fn seats(&self) -> &[Seat] {
        &self.bench.seats
    }
    /// How judges are opened, and what can be asked of them.
    pub fn judges(&self) -> &Judges {
        &self.kit.judges
    }
    /// How it stands with a judge.
    pub fn judge_state(&self, judge: &Judge) -> JudgeState {
        let bench = &self.bench;
        if bench.opening.contains(judge) {
            return JudgeState::Loading;
        }
        if bench.open.contains_key(judge) {
            return JudgeState::Ready;
        }
        match bench.failed.get(judge) {
            Some(why) => JudgeState::Failed(why.clone()),
            None if self.is_needed(judge) => JudgeState::Away,
            None => JudgeState::Off,
        }
    }
    /// Whether a judge takes part, or watches.
    fn is_needed(&self, judge: &Judge) -> bool {
        let seats = &self.bench.seats;
        seats.iter().any(|seat| seat.on && seat.judge == *judge)
            || self.watcher().as_ref() == Some(judge)
    }

    /// A judge that neither takes part nor watches leaves the memory.
    pub(super) fn close_unless_needed(&mut self, judge: &Judge) {
        if !self.is_needed(judge) {
            self.bench.open.remove(judge);
            self.bench.opening.remove(judge);
            self.bench.failed.remove(judge);
        }
    }

    /// Of the photo that is shown: takes that judges have seen, and that they were asked about.
    pub fn judging(&self) -> Option<(usize, usize)> {
        let here = self.slots.get(self.current)?.id;
        let under_way = self.bench.under_way.iter();
        under_way
            .filter(|under_way| under_way.slot == here)
            .map(|under_way| (under_way.done, under_way.total))
            .reduce(|(done, total), (more, of)| (done + more, total + of))
    }
    /// Takes on the sheet that were scored by others than those who take part now.
    pub fn scored_by_others(&self) -> usize {
        let Some(session) = self.session() else {
            return 0;
        };
        let seats = self.bench.seats.iter().filter(|seat| seat.on);
        let able = seats.filter(|seat| !self.bench.failed.contains_key(&seat.judge));
        let now: Vec<String> = able.map(|seat| seat.judge.name()).collect();
        let other = |take: &&Arc<crate::Take>| {
            let by = take.by.iter().flat_map(|by| &by.names);
            take.card.is_some() && !by.eq(&now)
        };
        session.sheet().into_iter().filter(other).count()
    }

    pub(super) fn judging_somewhere(&self) -> bool {
        !self.bench.under_way.is_empty() || !self.bench.opening.is_empty()
    }

    /// Those that take part and are open.
    fn panel(&self) -> Panel {
        let seats = self.bench.seats.iter().filter(|seat| seat.on);
        let open = seats.filter_map(|seat| {
            let open = self.bench.open.get(&seat.judge)?;
            Some((seat.judge.name(), open.clone()))
        });
        Panel {
            judges: open.collect(),
            join: Some(self.kit.judges.join.clone()),
        }
    }

    /// The judges that a run itself asks: where the strategy looks at scores to go on.
    pub(super) fn panel_of_strategy(&self) -> Panel {
        // the first makes all there are, whatever anybody says of them
        match self.effort.strategy == STRATEGIES[0].id {
            true => Panel::default(),
            false => self.panel(),
        }
    }

    /// Who takes part from now on. Those that are new are opened, those that are gone leave the memory.
    pub(super) fn seat(&mut self, seats: Vec<Seat>) {
        let taking_part = |seats: &[Seat]| -> Vec<Judge> {
            let on = seats.iter().filter(|seat| seat.on);
            on.map(|seat| seat.judge.clone()).collect()
        };
        let (before, now) = (taking_part(&self.bench.seats), taking_part(&seats));
        self.bench.seats = seats;
        if before == now {
            return;
        }
        // what others would say is of no use any more
        self.call_off();
        for judge in before.iter().filter(|judge| !now.contains(judge)) {
            self.close_unless_needed(judge);
        }
        // those of the time before are opened when they are needed, as they were
        for judge in now.into_iter().filter(|judge| !before.contains(judge)) {
            self.open_judge(judge);
        }
        self.judge_what_waits();
        self.watch_here();
    }

    /// Those who took part when the window was closed: opening them takes time and memory, so that it waits for takes.
    pub(super) fn seat_as_last_time(&mut self, seats: Vec<Seat>) {
        self.bench.seats = seats;
    }

    /// Takes are being made: everybody who takes part is opened.
    pub(super) fn open_who_is_away(&mut self) {
        let seats = self.bench.seats.clone();
        for seat in seats.into_iter().filter(|seat| seat.on) {
            if self.judge_state(&seat.judge) == JudgeState::Away {
                self.open_judge(seat.judge);
            }
        }
    }

    /// Opens a judge that takes part.
    pub(super) fn open_judge(&mut self, judge: Judge) {
        if !self.is_needed(&judge) {
            return;
        }
        self.bench.failed.remove(&judge);
        if self.bench.opening.insert(judge.clone()) {
            self.staff.usher.put(judge.clone(), judge);
        }
    }

    pub(super) fn judge_opened(&mut self, judge: &Judge, result: Result<OpenJudge, Said>) {
        // switched off meanwhile
        if !self.bench.opening.remove(judge) {
            return;
        }
        match result {
            Ok(open) => {
                self.bench.open.insert(judge.clone(), open);
            }
            Err(why) => {
                self.complain(said!(
                    "The judge {judge} cannot be opened: {why}",
                    judge = judge.name(),
                    why = why.clone()
                ));
                self.bench.failed.insert(judge.clone(), why);
            }
        }
        self.judge_what_waits();
        self.watch_here();
    }

    /// Asks about takes that waited for judges, once all are there.
    fn judge_what_waits(&mut self) {
        if !self.bench.opening.is_empty() {
            return;
        }
        let later = std::mem::take(&mut self.bench.later);
        let slots: BTreeSet<SlotId> = later.iter().map(|(slot, _)| *slot).collect();
        for slot in slots {
            let takes = later.iter().filter(|(of, _)| *of == slot);
            let takes: Vec<TakeId> = takes.map(|(_, take)| *take).collect();
            self.judge_the_run(slot, &takes);
        }
    }

    /// Has the takes of a run judged that is over: those that are measured at once, the others when they are.
    pub(super) fn judge_the_run(&mut self, slot: SlotId, takes: &[TakeId]) {
        let panel = self.panel();
        if panel.is_empty() && self.bench.opening.is_empty() {
            return;
        }
        let Some(session) = self.session_of(slot) else {
            return;
        };
        let there = takes.iter().filter_map(|&id| session.take(id));
        let (measured, waiting): (Vec<_>, Vec<_>) = there
            .filter(|take| take.by.is_none())
            .map(|take| (take.id, take.card.is_some() && !take.stale))
            .partition(|(_, measured)| *measured);
        let measured: Vec<TakeId> = measured.into_iter().map(|(id, _)| id).collect();
        let later = waiting.into_iter().map(|(id, _)| (slot, id));
        self.bench.later.extend(later);
        if !self.bench.opening.is_empty() {
            self.bench
                .later
                .extend(measured.into_iter().map(|id| (slot, id)));
            return;
        }
        // of each turn by themselves: they are held against one instruction
        let mut turns: BTreeMap<u64, Vec<TakeId>> = BTreeMap::new();
        if let Some(session) = self.session_of(slot) {
            for id in measured {
                let turn = turn_of(session, id).map_or(0, |turn| turn.number);
                turns.entry(turn).or_default().push(id);
            }
        }
        for takes in turns.values() {
            self.ask_judges(slot, takes, panel.clone());
        }
    }

    /// A take is measured; it may have been waited for.
    pub(super) fn judge_if_it_waits(&mut self, slot: SlotId, take: TakeId) {
        if self.bench.opening.is_empty() && self.bench.later.remove(&(slot, take)) {
            self.judge_the_run(slot, &[take]);
        }
    }

    /// Has everything on the sheet scored by those who take part now, without making it again.
    pub(super) fn score_again(&mut self) {
        let Some(slot) = self.slots.get(self.current).map(|slot| slot.id) else {
            return;
        };
        let Some(session) = self.session() else {
            return;
        };
        let takes: Vec<TakeId> = session.sheet().iter().map(|take| take.id).collect();
        self.stop_judging();
        self.open_who_is_away();
        let panel = self.panel();
        match self.bench.opening.is_empty() {
            true => self.ask_judges(slot, &takes, panel),
            false => self.complain(said!(
                "A judge is still being loaded; the takes can be scored again when it is there."
            )),
        }
    }

    /// Asks those of a panel about takes of one turn.
    fn ask_judges(&mut self, slot: SlotId, takes: &[TakeId], panel: Panel) {
        let Some(session) = self
            .slots
            .iter()
            .find(|s| s.id == slot)
            .and_then(|s| s.session())
        else {
            return;
        };
        let Some(turn) = takes.first().and_then(|&take| turn_of(session, take)) else {
            return;
        };
        let asked = takes.iter().filter_map(|&id| {
            let take = session.take(id)?;
            let known = take.by.is_none() && !take.stale && !take.near;
            Some(Asked {
                take: id,
                recipe: take.provenance.recipe.clone(),
                how: self.how_to_have(session, take)?,
                measured: take.card.clone().filter(|_| known),
            })
        });
        let asked: Vec<Asked> = asked.collect();
        if asked.is_empty() {
            return;
        }
        let (instruction, source) = (turn.instruction.clone(), self.source_of(session, turn));
        let (bottom, total) = (session.bottom(), asked.len());
        let ticket = self.fresh();
        let stop = Arc::new(AtomicBool::new(false));
        self.bench.under_way.push(UnderWay {
            ticket,
            slot,
            total,
            done: 0,
            stop: stop.clone(),
        });
        let question = jury::Question {
            ticket,
            slot,
            stop,
            bottom,
            instruction,
            source,
            takes: asked,
            panel,
        };
        self.staff.jury.put(ticket, question);
    }

    /// Nobody waits for judges any more; what is measured stays.
    pub(super) fn stop_judging(&mut self) {
        self.bench.later.clear();
        self.call_off();
    }

    fn call_off(&mut self) {
        self.staff.jury.clear();
        for under_way in self.bench.under_way.drain(..) {
            under_way.stop.store(true, Ordering::Relaxed);
        }
    }

    pub(super) fn judging_goes_on(&mut self, ticket: u64, done: usize) {
        let mut under_way = self.bench.under_way.iter_mut();
        if let Some(under_way) = under_way.find(|under_way| under_way.ticket == ticket) {
            under_way.done = done.min(under_way.total);
        }
    }

    /// Judges have said what they think of some takes.
    pub(super) fn judged(
        &mut self,
        ticket: u64,
        slot: SlotId,
        by: Option<&Arc<ScoredBy>>,
        judged: Vec<Judged>,
    ) {
        let mut under_way = self.bench.under_way.iter();
        if !under_way.any(|under_way| under_way.ticket == ticket) {
            return;
        }
        let heard = judged.len() as u64;
        for judged in judged {
            self.renew(slot, judged.take, &judged.recipe, |take| {
                take.card = Some(judged.card.clone());
                take.by = by.cloned();
                take.near |= judged.near;
                take.stale = false;
                take.exact = None;
            });
        }
        if let Some(session) = self.session_of(slot) {
            // the measures cost nothing
            let asked = by.is_some_and(|by| !by.names.is_empty());
            if let Some(spent) = session.spent.as_mut().filter(|_| asked) {
                spent.judge_calls += heard;
            }
            session.rank();
        }
    }

    pub(super) fn judging_ended(&mut self, ticket: u64, notices: Vec<Said>) {
        let mut under_way = self.bench.under_way.iter();
        // of one that was called off nobody wants to hear
        let Some(at) = under_way.position(|under_way| under_way.ticket == ticket) else {
            return;
        };
        let slot = self.bench.under_way.remove(at).slot;
        self.tell_notices(notices);
        self.watch_over(slot, true);
    }

    /// What rewards had to tell of a whole group, each once.
    pub(super) fn tell_notices(&mut self, notices: Vec<Said>) {
        for notice in notices {
            self.tell(MessageKind::Problem, notice, false);
        }
    }
}
