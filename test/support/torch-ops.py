#!/usr/bin/env python3
"""Tiny PyTorch modules, one for each way of using an operator, exported as ONNX with float64 reference gradients.

    /usr/bin/python3 test/support/torch-ops.py OUT [--opsets 11 13 17] [--only REGEX]

Writes OUT/<case>.<opset>.onnx and, last of all, OUT/reference.json:
    {case: {"inputs": [{"dims", "data"}], "seed": {...}, "output": {...}, "gradients": [{...}], "files": {opset: file}, "failed": {opset: reason}}}
Inputs are named x0, x1, ...; every one is differentiated: gradients[i] = d <y, seed> / d x_i, in float64.
"""
import argparse
import json
import os
import re
import sys
import warnings

import torch
import torch.nn.functional as F
from torch import nn

CASES = {}


def draw(*dims, low=-1.0, high=1.0):
    return lambda generator: torch.rand(dims, generator=generator, dtype=torch.float64) * (high - low) + low


def distinct(*dims):
    """No two elements closer than 2 / count."""
    def make(generator):
        count = 1
        for dim in dims:
            count *= dim
        return ((torch.randperm(count, generator=generator).double() + 0.5) / count * 2 - 1).reshape(dims)
    return make


def case(name, function, *inputs, module=None):
    """`function` of tensors; `module` (optional) holds its parameters."""
    assert name not in CASES, name
    CASES[name] = (function, inputs or (draw(2, 3, 4),), module)


def positive(*dims):
    return draw(*dims, low=0.3, high=2.0)


def constant(*rows, dtype=torch.long):
    return torch.tensor(rows, dtype=dtype)


# --- functions of one number -------------------------------------------------------------------------------------------
for name, function in {
    "relu": F.relu, "relu6": F.relu6, "elu": F.elu, "elu-alpha": lambda x: F.elu(x, alpha=1.7), "selu": F.selu, "celu": F.celu,
    "celu-alpha": lambda x: F.celu(x, alpha=0.6), "leaky-relu": F.leaky_relu, "leaky-relu-slope": lambda x: F.leaky_relu(x, 0.3),
    "hardtanh": lambda x: F.hardtanh(x, -0.4, 0.6), "hardsigmoid": lambda x: F.hardsigmoid(4 * x), "hardswish": lambda x: F.hardswish(4 * x),
    "silu": F.silu, "mish": F.mish, "gelu": F.gelu, "gelu-tanh": lambda x: F.gelu(x, approximate="tanh"), "softplus": F.softplus,
    "softsign": F.softsign, "sigmoid": torch.sigmoid, "tanh": torch.tanh, "logsigmoid": F.logsigmoid, "tanhshrink": F.tanhshrink,
    "softshrink": lambda x: F.softshrink(x, 0.3), "hardshrink": lambda x: F.hardshrink(x, 0.3), 
    "glu": lambda x: F.glu(x, dim=2), "softmax": lambda x: F.softmax(x, dim=1), "softmax-last": lambda x: F.softmax(x, dim=-1),
    "softmin": lambda x: F.softmin(x, dim=1), "log-softmax": lambda x: F.log_softmax(x, dim=1), "log-softmax-last": lambda x: F.log_softmax(x, -1),
    "abs": torch.abs, "neg": torch.neg, "exp": torch.exp, "sin": torch.sin, "cos": torch.cos, "tan": torch.tan, "atan": torch.atan,
    "erf": torch.erf, "square": torch.square, "cube": lambda x: x ** 3,
    "asin": lambda x: torch.asin(0.8 * x), "acos": lambda x: torch.acos(0.8 * x),
    "floor": lambda x: torch.floor(4 * x) * x, "ceil": lambda x: torch.ceil(4 * x) * x, "round": lambda x: torch.round(4 * x) * x, "sign": lambda x: torch.sign(x) * x,
    "clamp": lambda x: x.clamp(-0.5, 0.3), "clamp-min": lambda x: x.clamp(min=-0.2), "clamp-max": lambda x: x.clamp(max=0.2),
    "dropout": lambda x: F.dropout(x, training=False), "rrelu": lambda x: F.rrelu(x, training=False), "cast": lambda x: x.float() * x,
}.items():
    case(name, function)
