/** Whether what fools one model fools others: each shown the written files, in its own way of preparing pictures. */
import type { Facts } from '#contract/synthesis.ts'
import type { FoolRun, Outcome, Photograph } from './fool-run.ts'
import { bestOf } from './goal.ts'
import { answersTo, tensorOfPicture } from './written-picture.ts'
import { pixelsOfDisplay } from '../preprocessing/apply.ts'

export interface FooledPicture extends Outcome { readonly answers: Float32Array; readonly photograph: Photograph | undefined }

interface Row {
  readonly picture: string
  /** By model: the answer's class, its label and probability, and whether it differs from that to the photograph before. */
  readonly answers: readonly { readonly index: number; readonly label: string; readonly probability: number; readonly changed: boolean; readonly asWanted: boolean }[]
}

/** An item 'transfer' with a row a picture and a column a model, the attacked one first. Nothing where no other model was named. */
export async function transferOf(run: FoolRun, pictures: readonly FooledPicture[]): Promise<void> {
  const { settings, context } = run
  if (settings.transferTo.length === 0 || pictures.length === 0) return
  const others = await Promise.all(settings.transferTo.map(async (reference) => ({ name: reference.name, ...(await context.model(reference)) })))
  const models = [{ name: context.network.summary.name, network: context.network, preprocessing: context.display.preprocessing }, ...others]
  const rows: Row[] = []
  for (const { name, picture, probe, photograph, goal } of pictures) {
    const pixels = pixelsOfDisplay(tensorOfPicture(picture, probe.extent))
    const answers: Row['answers'][number][] = []
    for (const { network, preprocessing } of models) {
      const after = await answersTo(network, preprocessing, pixels)
      const before = photograph && bestOf(await answersTo(network, preprocessing, photograph.pixels))
      const answer = bestOf(after)
      const label = preprocessing.labels[answer] ?? `class ${answer}`
      // Other models may number their classes otherwise: names are compared where there are any.
      const wanted = goal.kind === 'reach' ? (probe.display.preprocessing.labels[goal.index] ?? `class ${goal.index}`) : undefined
      answers.push({ index: answer, label, probability: after[answer] ?? 0, changed: before !== undefined && before !== answer, asWanted: wanted === undefined ? before !== undefined && before !== answer : label === wanted })
    }
    rows.push({ picture: name, answers })
    run.checkCancelled()
  }
  const share = (column: number): number => rows.filter(({ answers }) => answers[column]?.asWanted).length / rows.length
  const facts: Facts = { role: 'transfer', models: models.map(({ name }) => name), fooled: models.map((_, column) => share(column)), pictures: rows.length }
  await context.item({ name: 'transfer', title: 'Shown to other models', facts, content: { bytes: new TextEncoder().encode(JSON.stringify({ ...facts, rows }, null, 1)), extension: 'json' } })
}
