/** Stands in for rpc/client.ts in the harness: the page connects to the fake engine, which tests reach as `window.fake`. */
import { createFakeEngine } from '../../support/fake-engine.ts'
import type { FakeEngine } from '../../support/fake-engine.ts'

declare global {
  interface Window { fake?: FakeEngine }
}

export function connectEngine(): FakeEngine {
  const search = new URLSearchParams(window.location.search)
  const engine = createFakeEngine({
    guessed: search.has('guessed'), ...(search.has('sure') ? { sure: Number(search.get('sure')) } : {}), delayMs: Number(search.get('delay') ?? 0), theme: search.get('theme') === 'light' ? 'light' : 'dark',
    training: { stepMs: Number(search.get('step') ?? 15), kept: Number(search.get('kept') ?? 0) },
  })
  window.fake = engine
  return engine
}