for name, function in {
    "sqrt": torch.sqrt, "rsqrt": torch.rsqrt, "reciprocal": torch.reciprocal, "log": torch.log, "log2": torch.log2, "log10": torch.log10, "log1p": torch.log1p,
    "pow": lambda x: x ** 1.7, "pow-half": lambda x: x ** 0.5, "pow-negative": lambda x: x ** -2, "pow-of-number": lambda x: 2 ** x, "rsub": lambda x: 3 - x, "rdiv": lambda x: 3 / x,
}.items():
    case(name, function, positive(2, 3, 4))
case("prelu", F.prelu, draw(2, 3, 4, 4), draw(3))

# --- functions of several tensors --------------------------------------------------------------------------------------
for name, function in {
    "add": torch.add, "add-alpha": lambda a, b: torch.add(a, b, alpha=0.3), "sub": torch.sub, "sub-alpha": lambda a, b: torch.sub(a, b, alpha=2), "mul": torch.mul, "div": torch.div, "fmod": torch.fmod,
    "remainder": torch.remainder, "pow-tensor": torch.pow, "maximum": torch.maximum, "minimum": torch.minimum,
    "floor-div": lambda a, b: torch.div(4 * a, b, rounding_mode="floor") * b, "where": lambda a, b: torch.where(a > 1, a * b, b),
    "comparison-gate": lambda a, b: (a > b).to(a.dtype) * a * b, "masked-fill": lambda a, b: (a * b).masked_fill(a < 1, 0.5), "lerp": lambda a, b: a + 0.3 * (b - a),
}.items():
    case(name, function, positive(2, 3, 4), positive(3, 1))
case("addcmul", lambda a, b, c: torch.addcmul(a, b, c, value=0.7), draw(2, 3), draw(2, 3), draw(2, 3))
case("mean-of-stack", lambda a, b: torch.stack([a, b]).mean(0), draw(2, 3), draw(2, 3))

# --- resampling --------------------------------------------------------------------------------------------------------
for mode, ranks in {"nearest": (1, 2, 3), "linear": (1,), "bilinear": (2,), "trilinear": (3,), "bicubic": (2,)}.items():
    for rank in ranks:
        spatial = (5, 4, 3)[:rank]
        for corners in (None,) if mode == "nearest" else (False, True):
            label = f"interpolate-{mode}-{rank}d" + ("-corners" if corners else "")
            options = dict(mode=mode, align_corners=corners)
            case(f"{label}-twice", lambda x, o=options: F.interpolate(x, scale_factor=2, **o), draw(1, 2, *spatial))
            case(f"{label}-size", lambda x, o=options, s=tuple(dim + 2 for dim in spatial): F.interpolate(x, size=s, **o), draw(1, 2, *spatial))
            case(f"{label}-smaller", lambda x, o=options, s=tuple(dim - 1 for dim in spatial): F.interpolate(x, size=s, **o), draw(1, 2, *spatial))
            case(f"{label}-scale", lambda x, o=options: F.interpolate(x, scale_factor=1.6, recompute_scale_factor=True, **o), draw(1, 2, *spatial))
            case(f"{label}-scale-kept", lambda x, o=options: F.interpolate(x, scale_factor=1.6, **o), draw(1, 2, *spatial))
