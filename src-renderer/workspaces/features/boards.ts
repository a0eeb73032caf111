/** What a layer's page shows: its units, the open picture as the layer sees it, or several units at once. In the address, so that it can be linked. */
import { computed } from 'vue'
import type { WritableComputedRef } from 'vue'
import { useRoute } from '#renderer/stores/route.ts'

export const boards = [
  { id: 'units', title: 'Units', hint: 'A picture for each unit of the layer' },
  { id: 'picture', title: 'Your picture', hint: 'What the layer knows of the open picture, and what it finds in it' },
  { id: 'mixture', title: 'Mixtures', hint: 'Several units at once: sums, differences, directions, and rows from one to another' },
] as const
export type Board = (typeof boards)[number]['id']

export function useBoard(): WritableComputedRef<Board> {
  const route = useRoute()
  return computed({
    get: () => boards.find(({ id }) => id === route.query['show'])?.id ?? 'units',
    set: (board) => {
      const { show: _, ...rest } = route.query
      route.replaceQuery(board === 'units' ? rest : { ...rest, show: board })
    },
  })
}
