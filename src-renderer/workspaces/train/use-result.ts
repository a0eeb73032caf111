/** The trained model, opened where it can be looked at, with one of its own validation pictures. */
import { ref } from 'vue'
import type { Ref } from 'vue'
import type { RunDetail } from '#contract/training.ts'
import { useEngine } from '#renderer/api/engine.ts'
import { asPng } from '#renderer/api/tensors.ts'
import { toFileSource } from '#renderer/api/upload.ts'
import { useRoute } from '#renderer/stores/route.ts'
import { useSession } from '#renderer/stores/session.ts'
import { useToasts } from '#renderer/stores/toasts.ts'

export function useResult(): { readonly opening: Ref<boolean>; readonly openIn: (workspace: 'explore' | 'explain' | 'kernels', run: RunDetail) => Promise<void> } {
  const engine = useEngine()
  const route = useRoute()
  const session = useSession()
  const toasts = useToasts()
  const opening = ref(false)

  async function openIn(workspace: 'explore' | 'explain' | 'kernels', { summary, recipe, data }: RunDetail): Promise<void> {
    opening.value = true
    try {
      const { path } = await engine.client.training.result({ run: summary.id })
      if (!(await session.openModel({ kind: 'path', path }, summary.name))) return
      if (data?.input.kind === 'pictures') {
        const [example] = await engine.client.training.examples({ data: recipe.data, split: recipe.split, count: 1, seed: 1, part: 'validation' })
        if (example?.picture !== undefined) {
          const file = new File([asPng(example.picture)], `${example.label.replace(/[^\w-]+/g, '-')}.png`, { type: 'image/png' })
          await session.openPicture(await toFileSource(engine, file, () => undefined), example.label)
        }
      }
      route.go(workspace, {})
    } catch (error) {
      toasts.pushError(error)
    } finally {
      opening.value = false
    }
  }

  return { opening, openIn }
}
