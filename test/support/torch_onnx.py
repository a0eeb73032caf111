"""Runs a static ONNX graph of common vision operators in PyTorch, with PyTorch's own gradients: what the project's backward graphs are held against."""
import numpy as np
import onnx
import torch
import torch.nn.functional as F
from onnx import numpy_helper


def attributes(node):
    return {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}


def padded(x, a, value=0.0):
    pads = a.get("pads") or [0, 0, 0, 0]
    if a.get("auto_pad", b"NOTSET") not in (b"NOTSET", b"VALID"):
        kernel, strides, dilations = a["kernel_shape"], a.get("strides", [1, 1]), a.get("dilations", [1, 1])
        before, after = [], []
        for axis in range(2):
            size = x.shape[2 + axis]
            total = max(0, (-(-size // strides[axis]) - 1) * strides[axis] + (kernel[axis] - 1) * dilations[axis] + 1 - size)
            low = total // 2 if a["auto_pad"] == b"SAME_UPPER" else total - total // 2
            before.append(low)
            after.append(total - low)
        pads = before + after
    return (F.pad(x, (pads[1], pads[3], pads[0], pads[2]), value=value), pads) if any(pads) else (x, pads)




def max_pool(x, a):
    kernel, strides = a["kernel_shape"], a.get("strides", [1, 1])
    x, _ = padded(x, a, float("-inf"))
    return F.max_pool2d(x, kernel, strides, 0, tuple(a.get("dilations", [1, 1])), ceil_mode=bool(a.get("ceil_mode", 0)))


def average_pool(x, a):
    kernel, strides = a["kernel_shape"], a.get("strides", [1, 1])
    counted = torch.ones_like(x[:1, :1])
    x, pads = padded(x, a)
    sums = F.avg_pool2d(x, kernel, strides, 0, ceil_mode=bool(a.get("ceil_mode", 0)), divisor_override=1)
    if a.get("count_include_pad", 0):
        counted = torch.ones_like(x[:1, :1])
    else:
        counted, _ = padded(counted, a)
    return sums / F.avg_pool2d(counted, kernel, strides, 0, ceil_mode=bool(a.get("ceil_mode", 0)), divisor_override=1)


def resolved(shape, x):
    return [x.shape[i] if d == 0 else int(d) for i, d in enumerate(shape)]


OPS = {
    "Identity": lambda a, x: x, "Dropout": lambda a, x, *r: x, "Relu": lambda a, x: F.relu(x), "Sigmoid": lambda a, x: torch.sigmoid(x), "Tanh": lambda a, x: torch.tanh(x),
    "LeakyRelu": lambda a, x: F.leaky_relu(x, a.get("alpha", 0.01)), "Clip": lambda a, x, lo=None, hi=None: torch.clamp(x, None if lo is None else float(lo), None if hi is None else float(hi)),
    "Add": lambda a, x, y: x + y, "Sub": lambda a, x, y: x - y, "Mul": lambda a, x, y: x * y, "Div": lambda a, x, y: x / y, "Neg": lambda a, x: -x, "Sqrt": lambda a, x: torch.sqrt(x),
    "Sum": lambda a, *x: sum(x), "Concat": lambda a, *x: torch.cat(x, a["axis"]), "Flatten": lambda a, x: x.flatten(a.get("axis", 1)) if a.get("axis", 1) > 0 else x.reshape(1, -1),
    "Reshape": lambda a, x, s: x.reshape(resolved(s.tolist(), x)), "Transpose": lambda a, x: x.permute(a["perm"]), "Cast": lambda a, x: x.float() if a["to"] == 1 else x.long(),
    "Squeeze": lambda a, x, s=None: x.reshape([d for i, d in enumerate(x.shape) if i not in [int(v) % x.dim() for v in (s.tolist() if s is not None else a.get("axes", [i for i, d in enumerate(x.shape) if d == 1]))]]),
    "Gather": lambda a, x, i: torch.index_select(x, a.get("axis", 0), i.reshape(-1)) if i.dim() == 1 else x.select(a.get("axis", 0), int(i)),
    "MatMul": lambda a, x, y: x @ y, "Softmax": lambda a, x: torch.softmax(x, a.get("axis", -1)), "GlobalAveragePool": lambda a, x: x.mean((2, 3), keepdim=True), "GlobalMaxPool": lambda a, x: x.amax((2, 3), keepdim=True),
    "ReduceMean": lambda a, x, axes=None: x.mean(tuple(int(v) for v in (axes.tolist() if axes is not None else a["axes"])), keepdim=bool(a.get("keepdims", 1))),
    "Gemm": lambda a, x, w, b=None: a.get("alpha", 1.0) * (x.t() if a.get("transA") else x) @ (w.t() if a.get("transB") else w) + (0 if b is None else a.get("beta", 1.0) * b),
    "BatchNormalization": lambda a, x, s, b, m, v: F.batch_norm(x, m, v, s, b, False, 0.0, a.get("epsilon", 1e-5)),
    "LRN": lambda a, x: F.local_response_norm(x, a["size"], a.get("alpha", 1e-4), a.get("beta", 0.75), a.get("bias", 1.0)),
    "Pad": lambda a, x, p, v=None, *r: F.pad(x, (int(p[3]), int(p[7]), int(p[2]), int(p[6])), value=0.0 if v is None else float(v)),
    "Conv": lambda a, x, w, b=None: F.conv2d(padded(x, {**a, "kernel_shape": list(w.shape[2:])})[0], w, b, a.get("strides", [1, 1]), 0, a.get("dilations", [1, 1]), a.get("group", 1)),
    "MaxPool": lambda a, x: max_pool(x, a), "AveragePool": lambda a, x: average_pool(x, a),
}


class OnnxNet:
    def __init__(self, path):
        graph = onnx.load(path).graph
        self.nodes = list(graph.node)
        self.constants = {t.name: torch.from_numpy(np.array(numpy_helper.to_array(t))) for t in graph.initializer}
        missing = sorted({n.op_type for n in self.nodes} - set(OPS) - {"Constant"})
        if missing:
            raise NotImplementedError(f"torch_onnx has no {', '.join(missing)}")

    def __call__(self, feeds, wanted):
        values = {**self.constants, **feeds}
        for node in self.nodes:
            if node.op_type == "Constant":
                values[node.output[0]] = torch.from_numpy(np.array(numpy_helper.to_array(node.attribute[0].t)))
            else:
                values[node.output[0]] = OPS[node.op_type](attributes(node), *[values[i] if i else None for i in node.input])
        return values[wanted]
