/**
 * What a command of minutes keeps beside its results until it is done, so that `--resume` goes on where it was interrupted, killed included:
 *   unfinished/run.json            recipe and finished items
 *   unfinished/state.safetensors   the state behind its last kept step
 */
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { AppError } from '#contract/errors.ts'
import { SynthesisItem, SynthesisRecipe } from '#contract/synthesis.ts'
import { makeFolder } from '#engine/lib/make-folder.ts'
import { writeFileAtomically } from '#engine/lib/write-file.ts'
import { checkpointIn, writeCheckpointFile } from '#engine/synthesis/checkpoint-file.ts'
import type { Checkpoint } from '#engine/synthesis/define-work.ts'
import type { KeptState } from './run-work.ts'

const Kept = z.object({ recipe: SynthesisRecipe, items: z.array(SynthesisItem) })

export interface Unfinished extends KeptState {
  readonly finished: ReadonlySet<string>
  onCheckpoint(checkpoint: Checkpoint): Promise<void>
  readonly items: readonly SynthesisItem[]
  /** Whether an interruption now would leave something to go on with. */
  readonly isWorthwhile: () => boolean
  /** An item was written. */
  note(item: SynthesisItem): Promise<void>
  /** All is written: nothing is left to go on with. */
  end(): Promise<void>
}

export interface UnfinishedOptions {
  readonly recipe: SynthesisRecipe
  readonly resume: boolean
  /** Options of the settings that may be others when it goes on: they say how far, not what. */
  readonly free: readonly string[]
  readonly progress: (line: string) => void
}

/** Throws 'usage' where there is nothing to go on with, or something else than what is asked for. */
export async function openUnfinished(out: string, { recipe, resume, free, progress }: UnfinishedOptions): Promise<Unfinished> {
  const folder = join(out, 'unfinished')
  const [record, state] = [join(folder, 'run.json'), join(folder, 'state.safetensors')]
  const kept = resume ? await readKept(record, out) : undefined
  if (kept && essence(kept.recipe, free) !== essence(recipe, free))
    throw new AppError('usage', `${out} holds an interrupted run of something else: ${describe(kept.recipe)}. Repeat its command with --resume, or choose another folder.`)
  const items = [...(kept?.items ?? [])]
  const from = kept && await readState(state)
  if (kept) progress(from ? `Goes on behind step ${from.step}` : `Goes on: ${items.length} results are there`)
  else await rm(folder, { recursive: true, force: true })
  const course = { checkpoints: from ? 1 : 0 }
  const write = async (): Promise<void> => {
    await makeFolder(folder)
    await writeFileAtomically(record, [new TextEncoder().encode(`${JSON.stringify({ recipe, items })}\n`)], { durable: true })
  }
  await write()
  return {
    items, from, finished: new Set(items.map(({ name }) => name)),
    async note(item) { items.push(item); await write() },
    isWorthwhile: () => items.length > 0 || course.checkpoints > 0,
    async onCheckpoint(checkpoint) {
      course.checkpoints++
      await writeCheckpointFile(state, checkpoint)
    },
    end: () => rm(folder, { recursive: true, force: true }),
  }
}

async function readKept(path: string, out: string): Promise<z.infer<typeof Kept>> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => { throw new AppError('usage', `${out} holds no interrupted run: there is nothing to go on with. Leave --resume out.`, { cause }) })
  try {
    return Kept.parse(JSON.parse(text))
  } catch (cause) {
    throw new AppError('file-unreadable', `${path} is no record of an interrupted run: leave --resume out to begin anew.`, { cause })
  }
}

async function readState(path: string): Promise<Checkpoint | undefined> {
  const bytes = await readFile(path).catch(() => undefined)
  return bytes && checkpointIn(bytes, path)
}

/** What two recipes have to have in common to be of one run. */
function essence({ kind, model, seed, settings }: SynthesisRecipe, free: readonly string[]): string {
  const options = 'options' in settings ? Object.entries(settings.options).filter(([id]) => !free.includes(id)).sort(([a], [b]) => a.localeCompare(b)) : []
  return JSON.stringify([kind, model.sha256, seed, { ...settings, options }])
}

const describe = ({ model, seed, settings }: SynthesisRecipe): string => `${'method' in settings ? `${settings.method} ` : ''}with ${model.name}, seed ${seed}${'options' in settings ? Object.entries(settings.options).map(([id, value]) => `, ${id} ${value}`).join('') : ''}`
