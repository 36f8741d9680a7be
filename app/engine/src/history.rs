//! The history: a tree of steps, each with the whole desk. Undo keeps the branch that was left.

use std::time::SystemTime;

use retake_core::Said;

use crate::Desk;

/// One step of the history.
#[derive(Clone, Debug)]
pub struct Step {
    /// what was done, for the list: "golden hour, 8 takes"
    pub label: Said,
    /// the step it was done after; `None` for the first
    pub parent: Option<usize>,
    /// the branch that redo follows
    pub newest_child: Option<usize>,
    /// the desk after it
    pub desk: Desk,
    /// when
    pub at: SystemTime,
}

/// All steps of a session and where it stands.
#[derive(Clone, Debug)]
pub struct History {
    steps: Vec<Step>,
    now: usize,
}

impl History {
    /// Begins with an empty desk.
    pub fn new(label: Said) -> Self {
        let first = Step {
            label,
            parent: None,
            newest_child: None,
            desk: Desk::default(),
            at: SystemTime::now(),
        };
        Self {
            steps: vec![first],
            now: 0,
        }
    }
    /// Every step, in the order they were done.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }
    /// Index of the step the session stands at.
    pub fn now(&self) -> usize {
        self.now
    }
    /// The desk of that step.
    pub fn desk(&self) -> &Desk {
        &self.steps[self.now].desk
    }
    /// A new step after this one. Returns its index.
    pub fn push(&mut self, label: Said, desk: Desk) -> usize {
        let index = self.steps.len();
        self.steps.push(Step {
            label,
            parent: Some(self.now),
            newest_child: None,
            desk,
            at: SystemTime::now(),
        });
        self.steps[self.now].newest_child = Some(index);
        self.now = index;
        index
    }
    /// Changes the present step instead of making another: a slider on its way.
    pub fn amend(&mut self, change: impl FnOnce(&mut Desk)) {
        change(&mut self.steps[self.now].desk);
    }
    /// Renames the present step.
    pub fn rename(&mut self, label: Said) {
        self.steps[self.now].label = label;
    }
    /// A step to be put right: restored, or rid of pictures.
    pub(crate) fn step_mut(&mut self, index: usize) -> &mut Step {
        &mut self.steps[index]
    }
    /// One step back; false at the beginning.
    pub fn undo(&mut self) -> bool {
        match self.steps[self.now].parent {
            Some(parent) => {
                // redo comes back to where undo started
                self.steps[parent].newest_child = Some(self.now);
                self.now = parent;
                true
            }
            None => false,
        }
    }
    /// One step forward on the branch last taken; false at its end.
    pub fn redo(&mut self) -> bool {
        match self.steps[self.now].newest_child {
            Some(child) => {
                self.now = child;
                true
            }
            None => false,
        }
    }
    /// To any step; false when there is none of that index. Redo then follows the way that leads back here.
    pub fn jump(&mut self, index: usize) -> bool {
        if index >= self.steps.len() {
            return false;
        }
        let mut at = index;
        while let Some(parent) = self.steps[at].parent {
            self.steps[parent].newest_child = Some(at);
            at = parent;
        }
        self.now = index;
        true
    }
    /// Steps from the beginning to the present one.
    pub fn path(&self) -> Vec<usize> {
        let mut path = vec![self.now];
        while let Some(parent) = self.steps[path[path.len() - 1]].parent {
            path.push(parent);
        }
        path.reverse();
        path
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(history: &History) -> Vec<Said> {
        let path = history.path();
        path.iter()
            .map(|&i| history.steps()[i].label.clone())
            .collect()
    }

    fn abc() -> History {
        let mut history = History::new(Said::words("a"));
        history.push(Said::words("b"), Desk::default());
        history.push(Said::words("c"), Desk::default());
        history
    }

    #[test]
    fn undo_and_redo_walk_the_same_way() {
        let mut history = abc();
        assert!(history.undo() && history.undo() && !history.undo());
        assert!(history.redo() && history.redo() && !history.redo());
        assert_eq!(labels(&history), ["a", "b", "c"]);
    }

    #[test]
    fn a_branch_that_was_left_is_still_there() {
        let mut history = abc();
        history.undo();
        history.push(Said::words("d"), Desk::default());
        assert_eq!(labels(&history), ["a", "b", "d"]);
        assert!(history.jump(2));
        assert_eq!(labels(&history), ["a", "b", "c"]);
    }

    #[test]
    fn redo_after_a_jump_leads_back_to_where_it_went() {
        let mut history = abc();
        history.undo();
        history.push(Said::words("d"), Desk::default());
        history.jump(2);
        history.undo();
        history.redo();
        assert_eq!(labels(&history), ["a", "b", "c"]);
    }
}
