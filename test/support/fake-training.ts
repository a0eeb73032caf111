/** Training in the page's own memory, for tests of the renderer: runs that learn an invented curve at the pace of a timer, by the contract's types. */
import type { Example, Epoch, Finding, FixOutcome, Metrics, Net, NetDescription, NetLayer, Recipe, RunDetail, RunEvent, RunState, RunSummary, StepRecord } from '#contract/training.ts'
import { Recipe as RecipeSchema } from '#contract/training.ts'
import { AppError } from '#contract/errors.ts'
import { gabor, noise } from './fake-pictures.ts'

export const fakeClasses = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9']
const rareClass = 7

export const fakeRecipes = ([
  ['miles', 'Kilometers to miles', 'One weight finds 0.621 from pairs of numbers.', { data: { kind: 'generator', name: 'kilometers' }, net: { kind: 'notation', text: '1' }, loss: { kind: 'squared-error' }, optimizer: { kind: 'sgd', rate: 0.1 } }],
  ['bugs', 'Caterpillars and ladybirds', 'A line between two clusters, and what the learning rate does to it.', { data: { kind: 'generator', name: 'points' }, net: { kind: 'notation', text: '2' }, loss: { kind: 'cross-entropy' }, optimizer: { kind: 'sgd', rate: 0.1 } }],
  ['xor', 'AND, OR, XOR', 'One node fails where two lines succeed.', { data: { kind: 'generator', name: 'points' }, net: { kind: 'notation', text: '4F 2' }, loss: { kind: 'cross-entropy' }, optimizer: { kind: 'adam', rate: 0.03 } }],
  ['mlp', 'Digits with a dense net', 'Two hidden layers of 256 read handwritten digits.', { data: { kind: 'generator', name: 'digits' }, net: { kind: 'notation', text: '256F 256F 10' }, loss: { kind: 'cross-entropy' }, optimizer: { kind: 'adam', rate: 0.001 } }],
  ['lenet', 'Digits with LeNet', 'Kernels that look for strokes: 99.2 % of handwritten digits.', { data: { kind: 'generator', name: 'digits' }, net: { kind: 'notation', text: '20C5 MP2 50C5 MP2 256F 10' }, loss: { kind: 'cross-entropy' }, optimizer: { kind: 'adam', rate: 0.001, schedule: 'cosine' } }],
  ['sum', 'Sum of two digits', 'Two digits in one picture, one answer of nineteen.', { data: { kind: 'generator', name: 'digits' }, net: { kind: 'notation', text: '32C3 MP2 64C3 MP2 128F 10' }, loss: { kind: 'cross-entropy' }, optimizer: { kind: 'adam', rate: 0.001 } }],
] as const).map(([id, title, summary, rest]) => ({ id, title, summary, recipe: RecipeSchema.parse({ version: 1, name: title, seed: 1, epochs: 12, batch: 100, ...rest }) }))

