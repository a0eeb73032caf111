/** A survey on disk: one file that is replaced whole, so that what was seen survives whenever the process dies. */
import { mkdir, readFile, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { SurveySummary } from '#contract/patches.ts'
import { decodeSafetensors, encodeSafetensors } from '../lib/safetensors.ts'
import { unwritable, writeFileAtomically } from '../lib/write-file.ts'
import type { Network } from '../network/network.ts'
import { Survey } from './survey.ts'
import { surveyedLayers } from './survey-graph.ts'

/** `preprocessing`: of which the pictures were given to the model; `classNames`: most that can occur. */
const Notes = z.object({ summary: SurveySummary, count: z.number(), classNames: z.array(z.string()), key: z.string() })
export type SurveyNotes = z.infer<typeof Notes>

export class SurveyFiles {
  readonly #folder: string
  constructor(folder: string) { this.#folder = folder }

  async write(notes: SurveyNotes, survey: Survey): Promise<void> {
    await mkdir(this.#folder, { recursive: true }).catch((error: unknown) => { throw unwritable(this.#folder, error) })
    await writeFileAtomically(this.#path(notes.summary.survey), encodeSafetensors({ tensors: survey.tensors(), metadata: { survey: JSON.stringify(notes) } }))
  }

  /** Undefined where there is none, or none that can be read. */
  async read(id: string, network: Network): Promise<{ readonly survey: Survey; readonly notes: SurveyNotes } | undefined> {
    const path = this.#path(id)
    try {
      const { tensors, metadata } = decodeSafetensors(await readFile(path), path)
      const notes = Notes.parse(JSON.parse(metadata['survey'] ?? ''))
      const survey = new Survey(surveyedLayers(network), notes.classNames.length, notes.summary.pictures)
      survey.restore(tensors, notes.count)
      return { survey, notes }
    } catch {
      return undefined
    }
  }

  async list(): Promise<SurveySummary[]> {
    const names = (await readdir(this.#folder).catch(() => [])).filter((name) => name.endsWith('.safetensors'))
    const all = await Promise.all(names.map(async (name) => {
      try {
        const path = join(this.#folder, name)
        return Notes.parse(JSON.parse(decodeSafetensors(await readFile(path), path).metadata['survey'] ?? '')).summary
      } catch {
        return undefined
      }
    }))
    return all.filter((summary) => summary !== undefined).sort((a, b) => b.at - a.at)
  }

  remove(id: string): Promise<void> { return rm(this.#path(id), { force: true }) }
  #path(id: string): string { return join(this.#folder, `${id.replaceAll(/[^\w-]/g, '')}.safetensors`) }
}
