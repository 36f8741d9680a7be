//! What sentences mean, as a trained network has it, for those who only want to know which are alike. The network itself
//! is handed in by whoever has it.

/// Turns sentences into points on a sphere: the nearer two are, the more alike is what they say.
pub trait Meanings: Send + Sync {
    /// The vectors of some sentences, of length 1 and of as many numbers each; together they take less time than one by
    /// one. `None` where it cannot read them.
    fn vectors(&self, sentences: &[&str]) -> Option<Vec<Vec<f32>>>;
}