/** Convolutions, pooling and dense layers of the short notation; anything else is refused where it stands. */
export function fakeNet(net: Net, input: readonly number[]): NetDescription {
  const text = net.kind === 'notation' ? net.text : '10'
  const layers: NetLayer[] = []
  let dims = [...input]
  let place = 0
  for (const word of text.split(/(\s+)/)) {
    const start = place
    place += word.length
    if (word.trim() === '') continue
    const [, outputs, extent] = /^(\d+)C(\d+)/.exec(word) ?? []
    const id = `layer${layers.length + 1}`
    if (outputs !== undefined && extent !== undefined) {
      const [channels = 1, height = 1, width = 1] = dims
      if (dims.length < 3 || height < Number(extent)) throw new AppError('option-invalid', `'${word}' needs maps of at least ${extent} × ${extent}; it gets ${dims.join(' × ')}. Move it before the dense layers.`, { data: { token: word, position: start + 1 } })
      dims = [Number(outputs), height - Number(extent) + 1, width - Number(extent) + 1]
      layers.push({ id, notation: word, title: `Convolution ${extent} × ${extent}`, dims, parameters: Number(outputs) * (channels * Number(extent) ** 2 + 1), kernels: true })
    } else if (/^MP\d+$/.test(word)) {
      dims = [dims[0] ?? 1, Math.floor((dims[1] ?? 1) / 2), Math.floor((dims[2] ?? 1) / 2)]
      layers.push({ id, notation: word, title: 'Max pooling', dims, parameters: 0, kernels: false })
    } else if (/^\d+F?(-D[\d.]+)?$/.test(word)) {
      const units = Number.parseInt(word, 10)
      layers.push({ id, notation: word, title: 'Dense', dims: [units], parameters: units * (dims.reduce((product, size) => product * size, 1) + 1), kernels: true })
      dims = [units]
    } else {
      throw new AppError('option-invalid', `'${word}' is no layer. Write 20C5 for a convolution, MP2 for pooling, 256F for a dense layer, a number for the outputs.`, { data: { token: word, position: start + 1 } })
    }
  }
  return { layers, parameters: layers.reduce((sum, layer) => sum + layer.parameters, 0) }
}

export async function drawDigit(label: string, seed: string, turned: number): Promise<Blob> {
  const random = noise(`${label} ${seed}`)
  const canvas = new OffscreenCanvas(28, 28)
  const context = canvas.getContext('2d')
  if (context === null) throw new Error('No 2d canvas.')
  context.fillRect(0, 0, 28, 28)
  context.translate(14 + (random() - 0.5) * 3, 14 + (random() - 0.5) * 3)
  context.rotate((random() - 0.5) * 0.3 + turned)
  context.fillStyle = '#fff'
  context.font = `${20 + random() * 4}px sans-serif`
  context.textAlign = 'center'
  context.textBaseline = 'middle'
  context.fillText(label, 0, 1)
  return await canvas.convertToBlob({ type: 'image/png' })
}

export async function fakeExamples(options: { count: number; label?: number | undefined; first?: number; part?: 'train' | 'validation' | undefined; seed?: number; rotate?: number }): Promise<Example[]> {
  const { count, label, first = 0, part = 'train', seed = 1, rotate = 0 } = options
  return await Promise.all(Array.from({ length: count }, async (_, place) => {
    const index = first + place
    const name = fakeClasses[label ?? (index * 7) % 10] ?? '0'
    const random = noise(`${seed} ${index}`)
    return { index, part, label: name, picture: await drawDigit(name, `${index}`, (random() - 0.5) * 2 * rotate * Math.PI / 180), origin: `t10k-images-idx3-ubyte, picture ${index}` }
  }))
}

export function fakeKernels(layer: NetLayer, epoch: number): { dims: number[]; data: Float32Array<ArrayBuffer> } {
  const extent = Number(/C(\d+)/.exec(layer.notation)?.[1] ?? 4)
  const outputs = Math.min(64, layer.dims[0] ?? 1)
  const inputs = layer.id === 'layer1' ? 1 : 4
  const grown = 1 - Math.exp(-epoch / 2)
  const data = new Float32Array(outputs * inputs * extent * extent)
  for (let output = 0; output < outputs; output++) {
    const [learned, initial] = [gabor(`${layer.id} ${output}`, inputs, extent), noise(`${layer.id} ${output} start`)]
    learned.forEach((value, index) => { data[output * learned.length + index] = value * grown + 0.16 * (initial() - 0.5) * (1 - grown) })
  }
  return { dims: [outputs, inputs, extent, extent], data }
}

