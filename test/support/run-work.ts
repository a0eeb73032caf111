/** A work of synthesis run to its end, on a network that the test has opened. */
import { fileURLToPath } from 'node:url'
import { readFileSync } from 'node:fs'
import type { FileReference } from '#contract/synthesis-recipe.ts'
import type { SynthesisRecipe } from '#contract/synthesis.ts'
import type { Network } from '#engine/network/network.ts'
import type { Preprocessing } from '#contract/preprocessing.ts'
import type { FloatTensor } from '#engine/runtime/host-tensor.ts'
import type { Runtime } from '#engine/runtime/runtime.ts'
import type { BeginTraining, Checkpoint } from '#engine/synthesis/define-work.ts'
import { findWork } from '#engine/synthesis/work-registry.ts'
import { tensorOf } from '#engine/synthesis/work-picture.ts'
import { WorkRun } from '#engine/synthesis/work-run.ts'
import type { MadeItem, WorkSink } from '#engine/synthesis/work-run.ts'

export const resource = (path: string): string => fileURLToPath(new URL(`../../resources/${path}`, import.meta.url))

export interface WorkBench { readonly runtime: Runtime; readonly network: Network; readonly preprocessing: Preprocessing; readonly train?: BeginTraining; /** By sha256, paths. */ readonly pictures?: Readonly<Record<string, string>> }

export interface WorkResult { readonly made: readonly MadeItem[]; readonly pictures: readonly FloatTensor[]; readonly values: readonly number[]; readonly run: WorkRun }

export function workRun({ runtime, network, preprocessing, train, pictures = {} }: WorkBench, recipe: Omit<SynthesisRecipe, 'model'>, { sink = {}, from, finished }: { readonly sink?: WorkSink; readonly from?: Checkpoint; readonly finished?: ReadonlySet<string> } = {}): WorkRun {
  return new WorkRun({
    // Tests pause and cancel at a step of their choice: none goes by untold, however quick it is.
    leastProgressMs: 0,
    work: findWork(recipe.kind), recipe: { ...recipe, model: { sha256: network.id, name: 'test.onnx' } } as SynthesisRecipe, version: 'test', sink, from, ...(finished ? { finished } : {}),
    resources: {
      runtime, ...(train ? { train } : {}), model: () => Promise.resolve({ network, preprocessing, release: () => undefined }),
      file: ({ sha256 }: FileReference) => Promise.resolve(readFileSync(pictures[sha256] ?? 'no such picture')),
    },
  })
}

export async function finishWork(bench: WorkBench, recipe: Omit<SynthesisRecipe, 'model'>, options: { readonly signal?: AbortSignal; readonly from?: Checkpoint; readonly finished?: ReadonlySet<string> } = {}): Promise<WorkResult> {
  const made: MadeItem[] = []
  const values: number[] = []
  const run = workRun(bench, recipe, { sink: { onItem: (item) => { made.push(item) }, onProgress: ({ value }) => { values.push(value ?? NaN) } }, ...(options.from ? { from: options.from } : {}), ...(options.finished ? { finished: options.finished } : {}) })
  await run.run(options.signal)
  return { made, values, run, pictures: made.flatMap(({ values: kept }) => (kept ? [tensorOf(kept)] : [])) }
}
