//! A studio in which everything is known: how good each candidate truly is, how much of that its previews and its judges
//! see, and what everything costs. Strategies are tested and compared in it.

mod made;
mod world;

use retake_core::{
    Brief, Budget, Dimension, Instruction, Knob, Led, Order, Origin, Provenance, Pull, Raw, Reason,
    Rng, Said, Score, Scorecard, Selector, Spent, Stop, Strategy, Studio, Unrest, Verdict,
};

use self::made::{KNOB_RANGE, KNOBS, instruction, reason, valley, worth};
pub use self::world::World;

/// One candidate of the simulation.
struct One {
    order: Order,
    /// how good it truly is
    truth: f32,
    hack: bool,
    /// it changes nothing
    untouched: bool,
    /// the first of those that are the same as it
    first: u64,
    done: usize,
    state: State,
    provenance: Provenance,
    cards: Vec<f32>,
    card: Option<Scorecard>,
    left: Option<Said>,
}

#[derive(PartialEq)]
enum State {
    Open,
    Finished,
    Gone,
}

/// See the module. The same world, budget and seed give the same run.
pub struct Simulated {
    world: World,
    budget: Budget,
    seed: u64,
    ones: Vec<One>,
    spent: Spent,
    calls: usize,
    /// what the strategy said
    pub remarks: Vec<Said>,
}

impl Simulated {
    /// A run in this world.
    pub fn new(world: World, budget: Budget, seed: u64) -> Self {
        Self {
            world,
            budget,
            seed,
            ones: Vec::new(),
            spent: Spent::default(),
            calls: 0,
            remarks: Vec::new(),
        }
    }

    /// Does the strategy.
    pub fn run(&mut self, strategy: &dyn Strategy, selector: &dyn Selector) -> Result<(), Stop> {
        strategy.run(self, selector)
    }

    /// Indices of those that are finished.
    pub fn finished(&self) -> Vec<u64> {
        let all = self.ones.iter().enumerate();
        all.filter(|(_, one)| one.state == State::Finished)
            .map(|(index, _)| index as u64)
            .collect()
    }

    /// How good one truly is.
    pub fn truth(&self, index: u64) -> Option<f32> {
        Some(self.one(index)?.truth)
    }

    /// Whose child it is.
    pub fn parent(&self, index: u64) -> Option<u64> {
        self.one(index)?.order.parent
    }

    /// Why it was begun.
    pub fn why(&self, index: u64) -> Option<&Said> {
        Some(&self.one(index)?.order.why)
    }

    /// The words it was made by, where they are not the person's.
    pub fn words(&self, index: u64) -> Option<String> {
        Some(self.one(index)?.order.instruction.as_ref()?.text.clone())
    }

    /// Why no judge was asked about it.
    pub fn left_because(&self, index: u64) -> Option<&Said> {
        self.one(index)?.left.as_ref()
    }

    /// Whether one only looks good.
    pub fn hacked(&self, index: u64) -> bool {
        self.one(index).is_some_and(|one| one.hack)
    }

    /// What a judge says that nobody hacks, with one standard deviation of noise of its own.
    pub fn held_out(&self, index: u64, noise: f32) -> Option<f32> {
        let truth = self.truth(index)?;
        Some((truth + noise * self.draw(index, 7, 0).normal()).clamp(0.0, 1.0))
    }

    /// The finished one that the selector would choose; one without a scorecard only where none has one.
    pub fn chosen(&self, selector: &dyn Selector) -> Option<u64> {
        let finished = self.finished();
        let judged: Vec<u64> = finished
            .iter()
            .copied()
            .filter(|&index| self.card(index).is_some())
            .collect();
        if judged.is_empty() {
            return finished.first().copied();
        }
        let cards: Vec<Scorecard> = judged
            .iter()
            .filter_map(|&index| self.card(index).cloned())
            .collect();
        let order = selector.select(&cards).order;
        judged.get(*order.first()?).copied()
    }

    fn one(&self, index: u64) -> Option<&One> {
        self.ones.get(usize::try_from(index).ok()?)
    }

    fn one_mut(&mut self, index: u64) -> Option<&mut One> {
        self.ones.get_mut(usize::try_from(index).ok()?)
    }

    /// Draws for one purpose: the same for the same candidate, purpose and count.
    fn draw(&self, index: u64, purpose: u64, count: usize) -> Rng {
        let own = Rng::seed_of(self.seed ^ (purpose << 40), index);
        Rng::new(own.wrapping_add(count as u64 * 0x9E37_79B9))
    }

    fn seconds(&self) -> f64 {
        self.spent.steps as f64 * self.world.step_seconds
    }

