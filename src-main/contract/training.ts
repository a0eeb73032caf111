/** Training: data, networks, runs, and what the doctor says of them. */
import { eventIterator, oc } from '@orpc/contract'
import { z } from 'zod'
import { Preprocessing } from './preprocessing.ts'
import { Bytes, FileSource, FloatArray, StreamedFloats } from './wire.ts'

/** Where examples come from. A format or generator is one file of `engine/datasets`; its options are checked there. */
export const DataSource = z.discriminatedUnion('kind', [
  /** A folder or file in a known format: guessed from its content unless `format` says. `validation`: a second one, held out. */
  z.object({
    kind: z.literal('files'), path: z.string().min(1), validation: z.string().optional(), format: z.string().optional(),
    options: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({}),
  }),
  z.object({ kind: z.literal('generator'), name: z.string(), options: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({}) }),
])

/** One option of a format or generator, from which its form is made. */
export const DataOption = z.discriminatedUnion('type', [
  z.object({ type: z.literal('integer'), id: z.string(), title: z.string(), help: z.string(), minimum: z.number(), maximum: z.number(), initial: z.number() }),
  z.object({ type: z.literal('number'), id: z.string(), title: z.string(), help: z.string(), minimum: z.number(), maximum: z.number(), initial: z.number() }),
  z.object({ type: z.literal('choice'), id: z.string(), title: z.string(), help: z.string(), choices: z.array(z.object({ id: z.string(), title: z.string() })), initial: z.string() }),
  z.object({ type: z.literal('flag'), id: z.string(), title: z.string(), help: z.string(), initial: z.boolean() }),
  z.object({ type: z.literal('text'), id: z.string(), title: z.string(), help: z.string(), initial: z.string() }),
])
/** A format or a generator as people choose it. */
export const DataKind = z.object({ id: z.string(), title: z.string(), summary: z.string(), options: z.array(DataOption) })

/** A folder of the machine that the engine runs on, to choose data from where the page cannot see its disk. */
export const FolderListing = z.object({
  path: z.string(), parent: z.string().nullable(),
  entries: z.array(z.object({ name: z.string(), path: z.string(), kind: z.enum(['folder', 'file']), bytes: z.number() })),
  /** Entries beyond those listed. */ more: z.number(),
})

/** Training and validation part, where the source does not itself say. Stratified by class. */
export const Split = z.object({
  train: z.number().gt(0).lt(1), seed: z.number().int(),
  /** Validation examples that stand in the training part too are left out. */ withoutDuplicates: z.boolean().optional(),
})

/** Random changes of training pictures. 0 or false: none. */
export const Augment = z.object({
  shift: z.number().min(0).max(0.5).default(0), /** Degrees either way. */ rotate: z.number().min(0).max(180).default(0),
  /** Share by which the extent varies. */ scale: z.number().min(0).max(0.9).default(0),
  flipHorizontal: z.boolean().default(false), flipVertical: z.boolean().default(false),
  /** Share by which each channel's gain varies. */ color: z.number().min(0).max(1).default(0),
  /** Largest erased square, as a share of the extent. */ erase: z.number().min(0).max(0.9).default(0),
})

export const Net = z.discriminatedUnion('kind', [
  /** The field's short notation: '20C5 MP2 50C5 MP2 256F 10'. */
  z.object({ kind: z.literal('notation'), text: z.string().min(1) }),
  z.object({ kind: z.literal('blocks'), blocks: z.array(z.looseObject({ block: z.string(), name: z.string() })).min(1) }),
  /** An ONNX file: with `cut`, the layers before that tensor and a new head; 'all' also where there is no cut. */
  z.object({
    kind: z.literal('model'), path: z.string().min(1), cut: z.string().optional(), head: z.string().optional(),
    /** 'head': the rest frozen, on cached features. A number: the last so many blocks too. */
    train: z.union([z.literal('head'), z.literal('all'), z.number().int().positive()]).default('head'),
    /** Rate of the layers before the cut, as a share of the head's. */ bodyRate: z.number().positive().max(1).default(0.1),
    /** How the model wants its pictures; found or guessed where absent. */ preprocessing: Preprocessing.optional(),
  }),
])

