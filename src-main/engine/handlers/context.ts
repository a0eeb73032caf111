/** What handlers work with; made once an engine, in engine.ts. */
import { implement } from '@orpc/server'
import { contract } from '#contract/index.ts'
import type { Settings } from '#contract/application.ts'
import { toWireError } from '#rpc/errors.ts'
import type { Jobs } from '../application/jobs.ts'
import type { Catalogue } from '../catalogue/catalogue.ts'
import type { StoredJson } from '../lib/stored-json.ts'
import type { Explanations } from '../library/explanations.ts'
import type { KnownFiles } from '../library/known-files.ts'
import type { OpenModels } from '../library/open-models.ts'
import type { OpenPictures } from '../library/open-pictures.ts'
import type { PatchSurveys } from '../library/patch-surveys.ts'
import type { Recents } from '../library/recents.ts'
import type { Runs } from '../library/runs.ts'
import type { Samples } from '../library/samples.ts'
import type { Sources } from '../library/sources.ts'
import type { SynthesisRuns } from '../library/synthesis-runs.ts'
import type { TrainingRuns } from '../library/training-runs.ts'
import type { Uploads } from '../library/uploads.ts'
import type { Runtime } from '../runtime/runtime.ts'

export interface Services {
  readonly version: string
  readonly shell: 'desktop' | 'browser'
  readonly dataFolder: string
  readonly resourcesFolder: string
  readonly settings: StoredJson<Settings>
  readonly runtime: Runtime
  readonly jobs: Jobs
  readonly catalogue: Catalogue
  readonly uploads: Uploads
  readonly samples: Samples
  readonly recents: Recents
  readonly models: OpenModels
  readonly pictures: OpenPictures
  readonly runs: Runs
  readonly explanations: Explanations
  readonly sources: Sources
  readonly training: TrainingRuns
  readonly synthesis: SynthesisRuns
  readonly patches: PatchSurveys
  readonly known: KnownFiles
}

/** The contract's implementer: whatever a handler throws, at once or while it streams, crosses the wire as one kind of error. */
export const os = implement(contract).use(async ({ next }) => {
  try {
    const result = await next()
    return isAsyncIterable(result.output) ? { ...result, output: withWireErrors(result.output) as typeof result.output } : result
  } catch (error) {
    throw toWireError(error)
  }
})

const isAsyncIterable = (value: unknown): value is AsyncIterable<unknown> => typeof value === 'object' && value !== null && Symbol.asyncIterator in value

async function* withWireErrors(events: AsyncIterable<unknown>): AsyncGenerator {
  try {
    yield* events
  } catch (error) {
    throw toWireError(error)
  }
}
