/** The talks' own list: every bundled recipe is whole, and trains on a shortened run. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import type { Epoch, Recipe } from '#contract/training.ts'
import { generators } from '#engine/datasets/registry.ts'
import { bundledRecipes } from '#engine/library/bundled-recipes.ts'
import { createRuntime } from '#engine/runtime/create-runtime.ts'
import { RunFolder } from '#engine/training/run-folder.ts'
import { TrainingRun } from '#engine/training/run.ts'

const recipes = await bundledRecipes(fileURLToPath(new URL('../../../resources', import.meta.url)))
const runtime = createRuntime({ host: 'inline', device: 'cpu', threads: 1 })
const folders: string[] = []
afterAll(async () => {
  await runtime.dispose()
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

/** Changes that make a run short: fewer examples and epochs, and smaller pictures. */
interface Shortened { readonly count?: number; readonly epochs?: number; readonly options?: Recipe['data']['options'] }
/** With what is to be reached by then: the score (share of right answers, or R²), or less than it. */
interface Expected extends Shortened { readonly atLeast?: number; readonly atMost?: number }

const expected: Readonly<Record<string, Expected>> = {
  'kilometres-to-miles': { atLeast: 0.99 },
  'ladybirds-line': { atLeast: 0.97 },
  // It begins anywhere and hardly moves.
  'ladybirds-too-slow': {},
  'ladybirds-too-fast': {},
  'logic-and': { atLeast: 0.95 },
  'logic-or': { atLeast: 0.95 },
  'logic-xor-one-node': { atMost: 0.8 },
  'logic-xor-two-lines': { atLeast: 0.95 },
  'yes-no': { atLeast: 0.95 },
  'sensors-linear': { count: 20_000, atLeast: 0.6, atMost: 0.95 },
  'sensors-hidden': { count: 20_000, atLeast: 0.95 },
  'standardized-regression': { count: 5000, atLeast: 0.99 },
  'digits-mlp': { count: 1500, epochs: 3, atLeast: 0.9 },
  'digits-lenet': { count: 1500, epochs: 2, atLeast: 0.9 },
  'digit-sum': { count: 1000, epochs: 3, atLeast: 0.1, options: { size: 20 } },
  'cats-and-dogs': { count: 240, epochs: 3, atLeast: 0.5, options: { size: 32 } },
  'cats-and-dogs-augmented': { count: 240, epochs: 3, atLeast: 0.5, options: { size: 32 } },
  'cats-and-dogs-transfer': { count: 120, epochs: 8, atLeast: 0.85 },
}

async function train(recipe: Recipe): Promise<{ readonly state: string; readonly error: string | undefined; readonly history: readonly Epoch[] }> {
  const folder = mkdtempSync(join(tmpdir(), 'phosphene-recipe-'))
  folders.push(folder)
  const run = new TrainingRun({ runtime, recipe, folder: new RunFolder(folder) })
  await run.start()
  return { state: run.state, error: run.summary().error, history: run.detail().history }
}

function shorten(recipe: Recipe, { count, epochs, options }: Shortened): Recipe {
  const changes = { ...(count === undefined ? {} : { count }), ...options }
  return { ...recipe, epochs: epochs ?? recipe.epochs, data: { ...recipe.data, options: { ...recipe.data.options, ...changes } } }
}

describe('bundled recipes', () => {
  it('are all tried here, and are told of in words', () => {
    expect(recipes.map(({ id }) => id).toSorted()).toEqual(Object.keys(expected).toSorted())
    expect(new Set(recipes.map(({ title }) => title)).size).toBe(recipes.length)
    expect(recipes.every(({ summary }) => /^[A-Z0-9].{30,}\.$/.test(summary))).toBe(true)
    expect(recipes[0]?.id).toBe('kilometres-to-miles')
  })

  it('name generators that there are, so that they start as they are', () => {
    expect(recipes.every(({ recipe }) => recipe.data.kind === 'generator' && generators.has(recipe.data.name))).toBe(true)
  })

  it.each(recipes.map(({ id, recipe }) => [id, recipe] as const))('%s', async (id, recipe) => {
    const { atLeast, atMost, ...shortened } = expected[id]!
    const { state, error, history } = await train(shorten(recipe, shortened))
    expect(error).toBeUndefined()
    expect(state).toBe('done')
    const score = history.at(-1)!.validation.score
    if (atLeast !== undefined) {
      expect(score).toBeGreaterThanOrEqual(atLeast)
      expect(history.at(-1)!.train.loss).toBeLessThan(history[0]!.train.loss)
    }
    if (atMost !== undefined) expect(score).toBeLessThanOrEqual(atMost)
  })

  it('show what a learning rate does to the same line', async () => {
    const lossAfter = async (id: string): Promise<number> => (await train({ ...recipes.find((recipe) => recipe.id === id)!.recipe, epochs: 3 })).history.at(-1)!.train.loss
    const [right, slow, fast] = [await lossAfter('ladybirds-line'), await lossAfter('ladybirds-too-slow'), await lossAfter('ladybirds-too-fast')]
    expect(right).toBeLessThan(slow / 2)
    expect(right).toBeLessThan(fast / 2)
  })
})