export const Loss = z.object({
  kind: z.enum(['cross-entropy', 'binary-cross-entropy', 'squared-error', 'huber', 'focal']),
  /** 'balanced': inverse to the class's share of the training part, mean 1. */
  classWeights: z.union([z.literal('none'), z.literal('balanced'), z.array(z.number().nonnegative())]).default('none'),
  labelSmoothing: z.number().min(0).max(0.9).default(0),
  /** tau of Menon et al. 2020, arXiv:2007.07314, eq. 10; 0: none. */
  logitAdjustment: z.number().min(0).max(4).default(0),
  /** Of the focal loss (Lin et al. 2017, arXiv:1708.02002, eq. 4). */ gamma: z.number().min(0).max(10).default(2),
  /** Where the Huber loss becomes linear. */ delta: z.number().positive().default(1),
})

export const Optimizer = z.object({
  kind: z.enum(['sgd', 'momentum', 'nesterov', 'rmsprop', 'adam', 'adamw']), rate: z.number().positive(),
  momentum: z.number().min(0).lt(1).default(0.9), weightDecay: z.number().nonnegative().default(0),
  schedule: z.enum(['constant', 'step', 'cosine']).default('constant'),
  /** Steps over which the rate rises from zero. */ warmup: z.number().int().nonnegative().default(0),
  /** Of 'step': every so many epochs the rate is multiplied by `stepFactor`. */ stepEpochs: z.number().int().positive().default(5), stepFactor: z.number().positive().max(1).default(0.5),
  /** Largest L2 norm of all gradients together; 0: no limit. */ clip: z.number().nonnegative().default(0),
})

/** Everything a run depends on: the same recipe gives the same model on the same device. */
export const Recipe = z.object({
  version: z.literal(1), name: z.string(), /** What the model's file says of itself. */ description: z.string().default(''), seed: z.number().int(),
  data: DataSource, split: Split.default({ train: 0.75, seed: 1 }),
  /** Of numbers and pictures, from the training part alone. Two lists: as given, for pixels in 0..1. */
  standardize: z.union([z.enum(['none', 'channel', 'all']), z.object({ mean: z.array(z.number()), std: z.array(z.number().positive()) })]).default('channel'),
  augment: Augment.prefault({}), net: Net,
  initialization: z.enum(['he', 'glorot', 'lecun', 'zero']).default('he'),
  epochs: z.number().int().positive(), batch: z.number().int().positive(),
  loss: Loss, optimizer: Optimizer, sampler: z.enum(['shuffle', 'balanced']).default('shuffle'),
  /** Decay of the moving average of weights that is evaluated and exported; 0: none. */ averaging: z.number().min(0).lt(1).default(0),
  /** Stops after so many epochs without a better validation loss; 0: never. */ patience: z.number().int().nonnegative().default(0),
})

/** One column or group of answers; `unit` where the source says. */
export const DataSummary = z.object({
  name: z.string(), format: z.string(), train: z.number(), validation: z.number(),
  input: z.union([z.object({ kind: z.literal('pictures'), channels: z.number(), height: z.number(), width: z.number() }), z.object({ kind: z.literal('numbers'), columns: z.array(z.string()) })]),
  target: z.union([z.object({ kind: z.literal('classes'), labels: z.array(z.string()), /** By class, in the training part. */ counts: z.array(z.number()) }), z.object({ kind: z.literal('numbers'), columns: z.array(z.string()) })]),
  /** Guessed roles of a table's columns, to be confirmed. */
  columns: z.array(z.object({ name: z.string(), role: z.enum(['input', 'label', 'number', 'ignored']), example: z.string() })).optional(),
  skipped: z.object({ count: z.number(), examples: z.array(z.object({ where: z.string(), reason: z.string() })) }),
  /** Examples that stand in both parts, pixel for pixel. */
  duplicates: z.number(),
  warnings: z.array(z.string()),
})

export const Example = z.object({ index: z.number(), part: z.enum(['train', 'validation']), label: z.string(), /** PNG of a picture. */ picture: Bytes.optional(), numbers: z.array(z.number()).optional(), origin: z.string() })

export const NetLayer = z.object({ id: z.string(), notation: z.string(), title: z.string(), /** Behind the batch axis. */ dims: z.array(z.number()), parameters: z.number(), /** Weights that can be shown as kernels. */ kernels: z.boolean() })
export const NetDescription = z.object({ layers: z.array(NetLayer), parameters: z.number() })

export const Metrics = z.object({
  loss: z.number(), /** Share of right answers, or R² of numbers. */ score: z.number(),
  /** By class, 0..1; empty for numbers. */ recall: z.array(z.number()),
  /** [true][predicted] counts; empty for numbers. */ confusion: z.array(z.array(z.number())),
})
export const Epoch = z.object({
  epoch: z.number(), train: Metrics.pick({ loss: true, score: true }), validation: Metrics,
  examplesPerSecond: z.number(), seconds: z.number(), rate: z.number(),
  /** Validation examples right now and wrong an epoch before, and the reverse. */ gained: z.number(), lost: z.number(),
})

