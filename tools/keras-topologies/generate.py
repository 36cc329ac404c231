"""Writes the topologies of Keras's own models, as tf.loadLayersModel reads them.

    pip install keras torch
    KERAS_BACKEND=torch python tools/keras-topologies/generate.py packages/fbsm-layer/test/fixtures

Keras 3 builds and exports the models (`to_json`). tfjs-layers reads the format of Keras 2, so that
this script changes how the export says a few things, never what it says:

- the inputs of a layer are [layer, node, tensor, arguments] in place of Keras tensors;
- an InputLayer has a `batch_input_shape`, a dtype is its name, 'silu' is called 'swish';
- what is null, and what no layer of tfjs reads, is left out, and the files stay small;
- Rescaling and Normalization at the input are left out: tfjs has no Normalization.

There are no weights: tfjs draws them from the initializers in the file.
"""

import json
import sys
from pathlib import Path

import keras
from keras import applications

UNREAD = {"module", "registered_name", "build_config", "compile_config", "synchronized",
          "renorm", "renorm_momentum", "sparse", "ragged", "optional", "groups"}  # fmt: skip
SKIPPED = {"Rescaling", "Normalization"}


def models():
    small = {"weights": None, "classes": 10}
    yield applications.MobileNetV2(input_shape=(96, 96, 3), alpha=0.35, **small)
    yield applications.EfficientNetB0(input_shape=(64, 64, 3), **small)
    yield applications.ResNet50(input_shape=(64, 64, 3), **small)
    # MobileNet's own head has a pooling with keepdims, which tfjs lacks.
    base = applications.MobileNet(input_shape=(64, 64, 3), alpha=0.25, include_top=False, weights=None)
    pooled = keras.layers.GlobalAveragePooling2D(name="pool")(base.output)
    yield keras.Model(base.input, keras.layers.Dense(10, name="preds")(pooled), name=base.name)


def plain(value):
    """Without what tfjs does not read."""
    if isinstance(value, list):
        return [plain(item) for item in value]
    if not isinstance(value, dict):
        return "swish" if value == "silu" else value
    if value.get("class_name") == "DTypePolicy":
        return value["config"]["name"]
    kept = {key: plain(item) for key, item in value.items() if key not in UNREAD and item is not None}
    if "batch_shape" in kept:
        kept["batch_input_shape"] = kept.pop("batch_shape")
    return kept


def tensors(value):
    """The Keras tensors among the arguments of a call, in their order."""
    if isinstance(value, list):
        return [tensor for item in value for tensor in tensors(item)]
    is_tensor = isinstance(value, dict) and value.get("class_name") == "__keras_tensor__"
    return [value["config"]["keras_history"]] if is_tensor else []


def topology(model):
    exported = json.loads(model.to_json())
    layers, aliases = [], {}
    for layer in exported["config"]["layers"]:
        nodes = [
            [aliases.get(source[0], source) + [node["kwargs"]] for source in tensors(node["args"])]
            for node in layer["inbound_nodes"]
        ]
        if layer["class_name"] in SKIPPED:
            aliases[layer["name"]] = nodes[0][0][:3]
            continue
        layers.append({**plain(layer), "inbound_nodes": nodes})
    ends = {
        key: [exported["config"][key]] if isinstance(exported["config"][key][0], str) else exported["config"][key]
        for key in ("input_layers", "output_layers")
    }
    config = {"name": model.name, "layers": layers, **ends}
    return {"class_name": "Model", "config": config, "keras_version": keras.__version__}


def main(folder):
    for model in models():
        path = Path(folder) / f"{model.name}.json"
        path.write_text(json.dumps(topology(model), separators=(",", ":")) + "\n")
        print(path, path.stat().st_size)


main(sys.argv[1])
