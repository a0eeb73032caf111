/** Orders in which kernels are shown. */
import { createRandom } from '../lib/random.ts'
import { areaOf, kernelNorms } from './kernel-view.ts'
import type { KernelView } from './kernel-view.ts'

export type KernelSort = 'index' | 'norm' | 'similarity'

export function kernelOrder(view: KernelView, sort: KernelSort): number[] {
  const indices = Array.from({ length: view.outputs }, (_, index) => index)
  switch (sort) {
    case 'index': return indices
    case 'norm': {
      const norms = kernelNorms(view)
      return indices.sort((a, b) => norms[b]! - norms[a]! || a - b)
    }
    case 'similarity': return similarityOrder(view)
  }
}

/** Kernels are compared by this many of their weights at most, and by this many random projections of those (Johnson and Lindenstrauss 1984). */
const mostWeights = 2048, mostProjections = 48
const seed = 1

/** Beginning with the strongest kernel, always the one most like the last (the largest cosine): neighbours look alike. */
function similarityOrder(view: KernelView): number[] {
  const { outputs } = view
  const features = normalizedFeatures(view)
  const width = features.length / outputs
  const norms = kernelNorms(view)
  const rest = Array.from({ length: outputs }, (_, index) => index)
  let current = norms.indexOf(Math.max(...norms))
  const order: number[] = []
  for (;;) {
    order.push(current)
    rest.splice(rest.indexOf(current), 1)
    if (rest.length === 0) return order
    let best = -Infinity, next = rest[0]!
    for (const other of rest) {
      let cosine = 0
      for (let index = 0; index < width; index++) cosine += features[current * width + index]! * features[other * width + index]!
      if (cosine > best) [best, next] = [cosine, other]
    }
    current = next
  }
}

/** [outputs, width]: each kernel at unit length, sampled and projected where it is long. */
function normalizedFeatures(view: KernelView): Float32Array {
  const { outputs, inputsPerGroup, data } = view
  const area = areaOf(view)
  const length = inputsPerGroup * area
  const stride = Math.max(1, Math.ceil(length / mostWeights))
  const sampled = Math.ceil(length / stride)
  const width = Math.min(sampled, mostProjections)
  const random = createRandom(seed)
  const projection = sampled > width ? Float32Array.from({ length: sampled * width }, () => random.normal()) : undefined
  const features = new Float32Array(outputs * width)
  for (let output = 0; output < outputs; output++) {
    const row = features.subarray(output * width, (output + 1) * width)
    for (let sample = 0; sample < sampled; sample++) {
      const at = sample * stride
      const weight = data[view.offset(output, Math.floor(at / area)) + (at % area)]!
      if (!projection) row[sample] = weight
      else for (let index = 0; index < width; index++) row[index]! += weight * projection[sample * width + index]!
    }
    const norm = Math.hypot(...row) || 1
    for (let index = 0; index < width; index++) row[index]! /= norm
  }
  return features
}