case("interpolate-area", lambda x: F.interpolate(x, size=(2, 3), mode="area"), draw(1, 2, 4, 6))
for mode in ("bilinear", "nearest", "bicubic"):
    for padding in ("zeros", "border", "reflection"):
        for corners in (False, True):
            case(f"grid-sample-{mode}-{padding}" + ("-corners" if corners else ""),
                 lambda x, g, m=mode, p=padding, c=corners: F.grid_sample(x, g, mode=m, padding_mode=p, align_corners=c),
                 draw(2, 3, 5, 4), draw(2, 3, 4, 2, low=-1.6, high=1.6))
for block in (2, 3):
    case(f"pixel-shuffle-{block}", lambda x, b=block: F.pixel_shuffle(x, b), draw(1, 2 * block * block, 2, 3))
    case(f"pixel-unshuffle-{block}", lambda x, b=block: F.pixel_unshuffle(x, b), draw(1, 2, 2 * block, 3 * block))
case("channel-shuffle", lambda x: x.view(1, 2, 3, 2, 2).transpose(1, 2).reshape(1, 6, 2, 2), draw(1, 6, 2, 2))

# --- padding -----------------------------------------------------------------------------------------------------------
case("pad-constant", lambda x: F.pad(x, (1, 2, 0, 3), value=0.5), draw(1, 2, 3, 4))
case("pad-negative", lambda x: F.pad(x, (-1, 2, 1, -2)), draw(1, 2, 4, 5))
case("pad-reflect-1d", lambda x: F.pad(x, (2, 3), mode="reflect"), draw(1, 2, 5))
case("pad-reflect-2d", lambda x: F.pad(x, (2, 1, 3, 2), mode="reflect"), draw(1, 2, 4, 4))
case("pad-replicate-2d", lambda x: F.pad(x, (2, 1, 3, 2), mode="replicate"), draw(1, 2, 4, 4))
case("pad-replicate-3d", lambda x: F.pad(x, (1, 1, 2, 0, 0, 2), mode="replicate"), draw(1, 2, 2, 3, 3))
case("zero-pad-module", nn.ZeroPad2d((1, 0, 2, 1)), draw(1, 2, 3, 3))

# --- indexing ----------------------------------------------------------------------------------------------------------
for name, function in {
    "slice": lambda x: x[:, 1:, 1:3], "slice-step": lambda x: x[:, ::2, 1::3], "slice-ellipsis": lambda x: x[..., -2:], "select": lambda x: x[:, -1],
    "select-two": lambda x: x[:, 1, 2], "index-list": lambda x: x[:, [2, 0, 2]], "index-two-lists": lambda x: x[:, [2, 0], [1, 3]], "index-first": lambda x: x[[1, 0, 1, 1]],
    "index-mask-by-where": lambda x: torch.where(torch.tensor([True, False, True])[:, None], x, -x), "narrow": lambda x: x.narrow(2, 1, 2),
    "index-select": lambda x: x.index_select(2, constant(3, 0, 3)), "gather": lambda x: x.gather(2, constant([[[0, 3], [1, 1], [2, 0]]] * 2).squeeze(0)),
    "take-along": lambda x: torch.gather(x, 1, x.argsort(dim=1)), "chunk": lambda x: x.chunk(2, dim=2)[1] * x.chunk(2, dim=2)[0], "split": lambda x: torch.cat(x.split([1, 3], dim=2)[::-1], 2),
    "unbind": lambda x: x.unbind(1)[0] * x.unbind(1)[2], "stack": lambda x: torch.stack([x, x * x], 1), "cat": lambda x: torch.cat([x, x * x, x], -1),
    "flip": lambda x: x.flip(2), "flip-two": lambda x: x.flip([0, 2]), "roll": lambda x: x.roll(1, 2), "roll-two": lambda x: x.roll((1, -1), (1, 2)), "repeat": lambda x: x.repeat(2, 1, 3), "expand": lambda x: x[:, :1].expand(2, 5, 4),
    "expand-as": lambda x: x[:1, :, :1].expand_as(x) * x, "repeat-interleave": lambda x: x.repeat_interleave(3, dim=2), "permute": lambda x: x.permute(2, 0, 1), "transpose": lambda x: x.transpose(1, 2) * 2,
    "reshape": lambda x: x.reshape(4, -1), "view": lambda x: x.view(-1, 4), "flatten": lambda x: x.flatten(1), "unflatten": lambda x: x.view(2, 3, 2, 2), "squeeze": lambda x: x[:, :1].squeeze(1), "unsqueeze": lambda x: x.unsqueeze(-1).unsqueeze(0),
    "tril": lambda x: x.tril(), "triu": lambda x: x.triu(1), "tril-below": lambda x: x.tril(-1), "movedim": lambda x: x.movedim(0, -1),
    "index-put": lambda x: torch.index_put(x * x, (constant(0, 1), constant(2, 0)), x[0, :2] * x[1, 1:]), "slice-assign": lambda x: assign(x, slice(1, 3)), "strided-assign": lambda x: assign(x, slice(0, None, 2)),
    "scatter": lambda x: torch.scatter(x * x, 2, constant([[[0], [3], [1]]] * 2).squeeze(0), x[:, :, 1:2]), "scatter-add": lambda x: torch.scatter_add(x * x, 2, constant([[[0, 2], [3, 1], [1, 0]]] * 2).squeeze(0), x[:, :, 1:3]),
    "index-add": lambda x: torch.index_add(x * x, 1, constant(0, 2), x[:, 1:]), "index-copy": lambda x: torch.index_copy(x * x, 1, constant(2, 0), x[:, 1:]), "index-fill": lambda x: x.index_fill(1, constant(0, 2), 0.5),
    "diagonal": lambda x: torch.diagonal(x, dim1=1, dim2=2), "meshgrid": lambda x: torch.meshgrid(x[0, 0], x[0, 1], indexing="ij")[0] * 2, "window-partition": lambda x: x.view(2, 3, 2, 2).permute(0, 2, 1, 3).reshape(4, 6),
}.items():
    case(name, function)
