"""Writes test/fixtures/attribution: tiny convolutional networks as ONNX files, and attribution maps computed by PyTorch in float64.

usage: python3 test/support/torch-attribution.py [output folder]

Every map is computed through the preprocessing, with respect to the picture in display space (0..1, RGB, planar).
"""
import json
import os
import sys

import torch
import torch.nn.functional as F
from torch import nn

folder = sys.argv[1] if len(sys.argv) > 1 else os.path.join(os.path.dirname(__file__), '..', 'fixtures', 'attribution')
os.makedirs(folder, exist_ok=True)
SIZE, CLASSES = 12, 5


class Tiny(nn.Module):
    """Strides, overlapping and plain pooling, a residual join, a concatenation; `smooth` has no kinks but its pools."""

    def __init__(self, channels, smooth):
        super().__init__()
        self.act = torch.tanh if smooth else torch.relu
        self.conv1 = nn.Conv2d(channels, 6, 3, padding=1)
        self.conv2 = nn.Conv2d(6, 6, 3, padding=1)
        self.conv3 = nn.Conv2d(6, 5, 3, padding=1)
        self.conv4 = nn.Conv2d(6, 3, 1)
        self.fc = nn.Linear(8, CLASSES)

    def features(self, x):
        a = F.max_pool2d(self.act(self.conv1(x)), 2)
        b = self.act(self.conv2(a)) + a
        return torch.cat([self.act(self.conv3(b)), self.act(self.conv4(b))], 1)

    def logits_of(self, maps):
        return self.fc(F.max_pool2d(maps, 3, 1, 1).mean((2, 3)))

    def forward(self, x):
        return torch.softmax(self.logits_of(self.features(x)), 1)


class Nhwc(nn.Module):
    def __init__(self, inner):
        super().__init__()
        self.inner = inner

    def features(self, x):
        return self.inner.features(x.permute(0, 3, 1, 2))

    def logits_of(self, maps):
        return self.inner.logits_of(maps)

    def forward(self, x):
        return self.inner(x.permute(0, 3, 1, 2))


def prepare(picture, record):
    x = picture
    if record['inverted']:
        x = 1 - x
    if record['channels'] == 'BGR':
        x = x.flip(1)
    shape = (1, -1, 1, 1)
    mean, std = (torch.tensor(record[k], dtype=x.dtype).view(shape) for k in ('mean', 'std'))
    x = (x * record['scale'] - mean) / std
    return x.permute(0, 2, 3, 1) if record['layout'] == 'NHWC' else x


def reference(name, net, picture, record, label):
    net = net.double().eval()
    score = lambda p, i=label: net.logits_of(net.features(prepare(p, record)))[:, i].sum()

    def gradient(f, p):
        p = p.clone().requires_grad_()
        return torch.autograd.grad(f(p), p)[0]

    def trapezoid(base, steps):
        total = torch.zeros_like(picture)
        for k in range(steps + 1):
            weight = (0.5 if k in (0, steps) else 1) / steps
            total += weight * gradient(score, base + (picture - base) * k / steps)
        return ((picture - base) * total).sum(1)[0]

    plain = gradient(score, picture)
    difference = gradient(lambda p: score(p) - score(p, 0), picture)
    maps = net.features(prepare(picture, record)).detach().requires_grad_()
    weights = torch.autograd.grad(net.logits_of(maps)[0, label], maps)[0].mean((2, 3), keepdim=True)
    cam = F.interpolate(torch.relu((weights * maps).sum(1, keepdim=True)), size=(SIZE, SIZE), mode='bilinear', align_corners=False)[0, 0]
    # A place where the unit is neither dead (ReLU) nor saturated (tanh).
    unit, place = divmod(int((maps[0] - 0.5).abs().argmin()), maps[0, 0].numel())
    row, column = divmod(place, maps.shape[3])
    unit_gradient = gradient(lambda p: net.features(prepare(p, record))[:, unit].sum(), picture)
    position = gradient(lambda p: net.features(prepare(p, record))[0, unit, row, column], picture)
    numbers = lambda t: [float(f'{v:.9g}') for v in t.detach().flatten().tolist()]
    return {
        'name': name, 'label': label, 'unit': unit, 'position': [row, column], 'record': record, 'picture': numbers(picture),
        'logits': numbers(net.logits_of(net.features(prepare(picture, record)))),
        'gradient': numbers(plain), 'difference': numbers(difference), 'unitGradient': numbers(unit_gradient), 'positionGradient': numbers(position),
        'maps': {
            'gradient': numbers(plain.abs().amax(1)[0]),
            'gradient-input': numbers((plain * picture).sum(1)[0]),
            'integrated-gradients black': numbers(trapezoid(torch.zeros_like(picture), 20)),
            'integrated-gradients gray': numbers(trapezoid(torch.full_like(picture, 0.5), 20)),
            'grad-cam': numbers(cam),
        },
    }


def record(channels, layout='NCHW', order='RGB', scale=1.0, mean=(0.0,), std=(1.0,), inverted=False):
    return {'channels': order, 'layout': layout, 'scale': scale, 'mean': list(mean), 'std': list(std), 'inverted': inverted}


imagenet = dict(mean=(0.485, 0.456, 0.406), std=(0.229, 0.224, 0.225))
cases = [
    ('relu-imagenet', Tiny(3, False), 3, record(3, **imagenet)),
    ('smooth-caffe', Tiny(3, True), 3, record(3, order='BGR', scale=255.0, mean=(104.0, 117.0, 123.0), std=(58.0, 57.0, 56.0))),
    ('smooth-nhwc', Nhwc(Tiny(3, True)), 3, record(3, layout='NHWC', scale=2.0, mean=(1.0, 1.0, 1.0), std=(1.0, 1.0, 1.0))),
    ('relu-gray', Tiny(1, False), 1, record(1, order='GRAY', mean=(0.1307,), std=(0.3081,), inverted=True)),
]
out = []
for index, (name, net, channels, settings) in enumerate(cases):
    torch.manual_seed(index)
    for parameter in net.parameters():
        # So that tanh bends without saturating, and classes differ.
        nn.init.normal_(parameter, std=0.25 if parameter.dim() > 1 else 0.1)
    net.eval()
    shape = (1, SIZE, SIZE, channels) if settings['layout'] == 'NHWC' else (1, channels, SIZE, SIZE)
    torch.onnx.export(net.float(), torch.zeros(shape), os.path.join(folder, f'{name}.onnx'), opset_version=13, input_names=['data'], output_names=['prob'], dynamic_axes={'data': {0: 'n'}, 'prob': {0: 'n'}})
    picture = torch.rand(1, channels, SIZE, SIZE, dtype=torch.float64)
    out.append(reference(name, net, picture, settings, 2))
with open(os.path.join(folder, 'reference.json'), 'w') as file:
    json.dump({'size': SIZE, 'classes': CLASSES, 'torch': torch.__version__, 'cases': out}, file, separators=(',', ':'))
    file.write('\n')
