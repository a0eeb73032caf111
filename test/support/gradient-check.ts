/**
 * The generic gradient check: <v, J^T u> from the gradient graph against (f(x + h v) - f(x - h v)) / 2h with f = <y, u>,
 * along random directions v of each input by itself.
 */
import type { GradientRule, GradientSample } from '#engine/autodiff/define-gradient.ts'
import { differentiate, type Differentiated } from '#engine/autodiff/differentiate.ts'
import type { LoweringTarget } from '#engine/autodiff/lowering/target.ts'
import type { Target } from '#engine/autodiff/target.ts'
import { createRandom, streamSeed, type Random } from '#engine/lib/random.ts'
import { attributesOf } from '#engine/onnx/attributes.ts'
import type { DataType, Model, Tensor, ValueInfo } from '#engine/onnx/model.ts'
import { inferShapes } from '#engine/onnx/shapes/infer-shapes.ts'
import { elementCount, float32Of, tensorOfNumbers } from '#engine/onnx/tensor-data.ts'
import { upgradeModel } from '#engine/onnx/upgrade/upgrade-model.ts'
import { floatTensor, type FloatTensor, type HostTensor } from '#engine/runtime/host-tensor.ts'
import { openModel, runModel, type OpenModel } from './run-model.ts'

/** The operator set that gradient graphs are written in. */
const emittedOpset = 18
const directionsPerInput = 3
/**
 * Relative to the larger of the derivative and its typical size |g| |v| / sqrt(n). With a double-precision forward pass what is
 * left is the rounding of the float32 gradient; in float32 the difference of two outputs loses about as many digits as h has.
 */
const tolerances = { float64: 3e-4, float32: 1e-2 } as const
/**
 * Largest change of an input element. Kinks are kept 0.05 away. Not smaller in double precision, because some operators
 * are functions whose bodies compute in float32 all the same (GroupNormalization's stash_type).
 */
const steps = { float64: 1e-3, float32: 1e-2 } as const

export interface SampleModel {
  readonly model: Model
  /** Inputs that are fed, those that are not differentiated included. */
  readonly feeds: Readonly<Record<string, FloatTensor>>
  readonly wrt: readonly string[]
  /** Smallest distance between elements that must not change order. */
  readonly spacing: number
}

export function sampleModel(rule: GradientRule, sample: GradientSample, seed: number): SampleModel {
  const random = createRandom(seed)
  const feeds: Record<string, FloatTensor> = {}
  const wrt: string[] = []
  const initializers = new Map<string, Tensor>()
  let spacing = Infinity
  const names = sample.inputs.map((input, index) => {
    if (input === null) return ''
    const name = `x${index}`
    if ('constant' in input) initializers.set(name, tensorOfNumbers(input.dataType, input.dims, input.constant))
    else {
      const drawn = draw(random, input)
      const isDifferentiable = typeof rule.gradient === 'function' || rule.gradient[index] !== undefined
      if (input.differentiate === false) initializers.set(name, tensorOfNumbers('float32', input.dims, [...drawn.values]))
      else feeds[name] = floatTensor(input.dims, drawn.values)
      if (input.differentiate !== false && isDifferentiable) wrt.push(name)
      spacing = Math.min(spacing, drawn.spacing)
    }
    return name
  })
  const outputs = Array.from({ length: sample.outputs ?? 1 }, (_, index) => `y${index}`)
  const inputs = Object.entries(feeds).map(([name, feed]): ValueInfo => ({ name, type: { kind: 'tensor', dataType: 'float32', shape: feed.dims } }))
  const node = { name: 'node', opType: rule.op, domain: rule.domain ?? '', inputs: names, outputs, attributes: attributesOf(sample.attributes ?? {}) }
  const opsets = new Map([['', sample.opset ?? emittedOpset], ...(rule.domain ? [[rule.domain, 1] as const] : [])])
  const model: Model = {
    irVersion: 8, opsets, producerName: 'test', producerVersion: '', domain: '', modelVersion: 0, doc: '', metadata: new Map(), functions: [],
    graph: { name: 'sample', nodes: [node], inputs, outputs: outputs.map((name) => ({ name })), initializers, valueInfos: new Map() },
  }
  return { model, feeds, wrt, spacing }
}

