import { describeTask } from '../preprocessing/model-task.ts'
import type { OpenedModel } from '../library/open-models.ts'
import { encodePng } from '../images/encode.ts'
import { pixelsOfDisplay } from '../preprocessing/apply.ts'
import { blobOf } from '../lib/blob.ts'
import type { Network } from '../network/network.ts'
import { os } from './context.ts'
import type { Services } from './context.ts'

export const modelHandlers = ({ models, pictures, recents, samples, runs, jobs, known }: Services) => ({
  open: os.models.open.handler(async ({ input: { source }, signal }) => jobs.run('Opening the model', signal, async () => {
    const opened = await models.open(source)
    await known.note(opened.id, source)
    await recents.add({ source, title: opened.network.summary.name, subtitle: subtitleOf(opened.network) })
    return describe(opened, source)
  })),
  close: os.models.close.handler(async ({ input: { model } }) => {
    runs.forget(model)
    await models.close(model)
  }),
  recent: os.models.recent.handler(() => recents.list()),
  forget: os.models.forget.handler(({ input: { source } }) => recents.forget(source)),
  samples: os.models.samples.handler(async () => (await samples.models()).map(({ id, title, subtitle }) => ({ id, title, subtitle }))),
  guessPreprocessing: os.models.guessPreprocessing.handler(async ({ input: { model, picture }, signal }) => jobs.run('Guessing the preprocessing', signal, async ({ signal: cancel, progress }) => {
    const record = await models.guess(model, await pictures.pixels(picture), { signal: cancel, onProgress: progress })
    runs.forget(model)
    return record
  })),
  setPreprocessing: os.models.setPreprocessing.handler(async ({ input: { model, preprocessing } }) => {
    const saved = await models.confirm(model, preprocessing)
    runs.forget(model)
    return saved
  }),
})

export const pictureHandlers = ({ pictures, samples, runs, known }: Services) => ({
  open: os.pictures.open.handler(async ({ input: { source } }) => {
    const opened = await pictures.open(source)
    await known.note(opened.picture, source)
    return opened
  }),
  samples: os.pictures.samples.handler(async () => Promise.all((await samples.pictures()).map(async ({ id, title, subtitle }) => {
    // A sample that cannot be read is listed without its picture; opening it says why.
    const thumbnail = await pictures.open({ kind: 'sample', id }).then((opened) => opened.thumbnail, () => undefined)
    return { id, title, subtitle, ...(thumbnail ? { thumbnail } : {}) }
  }))),
  asSeenBy: os.pictures.asSeenBy.handler(async ({ input, signal }) => {
    const { display } = await runs.prepare(input, signal ? { signal } : {})
    const pixels = pixelsOfDisplay(display)
    return { width: pixels.width, height: pixels.height, png: blobOf(await encodePng(pixels), 'image/png') }
  }),
})

function describe({ id, network, record }: OpenedModel, source: OpenedModel['source']) {
  return { model: id, source, summary: network.summary, structure: network.structure, task: describeTask(network).task, ...(record ? { preprocessing: record } : {}) }
}

function subtitleOf({ summary }: Network): string {
  const millions = summary.parameters / 1e6
  const parameters = millions >= 1 ? `${millions.toFixed(1)} M parameters` : `${Math.round(summary.parameters / 1e3)} k parameters`
  return `${summary.nodes} nodes · ${parameters}${summary.notRunnable ? ' · cannot be run' : ''}`
}
