#!/usr/bin/env python3
"""PyTorch's half of features-race.ts: a picture for one channel, by the same recipe. See there for what is measured.

    /usr/bin/python3 test/bench/torch-features.py FOLDER --threads 2

FOLDER holds model.onnx, job.json, photographs.npy, ours.npy and beginning.npy; the job has the viewpoints of every step. Answers one line of JSON to each line of
stdin: 'own draws' draws beginning and viewpoints here, anything else takes those.
"""
import argparse
import json
import math
import os
import sys
import time
import warnings

import numpy as np

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))

ROOT = np.array([[0.26, 0.09, 0.02], [0.27, 0, -0.05], [0.27, -0.09, 0.03]], dtype=np.float32)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    warnings.filterwarnings("ignore")
    import torch
    import torch.nn.functional as F

    from torch_onnx import OnnxNet

    torch.set_num_threads(options.threads)
    with open(os.path.join(options.folder, "job.json")) as file:
        job = json.load(file)
    net = OnnxNet(os.path.join(options.folder, "model.onnx"))
    height, width, channels = job["shape"]["height"], job["shape"]["width"], job["shape"]["channels"]
    generator = torch.Generator().manual_seed(job["seed"])

    def value(picture):
        layer = net({job["input"]: picture}, job["tensor"])
        return layer[:, job["unit"]].mean((1, 2))

    frequency = torch.sqrt(torch.fft.fftfreq(height)[:, None] ** 2 + torch.fft.rfftfreq(width)[None] ** 2)
    scale = math.sqrt(height * width) / torch.clamp(frequency, min=1 / max(height, width))
    root = torch.from_numpy(ROOT / np.linalg.norm(ROOT, axis=0).max())

    def draw(spectrum):
        pixels = torch.fft.irfft2(torch.complex(spectrum[:, :, 0] * scale, spectrum[:, :, 1] * scale), s=(height, width)) / 4
        if channels == 3:
            pixels = torch.einsum("ij,njhw->nihw", root, pixels)
        return torch.sigmoid(pixels)

    def uniform(low, high):
        return low + (high - low) * torch.rand((), generator=generator).item()

    def drawn():
        t = job["transforms"]
        factor = 1 / uniform(1 - t["scale"], 1 + t["scale"])
        angle = math.radians(uniform(-t["rotate"], t["rotate"]))
        across, down = uniform(-t["jitter"], t["jitter"]), uniform(-t["jitter"], t["jitter"])
        cos, sin = math.cos(angle), math.sin(angle)
        # Pixels from the middle, as viewpoint.ts: scale, rotation, shift.
        a, b, c, d = factor * cos, -factor * sin, factor * sin, factor * cos
        return a, b, a * across + b * down, c, d, c * across + d * down

    def look(picture, view):
        a, b, tx, c, d, ty = view
        theta = torch.tensor([[[a, b * height / width, 2 * tx / width], [c * width / height, d, 2 * ty / height]]])
        grid = F.affine_grid(theta, [1, channels, height, width], align_corners=False)
        return F.grid_sample(picture - 0.5, grid, padding_mode="zeros", align_corners=False) + 0.5

    print("ready", flush=True)
    for task in sys.stdin:
        own = task.strip() == "own draws"
        started = time.perf_counter()
        if not own:
            # Real parts above imaginary ones.
            begun = torch.from_numpy(np.load(os.path.join(options.folder, "beginning.npy"))).reshape(1, channels, 2, height, width // 2 + 1)
        else:
            begun = torch.randn(1, channels, 2, height, width // 2 + 1, generator=generator) * 0.01
        spectrum = begun.clone().requires_grad_(True)
        optimizer = torch.optim.Adam([spectrum], lr=job["rate"])
        for step in range(job["steps"]):
            optimizer.zero_grad()
            (-value(look(draw(spectrum), drawn() if own else job["views"][step])).sum()).backward()
            optimizer.step()
        seconds = time.perf_counter() - started
        with torch.no_grad():
            made = torch.round(255 * draw(spectrum)) / 255
            photographs = np.load(os.path.join(options.folder, "photographs.npy"))
            # One at a time: some networks' graphs are written for a batch of one.
            seen = max(value(torch.from_numpy(picture[None])).item() for picture in photographs)
            ours = value(torch.from_numpy(np.load(os.path.join(options.folder, "ours.npy")))).item()
            print(json.dumps({"photographs": seen, "ours": ours, "torch": value(made).item(), "torchSeconds": seconds}), flush=True)


if __name__ == "__main__":
    main()