/** Learns by 1 - exp(-epoch), all but one class, which it gives up until it is balanced. */
function metricsAt(epoch: number, balanced: boolean): Metrics {
  const known = 1 - 0.9 * Math.exp(-epoch * 0.9)
  const recall = fakeClasses.map((_, index) => (index === rareClass && !balanced ? 0 : Math.min(0.996, known * (0.985 + 0.01 * Math.sin(index * 3)))))
  const confusion = recall.map((right, actual) => {
    const total = actual === rareClass ? 1028 : 1000
    const hits = Math.round(total * right)
    const row = fakeClasses.map((_, predicted) => (predicted === actual ? hits : 0))
    const misses = total - hits
    row[(actual + 2) % 10] = Math.round(misses * 0.6)
    row[(actual + 5) % 10] = misses - Math.round(misses * 0.6)
    return row
  })
  return { loss: 2.3 * Math.exp(-epoch * 0.8) + 0.045 + 0.002 * epoch, score: recall.reduce((sum, value) => sum + value, 0) / 10, recall, confusion }
}

const stepsPerEpoch = 40
const finding = (epoch: number): Finding => ({
  id: 'given-up 7', rule: 'given-up', severity: 'warning', title: 'Class 7 has been given up', evidence: 'It is 0.5 % of the training pictures (271 of 54,220) and the net predicted it 0 times in 10,000 validation pictures, where 1,028 belong to it.',
  meaning: 'Ignoring it costs the loss almost nothing, so accuracy still reads well on the training mix: on balanced classes it does not.', layer: 'layer6', classIndex: rareClass, epoch, step: epoch * stepsPerEpoch,
  source: 'Recall below 5 % while the mean recall is above 50 %, three epochs in a row.',
  fixes: [{ id: 'weights', title: 'balanced class weights', changes: { 'loss.classWeights': 'balanced' } }, { id: 'logits', title: 'logit adjustment', changes: { 'loss.logitAdjustment': 1 } }],
})

export class FakeRun {
  readonly detail: RunDetail
  readonly #listeners = new Set<(event: RunEvent) => void>()
  #timer: ReturnType<typeof setInterval> | undefined
  #step = 0
  #watched: string | null = null
  #rate: number

  constructor(recipe: Recipe, id: string, private readonly stepMs: number, parent?: string) {
    const net = fakeNet(recipe.net, [1, 28, 28])
    this.#rate = recipe.optimizer.rate
    const summary: RunSummary = { id, name: recipe.name, net: recipe.net.kind === 'notation' ? recipe.net.text : recipe.net.kind, data: 'digits', state: 'running', startedAt: Date.now(), epochs: recipe.epochs, epoch: 0, folder: `/home/someone/.local/share/phosphene/runs/${id}`, ...(parent === undefined ? {} : { parent }) }
    this.detail = { summary, recipe, net, data: fakeSummary(), device: 'cpu', stepsPerEpoch, steps: [], history: [], findings: [], outcomes: [] }
  }

  get #balanced(): boolean { return this.detail.recipe.loss.classWeights === 'balanced' }

  /** Runs whole epochs at once, for a run that is over before anyone looks. */
  fastForward(epochs: number): void {
    for (let step = 0; step < epochs * stepsPerEpoch; step++) this.#advance()
    if (epochs >= this.detail.recipe.epochs) this.#setState('done')
  }

