import { int, intOf, string, stringOf } from '../../onnx/attributes.ts'
import { defineGradient, type GradientContext, type GradientSample } from '../define-gradient.ts'
import type { GridOptions } from '../lowering/grid-taps.ts'
import { gradientOfGrid, gradientOfPicture } from '../lowering/sample-grid.ts'

/**
 * y[n, c, p] = sum over taps t of w_t(grid[n, p]) x[n, c, i_t]: dx scatters w_t dy to i_t, d grid sums x dy d w_t / d grid.
 * Jaderberg et al. 2015, arXiv:1506.02025. Pictures and volumes. Operator sets 16 to 22.
 */
export default defineGradient({
  op: 'GridSample',
  refuse: ({ node, inputs }) =>
    optionsOf({ node }).mode === 'cubic' && inputs[0]?.dims.length !== 4 ? 'mode cubic is defined for pictures [N, C, H, W] alone' : undefined,
  gradient: [
    (c) => gradientOfPicture(c.emit, c.input(0), c.input(1), c.dy(), optionsOf(c)),
    (c) => gradientOfGrid(c.emit, c.input(0), c.input(1), c.dy(), optionsOf(c)),
  ],
  samples: [
    ...(['bilinear', 'nearest', 'bicubic'] as const).flatMap((mode) =>
      (['zeros', 'border', 'reflection'] as const).flatMap((padding) => [0, 1].map((corners) => sample(mode, padding, corners)))),
    sample('linear', 'zeros', 0, 20),
    sample('cubic', 'reflection', 1, 20),
    ...(['zeros', 'border', 'reflection'] as const).map((padding) => volume('linear', padding)),
    volume('nearest', 'border'),
  ],
})

function optionsOf({ node }: Pick<GradientContext, 'node'>): GridOptions {
  const mode = stringOf(node, 'mode', 'linear')
  const padding = stringOf(node, 'padding_mode', 'zeros')
  return {
    mode: mode === 'nearest' ? mode : mode.endsWith('cubic') ? 'cubic' : 'linear',
    padding: padding === 'border' || padding === 'reflection' ? padding : 'zeros',
    alignCorners: intOf(node, 'align_corners', 0) === 1,
  }
}

/** Grid coordinates at which a point of an axis of 4 crosses an element, half-way between two, or a border. */
function kinks(corners: number): number[] {
  return Array.from({ length: 25 }, (_, at) => (at / 2 - 4 - 1.5) / (corners ? 1.5 : 2))
}

function sample(mode: string, padding: string, corners: number, opset = 16): GradientSample {
  return {
    name: `${mode}, ${padding}${corners ? ', corners aligned' : ''}${opset === 20 ? ', as operator set 20 names it' : ''}`,
    opset: Math.max(18, opset),
    attributes: { mode: string(mode), padding_mode: string(padding), align_corners: int(corners) },
    inputs: [{ dims: [2, 3, 4, 4] }, { dims: [2, 3, 5, 2], range: [-1.9, 1.9], awayFrom: kinks(corners) }],
  }
}

function volume(mode: string, padding: string): GradientSample {
  return {
    name: `${mode}, ${padding}, a volume`,
    opset: 20,
    attributes: { mode: string(mode), padding_mode: string(padding) },
    inputs: [{ dims: [2, 2, 4, 4, 4] }, { dims: [2, 2, 2, 3, 3], range: [-1.3, 1.3], awayFrom: kinks(0) }],
  }
}
