//! A plan as steps for the device: runs of point-wise operations, across layers, and spatial operations between them.

use crate::ops::neighbourhood::Pass;
use crate::ops::{Op, Work};
use crate::render::Plan;

/// The most point-wise operations in one shader, so that a long recipe still compiles in moments.
const LONGEST_RUN: usize = 32;

/// All that the device does for a plan, whatever the tile.
pub(super) struct Program {
    /// constants of every operation, and the opacities
    pub(super) constants: Vec<f32>,
    /// first and last are runs
    pub(super) steps: Vec<Step>,
    /// layers with a mask
    pub(super) masks: usize,
}

/// A stretch of the work between two states of the picture.
pub(super) enum Step {
    Run(Run),
    Spatial(Spatial),
}

/// Point-wise operations and blends in one shader.
#[derive(Default)]
pub(super) struct Run {
    /// in order
    pub(super) parts: Vec<Part>,
    /// reads what was uploaded
    pub(super) first: bool,
    /// writes what is wanted and no more
    pub(super) last: bool,
    /// what it writes stays on the device
    pub(super) stays: bool,
}

/// One thing that a run does to a pixel. Numbers are places in the constants.
pub(super) enum Part {
    /// a layer begins that will be blended with what is under it
    Keep,
    Call {
        op: &'static Op,
        constants: usize,
    },
    /// the layer ends
    Blend {
        mask: Option<usize>,
        opacity: usize,
    },
}

/// A spatial operation.
pub(super) struct Spatial {
    pub(super) op: &'static Op,
    /// the place of its first constant
    pub(super) constants: usize,
    pub(super) passes: Vec<Pass>,
}

impl Run {
    /// True when it blends a layer that began before it.
    pub(super) fn restores(&self) -> bool {
        let first = self
            .parts
            .iter()
            .find(|part| !matches!(part, Part::Call { .. }));
        matches!(first, Some(Part::Blend { .. }))
    }
    /// True when a layer begins in it that ends in a later one.
    pub(super) fn saves(&self) -> bool {
        let last = self
            .parts
            .iter()
            .rfind(|part| !matches!(part, Part::Call { .. }));
        matches!(last, Some(Part::Keep))
    }
    /// True when it writes planes, to be read back.
    pub(super) fn planar(&self) -> bool {
        self.last && !self.stays
    }
    /// True when it blends by a mask.
    pub(super) fn masked(&self) -> bool {
        self.parts
            .iter()
            .any(|part| matches!(part, Part::Blend { mask: Some(_), .. }))
    }
}

impl Program {
    pub(super) fn of(plan: &Plan) -> Self {
        let mut program = Self {
            constants: Vec::new(),
            steps: Vec::new(),
            masks: 0,
        };
        let mut run = Run::default();
        for layer in &plan.layers {
            let mask = (!layer.mask.is_empty()).then_some(program.masks);
            program.masks += usize::from(mask.is_some());
            let blended = mask.is_some() || layer.opacity < 1.0;
            if blended {
                run.parts.push(Part::Keep);
            }
            for prepared in &layer.operations {
                let constants = program.constants.len();
                match prepared.op.work {
                    Work::Point { .. } => {
                        if run.parts.len() >= LONGEST_RUN {
                            program.steps.push(Step::Run(std::mem::take(&mut run)));
                        }
                        run.parts.push(Part::Call {
                            op: prepared.op,
                            constants,
                        });
                    }
                    Work::Spatial { passes, .. } => {
                        let passes = passes(&prepared.constants);
                        if passes.is_empty() {
                            continue;
                        }
                        program.steps.push(Step::Run(std::mem::take(&mut run)));
                        program.steps.push(Step::Spatial(Spatial {
                            op: prepared.op,
                            constants,
                            passes,
                        }));
                    }
                    Work::Geometry { .. } => continue,
                }
                program.constants.extend_from_slice(&prepared.constants);
            }
            if blended {
                let opacity = program.constants.len();
                program.constants.push(layer.opacity);
                run.parts.push(Part::Blend { mask, opacity });
            }
        }
        program.steps.push(Step::Run(run));
        program.trim();
        program
    }

    /// Of the photo as it is.
    pub(super) fn idle() -> Self {
        let mut program = Self {
            constants: Vec::new(),
            steps: vec![Step::Run(Run::default())],
            masks: 0,
        };
        program.trim();
        program
    }

    /// The same with a result that stays on the device.
    pub(super) fn staying(mut self) -> Self {
        if let Some(Step::Run(run)) = self.steps.last_mut() {
            run.stays = true;
        }
        self
    }

    /// True when the picture stays as it is read.
    pub(super) fn is_idle(&self) -> bool {
        let calls = |part: &Part| matches!(part, Part::Call { .. });
        self.steps.iter().all(|step| match step {
            Step::Run(run) => !run.parts.iter().any(calls),
            Step::Spatial(_) => false,
        })
    }

    /// Drops runs that do nothing; the first and the last one stay, because they read and write what the processor sees.
    fn trim(&mut self) {
        let last = self.steps.len() - 1;
        for (i, step) in self.steps.iter_mut().enumerate() {
            if let Step::Run(run) = step {
                run.first = i == 0;
                run.last = i == last;
            }
        }
        self.steps.retain(|step| match step {
            Step::Run(run) => run.first || run.last || !run.parts.is_empty(),
            Step::Spatial(_) => true,
        });
    }
}
