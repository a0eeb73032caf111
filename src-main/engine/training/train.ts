/** Runs a recipe: renders its pictures, trains, evaluates every epoch, keeps the best weights. */
import { classNames } from '../datasets/pictures/scene.ts'
import { renderPictureSet } from '../datasets/pictures/render.ts'
import type { PictureSet } from '../datasets/picture-set.ts'
import { createRandom, streamSeed } from '../lib/random.ts'
import type { Tensor } from '../onnx/model.ts'
import { tensorOf } from '../onnx/tensor-data.ts'
import { writeModel } from '../onnx/write.ts'
import { floatTensor, hostTensorOf } from '../runtime/host-tensor.ts'
import type { HostTensor } from '../runtime/host-tensor.ts'
import type { Runtime } from '../runtime/runtime.ts'
import { adamCorrections } from './adam.ts'
import { assembleBatch } from './batch.ts'
import { evaluate } from './evaluate.ts'
import type { Evaluation } from './evaluate.ts'
import { exportModel } from './export-model.ts'
import { buildNetwork, pictureInput } from './network.ts'
import type { Recipe } from './recipe.ts'
import { rateAt } from './schedule.ts'
import { buildStepGraph, labelsInput, rateInputs } from './step-graph.ts'

export interface Epoch extends Evaluation {
  readonly epoch: number
  /** Mean over the epoch's batches, on augmented pictures. */
  readonly trainLoss: number
  readonly picturesPerSecond: number
}

export interface Trained {
  readonly history: readonly Epoch[]
  readonly best: Epoch
  /** ONNX for inference, with labels and preprocessing in its metadata. */
  readonly model: Uint8Array
}

export interface TrainControls {
  readonly runtime: Runtime
  readonly signal?: AbortSignal
  readonly onNote?: (note: string) => void
  readonly onEpoch?: (epoch: Epoch) => void
}

/** Seeds of the independent streams of one run. */
const streams = { train: 1, validation: 2, order: 3, augment: 4 } as const

export async function trainRecipe(recipe: Recipe, controls: TrainControls): Promise<Trained> {
  const { signal, onNote = () => undefined } = controls
  const render = (stream: number, count: number, title: string): Promise<PictureSet> =>
    renderPictureSet(streamSeed(recipe.seed, stream), count, recipe.data.size, { ...(signal ? { signal } : {}), onProgress: (done) => { if (done % 2000 === 0) onNote(`Rendering ${title} pictures: ${done} of ${count}`) } })
  const validation = await render(streams.validation, recipe.data.validation, 'validation')
  const train = await render(streams.train, recipe.data.train, 'training')

  const network = buildNetwork(recipe, recipe.batch)
  const { inUse } = await controls.runtime.device()
  const step = buildStepGraph(network, { target: controls.runtime.loweringOf(inUse), weightDecay: recipe.optimizer.weightDecay })
  const session = await controls.runtime.openSteps(step.model, {
    device: inUse, lane: 'training', loop: step.loop,
    initial: Object.fromEntries([...step.initial].map(([name, tensor]) => [name, hostTensorOf(tensor)])),
  })
  const stepsPerEpoch = Math.floor(recipe.data.train / recipe.batch)
  const totalSteps = stepsPerEpoch * recipe.epochs
  const order = createRandom(streamSeed(recipe.seed, streams.order))
  const history: Epoch[] = []
  let best: { epoch: Epoch; parameters: ReadonlyMap<string, Tensor> } | undefined
  try {
    for (let epoch = 1; epoch <= recipe.epochs; epoch++) {
      const shuffled = order.shuffle(Array.from({ length: recipe.data.train }, (_, index) => index))
      const startedAt = performance.now()
      let lossSum = 0
      for (let batch = 0; batch < stepsPerEpoch; batch++) {
        signal?.throwIfAborted()
        const done = (epoch - 1) * stepsPerEpoch + batch
        const indices = shuffled.slice(batch * recipe.batch, (batch + 1) * recipe.batch)
        const { pictures, labels } = assembleBatch(train, indices, recipe, streamSeed(streamSeed(recipe.seed, streams.augment), done))
        const { [step.loss]: loss } = await session.step({
          [pictureInput]: floatTensor([recipe.batch, 3, train.size, train.size], pictures),
          [labelsInput]: floatTensor([recipe.batch, train.classes], labels),
          ...rateFeeds(done, totalSteps, recipe),
        }, [step.loss])
        lossSum += Number(loss?.data[0])
        if (batch % 50 === 49) onNote(`Epoch ${epoch} of ${recipe.epochs}, step ${batch + 1} of ${stepsPerEpoch}: loss ${(lossSum / (batch + 1)).toFixed(4)}`)
      }
      const seconds = (performance.now() - startedAt) / 1000
      const parameters = tensorsOf(await session.readState([...network.parameters.keys()]))
      const evaluation = await evaluate(controls.runtime, writeModel(exportModel(recipe, parameters, classNames)), validation, recipe)
      const record: Epoch = { epoch, trainLoss: lossSum / stepsPerEpoch, picturesPerSecond: (stepsPerEpoch * recipe.batch) / seconds, ...evaluation }
      history.push(record)
      controls.onEpoch?.(record)
      if (!best || record.accuracy > best.epoch.accuracy) best = { epoch: record, parameters }
    }
  } finally {
    await session.dispose()
  }
  if (!best) throw new RangeError('The recipe has no epochs.')
  return { history, best: best.epoch, model: writeModel(exportModel(recipe, best.parameters, classNames)) }
}

function rateFeeds(done: number, totalSteps: number, recipe: Recipe): Record<string, HostTensor> {
  const [first, second] = adamCorrections(done + 1)
  const scalar = (value: number): HostTensor => floatTensor([], Float32Array.of(value))
  return { [rateInputs.rate]: scalar(rateAt(done, totalSteps, recipe.optimizer)), [rateInputs.firstCorrection]: scalar(first), [rateInputs.secondCorrection]: scalar(second) }
}

const tensorsOf = (state: Readonly<Record<string, HostTensor>>): Map<string, Tensor> =>
  new Map(Object.entries(state).map(([name, { dataType, dims, data }]) => [name, tensorOf(dataType, dims, data)]))
