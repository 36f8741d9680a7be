//! Names of tensors through the years. Networks here ask for today's names; what a file calls by an older one is
//! found under today's.

/// How a kind of checkpoint was renamed.
#[derive(Clone, Copy, Debug)]
pub enum Rename {
    /// a piece anywhere in the name: (in old files, today)
    Piece(&'static str, &'static str),
    /// a beginning that some files have and some do not
    Prefix(&'static str),
}

/// The autoencoder's attention, before diffusers 0.17 and since.
pub const AUTOENCODER: &[Rename] = &[
    Rename::Piece(".query.", ".to_q."),
    Rename::Piece(".key.", ".to_k."),
    Rename::Piece(".value.", ".to_v."),
    Rename::Piece(".proj_attn.", ".to_out.0."),
];

/// CLIP's text encoder: transformers wrote the wrapper's name until version 5.
pub const CLIP_TEXT: &[Rename] = &[Rename::Prefix("text_model.")];

/// T5's encoder: its table of words belongs to both halves of the whole model.
pub const T5_ENCODER: &[Rename] = &[Rename::Piece("encoder.embed_tokens.", "shared.")];

/// DINOv2: the names of its attention before transformers 5, which all published files have, and the wrapper's name.
pub const DINOV2: &[Rename] = &[
    Rename::Prefix("dinov2."),
    Rename::Piece(".attention.attention.query.", ".attention.q_proj."),
    Rename::Piece(".attention.attention.key.", ".attention.k_proj."),
    Rename::Piece(".attention.attention.value.", ".attention.v_proj."),
    Rename::Piece(".attention.output.dense.", ".attention.o_proj."),
];

/// Segment Anything: the waves that places are written in belong to two of its networks.
pub const SAM: &[Rename] = &[Rename::Piece(
    "prompt_encoder.shared_embedding.",
    "shared_image_embedding.",
)];

/// A name as it is called today.
pub(super) fn today(name: &str, renames: &[Rename]) -> String {
    renames
        .iter()
        .fold(name.to_owned(), |name, rename| match rename {
            Rename::Piece(old, new) => name.replace(old, new),
            Rename::Prefix(prefix) => name.strip_prefix(prefix).unwrap_or(&name).to_owned(),
        })
}

/// Qwen3: the language model's tensors, and those of the inner model when it was saved alone.
pub const QWEN3: &[Rename] = &[Rename::Prefix("model.")];

/// Qwen2.5-VL and Qwen3-VL: the language model's tensors have the names of a Qwen3, the eyes begin with `visual.`. The
/// first repositories put the language model beside the eyes, later ones put both into `model.`.
pub const QWEN_VL: &[Rename] = &[
    Rename::Prefix("model."),
    Rename::Prefix("language_model."),
    Rename::Prefix("model."),
];

/// Whether a tensor is saved along and holds no weights: a table that older versions wrote, a counter of training.
pub(super) fn holds_no_weights(name: &str) -> bool {
    name.ends_with("embeddings.position_ids") || name.ends_with(".num_batches_tracked")
}