    fn called(&mut self) -> Result<(), Stop> {
        self.calls += 1;
        let over = |most: f64| self.seconds() >= most;
        if self.budget.seconds.is_some_and(over) {
            return Err(Stop::Cancelled);
        }
        match self.world.stops_after {
            Some(after) if self.calls > after => Err(Stop::Cancelled),
            _ => Ok(()),
        }
    }

    fn born(&self, index: u64, order: &Order, shared: Option<f32>) -> (f32, bool) {
        let mut rng = self.draw(index, 1, 0);
        let near = |of: f32, rng: &mut Rng| of + self.world.step_size * rng.normal();
        let drawn = self.world.mean + self.world.spread * rng.normal();
        let listed = self.world.listed.get(index as usize).copied();
        let parent = order.parent.and_then(|parent| self.truth(parent));
        let truth = match (&order.origin, parent, shared) {
            (_, _, Some(shared)) => near(shared, &mut rng),
            (Origin::Like(_), Some(parent), _) => self.neighbour(parent, &mut rng),
            (Origin::On(_), Some(parent), _) => near(parent + self.world.mended, &mut rng),
            (Origin::Exactly(recipe), _, _) => valley(recipe),
            _ if order.instruction.is_some() => near(drawn + self.world.mended, &mut rng),
            _ => listed.unwrap_or(drawn),
        };
        let planted = 4 + Rng::new(self.seed).below(28) as u64;
        let hack = rng.uniform() < self.world.hacks || (self.world.planted && index == planted);
        let harm = if hack { self.world.hack_harm } else { 0.0 };
        ((truth - harm).clamp(0.0, 1.0), hack)
    }

    /// How good a neighbour is: so near its parent that neighbours of neighbours stay distributed as what is drawn, which
    /// is what keeping a share of the noise does in the space of noises.
    fn neighbour(&self, parent: f32, rng: &mut Rng) -> f32 {
        let world = &self.world;
        let apart = (world.step_size / world.spread.max(1e-6)).min(1.0);
        let kept = (1.0 - apart * apart).sqrt();
        world.mean + kept * (parent - world.mean) + apart * world.spread * rng.normal()
    }

    /// What one pass of the judge says.
    fn judged(&self, index: u64, pass: usize) -> f32 {
        let Some(one) = self.one(index) else {
            return 0.0;
        };
        let mut rng = self.draw(index, 2, pass);
        let gain = if one.hack { self.world.hack_gain } else { 0.0 };
        let seen = one.truth + gain + self.world.judge_noise * rng.normal();
        let flipped = rng.uniform() < self.world.flipped;
        if flipped { 1.0 - seen } else { seen }.clamp(0.0, 1.0)
    }

    fn card_of(&self, values: &[f32]) -> Scorecard {
        let count = values.len().max(1) as f32;
        let mean = values.iter().sum::<f32>() / count;
        // a flipped pass says 1 - x: as far off as twice the distance from the middle
        let doubt = self
            .world
            .judge_noise
            .hypot(self.world.flipped.sqrt() * 0.3);
        let score = Score {
            value: mean,
            spread: doubt / count.sqrt(),
            reasons: [self.answers(mean), vec![reason(mean)]].concat(),
            evidence: None,
        };
        let following = Dimension::from(Dimension::INSTRUCTION_FOLLOWING);
        std::collections::BTreeMap::from([(following, score)]).into()
    }

    /// Answers to the questions, for one that the judge finds so good.
    fn answers(&self, seen: f32) -> Vec<Reason> {
        let passed = (seen * self.world.questions as f32).round() as usize;
        let answer = |place: usize| Reason {
            id: format!("question_{place}"),
            text: Said::words("as asked?"),
            passed: Some(place < passed),
            cost: 0.0,
            check: None,
            evidence: None,
        };
        (0..self.world.questions).map(answer).collect()
    }

    /// What those who are quick measure of a finished candidate.
    fn measured(&self, index: u64) -> Option<Scorecard> {
        let one = self
            .one(index)
            .filter(|one| one.state == State::Finished && self.world.quick > 0)?;
        let mut rng = self.draw(index, 8, 0);
        let mut measures = std::collections::BTreeMap::new();
        for place in 0..self.world.quick {
            let bent = one.truth.powf(0.5 + 0.5 * place as f32);
            let value = match place % 2 {
                0 => bent + self.world.quick_noise * rng.normal(),
                _ => rng.normal(),
            };
            measures.insert(format!("measure_{place}"), f64::from(value));
        }
        Some(Scorecard {
            raw: vec![Raw {
                reward: "quick".to_owned(),
                measures,
                told: serde_json::Value::Null,
            }],
            ..Scorecard::default()
        })
    }