case("unfold", lambda x: F.unfold(x, 3, padding=1, stride=2), draw(1, 2, 5, 5))
case("tensor-unfold", lambda x: x.unfold(2, 3, 2), draw(1, 2, 7))
case("embedding", lambda w: F.embedding(constant([3, 0, 3], [1, 4, 0]), w), draw(5, 3))


def assign(x, where):
    y = x * 1
    y[:, :, where] = x[:, :, where] ** 2
    return y


# --- reductions --------------------------------------------------------------------------------------------------------
for name, function in {
    "sum": lambda x: x.sum(), "sum-dim": lambda x: x.sum(1), "sum-dims": lambda x: x.sum((0, 2), keepdim=True), "mean": lambda x: x.mean(), "mean-dims": lambda x: x.mean((-1, -2)), "amax": lambda x: x.amax(2), "amin": lambda x: x.amin((1, 2), keepdim=True),
    "max": lambda x: x.max(), "min-all": lambda x: x.min(), "max-dim": lambda x: x.max(1)[0], "min-dim": lambda x: x.min(2, keepdim=True)[0], "prod": lambda x: x.prod(1), "norm-1": lambda x: x.norm(p=1, dim=1), "norm-2": lambda x: x.norm(p=2, dim=2, keepdim=True),
    "norm-all": lambda x: x.norm(), "norm-inf": lambda x: torch.linalg.vector_norm(x, float("inf"), dim=1), "norm-3": lambda x: torch.linalg.vector_norm(x, 3, dim=1), "logsumexp": lambda x: x.logsumexp(1), "logsumexp-two": lambda x: x.logsumexp((1, 2)),
    "var": lambda x: x.var(2), "var-biased": lambda x: x.var((1, 2), unbiased=False), "std": lambda x: x.std(1), "var-mean": lambda x: torch.var_mean(x, 2)[0] * torch.var_mean(x, 2)[1], "cumsum": lambda x: x.cumsum(1), "sort": lambda x: x.sort(2)[0], "sort-descending": lambda x: x.sort(2, descending=True)[0],
    "topk": lambda x: x.topk(2, dim=2)[0], "topk-smallest": lambda x: x.topk(2, dim=1, largest=False)[0], "normalize": lambda x: F.normalize(x, dim=1), "cosine-similarity": lambda x: F.cosine_similarity(x[0], x[1], dim=1), "pairwise-distance": lambda x: F.pairwise_distance(x[0], x[1]), "cdist": lambda x: torch.cdist(x[0], x[1] + 2),
    "cross-entropy": lambda x: F.cross_entropy(x[0], constant(1, 3, 0)), "nll": lambda x: F.nll_loss(F.log_softmax(x[0], 1), constant(1, 3, 0)), "kl": lambda x: F.kl_div(x[0], x[1].exp(), reduction="sum"), "bce-logits": lambda x: F.binary_cross_entropy_with_logits(x[0], torch.sigmoid(x[1])),
}.items():
    case(name, function, distinct(2, 3, 4))
