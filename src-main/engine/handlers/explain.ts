import type { Attribution, ExplainStart } from '#contract/explain.ts'
import type { Progress } from '#contract/wire.ts'
import type { Explanation } from '../attribution/explain.ts'
import { mapLayers } from '../attribution/layers.ts'
import { methodInfos } from '../attribution/registry.ts'
import { embedRecipe } from '../images/recipe.ts'
import { blobOf, streamedFloatsOf } from '../lib/blob.ts'
import { eventsOf } from '../lib/event-queue.ts'
import { explanationNpy, explanationPng } from '../library/explanation-files.ts'
import { logitsOf } from '../network/logits.ts'
import { os } from './context.ts'
import type { Services } from './context.ts'

type Event = ExplainStart | Progress | Attribution

export const explainHandlers = ({ version, models, pictures, explanations, jobs, settings }: Services) => ({
  methods: os.explain.methods.handler(() => methodInfos()),

  layers: os.explain.layers.handler(({ input: { model } }) => {
    const { network, task } = models.get(model)
    const output = models.get(model).record?.preprocessing.outputTensor ?? task.output ?? network.outputs[0] ?? ''
    const { suggested, layers } = mapLayers(network, logitsOf(network.compute.graph, output))
    return { suggested, layers: layers.map(({ id, title }) => ({ id, title })) }
  }),

  run: os.explain.run.handler(({ input, signal }) => eventsOf<Event>(async (push) => {
    await jobs.run('Explaining', signal, (controls) => explanations.run(input, {
      signal: controls.signal,
      onStart: (start) => push({ type: 'start', ...start }),
      onProgress: (fraction, note) => push(controls.progress(fraction, note)),
      onExplanation: (explanation) => push(attributionOf(explanation)),
    }))
  })),

  save: os.explain.save.handler(async ({ input, signal }) => jobs.run('Saving the explanation', signal, async (controls) => {
    const { format, opacity, style, ...request } = input
    const made = await explanations.run(request, { signal: controls.signal, onProgress: controls.progress })
    const name = `${pictures.name(input.picture).replace(/\.[^.]+$/, '')}-${input.methods.map(({ method }) => method).join('-')}`
    if (format === 'npy') return { name: `${name}.npy`, data: blobOf(explanationNpy(made.explanations)) }
    const png = await explanationPng(made.picture.fitted, made.explanations, { opacity, style, colorMap: settings.value.colorMap })
    const recipe = {
      version, kind: 'explain', seed: input.seed, device: made.device,
      model: { sha256: input.model, name: models.get(input.model).network.summary.name },
      picture: { sha256: input.picture, name: pictures.name(input.picture) },
      settings: { target: input.target, methods: input.methods, opacity, style, colorMap: settings.value.colorMap, preprocessing: { ...made.picture.space.preprocessing, labels: [] } },
    }
    return { name: `${name}.png`, data: blobOf(embedRecipe(png, recipe), 'image/png') }
  })),
})

function attributionOf({ method, map, signed, layer, facts, ms }: Explanation): Attribution {
  const finite = Object.fromEntries(Object.entries(facts).map(([key, value]) => [key, typeof value === 'number' && !Number.isFinite(value) ? String(value) : value]))
  return { type: 'map', method, map: streamedFloatsOf(map.dims, map.data), signed, ...(layer === undefined ? {} : { layer }), facts: finite, ms }
}