    fn varies(&self) -> bool {
        self.world.judge_noise > 0.0 || self.world.flipped > 0.0
    }

    /// Leads those that are under way: `how` says of one, and of the steps of a whole one, how many steps it goes on, how
    /// often it is bettered, and how many steps each of these counts as.
    fn led(
        &mut self,
        indices: &[u64],
        how: impl Fn(&One, usize) -> (usize, usize, u64),
    ) -> Result<Led, Stop> {
        if self.world.slope == 0.0 {
            return Ok(Led::Cannot(Said::words("Nothing knows a slope here.")));
        }
        let mut along = Vec::new();
        for &index in indices {
            self.called()?;
            let Some(one) = self.one(index).filter(|one| one.state == State::Open) else {
                continue;
            };
            let (steps, times, each) = how(one, self.world.steps);
            let cost = times as u64 * each;
            if !self.affordable(cost as usize) {
                continue;
            }
            self.spent.steps += cost;
            self.spent.network_evaluations += cost * self.world.evaluations;
            let gain = self.world.slope * times as f32;
            if let Some(one) = self.one_mut(index) {
                one.done += steps;
                one.truth = (one.truth + gain).min(1.0);
            }
            along.push(index);
        }
        Ok(Led::Along(along))
    }

    fn affordable(&self, steps: usize) -> bool {
        let left = self.left();
        steps as u64 <= left.steps
            && steps as u64 * self.world.evaluations <= left.network_evaluations
    }
}

impl Studio for Simulated {
    fn brief(&self) -> Brief {
        Brief {
            instruction: instruction(self.world.asks),
            seed: self.seed,
            generative: self.world.evaluations > 0,
            mends: false,
            at_a_time: self.world.at_a_time,
            judges_vary: self.varies(),
        }
    }

    fn left(&self) -> Spent {
        let (budget, spent) = (&self.budget, &self.spent);
        let edits = budget.edits as u64;
        let (steps, evaluations) = match budget.network_evaluations {
            Some(limit) if self.world.evaluations > 0 => {
                let left = limit.saturating_sub(spent.network_evaluations);
                (left / self.world.evaluations, left)
            }
            _ => {
                let steps = (edits * self.world.steps as u64).saturating_sub(spent.steps);
                let evaluations = steps * self.world.evaluations;
                (steps, evaluations)
            }
        };
        Spent {
            edits: edits.saturating_sub(spent.edits),
            steps,
            network_evaluations: evaluations,
            judge_calls: budget
                .judge_calls
                .unwrap_or(u64::MAX)
                .saturating_sub(spent.judge_calls),
            seconds: self
                .budget
                .seconds
                .map_or(f64::INFINITY, |most| (most - self.seconds()).max(0.0)),
            money: f64::INFINITY,
            memory: u64::MAX,
        }
    }

    fn spent(&self) -> Spent {
        Spent {
            seconds: self.seconds(),
            ..self.spent
        }
    }

    fn begin(&mut self, orders: Vec<Order>) -> Vec<u64> {
        let mut indices = Vec::with_capacity(orders.len());
        for order in orders {
            let index = self.ones.len() as u64;
            let (truth, hack) = self.born(index, &order, None);
            let mut rng = self.draw(index, 3, 0);
            let recipe = match &order.origin {
                Origin::Exactly(recipe) => recipe.clone(),
                _ => worth(index, truth, &mut rng),
            };
            let lost = rng.uniform() < self.world.fails;
            let plain = order.parent.is_none() && order.instruction.is_none();
            let twin = rng.uniform() < self.world.twins && plain && index > 0;
            let untouched = rng.uniform() < self.world.untouched && plain;
            let before = self.one(index.wrapping_sub(1)).filter(|_| twin);
            let (first, truth, hack, untouched) = match before {
                Some(one) => (one.first, one.truth, one.hack, one.untouched),
                None if untouched => (index, 0.0, false, true),
                None => (index, truth, hack, false),
            };
            self.ones.push(One {
                order,
                truth,
                hack,
                untouched,
                first,
                done: 0,
                state: if lost { State::Gone } else { State::Open },
                provenance: Provenance {
                    editor: "simulated".to_owned(),
                    version: "1".to_owned(),
                    seed: Rng::seed_of(self.seed, index),
                    recipe,
                    label: Said::default(),
                },
                cards: Vec::new(),
                card: None,
                left: None,
            });
            indices.push(index);
        }
        indices
    }

