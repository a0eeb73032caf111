#!/usr/bin/env python3
"""Compares gradients with PyTorch's in float64, and says how far PyTorch's own float32 is from them.

    /usr/bin/python3 test/support/torch-reference.py resnet18 folder --unit 7 [--size 224] [--seed 0] [--train-bn-stats]

The folder holds input.npy, gradients.json ({"input": "0.npy", "conv1.weight": "1.npy", ...}) and those files. Prints one JSON line:
--smooth replaces ReLU and ReLU6 by tanh (the folder's gradients are of the same network): no branch that rounding could flip is left.
{"input": {"ours": e, "torch32": e}, "together": ..., "parameters": ..., "worst": [name, ours, torch32], "compared": n}
with e the relative L2 error: of the picture's gradient (the median over pictures), of all pictures' as one vector, of all parameters' as one vector.
"""
import argparse
import copy
import importlib.util
import json
import os
import sys
import warnings

import numpy as np


def builder():
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "export-torchvision.py")
    spec = importlib.util.spec_from_file_location("export_torchvision", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def gradients(net, picture, unit, wanted):
    import torch

    x = picture.clone().requires_grad_(True)
    every = dict(net.named_parameters())
    # The exporter merges parameters of equal content (fresh biases and scales) into the first: its gradient is their sum.
    content = {name: (tuple(parameter.shape), parameter.detach().double().numpy().tobytes()) for name, parameter in every.items()}
    merged = {name: [other for other in every if content[other] == content[name]] for name in wanted if name in every}
    parameters = {other: every[other] for others in merged.values() for other in others}
    for name, parameter in every.items():
        parameter.requires_grad_(name in parameters)
    output = net(x)
    # Output of a segmentation net is a dictionary, of some classifiers a named tuple.
    output = output["out"] if isinstance(output, dict) else output[0] if isinstance(output, tuple) else output
    results = torch.autograd.grad(output[:, unit].sum(), [x, *parameters.values()], allow_unused=True)
    flat = {name: (torch.zeros_like(every.get(name, x)) if value is None else value).detach().double().numpy().ravel() for name, value in zip(["input", *parameters], results)}
    return {"input": flat["input"], **{name: sum(flat[other] for other in others) for name, others in merged.items()}}


def smooth():
    import torch

    torch.nn.ReLU.forward = torch.nn.ReLU6.forward = lambda self, x: torch.tanh(x)
    torch.nn.functional.relu = lambda x, inplace=False: torch.tanh(x)


def relative(pairs):
    """|a - b| / |b| over all pairs (a, b) as one vector."""
    error = sum(float(((a - b) ** 2).sum()) for a, b in pairs)
    norm = sum(float((b ** 2).sum()) for _, b in pairs)
    return float((error / norm) ** 0.5) if norm > 0 else float(error ** 0.5)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name")
    parser.add_argument("folder")
    parser.add_argument("--unit", type=int, default=0)
    parser.add_argument("--size", type=int)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--classes", type=int)
    parser.add_argument("--train-bn-stats", action="store_true")
    parser.add_argument("--smooth", action="store_true")
    options = parser.parse_args()
    warnings.filterwarnings("ignore")
    import torch

    torch.set_num_threads(int(os.environ.get("PHOSPHENE_TORCH_THREADS", "1")))
    net = builder().build(options.name, options.seed, options.size, options.train_bn_stats, options.classes)
    if options.smooth:
        smooth()
    picture = torch.from_numpy(np.load(os.path.join(options.folder, "input.npy")))
    with open(os.path.join(options.folder, "gradients.json")) as file:
        files = json.load(file)
    ours = {name: np.load(os.path.join(options.folder, path)).astype(np.float64).ravel() for name, path in files.items()}
    single = gradients(net, picture, options.unit, ours)
    double = gradients(copy.deepcopy(net).double(), picture.double(), options.unit, ours)
    missing = sorted(set(ours) - set(double))
    if missing:
        print(f"{options.name} has no parameters named {', '.join(missing)}", file=sys.stderr)
        return 2
    if not np.linalg.norm(double["input"]) > 0:
        print(f"{options.name}: the gradient with respect to the picture is zero, so that a comparison would prove nothing", file=sys.stderr)
        return 2
    pictures = len(picture)
    each = [[relative([(a, b)]) for a, b in zip(gradient["input"].reshape(pictures, -1), double["input"].reshape(pictures, -1))] for gradient in (ours, single)]
    result = {
        "input": {"ours": float(np.median(each[0])), "torch32": float(np.median(each[1]))},
        "together": {"ours": relative([(ours["input"], double["input"])]), "torch32": relative([(single["input"], double["input"])])},
    }
    names = [name for name in double if name != "input"]
    if names:
        result["parameters"] = {"ours": relative([(ours[n], double[n]) for n in names]), "torch32": relative([(single[n], double[n]) for n in names])}
        each = [(n, relative([(ours[n], double[n])]), relative([(single[n], double[n])])) for n in names if np.linalg.norm(double[n]) > 1e-12 * np.sqrt(double[n].size)]
        result["worst"] = list(max(each, key=lambda item: item[1]))
    result["compared"] = len(names)
    print(json.dumps(result))
    return 0


if __name__ == "__main__":
    sys.exit(main())