case("gem-pool", lambda x, p: F.avg_pool2d(x.clamp(min=1e-6).pow(p), 3).pow(1 / p), positive(1, 2, 3, 3), draw(1, low=2, high=4))

# --- products ----------------------------------------------------------------------------------------------------------
for name, (left, right) in {"matrix": ((3, 4), (4, 2)), "batch": ((2, 3, 4), (2, 4, 5)), "broadcast": ((2, 1, 3, 4), (5, 4, 2)), "vector-left": ((4,), (2, 4, 3)), "vector-right": ((2, 3, 4), (4,)), "dot": ((4,), (4,))}.items():
    case(f"matmul-{name}", torch.matmul, draw(*left), draw(*right))
case("linear", F.linear, draw(2, 3, 4), draw(5, 4), draw(5))
case("linear-2d", F.linear, draw(3, 4), draw(5, 4), draw(5))
case("addmm", lambda c, a, b: torch.addmm(c, a, b, beta=0.5, alpha=2), draw(5), draw(3, 4), draw(4, 5))
case("baddbmm", lambda c, a, b: torch.baddbmm(c, a, b, beta=0.5, alpha=2), draw(2, 3, 5), draw(2, 3, 4), draw(2, 4, 5))
for equation, dims in {"ij,jk->ik": ((2, 3), (3, 4)), "bij,bjk->bik": ((2, 3, 4), (2, 4, 2)), "bhqd,bhkd->bhqk": ((1, 2, 3, 4), (1, 2, 5, 4)), "ij->ji": ((2, 3),), "ij->": ((2, 3),), "ii->i": ((3, 3),), "i,j->ij": ((2,), (3,)), "ijk,k->ij": ((2, 3, 4), (4,)), "...ij,jk->...ik": ((2, 3, 4), (4, 2)), "bi,ij,bj->b": ((2, 3), (3, 4), (2, 4))}.items():
    case("einsum-" + re.sub(r"\W+", "_", equation), lambda *xs, e=equation: torch.einsum(e, *xs), *(draw(*each) for each in dims))

# --- convolution and pooling -------------------------------------------------------------------------------------------
for name, (x, w, options) in {
    "1d": ((1, 3, 9), (4, 3, 3), dict(stride=2, padding=1)), "2d": ((2, 3, 7, 6), (4, 3, 3, 3), dict(padding=1)), "2d-strided": ((1, 3, 8, 9), (4, 3, 3, 2), dict(stride=(2, 3), padding=(1, 0))),
    "2d-dilated": ((1, 2, 9, 9), (3, 2, 3, 3), dict(dilation=2, padding=2)), "2d-grouped": ((1, 4, 6, 6), (6, 2, 3, 3), dict(groups=2)), "2d-depthwise": ((1, 4, 7, 7), (4, 1, 3, 3), dict(groups=4, stride=2, padding=1)), "3d": ((1, 2, 4, 5, 5), (3, 2, 2, 3, 3), dict(stride=(1, 2, 1), padding=1)),
}.items():
    function = {3: F.conv1d, 4: F.conv2d, 5: F.conv3d}[len(x)]
    case(f"conv-{name}", lambda a, b, c, f=function, o=options: f(a, b, c, **o), draw(*x), draw(*w), draw(w[0]))