function draw(random: Random, input: { readonly dims: readonly number[]; readonly range?: readonly [number, number]; readonly awayFrom?: readonly number[]; readonly distinct?: boolean }): { values: Float32Array; spacing: number } {
  const [low, high] = input.range ?? [-1, 1]
  const count = elementCount(input.dims)
  if (input.distinct) {
    const spacing = (high - low) / count
    return { values: Float32Array.from(random.shuffle(Array.from({ length: count }, (_, index) => low + (index + 0.5) * spacing))), spacing }
  }
  const margin = 0.06
  const values = Float32Array.from({ length: count }, () => {
    for (;;) {
      const value = random.uniform(low, high)
      if (!input.awayFrom?.some((kink) => Math.abs(value - kink) < margin)) return value
    }
  })
  return { values, spacing: Infinity }
}

/** Where the seed of an output goes in; of the output's shape and type. */
type Seeds = Readonly<Record<string, { readonly dataType: DataType; readonly dims: readonly number[] }>>

/** The gradient graph of a sample: the target is <y, u> with u fed, for every floating-point output. */
export async function differentiateSample({ model, wrt, feeds }: SampleModel, target: LoweringTarget): Promise<Differentiated & { readonly seeds: Seeds }> {
  const upgraded = upgradeModel(model)
  const inferred = inferShapes(upgraded)
  // Shapes that depend on data (Compress) are measured, as the engine does.
  const isStatic = model.graph.outputs.every((output) => inferred.get(output.name)?.shape?.every((dim) => typeof dim === 'number'))
  const facts = isStatic ? inferred : new Map([...inferred, ...Object.entries(await runModel(model, feeds)).map(([name, { dataType, dims }]) => [name, { dataType, shape: dims }] as const)])
  const seeds: Record<string, { dataType: DataType; dims: readonly number[] }> = {}
  for (const { name } of model.graph.outputs) {
    const fact = facts.get(name)
    if (fact?.dataType === 'float32' || fact?.dataType === 'float64') seeds[`${name}/seed`] = { dataType: fact.dataType, dims: fact.shape as readonly number[] }
  }
  const terms = Object.keys(seeds).map((name) => ({ weight: 1, target: { kind: 'seed', tensor: name.slice(0, -'/seed'.length) } as const }))
  const [only] = terms
  const of: Target = terms.length === 1 && only ? only.target : { kind: 'combination', terms }
  return { ...differentiate(upgraded, facts, { of, wrt }, { target }), seeds }
}

/** Seeds u, uniform in [-1, 1]. */
export function drawSeeds(seeds: Seeds, seed: number): Record<string, HostTensor> {
  const random = createRandom(streamSeed(seed, 1))
  return Object.fromEntries(Object.entries(seeds).map(([name, { dataType, dims }]) => {
    const values = Float32Array.from({ length: elementCount(dims) }, () => random.uniform(-1, 1))
    return [name, { dataType, dims, data: dataType === 'float64' ? Float64Array.from(values) : values }]
  }))
}

export interface Disagreement {
  readonly input: string
  readonly expected: number
  readonly actual: number
  readonly relative: number
  readonly precision: 'float32' | 'float64'
}

export interface CheckResult {
  readonly disagreements: readonly Disagreement[]
  /** Of the forward passes of the difference. */
  readonly precision: 'float32' | 'float64'
  /** How many derivatives were compared, and how many of them were not zero. */
  readonly compared: number
  readonly nonzero: number
}

