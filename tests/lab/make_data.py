"""Small files in the schemas that data sets are published in, written by the libraries that publish them (datasets,
pyarrow, json, csv). Pictures are 24 x 16 px: the source is grey, edits are lighter or darker.

    pip install datasets pyarrow pillow
    python make_data.py
"""

import csv
import io
import json
import pathlib
import shutil

import datasets
import pyarrow as pa
import pyarrow.parquet as pq
from datasets import Features, Image, List, Value
from PIL import Image as Pil

OUT = pathlib.Path(__file__).with_name("data")
PICTURES = OUT / "pictures"
PICTURES.mkdir(exist_ok=True)


def picture(level, name=None):
    image = Pil.new("RGB", (24, 16), (level, level, level))
    for x in range(24):
        image.putpixel((x, 4), (min(255, level + 4 * x), level, level))
    if name:
        image.save(PICTURES / name)
    return image


def data_bytes(level):
    out = io.BytesIO()
    picture(level).save(out, "PNG")
    return out.getvalue()


def parquet(name, rows, features):
    datasets.Dataset.from_list(rows, features=Features(features)).to_parquet(OUT / name)


SOURCE, BRIGHT, DARK = picture(100), picture(150), picture(60)
for level, name in [(100, "source.png"), (150, "bright.png"), (60, "dark.png"), (255, "mask.png")]:
    picture(level, name)

# EditScore's EditReward-Bench
parquet("editscore.parquet", [
    {"key": ["k1", "k2"], "instruction": "make it brighter", "input_image": SOURCE, "output_images": [BRIGHT, DARK],
     "task_type": "color_alter", "dimension": dimension}
    for dimension in ("prompt_following", "consistency", "overall")
], {"key": List(Value("string")), "instruction": Value("string"), "input_image": Image(), "output_images": List(Image()),
    "task_type": Value("string"), "dimension": Value("string")})

# TIGER-Lab's EditReward-Bench: a group of three, all its pairs
pictures = {"A": BRIGHT, "B": SOURCE, "C": DARK}
scores = {"A": 7.0, "B": 5.0, "C": 2.0}
rows = []
for a, b in (("A", "B"), ("A", "C"), ("B", "C")):
    rows.append({"id": f"17_{a}{b}", "instruction": "make it brighter", "source_image": SOURCE, "candidate_1": pictures[a],
                 "candidate_2": pictures[b], "ranking": f"{a}>{b}", "score_1": scores[a], "score_2": scores[b],
                 "model_1": f"model-{a}", "model_2": f"model-{b}", "comparison_type": f"{a}vs{b}", "dataset": "3pair"})
rows.append(dict(rows[0], id="18_AB", ranking="A=B", dataset="2pair", score_1=4.0, score_2=4.0))
rows.append(dict(rows[0], id="19_AB", ranking="A~B", dataset="2pair"))
parquet("editreward_bench.parquet", rows, {
    "id": Value("string"), "instruction": Value("string"), "source_image": Image(), "candidate_1": Image(),
    "candidate_2": Image(), "ranking": Value("string"), "score_1": Value("float64"), "score_2": Value("float64"),
    "model_1": Value("string"), "model_2": Value("string"), "comparison_type": Value("string"),
    "dataset": Value("string")})

# GenAI-Bench, image edition
parquet("genai.parquet", [
    {"task_id": str(i), "source_prompt": "a street", "target_prompt": "a bright street",
     "instruct_prompt": "make it brighter", "source_image": SOURCE, "left_output_image": BRIGHT,
     "right_output_image": DARK, "left_model": "one", "right_model": "two", "vote_type": vote}
    for i, vote in enumerate(["leftvote", "rightvote", "tievote", "bothbad_vote", "?"])
], {"task_id": Value("string"), "source_prompt": Value("string"), "target_prompt": Value("string"),
    "instruct_prompt": Value("string"), "source_image": Image(), "left_output_image": Image(),
    "right_output_image": Image(), "left_model": Value("string"), "right_model": Value("string"),
    "vote_type": Value("string")})

# GEdit-Bench
parquet("gedit.parquet", [
    {"key": f"k{i}", "task_type": "color_alter", "instruction": text, "instruction_language": language,
     "input_image": SOURCE, "input_image_raw": SOURCE, "Intersection_exist": True}
    for i, (text, language) in enumerate([("make it brighter", "en"), ("让它更亮", "cn")])
], {"key": Value("string"), "task_type": Value("string"), "instruction": Value("string"),
    "instruction_language": Value("string"), "input_image": Image(), "input_image_raw": Image(),
    "Intersection_exist": Value("bool")})

