/** Where we are, in the address's fragment: `#/explore?layer=conv1&unit=3`. Links to a unit can be kept and shared. */
import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'
import { formatLocation, parseLocation } from './location.ts'

export const useRoute = defineStore('route', () => {
  const location = shallowRef(parseLocation(window.location.hash))
  window.addEventListener('hashchange', () => { location.value = parseLocation(window.location.hash) })

  /** Goes to a workspace; the query stays unless given. */
  function go(workspace: string, query: Readonly<Record<string, string>> = location.value.query): void {
    window.location.hash = formatLocation({ workspace, query })
  }

  /** Changes the query without a step in the history. */
  function replaceQuery(query: Readonly<Record<string, string>>): void {
    const next = { workspace: location.value.workspace, query }
    if (formatLocation(next) === formatLocation(location.value)) return
    location.value = next
    window.history.replaceState(null, '', formatLocation(next))
  }

  return { workspace: computed(() => location.value.workspace), query: computed(() => location.value.query), go, replaceQuery }
})
