/** Works of synthesis for the command line: the same executor as the application's, with models and pictures by their paths. */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { AppError } from '#contract/errors.ts'
import type { PreprocessingRecord } from '#contract/preprocessing.ts'
import type { FileReference } from '#contract/synthesis-recipe.ts'
import type { SynthesisRecipe } from '#contract/synthesis.ts'
import { openCatalogue } from '#engine/catalogue/catalogue.ts'
import { decodePicture } from '#engine/images/decode.ts'
import { unreadable } from '#engine/lib/write-file.ts'
import { openKnownFiles } from '#engine/library/known-files.ts'
import type { KnownFiles } from '#engine/library/known-files.ts'
import { openSamples } from '#engine/library/samples.ts'
import { openSources } from '#engine/library/sources.ts'
import { openUploads } from '#engine/library/uploads.ts'
import type { Network } from '#engine/network/network.ts'
import { openNetwork } from '#engine/network/open-network.ts'
import type { Runtime } from '#engine/runtime/runtime.ts'
import { findWork } from '#engine/synthesis/work-registry.ts'
import { WorkRun } from '#engine/synthesis/work-run.ts'
import type { MadeItem, WorkResources, WorkRunOptions, WorkSink } from '#engine/synthesis/work-run.ts'
import { version } from '../../package.json'
import type { CliContext } from './define-command.ts'
import { recordOf } from './display.ts'
import { dataFolder, resourcesFolder } from './locations.ts'
import { withRuntime } from './with-runtime.ts'

type Options = Readonly<Record<string, unknown>>

export interface OpenedFile { readonly reference: FileReference; readonly network: Network; readonly record: PreprocessingRecord }

export interface Workshop {
  readonly runtime: Runtime
  readonly resources: WorkResources
  /** `--preprocess` counts for the first one that is opened. */
  openModel(path: string): Promise<OpenedFile>
  openPicture(path: string): Promise<FileReference>
  /** Opens what a recipe names, where it was seen before or comes with the application. Throws 'file-missing'. */
  locate(reference: FileReference, noun: 'model' | 'picture'): Promise<string>
  /** Answers the seconds that it took. Items go to `onItem` as they are finished. */
  run(recipe: SynthesisRecipe, onItem: (made: MadeItem) => Promise<void> | void, kept?: KeptState): Promise<{ readonly seconds: number; readonly peakBytes: number }>
}

/** What an interrupted run left, and where this one keeps its own state. */
export type KeptState = Pick<WorkRunOptions, 'from' | 'finished'> & Pick<WorkSink, 'onCheckpoint'>

export async function withWorkshop(options: Options, context: CliContext, body: (workshop: Workshop) => Promise<void>): Promise<void> {
  await withRuntime(options, async (runtime) => {
    const known = await openKnownFiles(dataFolder())
    const models = new Map<string, OpenedFile>()
    const pictures = new Map<string, string>()
    const workshop: Workshop = {
      runtime,
      resources: {
        runtime,
        async model(reference) {
          const opened = models.get(reference.sha256) ?? await workshop.openModel(await workshop.locate(reference, 'model'))
          return { network: opened.network, preprocessing: opened.record.preprocessing, release: () => undefined }
        },
        file: async (reference) => readFile(pictures.get(reference.sha256) ?? await workshop.locate(reference, 'picture')),
      },
      async openModel(path) {
        const network = await openNetwork(path, { runtime })
        const again = models.get(network.id)
        if (again) {
          await network.dispose()
          return again
        }
        const { preprocess: _, ...others } = options
        const record = await recordOf(network, path, models.size === 0 ? options : others, context.signal)
        const opened: OpenedFile = { reference: { sha256: network.id, name: basename(path) }, network, record }
        models.set(network.id, opened)
        await known.note(network.id, { kind: 'path', path: resolve(path) })
        return opened
      },
      async openPicture(path) {
        const bytes = await readFile(path).catch((cause: unknown) => { throw unreadable(`The picture ${path}`, cause) })
        // Read as a whole once, so that a damaged one is told of before anything is computed.
        await decodePicture(bytes, basename(path))
        const sha256 = hashOf(bytes)
        pictures.set(sha256, path)
        await known.note(sha256, { kind: 'path', path: resolve(path) })
        return { sha256, name: basename(path) }
      },
      async locate(reference, noun) {
        const path = await pathOf(reference, known)
        if (path === undefined) throw new AppError('file-missing', `The ${noun} '${reference.name}' (SHA-256 ${reference.sha256.slice(0, 12)}…) was not seen here before: name it with --${noun} FILE.`)
        return path
      },
      async run(recipe, onItem, { from, finished, ...keeping } = {}) {
        const work = findWork(recipe.kind)
        const run = new WorkRun({ work, recipe, resources: workshop.resources, version, from, ...(finished ? { finished } : {}), sink: {
          onItem, ...keeping,
          onProgress: ({ step, steps, label, value, secondsLeft }) => {
            if (process.stderr.isTTY) context.progress(`${label}: step ${step} of ${steps}${value === null ? '' : `, ${value.toPrecision(4)}`}${secondsLeft === null ? '' : `, ${Math.ceil(secondsLeft)} s left`}`)
          },
        } })
        await run.run(context.signal)
        return { seconds: run.seconds, peakBytes: run.peakBytes }
      },
    }
    try {
      await body(workshop)
    } finally {
      for (const { network } of models.values()) await network.dispose()
    }
  })
}

const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

/** Where the file was last seen, or among those that come with the application; undefined where its content is nowhere. */
async function pathOf({ sha256, name }: FileReference, known: KnownFiles): Promise<string | undefined> {
  const samples = openSamples(resourcesFolder)
  const source = known.find(sha256)
  const sources = openSources({ uploads: openUploads(join(dataFolder(), 'uploads')), samples, catalogue: openCatalogue({ folder: join(dataFolder(), 'models') }) })
  const seen = source && await sources.locate(source).then(({ path }) => path, () => undefined)
  const bundled = [...await samples.models(), ...await samples.pictures()].sort((a, b) => Number(b.path.endsWith(name)) - Number(a.path.endsWith(name))).map(({ path }) => path)
  for (const path of [...(seen === undefined ? [] : [seen]), ...bundled]) {
    const bytes = await readFile(path).catch(() => undefined)
    if (bytes && hashOf(bytes) === sha256) return path
  }
  return undefined
}
