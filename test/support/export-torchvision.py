#!/usr/bin/env python3
"""Exports a torchvision network with random weights as ONNX.

    /usr/bin/python3 test/support/export-torchvision.py resnet18 13 out.onnx [--size 224] [--train-bn-stats] ...

The weights depend on the name and the seed only, so that another script can rebuild the same network with
`build(...)` (importlib) and compare. The file appears under its name only once it is complete.
Exit codes: 0 done, 2 wrong usage, 3 torch or torchvision missing, 4 the network cannot be exported at that opset.
"""
import argparse
import os
import sys
import warnings

# Networks whose stem needs a larger picture than 224.
DEFAULT_SIZES = {"inception_v3": 299}


def build(name, seed=0, size=None, train_bn_stats=False, classes=None):
    """The network in eval mode, seeded. `train_bn_stats` sets BatchNormalization's running statistics from random
    pictures, so that activations neither vanish nor explode in deep nets (random weights give them any scale)."""
    import torch
    import torchvision

    torch.manual_seed(seed)
    options = {} if classes is None else {"num_classes": classes}
    if name in ("googlenet", "inception_v3"):
        # The default initialization draws from scipy's truncated normal: minutes for these nets.
        options["init_weights"] = False
    net = torchvision.models.get_model(name, weights=None, **options)
    for layer in net.modules():
        # Vision transformers start with a head of zeros, behind which every gradient is zero.
        if isinstance(layer, torch.nn.Linear) and not layer.weight.any():
            torch.nn.init.normal_(layer.weight, std=0.02)
    size = size or DEFAULT_SIZES.get(name, 224)
    if train_bn_stats:
        norms = [m for m in net.modules() if isinstance(m, torch.nn.modules.batchnorm._BatchNorm)]
        if norms:
            for norm in norms:
                norm.reset_running_stats()
                norm.momentum = None  # cumulative average: every batch counts the same
            net.eval()
            for norm in norms:
                norm.train()
            with torch.no_grad():
                for _ in range(3):
                    net(torch.randn(4, 3, size, size))
    return net.eval()


def export(net, opset, path, size, batch=1, dynamic=None, keep_batch_norm=False, fold=True):
    import torch

    example = torch.randn(batch, 3, size, size)
    axes = None
    if dynamic:
        names = {0: "batch", 2: "height", 3: "width"}
        chosen = {0: "batch"} if dynamic == "batch" else names
        axes = {"input": chosen, "output": {0: "batch"}}
    partial = f"{path}.{os.getpid()}.partial"
    mode = torch.onnx.TrainingMode.PRESERVE if keep_batch_norm else torch.onnx.TrainingMode.EVAL
    try:
        torch.onnx.export(net, example, partial, opset_version=opset, input_names=["input"], output_names=["output"],
                          dynamic_axes=axes, training=mode, do_constant_folding=fold)
        os.replace(partial, path)
    finally:
        if os.path.exists(partial):
            os.remove(partial)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name", help="as torchvision.models names it: resnet18, vit_b_16, ...")
    parser.add_argument("opset", type=int)
    parser.add_argument("out")
    parser.add_argument("--size", type=int, help="height and width of the picture (224; inception_v3 299)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--batch", type=int, default=1)
    parser.add_argument("--classes", type=int, help="outputs of the classifier (1000)")
    parser.add_argument("--train-bn-stats", action="store_true", help="calibrate BatchNormalization on random pictures")
    parser.add_argument("--keep-batch-norm", action="store_true", help="do not fold BatchNormalization into Conv")
    parser.add_argument("--no-constant-folding", action="store_true")
    parser.add_argument("--dynamic", choices=["batch", "all"], help="symbolic batch, or batch, height and width")
    options = parser.parse_args()
    warnings.filterwarnings("ignore")
    try:
        import torch
        import torchvision
    except ImportError as error:
        print(f"torch and torchvision are needed (Debian: python3-torch, python3-torchvision): {error}", file=sys.stderr)
        return 3
    if options.name not in torchvision.models.list_models(module=torchvision.models):
        print(f"torchvision {torchvision.__version__} has no classifier named '{options.name}'.", file=sys.stderr)
        return 2
    torch.set_num_threads(int(os.environ.get("PHOSPHENE_TORCH_THREADS", "1")))
    size = options.size or DEFAULT_SIZES.get(options.name, 224)
    net = build(options.name, options.seed, size, options.train_bn_stats, options.classes)
    try:
        export(net, options.opset, options.out, size, options.batch, options.dynamic, options.keep_batch_norm,
               not options.no_constant_folding)
    except Exception as error:  # torch raises many types; the caller needs one line and a code
        print(f"{options.name} at opset {options.opset}: {str(error).splitlines()[0] if str(error) else error!r}", file=sys.stderr)
        return 4
    return 0


if __name__ == "__main__":
    sys.exit(main())
