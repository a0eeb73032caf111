/** What the two classification losses of ONNX share: which class each position is of, and what its error weighs. */
import { intOf, stringOf } from '../../onnx/attributes.ts'
import { tensorOfNumbers } from '../../onnx/tensor-data.ts'
import type { GradientContext } from '../define-gradient.ts'
import type { Value } from '../emit.ts'

/**
 * For scores x [N, C, ...], labels [N, ...] and class weights [C] (1 where omitted):
 * `isLabel` [N, C, ...] is 1 at the label; `weight` [N, 1, ...] is d loss / d error there: the label's class weight times dy,
 * over the sum of all weights where the loss is their mean, 0 for `ignore_index`.
 */
export function labelWeights(c: GradientContext): { readonly isLabel: Value; readonly weight: Value } {
  const { emit } = c
  const [scores, labels, classWeights] = [c.input(0), c.input(1), c.inputs[2]]
  const [samples = 1, classes = 1, ...places] = scores.dims
  const along = [1, classes, ...places.map(() => 1)]
  const spread = emit.reshape(labels, [samples, 1, ...places])
  const numbers = emit.constant(tensorOfNumbers(labels.dataType, along, Array.from({ length: classes }, (_, index) => index)))
  const isLabel = emit.cast(emit.equal(spread, numbers), scores.dataType)
  const ofClass = classWeights ? emit.reduceSum(emit.mul(isLabel, emit.reshape(classWeights, along)), [1], true) : emit.reduceSum(isLabel, [1], true)
  const ignored = c.node.attributes.has('ignore_index') ? emit.cast(emit.equal(spread, intOf(c.node, 'ignore_index', 0)), scores.dataType) : undefined
  const counted = ignored ? emit.mul(ofClass, emit.oneMinus(ignored)) : ofClass
  switch (stringOf(c.node, 'reduction', 'mean')) {
    case 'none': return { isLabel, weight: emit.mul(counted, emit.reshape(c.dy(), [samples, 1, ...places])) }
    case 'sum': return { isLabel, weight: emit.mul(counted, c.dy()) }
    default: return { isLabel, weight: emit.mul(counted, emit.div(c.dy(), emit.reduceSum(counted))) }
  }
}