# HumanEdit, eleven columns
parquet("humanedit.parquet", [
    {"IMAGE_ID": f"img{i}", "EDITING_TYPE": "Replace", "CORE": 1, "MASK": i, "EDITING_INSTRUCTION": "make it brighter",
     "OUTPUT_DESCRIPTION": "a bright street", "INPUT_CAPTION_BY_LLAMA": "a street",
     "OUTPUT_CAPTION_BY_LLAMA": "a bright one", "INPUT_IMG": SOURCE, "MASK_IMG": picture(255), "OUTPUT_IMG": BRIGHT}
    for i in (0, 1)
], {"IMAGE_ID": Value("string"), "EDITING_TYPE": Value("string"), "CORE": Value("int64"), "MASK": Value("int64"),
    "EDITING_INSTRUCTION": Value("string"), "OUTPUT_DESCRIPTION": Value("string"),
    "INPUT_CAPTION_BY_LLAMA": Value("string"), "OUTPUT_CAPTION_BY_LLAMA": Value("string"), "INPUT_IMG": Image(),
    "MASK_IMG": Image(), "OUTPUT_IMG": Image()})

# MMRB2 as its data set has it, and as its repository
parquet("mmrb2.parquet", [
    {"pair_id": "p1", "prompt_text": "<image_1> make it brighter", "prompt_images": [SOURCE], "prompt_source": "emu-edit",
     "prompt_metadata": "{}", "response_a_text": "", "response_a_images": [BRIGHT], "response_a_model": "one",
     "response_b_text": "", "response_b_images": [DARK], "response_b_model": "one", "chosen": "A",
     "human_annotations": [6, 5, 6]},
], {"pair_id": Value("string"), "prompt_text": Value("string"), "prompt_images": List(Image()),
    "prompt_source": Value("string"), "prompt_metadata": Value("string"), "response_a_text": Value("string"),
    "response_a_images": List(Image()), "response_a_model": Value("string"), "response_b_text": Value("string"),
    "response_b_images": List(Image()), "response_b_model": Value("string"), "chosen": Value("string"),
    "human_annotations": List(Value("int64"))})
response = lambda model, file: {"model_name": model, "response_content": [["image", file]]}
(OUT / "mmrb2.json").write_text(json.dumps({"pairs": [
    {"id": "p1", "response_a": response("one", "pictures/bright.png"), "response_b": response("two", "pictures/dark.png"),
     "chosen": "B", "human_annotations": [1, 2, 4], "prompt_source": "emu-edit", "prompt_metadata": {"id": 3},
     "prompt_content": [["image", "pictures/source.png"], ["text", "make it darker"]]},
    {"id": "p2", "response_a": response("one", "pictures/bright.png"), "response_b": response("two", "pictures/gone.png"),
     "chosen": "B", "human_annotations": [9], "prompt_source": "emu-edit", "prompt_metadata": {"id": 3},
     "prompt_content": [["image", "pictures/source.png"], ["text", "make it darker"]]},
]}, indent=1) + "\n")

# AURORA-Bench
(OUT / "aurora.json").write_text(json.dumps([
    {"prompt": "make it brighter", "input": "pictures/source.png", "gen": f"pictures/{file}", "score": score, "model": model}
    for model, file, score in [("one", "bright.png", 2.0), ("two", "dark.png", 0.0), ("three", "source.png", "much")]
], indent=1) + "\n")

# GEditBench v2's pairs
(OUT / "gedit2.jsonl").write_text("".join(json.dumps(row) + "\n" for row in [
    {"key": "a", "instruction": "make it brighter", "source_image_path": "pictures/source.png",
     "edited_image_paths": ["pictures/dark.png", "pictures/bright.png"], "winner": "Image B"},
    {"key": "b", "instruction": "make it brighter", "source_image_path": "pictures/source.png",
     "edited_image_paths": ["pictures/dark.png"], "winner": "Image B"},
]))

# ImgEdit-Bench
(OUT / "imgedit.json").write_text(json.dumps({
    "1": {"id": "pictures/source.png", "prompt": "make it brighter", "edit_type": "adjust"},
    "2": {"id": "pictures/source.png", "edit_type": "multi", "turn1": "make it brighter", "turn2": "now darker",
          "turn3": "and brighter again"},
}, indent=1) + "\n")
edits = OUT / "imgedit_edits" / "one"
edits.mkdir(parents=True, exist_ok=True)
shutil.copy(PICTURES / "bright.png", edits / "1.png")

# Pico-Banana-400K: single, preference, multi-turn
(OUT / "pico.jsonl").write_text("".join(json.dumps(row) + "\n" for row in [
    {"open_image_input_url": "https://example.org/source.png", "text": "Make the whole picture much brighter, please",
     "summarized_text": "brighter", "output_image": "pictures/bright.png", "edit_type": "Adjust exposure"},
    {"open_image_input_url": "https://example.org/source.png", "text": "Make it brighter", "edit_type": "Adjust exposure",
     "output_image": "bright.png", "rejected_images": ["dark.png", "source.png"]},
    {"files": [{"id": "edit_turn1", "url": "pictures/bright.png"}, {"id": "final_image", "url": "pictures/dark.png"},
               {"id": "original_input_image", "url": "https://example.org/source.png"}],
     "metadata_edit_turn_prompts": ["make it brighter", "now darker"]},
]))

