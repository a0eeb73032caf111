/**
 * An engine in the page's own memory, for tests of the renderer: it implements the whole contract (checked by its schemas)
 * over an invented small network whose numbers follow from its handles. It can be slowed, lost and made to fail.
 */
import { createRouterClient, implement } from '@orpc/server'
import type { Prediction } from '#contract/activations.ts'
import type { Device, Job, Notice, Settings } from '#contract/application.ts'
import { AppError } from '#contract/errors.ts'
import type { MethodInfo } from '#contract/explain.ts'
import { contract } from '#contract/index.ts'
import type { CatalogueEntry, RecentFile } from '#contract/models.ts'
import type { PreprocessingRecord } from '#contract/preprocessing.ts'
import type { FileSource } from '#contract/wire.ts'
import type { Engine } from '#renderer/api/engine.ts'
import { fakeKernelLayers, fakeLabels, fakeLayers, fakeModel, fakeRecord } from './fake-network.ts'
import { blobs, drawScene, floats, gabor, noise } from './fake-pictures.ts'
import { fakeFoolRouter } from './fake-fool.ts'
import { fakePatchRouter } from './fake-patches.ts'
import { fakeSynthesisRouter } from './fake-synthesis.ts'
import { fakeTrainingRouter } from './fake-training-router.ts'
import type { FakeTraining } from './fake-training-router.ts'

export interface FakeOptions {
  /** The preprocessing waits for the user's word. */
  readonly guessed: boolean
  /** Share of the evidence that speaks for the guess, 0..1. */
  readonly sure?: number
  /** Before every answer. */
  readonly delayMs: number
  readonly theme: 'dark' | 'light'
  readonly training: FakeTraining
}

export interface FakeEngine extends Engine {
  readonly lose: () => void
  readonly restore: () => void
  readonly calls: readonly string[]
  /** The next call with this name fails with this message. */
  readonly failNext: (call: string, message: string) => void
}

const methods: MethodInfo[] = [
  { id: 'gradient', title: 'Gradient', summary: 'Where a small change of the picture changes the answer most.', citation: 'Simonyan et al. 2013, arXiv:1312.6034', signed: false, options: [] },
  { id: 'gradient-x-input', title: 'Gradient × input', summary: 'The gradient, weighted by what is there.', citation: 'Shrikumar et al. 2016, arXiv:1605.01713', signed: true, options: [] },
  {
    id: 'smoothgrad', title: 'SmoothGrad', summary: 'The mean gradient over noisy copies of the picture.', citation: 'Smilkov et al. 2017, arXiv:1706.03825', signed: false,
    options: [
      { type: 'integer', id: 'samples', title: 'Samples', help: 'Noisy copies.', minimum: 1, maximum: 500, initial: 50 },
      { type: 'number', id: 'noise', title: 'Noise', help: 'Standard deviation, as a share of the picture’s range.', minimum: 0, maximum: 1, initial: 0.15 },
    ],
  },
  {
    id: 'integrated-gradients', title: 'Integrated gradients', summary: 'What each pixel contributes on the way from a baseline.', citation: 'Sundararajan et al. 2017, arXiv:1703.01365', signed: true,
    options: [
      { type: 'integer', id: 'steps', title: 'Steps', help: 'Points of the path.', minimum: 2, maximum: 500, initial: 32 },
      { type: 'choice', id: 'baseline', title: 'Baseline', help: 'Where the path begins.', choices: [{ id: 'black', title: 'Black' }, { id: 'mean', title: 'Mean color' }], initial: 'black' },
    ],
  },
  { id: 'grad-cam', title: 'Grad-CAM', summary: 'Which places of a layer speak for the answer.', citation: 'Selvaraju et al. 2017, arXiv:1610.02391', signed: false, options: [{ type: 'layer', id: 'layer', title: 'Layer', help: 'The last convolution is usual.' }] },
]

