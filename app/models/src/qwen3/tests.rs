//! The language model by itself, with random weights, and its chat template. What agrees with the reference is in
//! `tests/parity/flux2.rs`.

use std::collections::BTreeMap;

use candle_core::{DType, Device, Tensor};
use retake_core::Rng;
use serde_json::{Map, Value, json};

use super::template::Template;
use super::{Keep, Memory, Qwen3, Qwen3Config};
use crate::checkpoint::Checkpoint;
use crate::checkpoint::config::Settings;
use crate::checkpoint::names;

fn settings(more: Value) -> Settings {
    let values: Map<String, Value> = serde_json::from_value(json!({
        "model_type": "qwen3", "vocab_size": 40, "hidden_size": 12, "intermediate_size": 20,
        "num_hidden_layers": 3, "num_attention_heads": 4, "num_key_value_heads": 2, "head_dim": 6,
        "rope_theta": 10000.0,
    }))
    .expect("settings");
    let values = values
        .into_iter()
        .chain(more.as_object().expect("settings").clone());
    Settings::of("config.json", values.collect())
}

fn config(more: Value) -> Qwen3Config {
    Qwen3Config::of(&settings(more)).expect("settings")
}

/// A random model in a folder of its own, read back.
fn model(name: &str, config: &Qwen3Config, keep: Keep, beginning: &str) -> Qwen3 {
    let mut rng = Rng::new(5);
    let mut tensors = BTreeMap::new();
    let (width, inner, head) = (
        config.hidden_size,
        config.intermediate_size,
        config.head_dim,
    );
    let (all, shared) = (
        config.num_attention_heads * head,
        config.num_key_value_heads * head,
    );
    let mut add = |name: String, dims: &[usize]| {
        let values: Vec<f32> = (0..dims.iter().product())
            .map(|_| rng.normal() * 0.3)
            .collect();
        let tensor = Tensor::from_vec(values, dims, &Device::Cpu).expect("a tensor");
        tensors.insert(name, tensor);
    };
    add(
        format!("{beginning}embed_tokens.weight"),
        &[config.vocab_size, width],
    );
    add(format!("{beginning}norm.weight"), &[width]);
    if !config.tie_word_embeddings {
        add("lm_head.weight".to_owned(), &[config.vocab_size, width]);
    }
    for layer in 0..config.num_hidden_layers {
        for (name, dims) in [
            ("input_layernorm", &[width][..]),
            ("post_attention_layernorm", &[width]),
            ("self_attn.q_norm", &[head]),
            ("self_attn.k_norm", &[head]),
            ("self_attn.q_proj", &[all, width]),
            ("self_attn.k_proj", &[shared, width]),
            ("self_attn.v_proj", &[shared, width]),
            ("self_attn.o_proj", &[width, all]),
            ("mlp.gate_proj", &[inner, width]),
            ("mlp.up_proj", &[inner, width]),
            ("mlp.down_proj", &[width, inner]),
        ] {
            add(format!("{beginning}layers.{layer}.{name}.weight"), dims);
        }
    }
    let folder = std::env::temp_dir().join(format!("retake-qwen3-{}-{name}", std::process::id()));
    std::fs::create_dir_all(folder.join("text")).expect("a folder");
    std::fs::write(
        folder.join("model_index.json"),
        br#"{"_class_name": "any"}"#,
    )
    .expect("a file");
    let path = folder.join("text/model.safetensors");
    candle_core::safetensors::save(&tensors.into_iter().collect(), path).expect("weights");
    let built = Checkpoint::open(&folder)
        .and_then(|checkpoint| checkpoint.tensors("text", names::QWEN3))
        .and_then(|tensors| {
            tensors.build(&Device::Cpu, DType::F32, |vb| Qwen3::new(config, keep, vb))
        });
    std::fs::remove_dir_all(&folder).expect("gone");
    built.expect("a model").network
}

const ALL: Keep = Keep {
    layers: 3,
    words: true,
};

fn apart(a: &Tensor, b: &Tensor) -> f32 {
    (a - b)
        .and_then(|d| d.abs()?.max_all()?.to_scalar::<f32>())
        .expect("numbers")
}

#[test]
fn going_on_from_memory_is_reading_all_at_once() {
    let model = model("memory", &config(json!({})), ALL, "model.");
    let ids = [3, 17, 0, 39, 8, 8, 21];
    let decoder = model.decoder();
    let read = |ids: &[u32], memory: &mut Memory| {
        let turns = decoder.turns(memory.length(), ids.len(), &Device::Cpu);
        let x = model.embedded(ids).expect("embeddings");
        let states = decoder.forward(&x, &turns.expect("turns"), memory);
        states.expect("states")
    };
    let whole = read(&ids, &mut Memory::default());
    let mut memory = Memory::default();
    let parts: Vec<Tensor> = [&ids[..3], &ids[3..4], &ids[4..]]
        .into_iter()
        .map(|part| read(part, &mut memory))
        .collect();
    assert_eq!(memory.length(), ids.len());
    assert!(apart(&Tensor::cat(&parts, 1).expect("all"), &whole) < 1e-5);
    let turns = decoder.turns(0, ids.len(), &Device::Cpu).expect("turns");
    let x = model.embedded(&ids).expect("embeddings");
    let states = decoder.states(&x, &turns, ids.len(), &[3]).expect("states");
    assert!(apart(&states[0], &whole) < 1e-5);
}