  start(): void {
    this.#setState('running')
    clearInterval(this.#timer)
    this.#timer = setInterval(() => this.#advance(), this.stepMs)
  }

  control({ action, rate, watchedLayer }: { action?: 'pause' | 'resume' | 'step' | 'stop' | undefined; rate?: number | undefined; watchedLayer?: string | undefined }): RunSummary {
    if (rate !== undefined) this.#rate = rate
    if (watchedLayer !== undefined) { this.#watched = watchedLayer; this.#sendKernels() }
    if (action === 'pause') { clearInterval(this.#timer); this.#setState('paused') }
    if (action === 'resume') this.start()
    if (action === 'step') this.#advance()
    if (action === 'stop') { clearInterval(this.#timer); this.#setState('stopped') }
    return this.detail.summary
  }

  rename(name: string): RunSummary {
    Object.assign(this.detail, { summary: { ...this.detail.summary, name } })
    return this.detail.summary
  }

  tryFix(fix: string): FixOutcome {
    const outcome: FixOutcome = { finding: 'given-up 7', fix, run: `${this.detail.summary.id}-branch`, steps: 300, before: metricsAt(3, false), after: { ...metricsAt(3, true), loss: 0.21 }, summary: 'recall of 7: 0 to 84 %, others −0.4 %.' }
    this.detail.outcomes.push(outcome)
    return outcome
  }

  listen(listener: (event: RunEvent) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  #emit(event: RunEvent): void { for (const listener of this.#listeners) listener(event) }
  #setState(state: RunState): void {
    Object.assign(this.detail, { summary: { ...this.detail.summary, state } })
    this.#emit({ type: 'state', summary: this.detail.summary })
  }
  #sendKernels(): void {
    const layer = this.detail.net.layers.find(({ id }) => id === this.#watched)
    if (layer === undefined) return
    const { dims, data } = fakeKernels(layer, this.#step / stepsPerEpoch)
    this.#emit({ type: 'kernels', epoch: Math.floor(this.#step / stepsPerEpoch), layer: layer.id, kernels: { dims, data: new Uint8Array(data.buffer) }, extent: 0.5 })
  }

  #advance(): void {
    const { detail } = this
    this.#step += 1
    const at = this.#step / stepsPerEpoch
    const random = noise(`${detail.summary.id} ${this.#step}`)
    const step: StepRecord = {
      step: this.#step, loss: (2.3 * Math.exp(-at * 0.8) + 0.04) * (0.85 + 0.3 * random()), rate: this.#rate, gradientNorm: 1 + random(),
      updateRatios: Object.fromEntries(detail.net.layers.filter(({ kernels }) => kernels).map(({ id }, index) => [id, 10 ** (-2.6 - index * 0.25 + 0.2 * random())])),
    }
    detail.steps.push(step)
    const batch = ((this.#step - 1) % stepsPerEpoch) + 1
    this.#emit({ type: 'steps', steps: [step], epoch: Math.ceil(at), batch, examplesPerSecond: 2860, remainingMs: (detail.recipe.epochs * stepsPerEpoch - this.#step) * 28, msPerStep: 28 })
    if (this.#step % 8 === 0) this.#sendKernels()
    if (batch < stepsPerEpoch) return
    const validation = metricsAt(at, this.#balanced)
    const epoch: Epoch = { epoch: at, train: { loss: validation.loss * 0.9, score: Math.min(1, validation.score + 0.01) }, validation, examplesPerSecond: 2860, seconds: 19, rate: this.#rate, gained: Math.round(4000 * Math.exp(-at)), lost: Math.round(500 * Math.exp(-at * 0.6)) }
    detail.history.push(epoch)
    Object.assign(detail, { summary: { ...detail.summary, epoch: at, best: { epoch: at, loss: validation.loss, score: validation.score }, measure: 'accuracy' } })
    this.#emit({ type: 'epoch', epoch })
    if (at === 3 && !this.#balanced) {
      detail.findings.push(finding(at))
      this.#emit({ type: 'findings', findings: [finding(at)] })
    }
    if (at >= detail.recipe.epochs) { clearInterval(this.#timer); this.#setState('done') } else this.#setState(detail.summary.state)
  }
}

export function fakeSummary() {
  return {
    name: 'digits, one rare', format: 'generator', train: 54_220, validation: 10_000, input: { kind: 'pictures' as const, channels: 1, height: 28, width: 28 },
    target: { kind: 'classes' as const, labels: [...fakeClasses], counts: fakeClasses.map((_, index) => (index === rareClass ? 271 : 5900 + ((index * 137) % 300))) },
    skipped: { count: 3, examples: [{ where: 'digits/4/broken.png', reason: 'no picture that can be read' }, { where: 'digits/9/empty.png', reason: 'the file is empty' }] }, duplicates: 12, warnings: ['Class 7 has 271 examples, the others about 6,000.'],
  }
}
