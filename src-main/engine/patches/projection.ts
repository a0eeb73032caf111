/**
 * What in a picture made a unit respond: its value carried back to the pixels. 'gradient' as it is; 'deconvnet' lets only positive signals pass
 * backwards at every activation (Zeiler and Fergus 2013, arXiv:1311.2901, section 2.1); 'guided' only where the unit was active, too (Springenberg et al. 2015,
 * arXiv:1412.6806, section 3.4). The last two are projections, not gradients, and look sharper for it (Nie et al. 2018, arXiv:1805.07039).
 */
import type { ProjectionMethod } from '#contract/patches.ts'
import { differentiate } from '../autodiff/differentiate.ts'
import type { GradientRule } from '../autodiff/define-gradient.ts'
import { displayChannels } from '../network/display-space.ts'
import { displayInput } from '../network/network.ts'
import { pruneTo } from '../onnx/extract.ts'
import { inferShapes } from '../onnx/shapes/infer-shapes.ts'
import { staticDims } from '../onnx/shapes/dims.ts'
import { elementCount } from '../onnx/tensor-data.ts'
import { floatTensor } from '../runtime/host-tensor.ts'
import type { FloatTensor } from '../runtime/host-tensor.ts'
import type { Session } from '../runtime/session.ts'
import { networkAt } from '../synthesis/ascent.ts'
import type { SurveyPlace } from './run-survey.ts'
import type { SurveyedLayer } from './survey-graph.ts'

/** Activations that let nothing, or little, of what is negative through. */
const rectifiers: ReadonlySet<string> = new Set(['Relu', 'Clip', 'LeakyRelu', 'PRelu', 'Elu', 'Selu', 'Celu', 'ThresholdedRelu', 'Gelu', 'HardSwish', 'Mish', 'Swish', 'Softplus'])

export const projectionRule = (rule: GradientRule, method: 'guided' | 'deconvnet'): GradientRule | undefined => {
  if (!rectifiers.has(rule.op) || typeof rule.gradient === 'function') return undefined
  const [own] = rule.gradient
  return own && { ...rule, gradient: [(context) => context.emit.max(method === 'deconvnet' ? context.dy() : own(context), 0)] }
}

const seedInput = 'projection/seed'

export class Projector {
  readonly #session: Session
  readonly #gradient: string
  readonly #dims: readonly number[]
  readonly #layer: SurveyedLayer

  private constructor(session: Session, gradient: string, dims: readonly number[], layer: SurveyedLayer) {
    this.#session = session
    this.#gradient = gradient
    this.#dims = dims
    this.#layer = layer
  }

  /** One graph serves every unit and place of a layer. Throws 'gradient-missing', 'gradient-refused', 'shape-unknown'. */
  static async open({ runtime, network, display }: SurveyPlace, layer: SurveyedLayer, method: ProjectionMethod): Promise<Projector> {
    const { height, width } = display.preprocessing
    const model = pruneTo(networkAt(network, display, { batch: 1, channels: displayChannels(display), height, width, ground: 0.5, alpha: false, colors: 'photographs' }), [layer.tensor])
    const facts = inferShapes(model)
    const { inUse } = await runtime.device()
    const backward = differentiate(model, facts, { of: { kind: 'seed', tensor: layer.tensor, input: seedInput }, wrt: [displayInput] }, {
      target: runtime.loweringOf(inUse), ...(method === 'gradient' ? {} : { ruleFor: (rule: GradientRule) => projectionRule(rule, method) }),
    })
    const dims = staticDims(facts.get(layer.tensor)?.shape ?? [null]) ?? [1, layer.units, layer.height, layer.width]
    return new Projector(await runtime.open(backward.model, { lane: 'patches', weights: network }), backward.gradients.get(displayInput) ?? '', dims, layer)
  }

  /** d unit / d picture, [1, C, H, W]. */
  async project(picture: FloatTensor, unit: number, row: number, column: number, signal?: AbortSignal): Promise<FloatTensor> {
    const { width, channelsLast } = this.#layer
    const seed = new Float32Array(elementCount(this.#dims))
    const place = row * width + column
    const positions = seed.length / this.#layer.units
    const last = channelsLast || this.#dims.length === 3
    seed[last ? place * this.#layer.units + unit : unit * positions + place] = 1
    const { [this.#gradient]: gradient } = await this.#session.run({ [displayInput]: picture, [seedInput]: floatTensor(this.#dims, seed) }, [this.#gradient], signal ? { signal } : {})
    return floatTensor(picture.dims, gradient?.data as Float32Array)
  }

  dispose(): Promise<void> { return this.#session.dispose() }
}
