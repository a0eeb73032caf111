/** The engine: everything behind the contract, wired together. Plain Node; the same in a utility process, behind `serve`, and in tests. */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import packageJson from '../../package.json'
import { AppError } from '#contract/errors.ts'
import { createJobs } from './application/jobs.ts'
import { openSettings } from './application/settings.ts'
import { openCatalogue } from './catalogue/catalogue.ts'
import { createRouter } from './handlers/index.ts'
import type { EngineRouter } from './handlers/index.ts'
import { createExplanations } from './library/explanations.ts'
import { openKnownFiles } from './library/known-files.ts'
import { createOpenModels } from './library/open-models.ts'
import { createPatchSurveys } from './library/patch-surveys.ts'
import { openPictures } from './library/open-pictures.ts'
import { openRecents } from './library/recents.ts'
import { createRuns } from './library/runs.ts'
import { openSamples } from './library/samples.ts'
import { openSources } from './library/sources.ts'
import { createSynthesisRuns } from './library/synthesis-runs.ts'
import { createTrainingRuns } from './library/training-runs.ts'
import { openUploads } from './library/uploads.ts'
import { createWorkResources } from './library/work-resources.ts'
import { createRuntime } from './runtime/create-runtime.ts'
import type { RuntimeOptions } from './runtime/runtime.ts'

export interface EngineOptions {
  /** Settings, recents, downloads, uploads, records; made where it is absent. */
  readonly dataFolder: string
  /** The application's own files: bundled models and pictures, licences. */
  readonly resourcesFolder: string
  readonly shell: 'desktop' | 'browser'
  /** Where the catalogue's files are fetched instead of their own addresses: a mirror, or a test's server. */
  readonly catalogueUrl?: string
  readonly runtimeHost?: RuntimeOptions['host']
}

export interface Engine {
  readonly router: EngineRouter
  /** Stops what runs and lets go of every session. */
  dispose(): Promise<void>
}

/** An upload outlives its page and a restart of the engine by that long. */
const keptUploadMs = 3 * 24 * 3600e3

export async function createEngine({ dataFolder, resourcesFolder, shell, catalogueUrl = process.env['PHOSPHENE_CATALOGUE_URL'], runtimeHost = 'worker' }: EngineOptions): Promise<Engine> {
  await mkdir(dataFolder, { recursive: true }).catch((cause: unknown) => {
    throw new AppError('file-unwritable', `The data folder ${dataFolder} cannot be made: ${(cause as Error).message}. Set PHOSPHENE_DATA to a folder that can be written.`, { cause })
  })
  const settings = await openSettings(dataFolder)
  const jobs = createJobs()
  const onNotice = (message: string): void => jobs.notify('warning', message)
  const runtime = createRuntime({ host: runtimeHost, device: settings.value.device, threads: settings.value.threads, deviceRecordFile: join(dataFolder, 'devices.json'), onNotice })
  const catalogue = openCatalogue({ folder: join(dataFolder, 'models'), ...(catalogueUrl === undefined ? {} : { baseUrl: catalogueUrl }) })
  const uploads = openUploads(join(dataFolder, 'uploads'))
  const samples = openSamples(resourcesFolder)
  const sources = openSources({ uploads, samples, catalogue })
  const recents = await openRecents(dataFolder, sources)
  const known = await openKnownFiles(dataFolder)
  const pictures = openPictures(sources)
  const models = createOpenModels({ runtime, sources, catalogue, dataFolder, onNotice })
  const runs = createRuns(models, pictures)
  const explanations = createExplanations(models, runs, runtime)
  const training = createTrainingRuns({ runtime, folder: join(dataFolder, 'runs') })
  const resources = createWorkResources({ runtime, models, sources, samples, known, training })
  const patches = createPatchSurveys({ resources, load: training.load, folder: join(dataFolder, 'patches') })
  const synthesis = await createSynthesisRuns({ resources, folder: join(dataFolder, 'synthesis'), jobs, version: packageJson.version })
  uploads.clean(keptUploadMs).catch(() => undefined)

  const { version } = packageJson
  const router = createRouter({ version, shell, dataFolder, resourcesFolder, settings, runtime, jobs, catalogue, uploads, samples, recents, models, pictures, runs, explanations, sources, training, synthesis, patches, known })
  return {
    router,
    async dispose() {
      await synthesis.dispose()
      await training.dispose()
      await models.dispose()
      await runtime.dispose()
    },
  }
}
