#!/usr/bin/env python3
"""Grad-CAM of a torchvision network with random weights, over a module whose units come last: tokens [N, T, C] or maps [N, H, W, C].

    /usr/bin/python3 test/support/torch-grad-cam.py vit_b_16 encoder.layers.encoder_layer_11.ln_1 7 out.f32

Writes the map of class 7 at the picture's size, float32, computed in float64. The picture is the one of `picture_of`.
"""
import importlib.util
import os
import sys

import torch
import torch.nn.functional as F

spec = importlib.util.spec_from_file_location('export', os.path.join(os.path.dirname(__file__), 'export-torchvision.py'))
export = importlib.util.module_from_spec(spec)
spec.loader.exec_module(export)


def picture_of(size):
    """Waves of another length in each channel, 0..1."""
    steps = torch.arange(size, dtype=torch.float64)
    return torch.stack([0.5 + 0.25 * torch.sin(steps[:, None] / (5 + 4 * c)) + 0.25 * torch.cos(steps[None] / (7 + 3 * c)) for c in range(3)])[None]


name, module, label, path = sys.argv[1:]
net = export.build(name).double()
kept = []
net.get_submodule(module).register_forward_hook(lambda _module, _inputs, output: kept.append(output))
picture = picture_of(224)
score = net(picture)[0, int(label)]
maps = kept[0]
slopes = torch.autograd.grad(score, maps)[0]
if maps.dim() == 3:
    side = int(maps.shape[1] ** 0.5)
    place = lambda tokens: tokens[:, tokens.shape[1] - side * side:].reshape(1, side, side, -1)
    maps, slopes = place(maps), place(slopes)
weights = slopes.mean((1, 2), keepdim=True)
cam = torch.relu((weights * maps).sum(3))[:, None]
big = F.interpolate(cam, size=picture.shape[2:], mode='bilinear', align_corners=False)[0, 0]
big.detach().float().numpy().tofile(path)
