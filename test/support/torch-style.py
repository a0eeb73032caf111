#!/usr/bin/env python3
"""Style transfer with PyTorch's autograd and torch.optim.LBFGS, on the same ONNX file: what the engine's is compared with.

    /usr/bin/python3 test/support/torch-style.py folder [--threads 2]

The folder holds style.json {model, input, channels: "RGB"|"BGR", scale, mean, std, style: [[tensor, weight]], content: [[tensor, weight]],
statistic: "gram"|"wasserstein", smoothness, history, ridge} and content.npy, style.npy, begin.npy, each [1, 3, H, W] in 0..1.
Reads lines: 'steps N' runs N steps and answers {"losses": [before each step], "loss": after the last}; 'step' answers {"ms"}; 'gradient' answers {"loss"} and
writes gradient.npy; 'save' writes picture.npy; 'double' goes on in float64; 'memory' answers {"peakMb"}.
"""
import argparse
import json
import sys
import time

import numpy as np
import onnx
import onnx.numpy_helper
import torch
import torch.nn.functional as F


class OnnxNet:
    """The operators of plain convnets, up to the values asked for."""

    def __init__(self, path, wanted):
        graph = onnx.load(path).graph
        weights = {each.name: onnx.numpy_helper.to_array(each) for each in graph.initializer}
        needed, self.nodes = set(wanted), []
        for node in reversed(graph.node):
            if any(output in needed for output in node.output):
                self.nodes.insert(0, node)
                needed.update(node.input)
        self.weights = {name: torch.from_numpy(value.copy()) for name, value in weights.items() if name in needed}
        readers = {}
        for node in self.nodes:
            for name in node.input:
                readers[name] = readers.get(name, 0) + 1
        producers = {output: node.op_type for node in self.nodes for output in node.output}
        # As torchvision's nets do: a ReLU overwrites the convolution that only it reads.
        self.inplace = {node.output[0] for node in self.nodes if node.op_type == "Relu" and readers[node.input[0]] == 1 and producers.get(node.input[0]) == "Conv" and node.input[0] not in wanted}
        self.readers = readers

    def double(self):
        self.weights = {name: value.double() for name, value in self.weights.items()}

    def __call__(self, name, x, wanted):
        values, left, kept = {name: x}, dict(self.readers), {}
        for node in self.nodes:
            a = {each.name: onnx.helper.get_attribute_value(each) for each in node.attribute}
            get = lambda index: values[node.input[index]] if node.input[index] in values else self.weights[node.input[index]]
            x = get(0)
            if node.op_type == "Conv":
                pads = a.get("pads", [0, 0, 0, 0])
                x = x if pads[:2] == pads[2:] else F.pad(x, (pads[1], pads[3], pads[0], pads[2]))
                y = F.conv2d(x, get(1), get(2) if len(node.input) > 2 else None, a.get("strides", [1, 1]), pads[:2] if pads[:2] == pads[2:] else 0, a.get("dilations", [1, 1]), a.get("group", 1))
            elif node.op_type == "Relu":
                y = F.relu(x, inplace=node.output[0] in self.inplace)
            elif node.op_type == "MaxPool":
                k, s, p = a["kernel_shape"], a.get("strides", [1, 1]), a.get("pads", [0, 0, 0, 0])
                x = F.pad(x, (p[1], p[3], p[0], p[2]), value=-torch.inf) if any(p) else x
                y = F.max_pool2d(x, k, s, ceil_mode=bool(a.get("ceil_mode", 0)))
            elif node.op_type == "LRN":
                y = F.local_response_norm(x, a["size"], a.get("alpha", 1e-4), a.get("beta", 0.75), a.get("bias", 1.0))
            elif node.op_type == "Concat":
                y = torch.cat([get(index) for index in range(len(node.input))], a["axis"])
            elif node.op_type in ("Dropout", "Identity"):
                y = x
            elif node.op_type == "Add":
                y = x + get(1)
            else:
                raise ValueError(f"{node.op_type} is not one of the operators that this script knows")
            values[node.output[0]] = y
            if node.output[0] in wanted:
                kept[node.output[0]] = y
            for each in node.input:
                left[each] -= 1
                if left[each] == 0:
                    values.pop(each, None)
        return kept


def sqrtm(a):
    values, vectors = torch.linalg.eigh(a)
    return (vectors * values.clamp(min=1e-30).sqrt()) @ vectors.T


