/** Surveys of opened models: made once for the same model and pictures, kept on disk, and looked into unit by unit. */
import { createHash } from 'node:crypto'
import { AppError } from '#contract/errors.ts'
import type { ProjectionMethod, SurveySummary, UnitPatches } from '#contract/patches.ts'
import type { DataSource } from '#contract/training.ts'
import { histogramOf, statisticsOf } from '../activations/statistics.ts'
import { encodePng } from '../images/encode.ts'
import { blobOf } from '../lib/blob.ts'
import { boxOf, patchOf, projectionOf } from '../patches/patch-picture.ts'
import { openPictureSet } from '../patches/picture-set.ts'
import type { PictureSet } from '../patches/picture-set.ts'
import { Projector } from '../patches/projection.ts'
import { classNames, runSurvey } from '../patches/run-survey.ts'
import type { SurveyPlace } from '../patches/run-survey.ts'
import { SurveyFiles } from '../patches/survey-file.ts'
import type { SurveyNotes } from '../patches/survey-file.ts'
import type { Survey } from '../patches/survey.ts'
import type { SurveyedLayer } from '../patches/survey-graph.ts'
import { preparePicture } from '../preprocessing/prepare.ts'
import type { LoadData } from '../training/prepare.ts'
import type { WorkResources } from '../synthesis/work-run.ts'

export interface PatchControls { readonly signal?: AbortSignal | undefined; readonly onProgress?: (fraction: number | null, note: string) => void }

export interface PatchSurveys {
  survey(model: string, data: DataSource, controls: PatchControls): Promise<SurveySummary>
  list(model: string): Promise<SurveySummary[]>
  unit(survey: string, layer: string, unit: number): Promise<UnitPatches>
  projection(survey: string, layer: string, unit: number, rank: number, method: ProjectionMethod, signal: AbortSignal | undefined): Promise<Blob>
  remove(survey: string): Promise<void>
}

interface Opened { readonly survey: Survey; readonly notes: SurveyNotes; readonly set: PictureSet }

const shownClasses = 8
const seed = 1

