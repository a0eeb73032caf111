#!/usr/bin/env python3
"""google/deepdream's dream.ipynb (make_step, deepdream, objective_L2, objective_guide) with PyTorch in the place of Caffe, in float64.

    /usr/bin/python3 test/support/torch-dream.py folder

The folder holds dream.json {octaves, scale, steps, step_size, shifts: [[down, across], ... in order], objective: "l2"|"guide"|"channel", channel},
picture.npy [1, 3, H, W] in 0..1, w1 b1 w2 b2 (.npy) of conv 3x3 - relu - max pool 2 - conv 3x3 - relu, and guide.npy for "guide".
Writes result.npy and prints {"values": [objective's mean before every step]}.
"""
import json
import sys

import numpy as np
import torch
import torch.nn.functional as F

folder = sys.argv[1]
load = lambda name: np.load(f"{folder}/{name}.npy").astype(np.float64)
spec = json.load(open(f"{folder}/dream.json"))
w1, b1, w2, b2 = (torch.from_numpy(load(name)) for name in ("w1", "b1", "w2", "b2"))


def net(x):
    before = F.conv2d(F.max_pool2d(F.relu(F.conv2d(x, w1, b1, padding=1)), 2), w2, b2, padding=1)
    return before if spec["objective"] == "channel" else F.relu(before)


def zoom(a, shape):
    """scipy.ndimage.zoom(a, order=1) of the last two axes: corners lie on corners."""
    h, w = a.shape[-2:]
    def taps(n, m):
        at = np.arange(m) * ((n - 1) / (m - 1) if m > 1 else 0)
        low = np.clip(np.floor(at).astype(int), 0, max(n - 2, 0))
        return low, at - low
    (ry, fy), (rx, fx) = taps(h, shape[0]), taps(w, shape[1])
    rows = a[..., ry, :] * (1 - fy)[:, None] + a[..., np.minimum(ry + 1, h - 1), :] * fy[:, None]
    return rows[..., rx] * (1 - fx) + rows[..., np.minimum(rx + 1, w - 1)] * fx


def objective_diff(dst):
    x = dst.detach().numpy()[0]
    if spec["objective"] == "l2":
        return x[None], (x * x).mean() / 2
    if spec["objective"] == "channel":
        diff = np.zeros_like(x)
        diff[spec["channel"]] = 1
        return diff[None], x[spec["channel"]].sum() / x.size
    y = guide.reshape(x.shape[0], -1)
    A = x.reshape(x.shape[0], -1).T.dot(y)
    return y[:, A.argmax(1)].reshape(x.shape)[None], A.max(1).sum() / x.size


guide = net(torch.from_numpy(load("guide"))).numpy()[0] if spec["objective"] == "guide" else None
shifts = iter(spec["shifts"])
octaves = [load("picture")[0]]
for _ in range(spec["octaves"] - 1):
    h, w = octaves[-1].shape[-2:]
    octaves.append(zoom(octaves[-1], (int(round(h / spec["scale"])), int(round(w / spec["scale"])))))
detail, values = np.zeros_like(octaves[-1]), []
for octave, base in enumerate(octaves[::-1]):
    if octave > 0:
        detail = zoom(detail, base.shape[-2:])
    src = base + detail
    for _ in range(spec["steps"]):
        oy, ox = next(shifts)
        src = np.roll(np.roll(src, ox, -1), oy, -2)
        x = torch.from_numpy(src[None]).requires_grad_(True)
        dst = net(x)
        diff, value = objective_diff(dst)
        values.append(float(value))
        dst.backward(torch.from_numpy(np.ascontiguousarray(diff)))
        g = x.grad.numpy()[0]
        src = src + spec["step_size"] / 255 / np.abs(g).mean() * g
        src = np.clip(np.roll(np.roll(src, -ox, -1), -oy, -2), 0, 1)
    detail = src - base
np.save(f"{folder}/result.npy", src[None].astype(np.float32))
print(json.dumps({"values": values}))