    fn steps(&self, index: u64) -> (usize, usize) {
        self.one(index)
            .map_or((0, 0), |one| (one.done, self.world.steps))
    }

    fn step(&mut self, indices: &[u64], steps: usize) -> Result<Vec<u64>, Stop> {
        let mut alive = Vec::new();
        for &index in indices {
            self.called()?;
            let total = self.world.steps;
            let Some(one) = self.one(index).filter(|one| one.state == State::Open) else {
                continue;
            };
            let wanted = steps.min(total.saturating_sub(one.done + 1));
            if !self.affordable(wanted) {
                continue;
            }
            self.spent.steps += wanted as u64;
            self.spent.network_evaluations += wanted as u64 * self.world.evaluations;
            if let Some(one) = self.one_mut(index) {
                one.done += wanted;
            }
            alive.push(index);
        }
        Ok(alive)
    }

    fn glimpse(&mut self, indices: &[u64]) -> Result<Vec<Option<Scorecard>>, Stop> {
        let mut cards = Vec::with_capacity(indices.len());
        for &index in indices {
            self.called()?;
            let card = match self.one(index) {
                Some(one) if one.state == State::Open && one.done > 0 && self.world.previews => {
                    let left = 1.0 - one.done as f32 / self.world.steps as f32;
                    let mut rng = self.draw(index, 4, one.done);
                    let noise = self.world.preview_noise * left * rng.normal();
                    let seen = (self.judged(index, 1_000 + one.done) + noise).clamp(0.0, 1.0);
                    (self.left().judge_calls > 0).then(|| self.card_of(&[seen]))
                }
                _ => None,
            };
            self.spent.judge_calls += u64::from(card.is_some());
            cards.push(card);
        }
        Ok(cards)
    }

    fn likeness(&mut self, one: u64, other: u64) -> Option<f32> {
        if !self.world.previews {
            return None;
        }
        let (a, b) = (self.one(one)?, self.one(other)?);
        // what is not the same is as alike as two tries at one instruction are
        Some(if a.first == b.first { 1.0 } else { 0.6 })
    }

    fn unrest(&mut self, index: u64) -> Option<Unrest> {
        let one = self
            .one(index)
            .filter(|one| one.state == State::Open && one.done > 0 && self.world.says_unrest)?;
        if one.untouched {
            return Some(Unrest {
                outside: 0.0,
                inside: 0.01,
            });
        }
        let left = 1.0 - one.done as f32 / self.world.steps as f32;
        let mut rng = self.draw(index, 5, one.done);
        let noise = self.world.preview_noise * left * rng.normal();
        Some(Unrest {
            outside: (1.0 - one.truth + noise).max(0.0),
            inside: 0.3 + 0.4 * rng.uniform(),
        })
    }

    fn lead(&mut self, indices: &[u64], steps: usize, pull: &Pull) -> Result<Led, Stop> {
        self.led(indices, |one, total| {
            let steps = steps.min(total.saturating_sub(one.done + 1));
            (steps, steps, pull.steps())
        })
    }

    fn better_noise(&mut self, indices: &[u64], rounds: usize, _: &Pull) -> Result<Led, Stop> {
        self.led(indices, |_, _| (0, rounds, Pull::ROUND))
    }

    fn fork(&mut self, index: u64, why: Said) -> Option<u64> {
        let parent = self
            .one(index)
            .filter(|one| one.state == State::Open && self.world.forks)?;
        let (truth, done) = (parent.truth, parent.done);
        let order = Order {
            parent: Some(index),
            why,
            ..Order::default()
        };
        let child = self.begin(vec![order.clone()]).pop()?;
        let (truth, hack) = self.born(child, &order, Some(truth));
        let recipe = worth(child, truth, &mut self.draw(child, 6, 0));
        let one = self.one_mut(child)?;
        (one.truth, one.hack, one.done) = (truth, hack, done);
        one.provenance.recipe = recipe;
        Some(child)
    }

    fn finish(&mut self, indices: &[u64]) -> Result<Vec<u64>, Stop> {
        let mut finished = Vec::new();
        for &index in indices {
            self.called()?;
            let Some(one) = self.one(index).filter(|one| one.state == State::Open) else {
                continue;
            };
            let wanted = self.world.steps - one.done;
            if self.left().edits == 0 || !self.affordable(wanted) {
                continue;
            }
            self.spent.edits += 1;
            self.spent.steps += wanted as u64;
            self.spent.network_evaluations += wanted as u64 * self.world.evaluations;
            let steps = self.world.steps;
            if let Some(one) = self.one_mut(index) {
                one.done = steps;
                one.state = State::Finished;
            }
            finished.push(index);
        }
        Ok(finished)
    }

