//! How large a language model of this family is, and in what its members differ.

/// A Qwen3, or one of its kin: Qwen2.5 has biases where Qwen3 has norms.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shape {
    /// words of the vocabulary
    pub words: usize,
    /// features of a state
    pub width: usize,
    /// features inside the gated perceptron
    pub inner: usize,
    /// how many layers
    pub layers: usize,
    /// heads of the queries
    pub heads: usize,
    /// heads of keys and values; a divisor of the heads of the queries
    pub shared: usize,
    /// features of a head, an even number
    pub head_width: usize,
    /// what is added to mean squares before their root
    pub eps: f64,
    /// the base of the rotary wave lengths
    pub theta: f64,
    /// whether the way back to words is the embeddings again
    pub tied: bool,
    /// whether queries and keys are normalised (Qwen3)
    pub normed: bool,
    /// whether queries, keys and values have biases (Qwen2.5)
    pub biased: bool,
}

impl Shape {
    /// What cannot be, as a sentence without full stop.
    pub fn fault(&self) -> Option<String> {
        let Self {
            heads,
            shared,
            head_width,
            ..
        } = *self;
        let fits = shared > 0 && heads.is_multiple_of(shared) && head_width.is_multiple_of(2);
        (!fits).then(|| format!("{heads} heads of width {head_width} cannot share {shared} keys"))
    }
}
