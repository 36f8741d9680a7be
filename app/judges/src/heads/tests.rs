use std::path::PathBuf;

use retake_core::{Instruction, Quiet};

use super::*;

fn judge() -> HeadsJudge {
    let folder = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../tests/parity/cases/qwen2_5_vl_heads/model"
    );
    assert!(HeadsJudge::is_one(Path::new(folder)));
    let mut judge = HeadsJudge::open(Path::new(folder), None).expect("a judge");
    // small pictures, for the time that the test takes
    let model = Arc::into_inner(judge.model).expect("the only one");
    judge.model = Arc::new(model.within(28 * 28, 112 * 112));
    judge
}

fn photo(light: f32) -> Raster {
    Raster::from_fn(96, 64, |x, y| {
        [light, light * (x as f32 / 96.0), light * (y as f32 / 64.0)]
    })
}

#[test]
fn a_copy_is_as_good_as_the_photo_and_one_bad_picture_is_unknown() {
    let (source, thin) = (photo(0.4), Raster::from_fn(900, 3, |_, _| [0.5; 3]));
    let instruction = Instruction {
        text: "make the sky warm".to_owned(),
        ..Instruction::default()
    };
    let group = ScoreRequest {
        source: &source,
        edited: &[&source.clone(), &thin, &photo(0.7)],
        instruction: &instruction,
    };
    let cards = judge().score(&group, &Quiet).expect("cards");
    for (_, dimension) in DIMENSIONS {
        assert!((cards[0].value(dimension).expect("a score") - 0.5).abs() < 1e-4);
        let why = &cards[1].unknown[&Dimension::from(dimension)];
        assert!(why.to_string().contains("too thin"), "{why}");
        let other = cards[2].value(dimension).expect("a score");
        assert!(other != 0.5 && (0.0..=1.0).contains(&other), "{other}");
    }
    assert!(cards[2].raw[0].measures.contains_key("editreward.overall"));
}

#[test]
fn a_model_that_answers_in_words_has_no_heads() {
    let folder = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../tests/parity/cases/qwen3_vl/model"
    );
    assert!(!HeadsJudge::is_one(Path::new(folder)));
    assert!(HeadsJudge::open(Path::new(folder), None).is_err());
}

/// Tensors of a file: kind, shape, bytes.
type Tensors = BTreeMap<String, (String, Vec<usize>, Vec<u8>)>;

fn case() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/parity/cases/qwen2_5_vl_heads/model")
}

/// Reads the format by hand: the length of a header, the header, the numbers.
fn tensors() -> Tensors {
    let file = std::fs::read(case().join("model.safetensors")).expect("a file");
    let length = u64::from_le_bytes(file[..8].try_into().expect("eight bytes")) as usize;
    let header: Value = serde_json::from_slice(&file[8..8 + length]).expect("a header");
    let entries = header.as_object().expect("entries").iter();
    let entries = entries.filter(|(name, _)| *name != "__metadata__");
    entries
        .map(|(name, entry)| {
            let number = |value: &Value| value.as_u64().expect("a number") as usize;
            let numbers = |field: &str| -> Vec<usize> {
                entry[field]
                    .as_array()
                    .expect("numbers")
                    .iter()
                    .map(number)
                    .collect()
            };
            let at = numbers("data_offsets");
            let bytes = file[8 + length + at[0]..8 + length + at[1]].to_vec();
            let kind = entry["dtype"].as_str().expect("a kind").to_owned();
            (name.clone(), (kind, numbers("shape"), bytes))
        })
        .collect()
}

fn floats(values: impl IntoIterator<Item = f32>) -> Vec<u8> {
    values.into_iter().flat_map(f32::to_le_bytes).collect()
}

fn numbers(bytes: &[u8]) -> Vec<f32> {
    let (four, _) = bytes.as_chunks::<4>();
    four.iter().map(|four| f32::from_le_bytes(*four)).collect()
}

/// A folder of a test, with these tensors in it; it goes away with the test.
struct Folder(PathBuf);

