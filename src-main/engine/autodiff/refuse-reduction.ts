import { stringOf } from '../onnx/attributes.ts'
import type { GradientContext } from './define-gradient.ts'

/** Scattering with a reduction other than a sum. */
export function refuseReduction({ node }: Pick<GradientContext, 'node'>): string | undefined {
  const reduction = stringOf(node, 'reduction', 'none')
  if (reduction === 'none' || reduction === 'add') return undefined
  return `it combines with reduction '${reduction}'; only 'none' and 'add' have a gradient. Choose a target or layers on one side of it`
}
