/** Picture files brought to the engine, beside the one that is open. */
import { useEngine } from '#renderer/api/engine.ts'
import { toFileSource } from '#renderer/api/upload.ts'
import { useJobs } from '#renderer/stores/jobs.ts'
import { useToasts } from '#renderer/stores/toasts.ts'
import { sourceOf } from './style-draft.ts'
import type { SourcePicture } from './style-recipe.ts'

export function useOpenPictures() {
  const engine = useEngine()
  const jobs = useJobs()
  const toasts = useToasts()

  /** Those that could be read; of the others it was told. */
  async function open(files: readonly File[]): Promise<SourcePicture[]> {
    const opened: SourcePicture[] = []
    for (const file of files) {
      const job = jobs.startLocal(`Reading ${file.name}`)
      try {
        opened.push(sourceOf(await engine.client.pictures.open({ source: await toFileSource(engine, file, (fraction) => job.update(fraction, file.name), job.signal) })))
      } catch (error) {
        toasts.pushError(error)
      } finally {
        job.finish()
      }
    }
    return opened
  }
  return { open }
}