# Multi-Reward's sets
(OUT / "rewardedit.json").write_text(json.dumps({
    "0001": [{"Score": 4, "Negative Prompt": "a little too bright"}, {"Score": 5, "Negative Prompt": "None"},
             {"Score": 3, "Negative Prompt": "blurred"}],
    "0002": [{"Score": 9, "Negative Prompt": ""}, {"Score": 5, "Negative Prompt": ""}, {"Score": 3, "Negative Prompt": ""}],
}, indent=1) + "\n")
(OUT / "realedit.json").write_text(json.dumps({
    "pictures/source.png": ["Local. Color: make it brighter", "Global. Weather: let it snow"],
}, indent=1) + "\n")

# EditReward-Data, as a table of text
with open(OUT / "editreward_data.csv", "w", newline="") as file:
    writer = csv.writer(file)
    writer.writerow(["prompt", "path_src", "path1", "path2", "model1", "model2", "model1_overall_score",
                     "model2_overall_score", "model1_dim1_score", "model2_dim1_score", "tie_case"])
    writer.writerow(["make it brighter, \"a lot\"", "pictures/source.png", "pictures/bright.png", "pictures/dark.png",
                     "one", "two", 7.5, 3, 4, 1, "False"])
    writer.writerow(["make it\nbrighter", "pictures/source.png", "pictures/bright.png", "pictures/source.png",
                     "one", "two", 4, 4, 2, 2, "True"])

# the same rows in the ways that tables are kept on disk: compressions, Arrow as a stream and as a file, nested types
plain = pa.table({"uid": ["a", "a", "b"], "editor": ["one", "two", "one"],
                  "human": [[[0.5, 1.0], [1.0, 1.0]], [[0.0, 0.5]], [[1.0, 1.0]]],
                  "judges": [{"gpt": {"semantic": [4.0, 9.0], "perceptual": [8.0, 7.0]}},
                             {"gpt": {"semantic": [1.0, 9.0], "perceptual": [8.0, 7.0]}}, {"gpt": None}]})
for codec in ("none", "snappy", "gzip", "lz4", "zstd"):
    pq.write_table(plain, OUT / f"plain_{codec}.parquet", compression=codec, row_group_size=2)
with pa.OSFile(str(OUT / "plain.arrow"), "wb") as sink, pa.ipc.new_stream(sink, plain.schema) as writer:
    writer.write_table(plain, max_chunksize=2)
with pa.OSFile(str(OUT / "plain_file.arrow"), "wb") as sink, pa.ipc.new_file(sink, plain.schema) as writer:
    writer.write_table(plain, max_chunksize=2)
whole = (OUT / "plain_snappy.parquet").read_bytes()
(OUT / "broken.parquet").write_bytes(whole[: len(whole) // 2])
kinds = pa.table({"whole": pa.array([1, None], pa.int32()), "large": pa.array([2**40, -1], pa.int64()),
                  "number": pa.array([1.5, 2.5], pa.float32()), "truth": [True, False], "words": ["ä", ""],
                  "large_words": pa.array(["x", "y"], pa.large_string()), "view": pa.array(["v", "w"], pa.string_view()),
                  "bytes": pa.array([b"\x00\x01", None], pa.binary()), "code": pa.array(["p", "q"]).dictionary_encode(),
                  "list": pa.array([[1, 2], []], pa.large_list(pa.int64())),
                  "fixed": pa.array([[1.0, 2.0], [3.0, 4.0]], pa.list_(pa.float64(), 2)),
                  "row": [{"a": 1, "b": "x"}, None]})
pq.write_table(kinds, OUT / "kinds.parquet", compression="none")

# a folder of one's own, both ways
for name, edits in [("first", {"edited": "bright.png"}), ("second", {"edited-a": "bright.png", "edited-b": "dark.png"})]:
    case = OUT / "folder" / name
    case.mkdir(parents=True, exist_ok=True)
    shutil.copy(PICTURES / "source.png", case / "source.png")
    for stem, file in edits.items():
        shutil.copy(PICTURES / file, case / f"{stem}.png")
    (case / "instruction.txt").write_text("make it brighter\n")
beside = OUT / "beside"
for part in ("source", "edited/one", "edited/two", "instruction"):
    (beside / part).mkdir(parents=True, exist_ok=True)
shutil.copy(PICTURES / "source.png", beside / "source" / "x.png")
shutil.copy(PICTURES / "bright.png", beside / "edited" / "one" / "x.png")
shutil.copy(PICTURES / "dark.png", beside / "edited" / "two" / "x.png")
(beside / "instruction" / "x.txt").write_text("make it brighter\n")
print(sum(f.stat().st_size for f in OUT.rglob("*") if f.is_file()), "bytes")
