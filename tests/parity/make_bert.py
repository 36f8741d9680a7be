"""Makes the case of the sentence encoder with transformers: a BERT of random weights, a small vocabulary of pieces of words,
and the vectors of a few sentences (mean over the tokens, length 1).

    python make_bert.py cases/bert
"""

import json
import sys
from pathlib import Path

import torch
import transformers
from safetensors.torch import save_file
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
from transformers import BertConfig, BertModel

SENTENCES = [
    "make it warmer",
    "Make it WARMER!",
    "a noir look, éclair",
    "zzz unknown wörds ####",
    "",
    "warm " * 300,
]
PIECES = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "make", "it", "warm", "##er", "a", "noir", "look", ",", "!", "e", "##cl", "##air", "#"]


def main(folder: Path) -> None:
    torch.manual_seed(23)
    model = folder / "model"
    model.mkdir(parents=True, exist_ok=True)
    tokenizer = Tokenizer(models.WordPiece({piece: i for i, piece in enumerate(PIECES)}, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    tokenizer.enable_padding(length=128)
    tokenizer.enable_truncation(max_length=128)
    tokenizer.save(str(model / "tokenizer.json"))
    # the file cuts and fills of its own accord, which nobody asked for
    tokenizer.no_padding()
    tokenizer.enable_truncation(max_length=256)

    config = BertConfig(
        vocab_size=24, hidden_size=24, intermediate_size=40, num_hidden_layers=2, num_attention_heads=3,
        max_position_embeddings=260, hidden_act="gelu", layer_norm_eps=1e-12,
    )
    bert = BertModel(config).eval()
    with torch.no_grad():
        for name, weight in bert.named_parameters():
            weight.copy_(torch.randn_like(weight) * 0.3 + (1.0 if "LayerNorm.weight" in name else 0.0))
    bert.save_pretrained(model)

    expected = {}
    for index, sentence in enumerate(SENTENCES):
        ids = torch.tensor([tokenizer.encode(sentence).ids])
        with torch.no_grad():
            states = bert(input_ids=ids).last_hidden_state
        mean = states.mean(1)
        expected[f"vector_{index}"] = torch.nn.functional.normalize(mean, dim=1)[0].contiguous()
    save_file(expected, str(folder / "expected.safetensors"))
    case = {"transformers": transformers.__version__, "sentences": SENTENCES}
    (folder / "case.json").write_text(json.dumps(case, indent=1, ensure_ascii=False))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
