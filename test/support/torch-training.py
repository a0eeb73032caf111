#!/usr/bin/env python3
"""PyTorch's side of training: a network given as this project's blocks, its weights and batches in a safetensors file.

    /usr/bin/python3 test/support/torch-training.py FOLDER gradients           gradients.safetensors in float64, {"loss": ...} on stdout
    /usr/bin/python3 test/support/torch-training.py FOLDER losses --steps 50   {"losses": [...]}: steps over the batches in turn
    /usr/bin/python3 test/support/torch-training.py FOLDER serve --threads 2   'step' or 'memory' a line in, {"ms": ...} a line out
    /usr/bin/python3 test/support/torch-training.py FOLDER epoch --data MNIST  {"readMs", "trainMs", "testMs", "accuracy", "peakMb"} of one epoch over IDX files

FOLDER holds spec.json (blocks, optimizer, masks, batches) and tensors.safetensors.
"""
import argparse
import gzip
import json
import os
import struct
import sys
import time

import numpy as np
import torch
import torch.nn.functional as F

TYPES = {"F32": np.float32, "F64": np.float64, "I32": np.int32}


def read(path):
    with open(path, "rb") as file:
        data = file.read()
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + length])
    header.pop("__metadata__", None)
    body = data[8 + length :]
    return {name: torch.from_numpy(np.frombuffer(body[e["data_offsets"][0] : e["data_offsets"][1]], TYPES[e["dtype"]]).reshape(e["shape"]).copy()) for name, e in header.items()}


def write(path, tensors):
    header, chunks, offset = {}, [], 0
    for name, tensor in tensors.items():
        raw = tensor.detach().numpy().astype(np.float32).tobytes()
        header[name] = {"dtype": "F32", "shape": list(tensor.shape), "data_offsets": [offset, offset + len(raw)]}
        offset += len(raw)
        chunks.append(raw)
    text = json.dumps(header).encode()
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + b"".join(chunks))


ACTIVATIONS = {
    "linear": lambda x: x, "relu": F.relu, "relu6": F.relu6, "leaky-relu": lambda x: F.leaky_relu(x, 0.01), "elu": F.elu, "gelu": F.gelu, "silu": F.silu,
    "softplus": F.softplus, "hard-swish": F.hardswish, "sigmoid": torch.sigmoid, "tanh": torch.tanh,
}