for name, (x, w, options) in {
    "1d": ((1, 3, 5), (3, 2, 4), dict(stride=2, padding=1)), "2d": ((1, 3, 4, 5), (3, 2, 3, 3), dict(stride=2, padding=1, output_padding=1)), "2d-grouped": ((1, 4, 4, 4), (4, 3, 3, 3), dict(groups=2)), "2d-dilated": ((1, 2, 4, 4), (2, 3, 3, 3), dict(dilation=2, stride=2)), "3d": ((1, 2, 3, 3, 3), (2, 2, 2, 2, 2), dict(stride=2)),
}.items():
    function = {3: F.conv_transpose1d, 4: F.conv_transpose2d, 5: F.conv_transpose3d}[len(x)]
    case(f"conv-transpose-{name}", lambda a, b, f=function, o=options: f(a, b, **o), draw(*x), draw(*w))
case("conv-reflect", nn.Conv2d(2, 3, 3, padding=1, padding_mode="reflect"), draw(1, 2, 5, 5))
for name, function in {
    "max-2x2": lambda x: F.max_pool2d(x, 2), "max-overlapping": lambda x: F.max_pool2d(x, 3, 2, 1), "max-ceil": lambda x: F.max_pool2d(x, 3, 2, ceil_mode=True), "max-dilated": lambda x: F.max_pool2d(x, 2, 1, dilation=2), "avg-2x2": lambda x: F.avg_pool2d(x, 2), "avg-padded": lambda x: F.avg_pool2d(x, 3, 2, 1), "avg-uncounted": lambda x: F.avg_pool2d(x, 3, 2, 1, count_include_pad=False),
    "avg-ceil": lambda x: F.avg_pool2d(x, 2, 2, ceil_mode=True), "adaptive-avg-1": lambda x: F.adaptive_avg_pool2d(x, 1), "adaptive-avg": lambda x: F.adaptive_avg_pool2d(x[:, :, :6, :6], 3), "adaptive-max-1": lambda x: F.adaptive_max_pool2d(x, 1), "lp": lambda x: F.lp_pool2d(x + 2, 2, 3, 2),
}.items():
    case(f"pool-{name}", function, distinct(1, 2, 7, 7))
case("pool-max-1d", lambda x: F.max_pool1d(x, 3, 2, 1), distinct(1, 2, 8))
case("pool-max-3d", lambda x: F.max_pool3d(x, 2), distinct(1, 2, 4, 4, 4))
case("pool-avg-1d", lambda x: F.avg_pool1d(x, 3, 2, 1), draw(1, 2, 8))
case("pool-avg-3d", lambda x: F.avg_pool3d(x, 2), draw(1, 2, 4, 4, 4))

