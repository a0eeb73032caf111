/** Public models that can be fetched, and where they lie once they are. */
import { mkdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { AppError } from '#contract/errors.ts'
import type { CatalogueEntry } from '#contract/models.ts'
import listed from '../../../resources/catalogue/models.json'
import { download } from './download.ts'
import type { DownloadProgress } from './download.ts'

const Value = z.object({ name: z.string(), shape: z.array(z.union([z.number(), z.string()])), type: z.string() })

export const CatalogueModel = z.object({
  name: z.string().regex(/^[\w.-]+$/), title: z.string(), task: z.enum(['imagenet-1k', 'digits', 'style-transfer']),
  bytes: z.number().int().positive(), sha256: z.string().regex(/^[0-9a-f]{64}$/), opset: z.number().int(), license: z.string(), origin: z.string(),
  urls: z.array(z.url()).min(1), input: Value, output: Value,
  /** Stated where the framework that trained the network settles it. */
  preprocessing: z.object({
    channels: z.enum(['RGB', 'BGR', 'GRAY']), scale: z.number(), mean: z.array(z.number()), std: z.array(z.number()),
    invert: z.boolean().optional(), output: z.enum(['logits', 'probabilities', 'none']),
  }).optional(),
})
export type CatalogueModel = z.infer<typeof CatalogueModel>

export const catalogueModels: readonly CatalogueModel[] = z.object({ models: z.array(CatalogueModel) }).parse(listed).models

export interface Catalogue {
  list(): Promise<CatalogueEntry[]>
  /** Path of the complete, checked file. Resumes what is there; at once where it is complete. */
  fetch(name: string, controls: { signal?: AbortSignal; onProgress?: (progress: DownloadProgress) => void }): Promise<string>
  /** Path of a downloaded model. Throws 'file-missing' where it is not. */
  pathOf(name: string): Promise<string>
  remove(name: string): Promise<void>
  /** The entry whose file has that SHA-256. */
  recognize(sha256: string): CatalogueModel | undefined
}

export interface CatalogueOptions {
  /** Where downloads are kept; made when needed. */
  readonly folder: string
  readonly models?: readonly CatalogueModel[]
  /** Replaces the part of each address up to its path: for mirrors and tests. */
  readonly baseUrl?: string
}

export function openCatalogue({ folder, models = catalogueModels, baseUrl }: CatalogueOptions): Catalogue {
  const running = new Set<string>()
  const fileOf = (model: CatalogueModel): string => join(folder, `${model.name}.onnx`)

  function find(name: string): CatalogueModel {
    const model = models.find((each) => each.name === name)
    if (!model) throw new AppError('not-found', `The catalogue has no model '${name}'. It has: ${models.map((each) => each.name).join(', ')}.`)
    return model
  }

  return {
    list: () => Promise.all(models.map(async (model) => ({
      name: model.name, title: model.title, task: model.task, bytes: model.bytes, license: model.license, opset: model.opset, origin: model.origin,
      downloaded: (await sizeOf(fileOf(model))) === model.bytes,
      partialBytes: await sizeOf(`${fileOf(model)}.part`),
    }))),

    async fetch(name, controls) {
      const model = find(name)
      if (running.has(name)) throw new AppError('option-invalid', `${model.title} is already being downloaded.`)
      running.add(name)
      try {
        await mkdir(folder, { recursive: true }).catch(() => undefined)
        const urls = baseUrl === undefined ? model.urls : model.urls.map((url) => new URL(new URL(url).pathname, baseUrl).href)
        await download({ title: model.title, urls, path: fileOf(model), bytes: model.bytes, sha256: model.sha256, ...controls })
        return fileOf(model)
      } finally {
        running.delete(name)
      }
    },

    async pathOf(name) {
      const model = find(name)
      if ((await sizeOf(fileOf(model))) === model.bytes) return fileOf(model)
      throw new AppError('file-missing', `${model.title} is not downloaded. Download it from the catalogue first (${Math.round(model.bytes / 1e6)} MB).`, { data: { name } })
    },

    async remove(name) {
      const model = find(name)
      if (running.has(name)) throw new AppError('option-invalid', `${model.title} is being downloaded. Cancel that first.`)
      await rm(fileOf(model), { force: true })
      await rm(`${fileOf(model)}.part`, { force: true })
    },

    recognize: (sha256) => models.find((model) => model.sha256 === sha256),
  }
}

async function sizeOf(path: string): Promise<number> {
  return (await stat(path).catch(() => undefined))?.size ?? 0
}
