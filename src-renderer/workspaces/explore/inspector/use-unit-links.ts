/** Strongest neighbours of a unit. */
import { toValue } from 'vue'
import type { MaybeRefOrGetter } from 'vue'
import type { UnitLink } from '#contract/activations.ts'
import { useEngine } from '#renderer/api/engine.ts'
import { useQuery } from '#renderer/api/use-query.ts'
import type { Query } from '#renderer/api/use-query.ts'
import { useSession } from '#renderer/stores/session.ts'

export interface UnitLinks { readonly incoming: UnitLink[]; readonly outgoing: UnitLink[] }

export function useUnitLinks(of: MaybeRefOrGetter<{ layer: string; unit: number; count: number }>): Query<UnitLinks> {
  const { client } = useEngine()
  const session = useSession()
  return useQuery(
    () => (session.model === null ? null : { model: session.model.model, ...toValue(of) }),
    (asked, signal): Promise<UnitLinks> => client.activations.links(asked, { signal }),
  )
}