export const Fix = z.object({ id: z.string(), title: z.string(), /** Changes of the recipe. */ changes: z.record(z.string(), z.unknown()) })
export const FixOutcome = z.object({ finding: z.string(), fix: z.string(), run: z.string(), steps: z.number(), before: Metrics, after: Metrics, /** "recall of 7: 0 to 84 %, others -0.4 %". */ summary: z.string() })
export const Finding = z.object({
  /** Rule and what it is about: the same finding keeps its id while the run goes on. */
  id: z.string(), rule: z.string(), severity: z.enum(['notice', 'warning', 'critical']),
  title: z.string(), /** What was seen, with numbers. */ evidence: z.string(), /** In plain words. */ meaning: z.string(),
  layer: z.string().optional(), classIndex: z.number().optional(), epoch: z.number(), step: z.number(),
  /** Thresholds and where they come from. */ source: z.string(), fixes: z.array(Fix),
})

export const RunState = z.enum(['preparing', 'running', 'paused', 'done', 'stopped', 'failed', 'interrupted'])
export const RunSummary = z.object({
  id: z.string(), name: z.string(), net: z.string(), data: z.string(), state: RunState, startedAt: z.number(), epochs: z.number(), epoch: z.number(),
  best: z.object({ epoch: z.number(), loss: z.number(), score: z.number() }).optional(), /** What the score is; absent until the data is known. */ measure: z.enum(['accuracy', 'r2']).optional(), parent: z.string().optional(), folder: z.string(), error: z.string().optional(),
})
export const StepRecord = z.object({ step: z.number(), loss: z.number(), rate: z.number(), /** L2 norm of all gradients. */ gradientNorm: z.number(), /** By layer: |update| / |weight|. */ updateRatios: z.record(z.string(), z.number()).optional() })
export const RunDetail = z.object({
  summary: RunSummary, recipe: Recipe, net: NetDescription, data: DataSummary.optional(), device: z.string(), stepsPerEpoch: z.number(),
  steps: z.array(StepRecord), history: z.array(Epoch), findings: z.array(Finding), outcomes: z.array(FixOutcome),
})
export const RunEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('state'), summary: RunSummary, note: z.string().optional() }),
  z.object({ type: z.literal('steps'), steps: z.array(StepRecord), epoch: z.number(), batch: z.number(), examplesPerSecond: z.number(), remainingMs: z.number().nullable(), msPerStep: z.number() }),
  z.object({ type: z.literal('epoch'), epoch: Epoch }),
  z.object({ type: z.literal('findings'), findings: z.array(Finding) }),
  z.object({ type: z.literal('outcome'), outcome: FixOutcome }),
  /** Kernels of the watched layer, and activations of the probe: [outputs, inputs, height, width]. */
  z.object({ type: z.literal('kernels'), epoch: z.number(), layer: z.string(), kernels: StreamedFloats, extent: z.number() }),
])

const Run = z.object({ run: z.string() })

