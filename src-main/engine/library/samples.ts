/** The models and pictures that come with the application: listed in samples.json, and whatever else lies in their folders. */
import { readdir, readFile } from 'node:fs/promises'
import { basename, extname, join } from 'node:path'
import { z } from 'zod'
import { AppError } from '#contract/errors.ts'

const Listed = z.object({ id: z.string(), title: z.string(), subtitle: z.string() })
/** `id` is the file's name without its ending. */
const SampleList = z.object({ models: z.array(Listed), pictures: z.array(Listed) })

export interface SampleFile { readonly id: string; readonly title: string; readonly subtitle: string; readonly path: string }

export interface Samples {
  models(): Promise<readonly SampleFile[]>
  pictures(): Promise<readonly SampleFile[]>
  /** Throws 'not-found'. */
  pathOf(id: string): Promise<string>
}

const pictureEndings = ['.png', '.jpg', '.jpeg', '.webp']

export function openSamples(resourcesFolder: string): Samples {
  const list = readFile(join(resourcesFolder, 'samples.json'), 'utf8')
    .then((text) => SampleList.parse(JSON.parse(text)))
    .catch(() => ({ models: [], pictures: [] }))

  async function filesOf(kind: 'models' | 'pictures', endings: readonly string[]): Promise<SampleFile[]> {
    const folder = join(resourcesFolder, kind)
    const listed = (await list)[kind]
    const order = (id: string): number => { const at = listed.findIndex((each) => each.id === id); return at < 0 ? listed.length : at }
    const names = (await readdir(folder).catch(() => [])).filter((name) => endings.includes(extname(name).toLowerCase())).sort()
    return names
      .map((name) => ({ id: basename(name, extname(name)), path: join(folder, name) }))
      .map(({ id, path }) => ({ title: titleOf(id), subtitle: '', ...listed.find((each) => each.id === id), id, path }))
      .sort((a, b) => order(a.id) - order(b.id))
  }
  const models = (): Promise<SampleFile[]> => filesOf('models', ['.onnx'])
  const pictures = (): Promise<SampleFile[]> => filesOf('pictures', pictureEndings)

  return {
    models,
    pictures,
    async pathOf(id) {
      const found = [...(await models()), ...(await pictures())].find((sample) => sample.id === id)
      if (!found) throw new AppError('not-found', `There is no bundled sample '${id}'.`)
      return found.path
    },
  }
}

/** 'red-balloon-2' -> 'Red balloon 2'. */
const titleOf = (id: string): string => id.replaceAll(/[-_]+/g, ' ').replace(/^./, (first) => first.toUpperCase())
