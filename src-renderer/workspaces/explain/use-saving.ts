/** The pictures and numbers one takes along. The engine draws them anew, with the recipe inside. */
import { ref } from 'vue'
import { copyPicture, saveBlob } from '#renderer/api/download.ts'
import { useEngine } from '#renderer/api/engine.ts'
import { asPng } from '#renderer/api/tensors.ts'
import { useSession } from '#renderer/stores/session.ts'
import { useToasts } from '#renderer/stores/toasts.ts'
import type { Explanation } from './use-explanation.ts'

export function useSaving({ target, requestOf, seed }: Pick<Explanation, 'target' | 'requestOf' | 'seed'>) {
  const { client } = useEngine()
  const session = useSession()
  const toasts = useToasts()
  const busy = ref(false)

  async function render(method: string, format: 'png' | 'npy', opacity: number, style: 'overlay' | 'map'): Promise<{ name: string; data: Blob } | null> {
    const run = session.run
    if (run === null) return null
    return await client.explain.save({ model: run.model, picture: run.picture, target: target.value, methods: [requestOf(method)], seed: seed.value, format, opacity, style })
  }

  async function attempt(work: () => Promise<void>): Promise<void> {
    busy.value = true
    try {
      await work()
    } catch (error) {
      toasts.pushError(error)
    } finally {
      busy.value = false
    }
  }

  const save = (method: string, format: 'png' | 'npy', opacity: number, style: 'overlay' | 'map'): Promise<void> => attempt(async () => {
    const file = await render(method, format, opacity, style)
    if (file === null) return
    saveBlob(file.name, file.data)
    toasts.push('success', `Saved ${file.name}${format === 'png' ? ', with its recipe inside' : ''}.`)
  })

  const copy = (method: string, opacity: number, style: 'overlay' | 'map'): Promise<void> => attempt(async () => {
    const file = await render(method, 'png', opacity, style)
    if (file === null) return
    try {
      await copyPicture(asPng(file.data))
      toasts.push('success', 'Copied to the clipboard.')
    } catch {
      toasts.push('warning', 'The browser does not let this page write pictures to the clipboard. Save it as PNG instead.')
    }
  })

  return { busy, save, copy }
}