class Style:
    def __init__(self, folder):
        self.folder = folder
        self.spec = json.load(open(f"{folder}/style.json"))
        self.style = dict(map(tuple, self.spec["style"]))
        self.content = dict(map(tuple, self.spec["content"]))
        self.taps = set(self.style) | set(self.content)
        self.net = OnnxNet(self.spec["model"], self.taps)
        self.begin(torch.float32)

    def begin(self, dtype):
        load = lambda name: torch.from_numpy(np.load(f"{self.folder}/{name}.npy")).to(dtype)
        channels = len(self.spec["mean"])
        self.mean = torch.tensor(self.spec["mean"], dtype=dtype).view(1, channels, 1, 1)
        self.std = torch.tensor(self.spec["std"], dtype=dtype).view(1, channels, 1, 1)
        with torch.no_grad():
            seen = self.look(load("style"))
            self.targets = {tap: self.describe(seen[tap]) for tap in self.style}
            seen = self.look(load("content"))
            self.kept = {tap: seen[tap].clone() for tap in self.content}
        self.x = load("begin").clone().requires_grad_(True)
        self.optimizer = torch.optim.LBFGS([self.x], lr=1, max_iter=1, history_size=self.spec["history"], tolerance_grad=0, tolerance_change=0)

    def look(self, picture):
        x = picture if self.spec["channels"] == "RGB" else picture.flip(1)
        return self.net(self.spec["input"], (x * self.spec["scale"] - self.mean) / self.std, self.taps)

    def describe(self, maps):
        f = maps.reshape(maps.shape[1], -1)
        if self.spec["statistic"] == "gram":
            return f @ f.T / f.shape[1]
        mean = f.mean(1, keepdim=True)
        return mean, (f - mean) @ (f - mean).T / f.shape[1]

    def distance(self, seen, target):
        if self.spec["statistic"] == "gram":
            return ((seen - target) ** 2).sum() / (target ** 2).sum()
        (mu, p), (nu, q) = seen, target
        d = torch.trace(q) * self.spec["ridge"] / len(q)
        p, q = p + d * torch.eye(len(q), dtype=q.dtype), q + d * torch.eye(len(q), dtype=q.dtype)
        r = sqrtm(q)
        return (((mu - nu) ** 2).sum() + torch.trace(p) + torch.trace(q) - 2 * torch.trace(sqrtm(r @ p @ r))) / ((nu ** 2).sum() + torch.trace(q))

    def loss(self):
        seen = self.look(self.x)
        loss = sum(weight * self.distance(self.describe(seen[tap]), self.targets[tap]) for tap, weight in self.style.items())
        loss = loss + sum(weight * ((seen[tap] - self.kept[tap]) ** 2).sum() / (self.kept[tap] ** 2).sum() for tap, weight in self.content.items())
        if self.spec["smoothness"] > 0:
            x = self.x
            loss = loss + self.spec["smoothness"] * (((x[..., 1:, :] - x[..., :-1, :]) ** 2).sum() + ((x[..., 1:] - x[..., :-1]) ** 2).sum()) / x.numel()
        return loss

    def closure(self):
        self.optimizer.zero_grad()
        loss = self.loss()
        loss.backward()
        return loss

    def step(self):
        return float(self.optimizer.step(self.closure))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    style = Style(options.folder)
    print("ready", flush=True)
    for line in sys.stdin:
        task, *numbers = line.split()
        if task == "steps":
            losses = [style.step() for _ in range(int(numbers[0]))]
            with torch.no_grad():
                answer = {"losses": losses, "loss": float(style.loss())}
        elif task == "step":
            start = time.perf_counter()
            style.step()
            answer = {"ms": (time.perf_counter() - start) * 1000}
        elif task == "gradient":
            loss = style.closure()
            np.save(f"{options.folder}/gradient.npy", style.x.grad.double().numpy())
            answer = {"loss": float(loss)}
        elif task == "save":
            np.save(f"{options.folder}/picture.npy", style.x.detach().numpy())
            answer = {}
        elif task == "double":
            style.net.double()
            style.begin(torch.float64)
            answer = {}
        else:
            with open("/proc/self/status") as file:
                fields = dict(each.split(":", 1) for each in file)
            answer = {"peakMb": int(fields["VmHWM"].split()[0]) / 1024}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
