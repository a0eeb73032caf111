/** Einsum: extents by the letters of the equation; an ellipsis stands for the broadcast rest. */
import { stringOf } from '../../attributes.ts'
import type { Dim, Shape } from '../../model.ts'
import { mismatch, shapeAt, typeAt } from '../context.ts'
import { defineShape } from '../define-shape.ts'
import { broadcastDim, broadcastShapes, showShape } from '../dims.ts'

export default defineShape({
  ops: ['Einsum'],
  infer: (context) => {
    const equation = stringOf(context.node, 'equation', '').replaceAll(/\s/g, '')
    const [terms = '', result] = equation.split('->')
    const extents = new Map<string, Dim>()
    const rests: Shape[] = []
    for (const [index, term] of terms.split(',').entries()) {
      const shape = shapeAt(context, index)
      if (!shape) return [{ dataType: typeAt(context, 0) }]
      const [before = '', after] = term.split('...')
      const letters = before.length + (after?.length ?? 0)
      if (after === undefined ? letters !== shape.length : letters > shape.length)
        mismatch(context, `operand ${index} was expected to have rank ${letters} (equation '${equation}'), got ${showShape(shape)}.`)
      const tail = shape.length - (after?.length ?? 0)
      if (after !== undefined) rests.push(shape.slice(before.length, tail))
      for (const [letter, dim] of [...Array.from(before).map((letter, axis) => [letter, shape[axis] ?? null] as const), ...Array.from(after ?? '').map((letter, axis) => [letter, shape[tail + axis] ?? null] as const)]) {
        const together = broadcastDim(extents.get(letter) ?? 1, dim)
        if (together === undefined) mismatch(context, `extent '${letter}' of equation '${equation}' is ${extents.get(letter)} in one operand and ${dim} in another.`)
        extents.set(letter, together)
      }
    }
    const rest = broadcastShapes(rests)
    if ('failsAt' in rest) mismatch(context, `the extents that '...' stands for do not broadcast: ${rests.map(showShape).join(' and ')}.`)
    // Without an arrow: letters that occur once, in alphabetical order.
    const implied = [...extents.keys()].filter((letter) => terms.indexOf(letter) === terms.lastIndexOf(letter)).sort().join('')
    const shape = (result ?? (rests.length > 0 ? `...${implied}` : implied)).split(/(\.\.\.)/).flatMap((part) => (part === '...' ? rest.shape : Array.from(part).map((letter) => extents.get(letter) ?? null)))
    return [{ dataType: typeAt(context, 0), shape }]
  },
})
