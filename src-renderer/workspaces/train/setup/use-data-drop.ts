/** Data and recipes dropped on the window while a run is being set up. */
import { onActivated, onBeforeUnmount, onDeactivated, onMounted } from 'vue'
import { useEngine } from '#renderer/api/engine.ts'
import { droppedFiles, fileKindOf } from '#renderer/api/open-files.ts'
import { toFileSource } from '#renderer/api/upload.ts'
import { useJobs } from '#renderer/stores/jobs.ts'
import { useOpener } from '#renderer/stores/opener.ts'
import { useToasts } from '#renderer/stores/toasts.ts'
import { parseRecipe, useTrainingDraft } from '#renderer/stores/training-draft.ts'

export function useDataDrop(): void {
  const engine = useEngine()
  const draft = useTrainingDraft()
  const jobs = useJobs()
  const opener = useOpener()
  const toasts = useToasts()

  const setPath = (path: string): void => { draft.recipe.data = { kind: 'files', path, options: {} } }

  /** Models and pictures are opened as everywhere; anything else is data, or a recipe. */
  function take(dropped: DataTransfer): boolean {
    const { files, folders } = droppedFiles(dropped)
    const folder = [...dropped.files].find(({ name }) => folders.includes(name))
    const file = folder ?? files.find(({ name }) => fileKindOf(name) === 'unknown')
    if (file === undefined) return false
    void use(file, file === folder).catch((error: unknown) => toasts.pushError(error))
    return true
  }

  async function use(file: File, isFolder: boolean): Promise<void> {
    if (!isFolder && /\.json$/i.test(file.name)) return useRecipe(file)
    const path = engine.pathOf(file)
    if (path !== undefined && path !== '') return setPath(path)
    if (isFolder) {
      toasts.push('warning', `The browser does not say where ‘${file.name}’ lies. Choose the folder with ‘Choose…’, or write its path.`)
      return
    }
    const job = jobs.startLocal(`Reading ${file.name}`)
    try {
      const source = await toFileSource(engine, file, (fraction) => job.update(fraction, file.name), job.signal)
      setPath((await engine.client.training.resolve({ source })).path)
    } finally {
      job.finish()
    }
  }

  async function useRecipe(file: File): Promise<void> {
    try {
      draft.take(parseRecipe(await file.text()))
    } catch (error) {
      toasts.push('error', error instanceof Error ? error.message : String(error))
    }
  }

  const offer = (): void => opener.setTaker(take)
  const withdraw = (): void => opener.setTaker(null)
  onMounted(offer)
  onActivated(offer)
  onDeactivated(withdraw)
  onBeforeUnmount(withdraw)
}