export const training = {
  /** Bundled recipes that can be started as they are, the talks' own list first. */
  recipes: oc.output(z.array(z.object({ id: z.string(), title: z.string(), summary: z.string(), recipe: Recipe }))),
  presets: oc.output(z.array(z.object({ id: z.string(), title: z.string(), notation: z.string(), summary: z.string() }))),
  /** What data can be read or made. */
  sources: oc.output(z.object({ formats: z.array(DataKind), generators: z.array(DataKind) })),
  /** Without a path: the person's own folder. */
  browse: oc.input(z.object({ path: z.string().optional() })).output(FolderListing),
  describeData: oc.input(z.object({ data: DataSource, split: Split })).output(DataSummary),
  examples: oc.input(z.object({ data: DataSource, split: Split, label: z.number().int().optional(), part: z.enum(['train', 'validation']).optional(), /** The first of the draw. */ first: z.number().int().nonnegative().default(0), count: z.number().int().positive().max(200), augment: Augment.optional(), seed: z.number().int() })).output(z.array(Example)),
  /** Whether `augment` changes what a picture means: "A digit turned upside down is another digit." */
  augmentWarnings: oc.input(z.object({ data: DataSource, augment: Augment })).output(z.array(z.string())),
  describeNet: oc.input(z.object({ net: Net, input: z.array(z.number()), outputs: z.number() })).output(NetDescription),
  cuts: oc.input(z.object({ path: z.string() })).output(z.object({ suggested: z.string(), tensors: z.array(z.object({ id: z.string(), title: z.string(), dims: z.array(z.number()) })) })),
  /** Sources opened by drag and drop or dialog, as a folder or file of this machine. */
  resolve: oc.input(z.object({ source: FileSource })).output(z.object({ path: z.string() })),
  start: oc.input(z.object({ recipe: Recipe })).output(RunSummary),
  resume: oc.input(Run).output(RunSummary),
  /** A copy of the run from its checkpoint at `epoch`, with another recipe. */
  branch: oc.input(Run.extend({ epoch: z.number().int().positive().optional(), recipe: Recipe })).output(RunSummary),
  control: oc.input(Run.extend({ action: z.enum(['pause', 'resume', 'step', 'stop']).optional(), rate: z.number().positive().optional(), watchedLayer: z.string().optional() })).output(RunSummary),
  /** Loss against rate over one short run (Smith 2017, arXiv:1506.01186, section 3.3). */
  rateTest: oc.input(z.object({ recipe: Recipe })).output(z.object({ rates: z.array(z.number()), losses: z.array(z.number()), suggested: z.number() })),
  runs: oc.output(z.array(RunSummary)),
  run: oc.input(Run).output(RunDetail),
  watch: oc.input(Run).output(eventIterator(RunEvent)),
  remove: oc.input(Run).output(z.void()),
  rename: oc.input(Run.extend({ name: z.string().min(1) })).output(RunSummary),
  kernels: oc.input(Run.extend({ epoch: z.number().int().nonnegative(), layer: z.string() })).output(z.object({ kernels: FloatArray, extent: z.number() })),
  /** Validation examples of one cell of the confusion at an epoch. */
  confused: oc.input(Run.extend({ epoch: z.number().int().positive(), actual: z.number().int(), predicted: z.number().int(), count: z.number().int().positive().max(200) })).output(z.array(Example)),
  /** Validation examples that an epoch turned right, or wrong. */
  changed: oc.input(Run.extend({ epoch: z.number().int().positive(), kind: z.enum(['gained', 'lost']), count: z.number().int().positive().max(200) })).output(z.array(Example)),
  /** What a layer makes of one validation example, [channels, height, width] or [units], at an epoch's checkpoint. */
  activations: oc.input(Run.extend({ epoch: z.number().int().nonnegative(), layer: z.string(), example: z.number().int().nonnegative() })).output(z.object({ activations: FloatArray })),
  /** Of numbers: right and predicted answers to at most 2000 validation examples at an epoch, [examples, columns] in their own units. */
  answers: oc.input(Run.extend({ epoch: z.number().int().positive() })).output(z.object({ columns: z.array(z.string()), actual: FloatArray, predicted: FloatArray })),
  tryFix: oc.input(Run.extend({ finding: z.string(), fix: z.string() })).output(FixOutcome),
  /** Scalars of TensorBoard event files, to overlay. */
  tensorboard: oc.input(z.object({ path: z.string() })).output(z.array(z.object({ tag: z.string(), steps: z.array(z.number()), values: z.array(z.number()) }))),
  /** The best model of the run, as a file to open. */
  result: oc.input(Run).output(z.object({ path: z.string() })),
}

export type DataSource = z.infer<typeof DataSource>
export type DataOption = z.infer<typeof DataOption>
export type DataKind = z.infer<typeof DataKind>
export type FolderListing = z.infer<typeof FolderListing>
export type Split = z.infer<typeof Split>
export type Augment = z.infer<typeof Augment>
export type Net = z.infer<typeof Net>
export type Loss = z.infer<typeof Loss>
export type Optimizer = z.infer<typeof Optimizer>
export type Recipe = z.infer<typeof Recipe>
export type DataSummary = z.infer<typeof DataSummary>
export type Example = z.infer<typeof Example>
export type NetLayer = z.infer<typeof NetLayer>
export type NetDescription = z.infer<typeof NetDescription>
export type Metrics = z.infer<typeof Metrics>
export type Epoch = z.infer<typeof Epoch>
export type Fix = z.infer<typeof Fix>
export type FixOutcome = z.infer<typeof FixOutcome>
export type Finding = z.infer<typeof Finding>
export type RunState = z.infer<typeof RunState>
export type RunSummary = z.infer<typeof RunSummary>
export type StepRecord = z.infer<typeof StepRecord>
export type RunDetail = z.infer<typeof RunDetail>
export type RunEvent = z.infer<typeof RunEvent>
