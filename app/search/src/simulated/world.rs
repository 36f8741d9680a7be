//! What a simulated world is like.

/// What the simulated editors and judges are like. All qualities are in [0, 1].
#[derive(Clone, Debug, PartialEq)]
pub struct World {
    /// candidates that are so good, by index; those beyond are drawn
    pub listed: Vec<f32>,
    /// mean of what is drawn
    pub mean: f32,
    /// one standard deviation of what is drawn
    pub spread: f32,
    /// steps of a candidate
    pub steps: usize,
    /// evaluations of a step
    pub evaluations: u64,
    /// one standard deviation of a preview's error at the first step; it falls to 0 at the last
    pub preview_noise: f32,
    /// one standard deviation of one pass of the judge
    pub judge_noise: f32,
    /// share of passes in which the judge says the opposite of what it sees
    pub flipped: f32,
    /// share of candidates that only look good: the judge gives them more than they are worth
    pub hacks: f32,
    /// how much more
    pub hack_gain: f32,
    /// how much worse than others they truly are
    pub hack_harm: f32,
    /// whether one of the fifth and later candidates, drawn by the seed among the first 32, is one of them for sure
    pub planted: bool,
    /// how far a neighbour lies from its parent, one standard deviation; it may be better as well as worse
    pub step_size: f32,
    /// what a turn on an edit with its failure named, or a step of an instruction by itself, gains on average
    pub mended: f32,
    /// things that the instruction asks for, from one to four
    pub asks: usize,
    /// share of candidates that cannot be made
    pub fails: f32,
    /// whether there is something to see on the way
    pub previews: bool,
    /// whether a candidate under way can be left in the middle
    pub forks: bool,
    /// how much better a led step, or a round on the noise, makes a candidate; 0 where nothing can be led
    pub slope: f32,
    /// whether the editor can say how much has changed
    pub says_unrest: bool,
    /// share of candidates that change nothing at all; what they are worth is 0
    pub untouched: f32,
    /// share of candidates that are the same as the one before them
    pub twins: f32,
    /// yes/no questions that the judge asks of each; a good one passes as large a share of them as it is good
    pub questions: usize,
    /// measures that are quick beside a judge who is slow; none where nobody is. Half of them go by the truth, each bent
    /// in a way of its own, and half tell nothing
    pub quick: usize,
    /// one standard deviation of what those that go by the truth are off by
    pub quick_noise: f32,
    /// whether there is something to see closer: another judgement, whose one standard deviation is the judge's
    pub closer: bool,
    /// seconds that a step takes
    pub step_seconds: f64,
    /// scored so many at a time
    pub at_a_time: usize,
    /// says that it is stopped after so many calls
    pub stops_after: Option<usize>,
}

impl Default for World {
    fn default() -> Self {
        Self {
            listed: Vec::new(),
            mean: 0.5,
            spread: 0.15,
            steps: 10,
            evaluations: 2,
            preview_noise: 0.2,
            judge_noise: 0.0,
            flipped: 0.0,
            hacks: 0.0,
            hack_gain: 0.0,
            hack_harm: 0.0,
            planted: false,
            step_size: 0.08,
            mended: 0.0,
            asks: 1,
            fails: 0.0,
            previews: true,
            forks: true,
            slope: 0.0,
            says_unrest: true,
            untouched: 0.0,
            twins: 0.0,
            questions: 0,
            quick: 0,
            quick_noise: 0.0,
            closer: false,
            step_seconds: 0.0,
            at_a_time: usize::MAX,
            stops_after: None,
        }
    }
}

impl World {
    /// Candidates that are so good, seen without error.
    pub fn listed(values: &[f32]) -> Self {
        Self {
            listed: values.to_vec(),
            ..Self::default()
        }
    }
}