#[test]
fn copies_of_a_memory_go_their_own_ways() {
    let model = model("forks", &config(json!({})), ALL, "model.");
    let decoder = model.decoder();
    let read = |ids: &[u32], memory: &mut Memory| {
        let turns = decoder.turns(memory.length(), ids.len(), &Device::Cpu);
        let x = model.embedded(ids).expect("embeddings");
        let states = decoder.forward(&x, &turns.expect("turns"), memory);
        states.expect("states")
    };
    let mut begun = Memory::default();
    read(&[3, 17, 0, 39], &mut begun);
    let (mut one, mut other, mut shorter) = (begun.fork(), begun.fork(), begun.first(2));
    read(&[8], &mut begun);
    let ways = [
        read(&[5, 6], &mut one),
        read(&[9, 6], &mut other),
        read(&[8], &mut shorter),
    ];
    for (ids, way) in [
        &[3, 17, 0, 39, 5, 6][..],
        &[3, 17, 0, 39, 9, 6],
        &[3, 17, 8],
    ]
    .iter()
    .zip(ways)
    {
        let whole = read(ids, &mut Memory::default());
        let rows = way.dims()[1];
        let whole = whole.narrow(1, ids.len() - rows, rows).expect("rows");
        assert!(apart(&way, &whole) < 1e-5, "{ids:?}");
    }
    assert_eq!((begun.length(), shorter.length()), (5, 3));
}

#[test]
fn no_token_sees_padding() {
    let model = model("padding", &config(json!({})), ALL, "");
    let decoder = model.decoder();
    let states = |ids: &[u32]| {
        let turns = decoder.turns(0, ids.len(), &Device::Cpu).expect("turns");
        let x = model.embedded(ids).expect("embeddings");
        let states = decoder.states(&x, &turns, 3, &[1, 2, 3]).expect("states");
        Tensor::cat(&states, 2)
            .and_then(|x| x.narrow(1, 0, 3))
            .expect("states")
    };
    assert!(apart(&states(&[5, 6, 7]), &states(&[5, 6, 7, 11, 11])) < 1e-6);
}

#[test]
fn words_come_from_the_embeddings_or_from_a_matrix_of_their_own() {
    let state = Tensor::new(&[[[0.5f32; 12]]], &Device::Cpu).expect("a state");
    let tied = model(
        "tied",
        &config(json!({"tie_word_embeddings": true})),
        ALL,
        "model.",
    );
    let table = tied
        .embedded(&(0..40).collect::<Vec<u32>>())
        .expect("a table");
    let words = tied.logits(&state).expect("words");
    let by_hand = (table.sum(2).expect("sums") * 0.5).expect("sums");
    assert!(apart(&words.squeeze(1).expect("words"), &by_hand) < 1e-5);
    let own = model("own", &config(json!({})), ALL, "model.");
    assert!(apart(&own.logits(&state).expect("words"), &words) > 1e-3);
    let keep = Keep {
        layers: 1,
        words: false,
    };
    let part = model("part", &config(json!({})), keep, "model.");
    assert!(part.logits(&state).is_err());
}

#[test]
fn both_dialects_of_the_settings_say_the_same() {
    let new = json!({"rope_parameters": {"rope_type": "default", "rope_theta": 5000.0}});
    assert_eq!(config(new).shape().theta, 5000.0);
    assert_eq!(config(json!({"rope_theta": 5000.0})).theta(), 5000.0);
}

#[test]
fn settings_without_words_are_refused_by_name() {
    for (more, named) in [
        (
            json!({"rope_scaling": {"type": "yarn", "factor": 4.0}}),
            "yarn",
        ),
        (
            json!({"layer_types": ["sliding_attention"]}),
            "sliding_attention",
        ),
        (json!({"use_sliding_window": true}), "use_sliding_window"),
        (json!({"attention_bias": true}), "attention_bias"),
        (json!({"hidden_act": "gelu"}), "hidden_act"),
        (json!({"num_key_value_heads": 3}), "cannot share 3 keys"),
    ] {
        let said = Qwen3Config::of(&settings(more))
            .expect_err("a refusal")
            .to_string();
        assert!(said.contains(named), "{said}");
    }
}

#[test]
fn a_template_has_the_methods_of_text() {
    let asked = |source: &str| {
        let template = Template::of(source.to_owned()).expect("a template");
        template.asked(" <a> b</a> ").expect("a text")
    };
    for (source, text) in [
        ("{{ messages[0].content.strip() }}", "<a> b</a>"),
        ("{{ messages[0]['content'].lstrip(' <') }}", "a> b</a> "),
        ("{{ messages[0].content.split('>')[1] }}", " b</a"),
        ("{{ messages[0].content.replace('b', 'c') }}", " <a> c</a> "),
        ("{{ messages[0].get('role').upper() }}", "USER"),
        ("{{ messages[0].content.endswith('> ') }}", "True"),
        (
            "{{ enable_thinking is false }}{{ tools is defined }}",
            "TrueFalse",
        ),
        (
            "{% for m in messages %}\n  {{ m.role }}\n{% endfor %}\n",
            "  user\n",
        ),
    ] {
        assert_eq!(asked(source), text, "{source}");
    }
}

#[test]
fn a_template_that_gives_up_is_a_sentence() {
    let source = "{{ raise_exception('no system message') }}";
    let template = Template::of(source.to_owned()).expect("a template");
    let said = template.asked("x").expect_err("a refusal").to_string();
    assert!(said.contains("no system message"), "{said}");
    assert!(Template::of("{% for %}".to_owned()).is_err());
}