export function createFakeEngine(options: FakeOptions): FakeEngine {
  const calls: string[] = []
  const failures = new Map<string, string>()
  const lost: (() => void)[] = []
  const restored: (() => void)[] = []
  let record: PreprocessingRecord = fakeRecord(options.guessed, options.sure)
  let settings: Settings = { theme: options.theme, device: 'auto', threads: 0, reducedMotion: 'system', colorMap: 'inferno' }
  let catalogue: CatalogueEntry[] = ['squeezenet1.1-7', 'mobilenetv2-12', 'resnet50-v2-7'].map((name, index) => ({
    name, title: ['SqueezeNet 1.1', 'MobileNet V2', 'ResNet-50 v2'][index] ?? name, task: 'imagenet-1k', bytes: [4_956_208, 13_964_571, 102_442_450][index] ?? 0,
    license: 'Apache-2.0', opset: 12, origin: 'onnx/models', downloaded: false, partialBytes: index === 2 ? 40_000_000 : 0,
  }))
  const uploads = new Map<string, { name: string; received: number }>()
  const jobListeners = new Set<(job: Job) => void>()

  const os = implement(contract).use(async ({ path, next }) => {
    const call = path.join('.')
    calls.push(call)
    if (options.delayMs > 0) await pause(options.delayMs)
    const failure = failures.get(call)
    if (failure !== undefined) {
      failures.delete(call)
      throw new AppError('run-failed', failure)
    }
    return await next()
  })

  async function* job<Event>(title: string, steps: number, signal: AbortSignal | undefined, events: (step: number) => Generator<Event>): AsyncGenerator<Event | { type: 'progress'; fraction: number; note: string; remainingMs: number }> {
    const id = `${title}-${calls.length}`
    const tell = (state: Job['state'], fraction: number): void => { for (const listener of jobListeners) listener({ id, title, state, fraction, note: title, remainingMs: (1 - fraction) * 4000, startedAt: Date.now() }) }
    try {
      for (let step = 0; step < steps; step++) {
        if (signal?.aborted === true) return
        tell('running', step / steps)
        yield { type: 'progress', fraction: step / steps, note: `${title}: ${step} of ${steps}`, remainingMs: (steps - step) * 100 }
        await pause(options.delayMs * 2 + 20)
        yield* events(step)
      }
    } finally {
      tell('done', 1)
    }
  }

  const sourceName = (source: FileSource): string => (source.kind === 'path' ? source.path : source.kind === 'catalogue' ? source.name : source.kind === 'upload' ? (uploads.get(source.id)?.name ?? 'upload') : source.id)

  function predictions(picture: string): Prediction[] {
    const random = noise(picture)
    const shares = [0.931, 0.041, 0.012, 0.006, 0.004]
    const start = Math.floor(random() * fakeLabels.length)
    return shares.map((probability, rank) => {
      const index = (start + rank * 5) % fakeLabels.length
      return { index, label: fakeLabels[index] ?? String(index), probability, value: 12 - rank * 2.5 }
    })
  }

  const router = os.router({
    application: {
      about: os.application.about.handler(() => ({ version: '0.1.0', shell: 'browser' as const, dataFolder: '/home/someone/.local/share/phosphene', runtime: 'onnxruntime 1.30', licenses: Array.from({ length: 12 }, (_, index) => ({ name: `library-${index}`, version: `1.${index}.0`, license: 'MIT', text: 'MIT License\n\nPermission is hereby granted…' })) })),
      settings: os.application.settings.handler(() => settings),
      setSettings: os.application.setSettings.handler(({ input }) => (settings = { ...settings, ...input })),
      clearCache: os.application.clearCache.handler(() => ({ freedBytes: 12_400_000 })),
    },
    devices: {
      list: os.devices.list.handler(() => {
        const devices: Device[] = [
          { id: 'cpu', title: 'CPU', state: 'passed', note: 'Self-test 3.1 ms', selfTestMs: 3.1 },
          { id: 'webgpu', title: 'WebGPU', state: 'failed', note: 'No adapter was found.' },
          { id: 'cuda', title: 'CUDA', state: 'absent', note: 'This build has no CUDA provider.' },
        ]
        return { devices, choice: { requested: settings.device, inUse: 'cpu' as const, ...(settings.device === 'auto' || settings.device === 'cpu' ? {} : { fallback: `${settings.device} failed its self-test; the CPU is used.` }) } }
      }),
    },
    jobs: {
      watch: os.jobs.watch.handler(async function* ({ signal }) { yield* listen<Job>((listener) => { jobListeners.add(listener); return () => jobListeners.delete(listener) }, signal) }),
      cancel: os.jobs.cancel.handler(() => undefined),
      notices: os.jobs.notices.handler(async function* ({ signal }) { yield* listen<Notice>(() => () => undefined, signal) }),
    },
    files: {
      begin: os.files.begin.handler(({ input }) => {
        const id = `upload-${uploads.size}`
        uploads.set(id, { name: input.name, received: 0 })
        return { id }
      }),
      append: os.files.append.handler(({ input }) => {
        const upload = uploads.get(input.id)
        if (upload === undefined) throw new AppError('not-found', 'No such upload.')
        upload.received += input.data.size
        return { received: upload.received }
      }),
      finish: os.files.finish.handler(({ input }) => ({ kind: 'upload' as const, id: input.id })),
    },
    models: {
      open: os.models.open.handler(({ input }) => {
        const name = sourceName(input.source)
        if (name.includes('broken')) throw new AppError('model-unreadable', `${name} is not an ONNX model: byte 0 is 0x89, expected a protobuf field. Open a file that was exported as ONNX.`)
        return fakeModel(`model-${name}`, name.replace(/\.onnx$/, ''), input.source, record)
      }),
      close: os.models.close.handler(() => undefined),
      recent: os.models.recent.handler(async () => {
        const recents: RecentFile[] = [
          { source: { kind: 'path', path: '/home/someone/models/resnet18.onnx' }, title: 'resnet18.onnx', subtitle: '/home/someone/models · 46.8 MB', openedAt: Date.now() - 7_200_000, missing: false },
          { source: { kind: 'path', path: '/home/someone/models/gone.onnx' }, title: 'gone.onnx', subtitle: '/home/someone/models · 12 MB', openedAt: Date.now() - 172_800_000, missing: true },
          { source: { kind: 'path', path: '/home/someone/pictures/fox.jpg' }, title: 'fox.jpg', subtitle: '/home/someone/pictures', openedAt: Date.now() - 3_600_000, missing: false, thumbnail: await drawScene('fox', 96, 96) },
        ]
        return recents
      }),
      forget: os.models.forget.handler(() => undefined),
      samples: os.models.samples.handler(() => [{ id: 'phosphene-24', title: 'Phosphene 24', subtitle: '24 things, 96 px · 1.2 MB' }]),
      guessPreprocessing: os.models.guessPreprocessing.handler(() => fakeRecord(true, options.sure)),
      setPreprocessing: os.models.setPreprocessing.handler(({ input }) => {
        record = { ...record, preprocessing: input.preprocessing, source: 'user', confirmed: true, note: 'Set by you.' }
        return { record, savedTo: '/home/someone/models/phosphene-24.preprocessing.json' }
      }),
    },
    pictures: {
      open: os.pictures.open.handler(async ({ input }) => {
        const name = sourceName(input.source)
        const recipe = {
          kind: 'explain', version: '0.1.0', device: 'cpu', seed: 7, model: { sha256: 'model-phosphene-24', name: 'phosphene-24' }, picture: { sha256: 'picture-peacock', name: 'peacock.png' },
          settings: { target: { kind: 'class', index: 4 }, methods: [{ method: 'smoothgrad', options: { samples: 12, noise: 0.2 } }], opacity: 0.5, style: 'map' },
        }
        return { picture: `picture-${name}`, name, width: 640, height: 480, source: input.source, thumbnail: await drawScene(name, 256, 192), ...(name.startsWith('made-here') ? { recipe } : {}) }
      }),
      samples: os.pictures.samples.handler(async () => await Promise.all(['lighthouse', 'peacock', 'balloon', 'fox', 'boat', 'frog'].map(async (id) => ({ id, title: `${id}.png`, subtitle: '640 × 480', thumbnail: await drawScene(id, 192, 144) })))),
      asSeenBy: os.pictures.asSeenBy.handler(async ({ input }) => ({ width: 96, height: 96, png: await drawScene(input.picture.replace('picture-', ''), 96, 96) })),
    },
    catalogue: {
      list: os.catalogue.list.handler(() => catalogue),
      download: os.catalogue.download.handler(async function* ({ input, signal }) {
        yield* job(`Downloading ${input.name}`, 10, signal, function* (step) {
          if (step === 9) {
            catalogue = catalogue.map((entry) => (entry.name === input.name ? { ...entry, downloaded: true } : entry))
            yield { type: 'done' as const, source: { kind: 'catalogue' as const, name: input.name } }
          }
        })
      }),
      remove: os.catalogue.remove.handler(({ input }) => { catalogue = catalogue.map((entry) => (entry.name === input.name ? { ...entry, downloaded: false, partialBytes: 0 } : entry)) }),
    },
    activations: {
      run: os.activations.run.handler(({ input }) => ({ top: predictions(input.picture), classes: fakeLabels.length, device: 'cpu', ms: 4.2 })),
      sheet: os.activations.sheet.handler(({ input }) => {
        const layer = fakeLayers().find(({ id }) => id === input.layer)
        if (layer === undefined || layer.view.type !== 'maps') throw new AppError('layer-invalid', `Layer '${input.layer}' has no maps.`)
        const [total, size] = [layer.view.channels, Math.min(layer.view.height, input.tileSize)]
        const tiles = Math.min(total, input.maxTiles)
        const columns = Math.ceil(Math.sqrt(tiles))
        const rows = Math.ceil(tiles / columns)
        const pixels = new Uint8Array(columns * rows * size * size)
        for (let tile = 0; tile < tiles; tile++) {
          const map = blobs(`${input.picture} ${input.layer} ${tile}`, size, size, false, 255)
          map.forEach((value, index) => { pixels[(Math.floor(tile / columns) * size + Math.floor(index / size)) * columns * size + (tile % columns) * size + (index % size)] = value })
        }
        return { layer: input.layer, columns, rows, tileHeight: size, tileWidth: size, units: Array.from({ length: tiles }, (_, unit) => unit), total, low: Array<number>(tiles).fill(0), high: Array<number>(tiles).fill(3), signed: false, pixels: new Blob([pixels]) }
      }),
      unit: os.activations.unit.handler(({ input }) => {
        const map = blobs(`${input.picture} ${input.layer} ${input.unit}`, 12, 12, false, 3)
        return { layer: input.layer, unit: input.unit, map: floats([12, 12], map), statistics: statisticsOf(map), histogram: histogramOf(map), rank: 1 + (input.unit % 7), units: 32, kernelNorm: 1.42 }
      }),
      vector: os.activations.vector.handler(({ input }) => {
        const values = blobs(`${input.picture} ${input.layer}`, 1, 24, true, 3)
        return { values: floats([24], values), statistics: statisticsOf(values), histogram: histogramOf(values) }
      }),
      links: os.activations.links.handler(({ input }) => ({ incoming: Array.from({ length: input.count }, (_, unit) => ({ layer: 'conv1', unit, weight: 1 - unit / 10, norm: 1.5 - unit / 20 })), outgoing: [] })),
      npy: os.activations.npy.handler(({ input }) => ({ name: `${input.layer}.npy`, data: new Blob(['npy']) })),
    },
    kernels: {
      layers: os.kernels.layers.handler(() => fakeKernelLayers()),
      sheet: os.kernels.sheet.handler(({ input }) => {
        const layer = fakeKernelLayers().find(({ layer: id }) => id === input.layer)
        if (layer === undefined) throw new AppError('layer-invalid', `Layer '${input.layer}' has no kernels.`)
        const norms = Array.from({ length: layer.outputs }, (_, output) => 0.4 + noise(`${input.layer} ${output} norm`)())
        const order = norms.map((_, output) => output)
        if (input.sort === 'norm') order.sort((left, right) => (norms[right] ?? 0) - (norms[left] ?? 0))
        const outputs = order.slice(input.offset, input.offset + input.count)
        const inputs = Math.min(layer.inputsPerGroup, input.inputs)
        const size = layer.dense ? 4 : (layer.kernel[0] ?? 1)
        const data = new Float32Array(outputs.length * inputs * size * size)
        outputs.forEach((output, index) => { data.set(gabor(`${input.layer} ${output}`, inputs, size), index * inputs * size * size) })
        return { layer: input.layer, title: layer.title, kernels: floats([outputs.length, inputs, size, size], data), outputs, totalOutputs: layer.outputs, inputs: Array.from({ length: inputs }, (_, channel) => channel), totalInputs: layer.inputsPerGroup, extent: 0.5, norms, color: layer.color }
      }),
    },
    explain: {
      methods: os.explain.methods.handler(() => methods),
      layers: os.explain.layers.handler(() => ({ suggested: 'block3/expand', layers: fakeLayers().filter(({ kind }) => kind === 'convolution').map(({ id, title }) => ({ id, title })) })),
      run: os.explain.run.handler(async function* ({ input, signal }) {
        const top = predictions(input.picture)
        const index = input.target.kind === 'top' ? top[input.target.rank - 1]?.index ?? 0 : input.target.kind === 'unit' ? null : input.target.index
        yield { type: 'start' as const, top, target: { index, label: index === null && input.target.kind === 'unit' ? `${input.target.layer} unit ${input.target.unit}` : (fakeLabels[index ?? 0] ?? '') }, device: 'cpu' }
        yield* job('Explain', input.methods.length * 4, signal, function* (step) {
          const request = input.methods[(step - 3) / 4]
          const info = methods.find(({ id }) => id === request?.method)
          if (request === undefined || info === undefined) return
          const map = blobs(`${input.picture} ${request.method} ${JSON.stringify(input.target)}`, 96, 96, info.signed, { gradient: 2.1, smoothgrad: 0.8, 'grad-cam': 5.4 }[request.method] ?? 0.05)
          const facts: Record<string, number> = info.signed ? { completenessError: 0.0031, steps: 32 } : {}
          const layer = info.options.some(({ type }) => type === 'layer') ? String(request.options['layer'] ?? 'block3/expand') : undefined
          yield { type: 'map' as const, method: request.method, map: { dims: [96, 96], data: new Uint8Array(map.buffer) }, signed: info.signed, ...(layer === undefined ? {} : { layer }), facts, ms: 11.8 + step }
        })
      }),
      save: os.explain.save.handler(async ({ input }) => ({ name: `${input.methods[0]?.method ?? 'map'}.${input.format}`, data: await drawScene('save', 96, 96) })),
    },
    training: fakeTrainingRouter(os, options.training),
    patches: fakePatchRouter(os),
    synthesis: fakeSynthesisRouter(os, { steps: 3, stepMs: 20 }),
    fool: fakeFoolRouter(os),
    style: { layers: os.style.layers.handler(() => ({ style: [{ layer: 'block2/expand', weight: 1 }, { layer: 'block3/expand', weight: 1 }], content: [{ layer: 'block3/expand', weight: 1 }] })) },
    dream: {
      layers: os.dream.layers.handler(() => ({ suggested: 'block3/expand', layers: [{ id: 'block2/expand', title: 'block2/expand', channels: 24, height: 28, width: 28 }, { id: 'block3/expand', title: 'block3/expand', channels: 48, height: 14, width: 14 }], usual: { octaves: 4, steps: 10, jitter: 32, smoothing: 0, pyramid: 0, balance: 0, evenness: 0, natural: 0 } })),
      picture: os.dream.picture.handler(async ({ input }) => ({ png: await drawScene(input.picture, 320, 240) })),
    },
  })

  return {
    client: createRouterClient(router),
    onLost: (listener) => lost.push(listener),
    onRestored: (listener) => restored.push(listener),
    pathOf: () => undefined,
    onOpenFile: () => undefined,
    lose: () => { for (const listener of lost) listener() },
    restore: () => { for (const listener of restored) listener() },
    calls,
    failNext: (call, message) => { failures.set(call, message) },
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

async function* listen<Event>(subscribe: (listener: (event: Event) => void) => () => void, signal: AbortSignal | undefined): AsyncGenerator<Event> {
  const queue: Event[] = []
  let wake: () => void = () => undefined
  const stop = subscribe((event) => { queue.push(event); wake() })
  signal?.addEventListener('abort', () => wake())
  try {
    while (signal?.aborted !== true) {
      while (queue.length > 0) yield queue.shift() as Event
      await new Promise<void>((resolve) => { wake = resolve })
    }
  } finally {
    stop()
  }
}

function statisticsOf(values: Float32Array): { min: number; max: number; mean: number; std: number; active: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  return { min: Math.min(...values), max: Math.max(...values), mean, std: Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length), active: values.filter((value) => value > 0).length / values.length }
}

function histogramOf(values: Float32Array): { min: number; max: number; counts: number[] } {
  const { min, max } = statisticsOf(values)
  const counts = Array<number>(32).fill(0)
  for (const value of values) {
    const bin = Math.min(31, Math.floor(((value - min) / (max - min || 1)) * 32))
    counts[bin] = (counts[bin] ?? 0) + 1
  }
  return { min, max, counts }
}