export async function checkSample(rule: GradientRule, sample: GradientSample, seed: number, target: LoweringTarget): Promise<CheckResult> {
  const built = sampleModel(rule, sample, seed)
  const differentiated = await differentiateSample(built, target)
  const seeds = drawSeeds(differentiated.seeds, seed)
  const gradients = await runModel(differentiated.model, { ...built.feeds, ...seeds })
  const forward = await openForward(built)
  const step = Math.min(steps[forward.precision], built.spacing / 4)
  const random = createRandom(streamSeed(seed, 2))
  const disagreements: Disagreement[] = []
  let compared = 0
  let nonzero = 0
  try {
    for (const input of built.wrt) {
      const gradient = gradients[differentiated.gradients.get(input) ?? '']
      const feed = built.feeds[input]
      if (!gradient || !feed) throw new Error(`no gradient of ${input}`)
      for (let direction = 0; direction < directionsPerInput; direction++) {
        const v = Float64Array.from(feed.data, () => random.uniform(-1, 1))
        const at = (h: number): Promise<number> => forward.project(input, Float64Array.from(feed.data, (value, index) => value + h * (v[index] ?? 0)), seeds)
        const expected = ((await at(step)) - (await at(-step))) / (2 * step)
        const actual = dot(gradient.data as Float32Array, v)
        const typical = norm(gradient.data as Float32Array) * norm(v) / Math.sqrt(Math.max(1, v.length))
        const scale = Math.max(Math.abs(expected), typical, 1e-6)
        const relative = Math.abs(expected - actual) / scale
        compared++
        if (Math.abs(expected) > 1e-5) nonzero++
        if (!(relative <= tolerances[forward.precision])) disagreements.push({ input, expected, actual, relative, precision: forward.precision })
      }
    }
  } finally {
    await forward.dispose()
  }
  return { disagreements, precision: forward.precision, compared, nonzero }
}

interface Forward {
  readonly precision: 'float32' | 'float64'
  /** <y, u> with one input replaced. */
  project(input: string, values: Float64Array, seeds: Readonly<Record<string, HostTensor>>): Promise<number>
  dispose(): Promise<void>
}

/** The forward model in double precision where onnxruntime has the kernel, in float32 where it has not. */
async function openForward(built: SampleModel): Promise<Forward> {
  const double = inFloat64(built.model)
  let session: OpenModel | undefined
  try {
    session = await openModel(double, { logSeverityLevel: 4 })
    return await withProjection(session, built, 'float64')
  } catch {
    await session?.dispose()
    return withProjection(await openModel(built.model), built, 'float32')
  }
}

async function withProjection(session: OpenModel, built: SampleModel, precision: 'float32' | 'float64'): Promise<Forward> {
  const typed = (values: ArrayLike<number>, dims: readonly number[]): HostTensor => ({ dataType: precision, dims, data: precision === 'float64' ? Float64Array.from(values) : Float32Array.from(values) })
  const feeds = Object.fromEntries(Object.entries(built.feeds).map(([name, feed]) => [name, typed(feed.data, feed.dims)]))
  const project: Forward['project'] = async (input, values, seeds) => {
    const outputs = await session.run({ ...feeds, [input]: typed(values, built.feeds[input]?.dims ?? []) })
    return Object.entries(seeds).reduce((sum, [name, seed]) => sum + dot(outputs[name.slice(0, -'/seed'.length)]?.data as Float32Array, seed.data as Float32Array), 0)
  }
  // A kernel that does not exist may only show at the first run.
  await session.run(feeds)
  return { precision, project, dispose: () => session.dispose() }
}

function inFloat64(model: Model): Model {
  const widen = (dataType: DataType): DataType => (dataType === 'float32' ? 'float64' : dataType)
  const { graph } = model
  const initializers = [...graph.initializers].map(([name, tensor]): [string, Tensor] => [name, tensor.dataType === 'float32' ? tensorOfNumbers('float64', tensor.dims, [...float32Of(tensor)]) : tensor])
  const inputs = graph.inputs.map((info): ValueInfo => (info.type?.kind === 'tensor' ? { ...info, type: { ...info.type, dataType: widen(info.type.dataType) } } : info))
  return { ...model, graph: { ...graph, inputs, initializers: new Map(initializers) } }
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0
  for (let index = 0; index < a.length; index++) sum += (a[index] ?? 0) * (b[index] ?? 0)
  return sum
}

const norm = (a: ArrayLike<number>): number => Math.sqrt(dot(a, a))