impl Folder {
    fn new(test: &str) -> Self {
        let path = std::env::temp_dir().join(format!("retake-heads-{}-{test}", std::process::id()));
        std::fs::create_dir_all(&path).expect("a folder");
        Self(path)
    }
    fn weights(&self, name: &str, tensors: &Tensors) {
        let (mut header, mut data) = (serde_json::Map::new(), Vec::new());
        for (name, (kind, shape, bytes)) in tensors {
            let from = data.len();
            data.extend_from_slice(bytes);
            let entry = json!({"dtype": kind, "shape": shape, "data_offsets": [from, data.len()]});
            header.insert(name.clone(), entry);
        }
        let header = Value::Object(header).to_string();
        let length = (header.len() as u64).to_le_bytes();
        let bytes = [&length[..], header.as_bytes(), &data].concat();
        std::fs::write(self.0.join(name), bytes).expect("a file");
    }
    /// The model of the case with other tensors.
    fn model(test: &str, tensors: &Tensors) -> Self {
        let folder = Self::new(test);
        for entry in std::fs::read_dir(case()).expect("a folder").flatten() {
            if !entry.file_name().to_string_lossy().ends_with("safetensors") {
                std::fs::copy(entry.path(), folder.0.join(entry.file_name())).expect("a copy");
            }
        }
        folder.weights("model.safetensors", tensors);
        folder
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// The case with the first head alone, as the one of all dimensions.
fn with_one_head() -> Tensors {
    let kept = tensors().into_iter().filter_map(|(name, tensor)| {
        if name.starts_with("rm_heads.head_1") {
            return None;
        }
        Some((name.replace("rm_heads.head_0.", "rm_head."), tensor))
    });
    kept.collect()
}

fn opened(folder: &Path) -> HeadsJudge {
    let mut judge = HeadsJudge::open(folder, None).expect("a judge");
    let model = Arc::into_inner(judge.model).expect("the only one");
    judge.model = Arc::new(model.within(28 * 28, 112 * 112));
    judge
}

/// The published numbers of one edit.
fn measures(judge: &HeadsJudge) -> BTreeMap<String, f64> {
    let (source, edit) = (photo(0.4), photo(0.7));
    let instruction = Instruction {
        text: "make the sky warm".to_owned(),
        ..Instruction::default()
    };
    let group = ScoreRequest {
        source: &source,
        edited: &[&edit],
        instruction: &instruction,
    };
    let cards = judge.score(&group, &Quiet).expect("cards");
    cards[0].raw[0].measures.clone()
}

/// What is said of tensors that make no judge.
fn refused(test: &str, tensors: &Tensors) -> String {
    let folder = Folder::model(test, tensors);
    assert!(HeadsJudge::is_one(&folder.0), "{test}");
    let opened = HeadsJudge::open(&folder.0, None).map(|_| ());
    opened.expect_err("refused").to_string()
}

#[test]
fn one_head_answers_both_questions() {
    let one = Folder::model("one", &with_one_head());
    // the same head twice, under the names of two
    let mut twice = tensors();
    let first: Vec<_> = tensors().into_iter().collect();
    for (name, tensor) in first {
        if let Some(rest) = name.strip_prefix("rm_heads.head_0") {
            twice.insert(format!("rm_heads.head_1{rest}"), tensor);
        }
    }
    let two = Folder::model("two", &twice);
    assert!(HeadsJudge::is_one(&one.0));
    let (one, two) = (opened(&one.0), opened(&two.0));
    assert_eq!(measures(&one), measures(&two));
    assert_eq!(one.settings()["one_head_for_both"], true);
    // and not what the two of the case say
    assert_ne!(
        measures(&one)["editreward.quality"],
        measures(&judge())["editreward.quality"]
    );
}

#[test]
fn a_head_may_be_one_layer() {
    let mut linear = with_one_head();
    let width = linear["rm_head.0.weight"].1[1];
    linear.retain(|name, _| !name.starts_with("rm_head."));
    let nothing = (
        "F32".to_owned(),
        vec![2, width],
        floats(vec![0.0; 2 * width]),
    );
    linear.insert("rm_head.weight".to_owned(), nothing);
    let folder = Folder::model("linear", &linear);
    let measures = measures(&opened(&folder.0));
    // a mean of 0 and a spread of e⁰
    assert_eq!(measures["editreward.following"], 0.0);
    assert_eq!(measures["editreward.quality_deviation"], 1.0);
}

#[test]
fn no_tensor_of_a_head_is_left_over_without_a_word() {
    let mut both = with_one_head();
    both.extend(
        tensors()
            .into_iter()
            .filter(|(name, _)| name.starts_with("rm_heads.")),
    );
    let why = refused("both", &both);
    assert!(
        why.contains("rm_head)") && why.contains("rm_heads)"),
        "{why}"
    );
    let mut more = with_one_head();
    more.insert(
        "rm_head.0.scale".to_owned(),
        ("F32".to_owned(), vec![1], floats([1.0])),
    );
    let why = refused("more", &more);
    assert!(why.contains("rm_head.0.scale is left over"), "{why}");
    let mut single = tensors();
    single.retain(|name, _| !name.starts_with("rm_heads.head_1"));
    let why = refused("single", &single);
    assert!(why.contains("has 1 heads"), "{why}");
    let mut short = with_one_head();
    let (kind, shape, bytes) = short["rm_head.5.weight"].clone();
    let half = bytes[..bytes.len() / 2].to_vec();
    short.insert(
        "rm_head.5.weight".to_owned(),
        (kind, vec![1, shape[1]], half),
    );
    short.insert(
        "rm_head.5.bias".to_owned(),
        ("F32".to_owned(), vec![1], floats([0.5])),
    );
    let why = refused("short", &short);
    assert!(why.contains("the head rm_head ends in 1 numbers"), "{why}");
}

#[test]
fn an_adapter_is_merged_into_a_judge_with_heads_and_into_its_head() {
    let (layer, head) = ("model.layers.0.self_attn.q_proj", "rm_head.0");
    let base = with_one_head();
    let place = Folder::new("lora");
    let model = Folder::model("lora-base", &base);
    let (mut merged, mut adapter) = (base.clone(), Tensors::new());
    for name in [layer, head] {
        let (_, shape, bytes) = &base[&format!("{name}.weight")];
        let (outputs, inputs) = (shape[0], shape[1]);
        let down: Vec<f32> = (0..inputs).map(|i| (i % 7) as f32 / 7.0 - 0.4).collect();
        let up: Vec<f32> = (0..outputs).map(|i| (i % 5) as f32 / 5.0 - 0.3).collect();
        // alpha 2 over rank 1
        let sum = numbers(bytes).into_iter().enumerate();
        let sum = sum.map(|(i, w)| w + 2.0 * up[i / inputs] * down[i % inputs]);
        let weight = ("F32".to_owned(), shape.clone(), floats(sum));
        merged.insert(format!("{name}.weight"), weight);
        let named = |end: &str| format!("base_model.model.{name}.{end}.weight");
        let rows = |shape: Vec<usize>, values: Vec<f32>| ("F32".to_owned(), shape, floats(values));
        adapter.insert(named("lora_A"), rows(vec![1, inputs], down));
        adapter.insert(named("lora_B"), rows(vec![outputs, 1], up));
    }
    let adapted = Folder::new("lora-adapter");
    adapted.weights("adapter_model.safetensors", &adapter);
    let settings =
        json!({"peft_type": "LORA", "r": 1, "lora_alpha": 2, "base_model_name_or_path": "x/base"});
    std::fs::write(adapted.0.join("adapter_config.json"), settings.to_string()).expect("settings");
    std::fs::rename(&model.0, place.0.join("base")).expect("the model beside its adapter");
    std::fs::rename(&adapted.0, place.0.join("adapter")).expect("the adapter");
    let folder = place.0.join("adapter");
    assert!(HeadsJudge::is_one(&folder));
    let by_hand = Folder::model("merged", &merged);
    let (found, wanted) = (measures(&opened(&folder)), measures(&opened(&by_hand.0)));
    let before = measures(&opened(&place.0.join("base")));
    for (name, value) in &wanted {
        assert!(
            (found[name] - value).abs() < 1e-5,
            "{name}: {found:?} {wanted:?}"
        );
    }
    assert!((found["editreward.following"] - before["editreward.following"]).abs() > 1e-3);
}
