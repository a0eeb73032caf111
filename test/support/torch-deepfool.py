#!/usr/bin/env python3
"""DeepFool as its authors wrote it (LTS4/DeepFool, Python/deepfool.py), by PyTorch's autograd: the distances that ours are compared with.

    /usr/bin/python3 test/support/torch-deepfool.py model.onnx LOGITS job.json

job.json: {"input", "gain": [C], "offset": [C], "bgr", "shape": [1, C, H, W], "pictures": [.npy files of [1, C, H, W] in 0..1], "candidates", "overshoot", "steps"}.
Prints one JSON line: {"l2": [root of the sum of squares of each change, in 0..1, before anything is clamped], "steps": [n], "label": [from], "to": [class]}.
"""
import json
import os
import sys
import warnings

import numpy as np

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))


def main():
    warnings.filterwarnings("ignore")
    import torch

    from torch_onnx import OnnxNet

    path, tensor, job = sys.argv[1], sys.argv[2], json.load(open(sys.argv[3]))
    torch.set_num_threads(1)
    net = OnnxNet(path)
    gain, offset = (torch.tensor(job[name], dtype=torch.float32).reshape(1, -1, 1, 1) for name in ("gain", "offset"))

    def logits(picture):
        seen = picture.flip(1) if job["bgr"] else picture
        return net({job["input"]: seen * gain + offset}, tensor).flatten()

    result = {"l2": [], "steps": [], "label": [], "to": []}
    for file in job["pictures"]:
        picture = torch.from_numpy(np.load(file))
        order = logits(picture).detach().argsort(descending=True)[: job["candidates"] + 1]
        label = order[0]
        total = torch.zeros_like(picture)
        x = picture.clone()
        step, current = 0, label
        while current == label and step < job["steps"]:
            x = x.detach().requires_grad_(True)
            scores = logits(x)
            (original,) = torch.autograd.grad(scores[label], x, retain_graph=True)
            least, w = float("inf"), None
            for other in order[1:]:
                (gradient,) = torch.autograd.grad(scores[other], x, retain_graph=True)
                difference = gradient - original
                distance = float((scores[other] - scores[label]).abs() / difference.norm())
                if distance < least:
                    least, w = distance, difference
            total = total + (least + 1e-4) * w / w.norm()
            x = (picture + (1 + job["overshoot"]) * total).detach()
            current = logits(x).argmax()
            step += 1
        result["l2"].append(float(((1 + job["overshoot"]) * total).norm()))
        result["steps"].append(step)
        result["label"].append(int(label))
        result["to"].append(int(current))
    print(json.dumps(result))


main()