# --- normalization, attention ------------------------------------------------------------------------------------------
case("batch-norm", lambda x, w, b: F.batch_norm(x, x.new_tensor([0.1, -0.2, 0.3]), x.new_tensor([0.5, 1.5, 1.0]), w, b), draw(2, 3, 4, 4), draw(3), draw(3))
case("instance-norm", lambda x: F.instance_norm(x), draw(2, 3, 4, 4))
case("instance-norm-affine", nn.InstanceNorm2d(3, affine=True), draw(2, 3, 4, 4))
case("layer-norm", lambda x, w, b: F.layer_norm(x, (4,), w, b), draw(2, 3, 4), draw(4), draw(4))
case("layer-norm-two-axes", lambda x, w, b: F.layer_norm(x, (3, 4), w, b), draw(2, 3, 4), draw(3, 4), draw(3, 4))
case("group-norm", lambda x, w, b: F.group_norm(x, 2, w, b), draw(2, 6, 3, 3), draw(6), draw(6))
case("local-response-norm", lambda x: F.local_response_norm(x, 3, alpha=0.5, beta=0.75, k=1.5), draw(1, 6, 3, 3))
case("attention", lambda q, k, v: torch.softmax(q @ k.transpose(-1, -2) / 2, -1) @ v, draw(1, 2, 3, 4), draw(1, 2, 5, 4), draw(1, 2, 5, 4))
case("multihead-attention", lambda x, m=None: CASE_MODULES["attention"](x, x, x)[0], draw(3, 1, 8), module="attention")
case("transformer-layer", lambda x: CASE_MODULES["transformer"](x), draw(3, 1, 8), module="transformer")


def make_modules():
    torch.manual_seed(1)
    return {"attention": nn.MultiheadAttention(8, 2), "transformer": nn.TransformerEncoderLayer(8, 2, 16, dropout=0.0)}


CASE_MODULES = make_modules()


class Wrapped(nn.Module):
    def __init__(self, function, module):
        super().__init__()
        self.function = function
        if isinstance(function, nn.Module):
            self.inner = function
        elif module:
            self.inner = CASE_MODULES[module]

    def forward(self, *inputs):
        return self.function(*inputs)


def numbers(tensor):
    return {"dims": list(tensor.shape), "data": tensor.detach().double().flatten().tolist()}


def run(name, opsets, out):
    function, makers, module = CASES[name]
    generator = torch.Generator().manual_seed(sum(map(ord, name)))
    net = Wrapped(function, module).eval().double()
    # Rounded to float32 first: the reference is taken at the very numbers that the ONNX model is fed.
    inputs = [make(generator).float().double().requires_grad_() for make in makers]
    for parameter in net.parameters():
        parameter.data = parameter.data.float().double()
        parameter.requires_grad_(False)
    output = net(*inputs)
    seed = (torch.rand(output.shape, generator=generator, dtype=torch.float64) * 2 - 1).float().double()
    gradients = torch.autograd.grad(output, inputs, seed.to(output.dtype), allow_unused=True)
    entry = {
        "inputs": [numbers(each) for each in inputs], "seed": numbers(seed), "output": numbers(output),
        "gradients": [numbers(torch.zeros_like(x) if g is None else g) for x, g in zip(inputs, gradients)], "files": {}, "failed": {},
    }
    net = net.float()
    names = [f"x{index}" for index in range(len(inputs))]
    for opset in opsets:
        file = f"{name}.{opset}.onnx"
        try:
            torch.onnx.export(net, tuple(each.detach().float() for each in inputs), os.path.join(out, file), opset_version=opset,
                              input_names=names, output_names=["y"], do_constant_folding=opset % 2 == 1)
            entry["files"][str(opset)] = file
        except Exception as error:  # torch raises many types; the test lists what could not be exported
            lines = str(error).strip().splitlines()
            entry["failed"][str(opset)] = lines[0] if lines else repr(error)
    return entry


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out")
    parser.add_argument("--opsets", type=int, nargs="+", default=[11, 12, 13, 14, 15, 16, 17])
    parser.add_argument("--only", default="", help="regular expression on the name of a case")
    options = parser.parse_args()
    warnings.filterwarnings("ignore")
    torch.set_num_threads(1)
    os.makedirs(options.out, exist_ok=True)
    reference = {name: run(name, options.opsets, options.out) for name in CASES if re.search(options.only, name)}
    partial = os.path.join(options.out, f"reference.{os.getpid()}.partial")
    with open(partial, "w", encoding="utf-8") as file:
        json.dump(reference, file)
    os.replace(partial, os.path.join(options.out, "reference.json"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
