/** Opens what the person brings (dropped, picked, or handed over by the system): a model, a picture, a picture with its recipe. */
import { defineStore } from 'pinia'
import type { Picture } from '#contract/models.ts'
import type { FileSource } from '#contract/wire.ts'
import { useEngine } from '#renderer/api/engine.ts'
import { acceptedModels, acceptedPictures, fileKindOf, pickFiles } from '#renderer/api/open-files.ts'
import { toFileSource } from '#renderer/api/upload.ts'
import { formatBytes } from '#renderer/ui/format.ts'
import { useJobs } from './jobs.ts'
import { useRecipes } from './recipes.ts'
import { useRoute } from './route.ts'
import { useSession } from './session.ts'
import { useToasts } from './toasts.ts'

/** Takes what was dropped as data; false: it is nothing for it. */
export type DataTaker = (dropped: DataTransfer) => boolean

export const useOpener = defineStore('opener', () => {
  const engine = useEngine()
  const jobs = useJobs()
  const recipes = useRecipes()
  const route = useRoute()
  const session = useSession()
  const toasts = useToasts()

  async function openSource(kind: 'model' | 'picture', source: FileSource, name?: string): Promise<void> {
    const opened = kind === 'model' ? await session.openModel(source, name) : await session.openPicture(source, name, (picture) => !isFollowed(picture))
    if (opened && (route.workspace === 'home' || route.workspace === 'settings')) route.go('explore')
  }

  /** A result of ours is not looked at: what made it is opened instead. */
  function isFollowed(picture: Picture): boolean {
    const recipe = recipes.read(picture.recipe)
    if (recipe !== null) void recipes.follow(recipe).catch((error: unknown) => toasts.pushError(error))
    return recipe !== null
  }

  /** A workspace that takes data, while it is in front. */
  let taker: DataTaker | null = null
  const setTaker = (next: DataTaker | null): void => { taker = next }
  const offerData = (dropped: DataTransfer): boolean => taker?.(dropped) ?? false

  async function openFiles(files: readonly File[]): Promise<void> {
    const models = files.filter(({ name }) => fileKindOf(name) === 'model')
    const pictures = files.filter(({ name }) => fileKindOf(name) === 'picture')
    const others = files.length - models.length - pictures.length
    if (others > 0) toasts.push('warning', `${others === 1 ? `'${files.find(({ name }) => fileKindOf(name) === 'unknown')?.name ?? ''}' is` : `${others} files are`} neither an ONNX model (.onnx) nor a picture (PNG, JPEG, WebP, GIF, TIFF, AVIF, BMP).`)
    // One of each kind can be open; the last one brought is the one meant.
    await Promise.all([openFile('model', models.at(-1)), openFile('picture', pictures.at(-1))])
  }

  /** One model and one picture are open at a time: which of a folder's files is meant cannot be told. */
  function refuseFolders(names: readonly string[]): void {
    if (names.length > 0) toasts.push('warning', `${names.length === 1 ? `'${names[0] ?? ''}' is a folder` : `${names.length} folders were dropped`}: drop the file itself, an ONNX model (.onnx) or a picture.`)
  }

  async function openFile(kind: 'model' | 'picture', file: File | undefined): Promise<void> {
    if (file === undefined) return
    const job = jobs.startLocal(`Reading ${file.name}`)
    try {
      const source = await toFileSource(engine, file, (fraction) => job.update(fraction, formatBytes(file.size)), job.signal)
      job.finish()
      await openSource(kind, source, file.name)
    } catch (error) {
      toasts.pushError(error)
    } finally {
      job.finish()
    }
  }

  async function openPath(path: string): Promise<void> {
    await openSource(fileKindOf(path) === 'model' ? 'model' : 'picture', { kind: 'path', path })
  }

  const pickModel = async (): Promise<void> => openFiles(await pickFiles(acceptedModels))
  const pickPicture = async (): Promise<void> => openFiles(await pickFiles(acceptedPictures))

  return { setTaker, offerData, openSource, openFiles, refuseFolders, openPath, pickModel, pickPicture }
})
