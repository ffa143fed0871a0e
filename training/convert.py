"""Write the trained tagger as one GGUF file.

`python -m training.convert WEIGHTS.pt… --out FILE`. Several weights are averaged first (they
must come from the same stage 1). The file is a BERT model as llama.cpp knows it; what llama.cpp
has no place for (labels, head, shape embeddings) is metadata under `charlie.`.
"""

import argparse
import hashlib
import json
from pathlib import Path

import gguf
import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from backend.inference.gguf.modelfile import CHECKSUM, CHECKSUM_DIGITS, read_model_file
from backend.inference.tagger.tagger import FORMAT
from backend.inference.tagger.windows import LONGEST_WINDOW
from training.base import read_vocabulary
from training.encoding import LABELS
from training.network import EPSILON, HEADS, HIDDEN, INNER, LAYERS, NEIGHBOURS, WIDTH

_LAYER = {
    "query": "attn_q",
    "key": "attn_k",
    "value": "attn_v",
    "output": "attn_output",
    "attention_norm": "attn_output_norm",
    "up": "ffn_up",
    "down": "ffn_down",
    "norm": "layer_output_norm",
}
_LINEAR = {
    "f16": gguf.GGMLQuantizationType.F16,
    "q8_0": gguf.GGMLQuantizationType.Q8_0,
}

# llama.cpp's mark of a piece that begins a word (the continuation mark ## is dropped instead).
_WORD_MARK = "\u2581"


def average(paths: list[Path]) -> dict[str, Tensor]:
    """Return the mean of the weights of several runs."""
    runs = [torch.load(path, weights_only=True)["weights"] for path in paths]
    return {name: torch.stack([run[name] for run in runs]).mean(0) for name in runs[0]}


def shift(weights: dict[str, Tensor], shifts: dict[str, float]) -> None:
    """Add a number to the scores of each type's labels, in place (`training.calibration`)."""
    for number, label in enumerate(LABELS[1:], start=1):
        weights["labels.bias"][number] += shifts[label[2:]]


def write(
    weights: dict[str, Tensor],
    path: Path,
    *,
    version: str,
    linear: str = "f16",
    scores: dict[str, object] | None = None,
) -> None:
    """Write the file.

    `linear` is the type of the linear layers, `f16` or `q8_0`; the word embeddings are
    Q8_0. `scores` is stored as JSON for whoever looks at the model.
    """
    writer = gguf.GGUFWriter(path, "bert")
    writer.add_name("Charlie's built-in tagger")
    writer.add_description("Finds people, places, organisations and activities in journals")
    writer.add_license("apache-2.0")
    writer.add_context_length(LONGEST_WINDOW)
    writer.add_embedding_length(WIDTH)
    writer.add_feed_forward_length(INNER)
    writer.add_block_count(LAYERS)
    writer.add_head_count(HEADS)
    writer.add_layer_norm_eps(EPSILON)
    writer.add_causal_attention(False)
    writer.add_pooling_type(gguf.PoolingType.NONE)
    _add_tokens(writer, read_vocabulary())
    writer.add_string(CHECKSUM, "0" * CHECKSUM_DIGITS)
    writer.add_uint32("charlie.format", FORMAT)
    writer.add_string("charlie.version", version)
    writer.add_string("charlie.scores", json.dumps(scores or {}))
    writer.add_array("charlie.labels", list(LABELS))
    for name, sizes in (("hidden", HIDDEN), ("neighbours", NEIGHBOURS)):
        writer.add_uint32(f"charlie.{name}", sizes)
    arrays = {
        "shapes": weights["shapes.weight"],
        "styles": weights["styles.weight"],
        "around": weights["around.weight"],
        "hidden.weight": weights["hidden.weight"],
        "hidden.bias": weights["hidden.bias"],
        "labels.weight": weights["labels.weight"],
        "labels.bias": weights["labels.bias"],
    }
    for name, values in arrays.items():
        writer.add_array(f"charlie.head.{name}", values.flatten().tolist())
    for name, (values, kind) in _tensors(weights, _LINEAR[linear]).items():
        data = gguf.quantize(values, kind)
        writer.add_tensor(name, data, raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    _seal(path)


def _add_tokens(writer: gguf.GGUFWriter, vocabulary: list[str]) -> None:
    """Add the vocabulary in the form of llama.cpp's own WordPiece."""
    tokens = []
    kinds = []
    for token in vocabulary:
        special = token.startswith("[") and token.endswith("]") and len(token) > 2
        kinds.append(gguf.TokenType.CONTROL if special else gguf.TokenType.NORMAL)
        if special:
            tokens.append(token)
        elif token.startswith("##"):
            tokens.append(token[2:])
        else:
            tokens.append(_WORD_MARK + token)
    writer.add_tokenizer_model("bert")
    writer.add_token_list(tokens)
    writer.add_token_types(kinds)
    writer.add_token_type_count(2)
    writer.add_pad_token_id(vocabulary.index("[PAD]"))
    writer.add_unk_token_id(vocabulary.index("[UNK]"))
    writer.add_bos_token_id(vocabulary.index("[CLS]"))
    writer.add_sep_token_id(vocabulary.index("[SEP]"))
    writer.add_mask_token_id(vocabulary.index("[MASK]"))


def _tensors(
    weights: dict[str, Tensor], linear: gguf.GGMLQuantizationType
) -> dict[str, tuple[npt.NDArray[np.float32], gguf.GGMLQuantizationType]]:
    """Return llama.cpp's tensors: values and type by name."""
    plain = gguf.GGMLQuantizationType.F32
    found = {
        "token_embd.weight": (weights["words.weight"], gguf.GGMLQuantizationType.Q8_0),
        "position_embd.weight": (weights["positions.weight"][:LONGEST_WINDOW], plain),
        "token_types.weight": (weights["kinds.weight"], plain),
        "token_embd_norm.weight": (weights["norm.weight"], plain),
        "token_embd_norm.bias": (weights["norm.bias"], plain),
    }
    for number in range(LAYERS):
        for ours, theirs in _LAYER.items():
            for part in ("weight", "bias"):
                values = weights[f"layers.{number}.{ours}.{part}"]
                kind = linear if values.dim() == 2 else plain
                found[f"blk.{number}.{theirs}.{part}"] = (values, kind)
    return {name: (values.float().numpy(), kind) for name, (values, kind) in found.items()}


def _seal(path: Path) -> None:
    """Put the file's checksum into its place."""
    place = read_model_file(path).checksum_at
    if place is None:
        raise ValueError(f"{path} has no place for a checksum")
    data = bytearray(path.read_bytes())
    data[place : place + CHECKSUM_DIGITS] = hashlib.sha256(data).hexdigest().encode("ascii")
    path.write_bytes(data)


def main() -> None:
    """Convert from the command line."""
    parser = argparse.ArgumentParser(description="Write the trained tagger as a GGUF file.")
    parser.add_argument("weights", nargs="+", type=Path, help="averaged if several")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--version", required=True)
    parser.add_argument("--linear", choices=sorted(_LINEAR), default="f16")
    parser.add_argument("--shifts", type=Path, help="JSON written by training.calibration")
    parser.add_argument("--scores", type=Path, help="JSON written by training.evaluate")
    arguments = parser.parse_args()
    scores = json.loads(arguments.scores.read_text()) if arguments.scores else None
    weights = average(arguments.weights)
    if arguments.shifts:
        shift(weights, json.loads(arguments.shifts.read_text()))
    write(
        weights,
        arguments.out,
        version=arguments.version,
        linear=arguments.linear,
        scores=scores,
    )


if __name__ == "__main__":
    main()