export function createPatchSurveys({ resources, load, folder }: { readonly resources: WorkResources; readonly load: LoadData; readonly folder: string }): PatchSurveys {
  const files = new SurveyFiles(folder)
  const running = new Map<string, Promise<SurveySummary>>()
  /** The one looked into lately. */
  let latest: Opened | undefined
  let projector: { readonly key: string; readonly made: Promise<Projector> } | undefined

  async function atModel<T>(model: string, body: (place: SurveyPlace) => Promise<T>): Promise<T> {
    const { network, preprocessing, release } = await resources.model({ sha256: model, name: 'model' })
    try {
      return await body({ runtime: resources.runtime, network, display: { preprocessing } })
    } finally {
      await release()
    }
  }

  const setOf = (data: DataSource, { display }: SurveyPlace, signal?: AbortSignal): Promise<PictureSet> =>
    openPictureSet(data, load, { signal, seed, size: { height: display.preprocessing.height, width: display.preprocessing.width } })

  async function make(model: string, data: DataSource, place: SurveyPlace, { signal, onProgress }: PatchControls): Promise<SurveySummary> {
    onProgress?.(null, 'Looking for pictures')
    const set = await setOf(data, place, signal)
    const names = classNames(set, place.display)
    const id = createHash('sha256').update(JSON.stringify([model, set.key, { ...place.display.preprocessing, labels: [] }])).digest('hex').slice(0, 24)
    const known = await files.read(id, place.network)
    const notesAt = (survey: Survey, done: number, skipped: SurveySummary['skipped']): SurveyNotes => ({
      key: set.key, count: survey.count, classNames: [...names],
      summary: { survey: id, model, name: set.name, data, done, pictures: set.count, at: Date.now(), classes: set.labels.length > 0 ? 'data' : names.length > 0 ? 'predicted' : 'none', skipped: [...skipped] },
    })
    const { survey, state } = await runSurvey(place, set, {
      signal, ...(known ? { from: { survey: known.survey, state: { next: known.notes.summary.done, skipped: known.notes.summary.skipped } } } : {}),
      onProgress: (done, total) => onProgress?.(done / total, `${done} of ${total} pictures`),
      onKeep: (seen, { next, skipped }) => files.write(notesAt(seen, next, [...skipped]), seen),
    })
    const notes = known && known.notes.summary.done >= set.count ? known.notes : notesAt(survey, state.next, [...state.skipped])
    latest = { survey, notes, set }
    return notes.summary
  }

  async function open(id: string, place: SurveyPlace, data: DataSource): Promise<Opened> {
    if (latest?.notes.summary.survey === id) return latest
    const read = await files.read(id, place.network)
    if (!read) throw new AppError('not-found', 'These patches are not there any more: collect them again.')
    const set = await setOf(data, place)
    if (set.key !== read.notes.key) throw new AppError('not-found', `The pictures of ${set.name} have changed since: collect the patches again.`)
    latest = { ...read, set }
    return latest
  }

  async function summaryOf(id: string): Promise<SurveySummary> {
    const summary = latest?.notes.summary.survey === id ? latest.notes.summary : (await files.list()).find(({ survey }) => survey === id)
    if (!summary) throw new AppError('not-found', 'These patches are not there any more: collect them again.')
    return summary
  }

  async function looking<T>(id: string, layerId: string, unit: number, body: (opened: Opened, layer: SurveyedLayer, place: SurveyPlace) => Promise<T>): Promise<T> {
    const summary = await summaryOf(id)
    return atModel(summary.model, async (place) => {
      const opened = await open(id, place, summary.data)
      const layer = opened.survey.layers.find((each) => each.id === layerId)
      if (!layer) throw new AppError('layer-invalid', `The layer '${layerId}' has no units that patches could be collected for.`)
      if (unit >= layer.units) throw new AppError('target-invalid', `There is no unit ${unit} of '${layer.title}': it has ${layer.units} units, 0 to ${layer.units - 1}.`)
      return body(opened, layer, place)
    })
  }

  return {
    survey(model, data, controls) {
      const key = JSON.stringify([model, data])
      const mine = running.get(key) ?? atModel(model, (place) => make(model, data, place, controls)).finally(() => running.delete(key))
      running.set(key, mine)
      return mine
    },
    list: async (model) => (await files.list()).filter((summary) => summary.model === model),
    unit: (id, layerId, unit) => looking(id, layerId, unit, async ({ survey, notes, set }, layer, { network, display: { preprocessing } }) => {
      const maxima = survey.maxima(layerId, unit)
      return {
        ...survey.facts(layerId, unit), histogram: histogramOf(maxima, statisticsOf(maxima)),
        classes: survey.classMeans(layerId, unit).slice(0, shownClasses).map((each) => ({ ...each, label: notes.classNames[each.index] ?? `class ${each.index}` })),
        patches: await Promise.all(survey.best(layerId, unit).map(async ({ value, picture, row, column }, rank) => {
          const { fitted } = preparePicture(network, preprocessing, await set.pixels(picture))
          const box = boxOf(network, layer, { row, column }, fitted)
          const label = set.labels[set.classOf(picture)]
          return { rank, value, row, column, box, picture: set.title(picture), png: blobOf(await encodePng(patchOf(fitted, box)), 'image/png'), ...(label === undefined ? {} : { label }) }
        })),
      }
    }),
    projection: (id, layerId, unit, rank, method, signal) => looking(id, layerId, unit, async ({ survey, set }, layer, place) => {
      const patch = survey.best(layerId, unit)[rank]
      if (!patch) throw new AppError('target-invalid', `Unit ${unit} of '${layer.title}' has no patch ${rank + 1}: fewer pictures were looked at.`)
      const key = JSON.stringify([id, layerId, method])
      if (projector?.key !== key) {
        const old = projector?.made
        projector = { key, made: Projector.open(place, layer, method) }
        await old?.then((made) => made.dispose(), () => undefined)
      }
      const { display, fitted } = preparePicture(place.network, place.display.preprocessing, await set.pixels(patch.picture))
      const made = await projector.made
      const gradient = await made.project(display, unit, patch.row, patch.column, signal)
      return blobOf(await encodePng(projectionOf(gradient, boxOf(place.network, layer, patch, fitted))), 'image/png')
    }),
    async remove(id) {
      if (latest?.notes.summary.survey === id) latest = undefined
      await files.remove(id)
    },
  }
}
