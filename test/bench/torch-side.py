#!/usr/bin/env python3
"""PyTorch's half of the race: one network, a line of work in, a line of milliseconds out.

    /usr/bin/python3 test/bench/torch-side.py resnet50 --size 224 --threads 2

Reads 'forward', 'gradient', 'smoothgrad <samples> <batch>' or 'memory' from stdin. Weights are those of export-torchvision.py.
"""
import argparse
import importlib.util
import json
import os
import sys
import time
import warnings


def builder():
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support", "export-torchvision.py")
    spec = importlib.util.spec_from_file_location("export_torchvision", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("name")
    parser.add_argument("--size", type=int, default=224)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    warnings.filterwarnings("ignore")
    import torch

    torch.set_num_threads(options.threads)
    net = builder().build(options.name, 0, options.size, train_bn_stats=True)
    # Only the picture's gradient is asked of either side.
    for parameter in net.parameters():
        parameter.requires_grad_(False)
    picture = torch.randn(1, 3, options.size, options.size)

    def forward():
        with torch.no_grad():
            net(picture)

    def gradient(x=picture):
        x = x.clone().requires_grad_(True)
        output = net(x)
        (output[0] if isinstance(output, tuple) else output)[:, 7].sum().backward()
        return x.grad

    def smoothgrad(samples, batch):
        total = torch.zeros(1, 3, options.size, options.size)
        for start in range(0, samples, batch):
            count = min(batch, samples - start)
            total += gradient(picture + 0.15 * torch.randn(count, 3, options.size, options.size)).sum(0, keepdim=True)
        return total / samples

    print("ready", flush=True)
    for line in sys.stdin:
        task, *numbers = line.split()
        if task == "memory":
            with open("/proc/self/status") as file:
                fields = dict(each.split(":", 1) for each in file)
            print(json.dumps({"peakMb": int(fields["VmHWM"].split()[0]) / 1024}), flush=True)
            continue
        start = time.perf_counter()
        if task == "forward":
            forward()
        elif task == "gradient":
            gradient()
        else:
            smoothgrad(int(numbers[0]), int(numbers[1]))
        print(json.dumps({"ms": (time.perf_counter() - start) * 1000}), flush=True)


if __name__ == "__main__":
    main()