    fn score(&mut self, indices: &[u64]) -> Result<Vec<u64>, Stop> {
        let varies = self.varies();
        for &index in indices {
            self.called()?;
            let Some(one) = self.one(index).filter(|one| one.state == State::Finished) else {
                continue;
            };
            let pass = one.cards.len();
            if (pass > 0 && !varies) || self.left().judge_calls == 0 {
                continue;
            }
            let value = self.judged(index, pass);
            self.spent.judge_calls += 1;
            let mut values = self.one(index).map_or(Vec::new(), |one| one.cards.clone());
            values.push(value);
            let card = self.card_of(&values);
            if let Some(one) = self.one_mut(index) {
                one.cards = values;
                one.card = Some(card);
            }
        }
        let judged = |index: &&u64| self.card(**index).is_some();
        Ok(indices.iter().filter(judged).copied().collect())
    }

    fn quick(&mut self, indices: &[u64]) -> Result<Vec<Option<Scorecard>>, Stop> {
        self.called()?;
        let cards = indices.iter().map(|&index| self.measured(index));
        Ok(cards.collect())
    }

    fn leave(&mut self, index: u64, why: Said) {
        if let Some(one) = self.one_mut(index) {
            one.left = Some(why);
        }
    }

    fn closer(&mut self, indices: &[u64]) -> Result<Vec<Option<Scorecard>>, Stop> {
        let mut cards = Vec::with_capacity(indices.len());
        for &index in indices {
            self.called()?;
            let there = self
                .one(index)
                .is_some_and(|one| one.state == State::Finished);
            let seen = there && self.world.closer && self.left().judge_calls > 0;
            let card = seen.then(|| self.card_of(&[self.judged(index, 2_000)]));
            self.spent.judge_calls += u64::from(card.is_some());
            cards.push(card);
        }
        Ok(cards)
    }

    fn card(&self, index: u64) -> Option<&Scorecard> {
        self.one(index)?.card.as_ref()
    }

    fn passes(&self, index: u64) -> usize {
        self.one(index).map_or(0, |one| one.cards.len())
    }

    fn provenance(&self, index: u64) -> Option<&Provenance> {
        self.one(index)
            .filter(|one| one.state == State::Finished)
            .map(|one| &one.provenance)
    }

    fn knobs(&self, index: u64) -> Vec<Knob> {
        let Some(made) = self.provenance(index) else {
            return Vec::new();
        };
        let knob = |place: usize| Knob {
            pointer: format!("/knobs/{place}"),
            low: KNOB_RANGE.0,
            high: KNOB_RANGE.1,
            value: made.recipe["knobs"][place].as_f64().unwrap_or(0.5),
            step: 0.1,
        };
        (0..KNOBS).map(knob).collect()
    }

    fn compare(&mut self, one: u64, other: u64) -> Result<Option<Verdict>, Stop> {
        self.called()?;
        if self.left().judge_calls < 2 {
            return Ok(None);
        }
        self.spent.judge_calls += 2;
        let asked = (one * 31 + other) as usize + 5_000 + self.spent.judge_calls as usize;
        let apart = self.judged(one, asked) - self.judged(other, asked + 1);
        Ok(Some(match apart {
            apart if apart > 0.02 => Verdict::First,
            apart if apart < -0.02 => Verdict::Second,
            _ => Verdict::Tie,
        }))
    }

    fn read(&self, words: &str) -> Option<Instruction> {
        Some(Instruction {
            text: words.to_owned(),
            ..Instruction::default()
        })
    }

    fn done_with(&mut self, _: &[u64]) {}

    fn let_go(&mut self, index: u64, _: Said) {
        if let Some(one) = self.one_mut(index)
            && one.state == State::Open
        {
            one.state = State::Gone;
        }
    }

    fn remark(&mut self, remark: Said) {
        self.remarks.push(remark);
    }
}

/// How good the one is that the strategy leads to, on average over 200 runs that spend all their edits.
#[cfg(test)]
pub(crate) fn reaches(strategy: &dyn Strategy, world: &World, edits: usize) -> f32 {
    let selector = crate::PowerProduct::default();
    let of = |seed| {
        let mut studio = Simulated::new(world.clone(), Budget::edits(edits), seed);
        studio.run(strategy, &selector).expect("nothing stops it");
        assert_eq!(studio.spent().edits, edits as u64);
        studio
            .chosen(&selector)
            .and_then(|index| studio.truth(index))
            .expect("one was chosen")
    };
    (0..200).map(of).sum::<f32>() / 200.0
}