class Net:
    def __init__(self, spec, weights, dtype):
        self.blocks = spec["blocks"]
        self.weights = {name: value.to(dtype).requires_grad_(True) for name, value in weights.items()}
        self.running = {}
        self.dtype = dtype

    def __call__(self, x, masks):
        self.masks = masks
        return self.chain(self.blocks, x)

    def chain(self, blocks, x):
        for block in blocks:
            x = getattr(self, block["block"].replace("-", "_"))(block, x)
        return x

    def norm(self, name, x):
        mean, variance = self.running.setdefault(name, (torch.zeros(x.shape[1], dtype=self.dtype), torch.ones(x.shape[1], dtype=self.dtype)))
        return F.batch_norm(x, mean, variance, self.weights[name + ".weight"], self.weights[name + ".bias"], True, 0.1, 1e-5)

    def follow(self, b, x):
        if b.get("batchNorm"):
            x = self.norm(b["name"] + "_bn", x)
        x = ACTIVATIONS[b.get("activation", "linear" if b["block"] == "dense" else "relu")](x)
        mask = self.masks.get(b["name"] + "/mask")
        return x if mask is None else x * mask.to(x.dtype)

    def parts(self, b):
        return self.weights[b["name"] + ".weight"], self.weights.get(b["name"] + ".bias")

    def convolution(self, b, x):
        w, bias = self.parts(b)
        dilation = b.get("dilation", 1)
        padding = b.get("padding", "same")
        if padding == "same":
            padding = [((k - 1) * dilation + 1) // 2 for k in w.shape[2:]]
        groups = x.shape[1] if b["block"] == "depthwise" else b.get("groups", 1)
        return self.follow(b, F.conv2d(x, w, bias, b.get("stride", 1), padding, dilation, groups))

    depthwise = convolution

    def transposed_convolution(self, b, x):
        w, bias = self.parts(b)
        return self.follow(b, F.conv_transpose2d(x, w, bias, b.get("stride", 1), b.get("padding", 0), b.get("outputPadding", 0)))

    def dense(self, b, x):
        return self.follow(b, F.linear(x.flatten(1), *self.parts(b)))

    def max_pool(self, b, x):
        return F.max_pool2d(x, b.get("size", 2), b.get("stride"), b.get("padding", 0))

    def average_pool(self, b, x):
        return F.avg_pool2d(x, b.get("size", 2), b.get("stride"), b.get("padding", 0))

    def global_average(self, b, x):
        return x.mean((2, 3))

    def global_max(self, b, x):
        return x.amax((2, 3))

    def batch_normalization(self, b, x):
        return self.norm(b["name"], x)

    def activation(self, b, x):
        return ACTIVATIONS[b["activation"]](x)

    def dropout(self, b, x):
        return x * self.masks[b["name"] + "/mask"].to(x.dtype)

    def upsample(self, b, x):
        return F.interpolate(x, scale_factor=b.get("factor", 2), mode="nearest")

    def reshape(self, b, x):
        return x.reshape(x.shape[0], *b["dims"])

    def flatten(self, b, x):
        return x.flatten(1)

    def residual(self, b, x):
        inner = self.chain(b["blocks"], x)
        skip = b["name"] + "/skip"
        if skip + ".weight" in self.weights:
            stride = -(-x.shape[2] // inner.shape[2])
            x = self.norm(skip + "_bn", F.conv2d(x, self.weights[skip + ".weight"], None, stride))
        return ACTIVATIONS[b.get("activation", "relu")](inner + x)

    def branches(self, b, x):
        return torch.cat([self.chain(branch, x) for branch in b["branches"]], 1)


LOSSES = {
    "cross-entropy": lambda y, t: -(t * F.log_softmax(y, 1)).sum(1).mean(), "squared-error": F.mse_loss, "binary-cross-entropy": F.binary_cross_entropy_with_logits,
    "huber": lambda y, t: F.huber_loss(y, t), "focal": lambda y, t: -(t * (1 - F.softmax(y, 1)) ** 2 * F.log_softmax(y, 1)).sum(1).mean(),
}


def optimizer_of(options, parameters):
    kind, rate = options["kind"], options["rate"]
    if kind in ("adam", "adamw"):
        return (torch.optim.Adam if kind == "adam" else torch.optim.AdamW)(parameters, lr=rate, weight_decay=0)
    if kind == "rmsprop":
        return torch.optim.RMSprop(parameters, lr=rate)
    return torch.optim.SGD(parameters, lr=rate, momentum=0 if kind == "sgd" else options.get("momentum", 0.9), nesterov=kind == "nesterov")


def idx(folder, name):
    with gzip.open(os.path.join(folder, name)) as file:
        data = file.read()
    dims = struct.unpack(f">{data[3]}I", data[4 : 4 + 4 * data[3]])
    return torch.from_numpy(np.frombuffer(data, np.uint8, offset=4 + 4 * data[3]).reshape(dims).copy())


def peak_mb():
    with open("/proc/self/status") as file:
        fields = dict(each.split(":", 1) for each in file)
    return int(fields["VmHWM"].split()[0]) / 1024


def epoch(net, optimizer, loss_of, size, folder):
    """All data in memory as tensors, standardised once, batches taken by index: the fastest that PyTorch's own operators do it."""
    started = time.perf_counter()
    parts = {part: (idx(folder, f"{part}-images-idx3-ubyte.gz"), idx(folder, f"{part}-labels-idx1-ubyte.gz").long()) for part in ("train", "t10k")}
    mean, deviation = (parts["train"][0].float() / 255).mean(), (parts["train"][0].float() / 255).std()
    (x, y), (test_x, test_y) = [((pictures.float().div_(255).sub_(mean) / deviation).unsqueeze(1), labels) for pictures, labels in parts.values()]
    read = time.perf_counter()
    order = torch.randperm(len(x))
    for start in range(0, len(x) - size + 1, size):
        chosen = order[start : start + size]
        optimizer.zero_grad()
        loss = loss_of(net(x[chosen], {}), F.one_hot(y[chosen], 10).float())
        loss.backward()
        optimizer.step()
        loss.item()
    trained = time.perf_counter()
    with torch.no_grad():
        right = sum((net(test_x[at : at + 250], {}).argmax(1) == test_y[at : at + 250]).sum().item() for at in range(0, len(test_x), 250))
    tested = time.perf_counter()
    return {"readMs": (read - started) * 1000, "trainMs": (trained - read) * 1000, "testMs": (tested - trained) * 1000, "accuracy": right / len(test_x), "peakMb": peak_mb()}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("task", choices=["gradients", "losses", "serve", "epoch"])
    parser.add_argument("--steps", type=int, default=50)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--data")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    with open(options.folder + "/spec.json") as file:
        spec = json.load(file)
    tensors = read(options.folder + "/tensors.safetensors")
    dtype = torch.float64 if options.task == "gradients" else torch.float32
    net = Net(spec, {name: tensors[name] for name in spec["parameters"]}, dtype)
    loss_of = LOSSES[spec["loss"]]
    batches = [(tensors[f"batch{i}/input"].to(dtype), tensors[f"batch{i}/target"].to(dtype), {m: tensors[f"batch{i}/{m}"] for m in spec["masks"]}) for i in range(spec["batches"])]
    if options.task == "gradients":
        x, t, masks = batches[0]
        loss = loss_of(net(x, masks), t)
        loss.backward()
        write(options.folder + "/gradients.safetensors", {name: weight.grad for name, weight in net.weights.items()})
        print(json.dumps({"loss": loss.item()}))
        return
    optimizer = optimizer_of(spec["optimizer"], list(net.weights.values()))

    def step(index):
        x, t, masks = batches[index % len(batches)]
        optimizer.zero_grad()
        loss = loss_of(net(x, masks), t)
        loss.backward()
        if spec.get("clip"):
            torch.nn.utils.clip_grad_norm_(list(net.weights.values()), spec["clip"])
        optimizer.step()
        return loss.item()

    if options.task == "epoch":
        print(json.dumps(epoch(net, optimizer, loss_of, batches[0][0].shape[0], options.data)))
        return
    if options.task == "losses":
        print(json.dumps({"losses": [step(index) for index in range(options.steps)]}))
        return
    print("ready", flush=True)
    for count, line in enumerate(sys.stdin):
        if line.strip() == "memory":
            print(json.dumps({"peakMb": peak_mb()}), flush=True)
            continue
        start = time.perf_counter()
        step(count)
        print(json.dumps({"ms": (time.perf_counter() - start) * 1000}), flush=True)


if __name__ == "__main__":
    main()
