/**
 * dx of y = x * w (cross-correlation): the transposed convolution of dy, in the form that was measured fastest.
 * Stride 1: a Conv with the kernel flipped and its channel axes swapped, which gets onnxruntime's blocked (NCHWc) kernels and is
 * about twice as fast as ConvTranspose on large maps; ConvTranspose elsewhere. Decomposing strided windows into phases,
 * zero insertion and Col2Im were slower.
 */
import type { Emit, Value } from '../emit.ts'
import { batchedTransposedConv, canBatch } from './batched-transposed-conv.ts'
import { flippedKernel } from './flipped-kernel.ts'
import { transposedConv } from './transposed-conv.ts'
import { extentOf, type Window } from './window.ts'

export function convInputGradient(emit: Emit, dy: Value, w: Value, window: Window, group: number, input: readonly number[]): Value {
  const spatial = input.length
  const full = input.map((_, axis) => extentOf(window, axis) - 1)
  const begins = full.map((reach, axis) => reach - (window.pads[axis] ?? 0))
  const ends = full.map((reach, axis) => reach - (window.pads[axis + spatial] ?? 0))
  if (prefersFlippedConv(w, window, group) && [...begins, ...ends].every((pad) => pad >= 0))
    return emit.conv(dy, flippedKernel(emit, w, group), { dilations: window.dilations, pads: [...begins, ...ends], group })
  if (canBatch(emit, dy, w, window, group, input)) return batchedTransposedConv(emit, dy, w, window, input)
  return transposedConv(emit, dy, w, window, group, input)
}

function prefersFlippedConv(w: Value, window: Window, group: number): boolean {
  if (window.strides.some((stride) => stride !== 1)) return false
  const channels = (w.dims[1] ?? 1) * group
  // A kernel known in advance is flipped once, when the session is made; one that training changes is flipped at every run.
  return w.constant ? channels >= 8 : channels >= 16 && channels % 8 === 0
}
