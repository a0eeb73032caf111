/**
 * A scalar of the logits that is to grow, as nodes over a network, so that one run gives logits and gradient at the same picture:
 *   s = <a, z> - b log sum_j e^(z_j + m_j) - c max_j (z_j + m_j),
 * with a [K], b, c and the mask m [K] fed at run time: one session serves every class and every kind.
 */
import { invariant } from '#contract/errors.ts'
import { appendEmitted } from '../autodiff/append-emitted.ts'
import { differentiate } from '../autodiff/differentiate.ts'
import { Emit } from '../autodiff/emit.ts'
import type { LoweringTarget } from '../autodiff/lowering/target.ts'
import { displayInput } from '../network/network.ts'
import { pruneTo } from '../onnx/extract.ts'
import { opsetOf } from '../onnx/model.ts'
import type { Model, ValueInfo } from '../onnx/model.ts'
import { inferShapes } from '../onnx/shapes/infer-shapes.ts'
import { floatTensor } from '../runtime/host-tensor.ts'
import type { HostTensors } from '../runtime/host-tensor.ts'

export type Score =
  /** sign (z_k - log sum over j != k of e^(z_j)): the log of p_k / (1 - p_k). */
  | { readonly kind: 'log-odds'; readonly index: number; readonly sign: 1 | -1 }
  /** sign (z_k - max over j != k of z_j), the f of Carlini and Wagner 2017, arXiv:1608.04644, eq. 6. */
  | { readonly kind: 'margin'; readonly index: number; readonly sign: 1 | -1 }
  /** The sum of weight times logit, by class. */
  | { readonly kind: 'linear'; readonly weights: ReadonlyMap<number, number> }

/** Takes a class out of the maximum and the sum. */
const excluded = -1e9
/** Probabilities of a model without a Softmax are taken back to logits; below this they carry nothing. */
const leastProbability = 1e-12

const inputs = { weights: 'fooling/weights', mask: 'fooling/mask', soft: 'fooling/soft', hard: 'fooling/hard' } as const

export interface ScoreGraph {
  readonly model: Model
  /** Outputs: [N, K], [], and [N, C, H, W]. */
  readonly logits: string
  readonly value: string
  readonly gradient: string
  readonly classes: number
}

/** `network` computes `tensor`, one value a class, from `displayInput` [N, C, H, W]. Throws what `differentiate` throws. */
export function buildScoreGraph(network: Model, { tensor, batch, probabilities, target }: { readonly tensor: string; readonly batch: number; /** The tensor holds probabilities. */ readonly probabilities: boolean; readonly target: LoweringTarget }): ScoreGraph {
  const part = pruneTo(network, [tensor])
  const shape = inferShapes(part).get(tensor)?.shape
  invariant(shape?.every((dim) => typeof dim === 'number'), `the class scores '${tensor}' have no static shape`)
  const dims = shape
  const emit = new Emit({ target, opset: opsetOf(part), prefix: 'fooling' })
  const classes = dims.reduce((product, dim) => product * dim, 1) / batch
  const flat = emit.reshape({ name: tensor, dataType: 'float32', dims }, [batch, classes])
  const logits = probabilities ? emit.log(emit.max(flat, leastProbability)) : emit.add(flat, emit.scalar(0))
  const fed = (name: string, columns: number) => ({ name, dataType: 'float32', dims: [batch, columns] }) as const
  const masked = emit.add(logits, fed(inputs.mask, classes))
  const largest = emit.reduceMax(masked, [1], true)
  const logSum = emit.add(largest, emit.log(emit.reduceSum(emit.exp(emit.sub(masked, largest)), [1], true)))
  const chosen = emit.reduceSum(emit.mul(logits, fed(inputs.weights, classes)), [1], true)
  const value = emit.reduceSum(emit.sub(emit.sub(chosen, emit.mul(logSum, fed(inputs.soft, 1))), emit.mul(largest, fed(inputs.hard, 1))))

  const info = (name: string, columns: number): ValueInfo => ({ name, type: { kind: 'tensor', dataType: 'float32', shape: [batch, columns] } })
  const forward = appendEmitted(part, emit, {
    inputs: [...part.graph.inputs, info(inputs.weights, classes), info(inputs.mask, classes), info(inputs.soft, 1), info(inputs.hard, 1)],
    outputs: [{ name: value.name }, { name: logits.name }],
    valueInfos: new Map(),
  })
  const { model, value: scalar, gradients } = differentiate(forward, inferShapes(forward), { of: { kind: 'sum', tensor: value.name }, wrt: [displayInput] }, { target, keep: [logits.name] })
  const gradient = gradients.get(displayInput)
  invariant(gradient, 'the picture has no gradient')
  return { model, logits: logits.name, value: scalar, gradient, classes }
}

/** One score a picture of the batch. */
export function scoreFeeds(scores: readonly Score[], classes: number): HostTensors {
  const batch = scores.length
  const [weights, mask] = [new Float32Array(batch * classes), new Float32Array(batch * classes)]
  const [soft, hard] = [new Float32Array(batch), new Float32Array(batch)]
  scores.forEach((score, row) => {
    const at = row * classes
    if (score.kind === 'linear') {
      for (const [index, weight] of score.weights) weights[at + index] = weight
      return
    }
    weights[at + score.index] = score.sign
    mask[at + score.index] = excluded
    ;(score.kind === 'log-odds' ? soft : hard)[row] = score.sign
  })
  return { [inputs.weights]: floatTensor([batch, classes], weights), [inputs.mask]: floatTensor([batch, classes], mask), [inputs.soft]: floatTensor([batch, 1], soft), [inputs.hard]: floatTensor([batch, 1], hard) }
}
