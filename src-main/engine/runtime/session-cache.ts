/** Sessions by key within a budget of memory: the least recently used that nobody is using goes first. */
import type { Session } from './session.ts'

interface Entry {
  readonly session: Promise<Session>
  bytes: number
  users: number
  /** Disposed as soon as nobody uses it: the device changed, the worker was lost, its owner closed. */
  doomed: boolean
}

export class SessionCache {
  #budgetBytes: number
  /** In order of use, oldest first. */
  #entries = new Map<string, Entry>()

  constructor(budgetBytes: number) {
    this.#budgetBytes = budgetBytes
  }

  get size(): number {
    return this.#entries.size
  }

  get bytes(): number {
    let sum = 0
    for (const entry of this.#entries.values()) sum += entry.bytes
    return sum
  }

  async use<T>(key: string, open: () => Promise<{ readonly session: Session; readonly bytes: number }>, body: (session: Session) => Promise<T>): Promise<T> {
    const entry = this.#entries.get(key) ?? this.#add(key, open)
    this.#entries.delete(key)
    this.#entries.set(key, entry)
    entry.users++
    try {
      return await body(await entry.session)
    } finally {
      entry.users--
      if (entry.doomed) await this.#disposeIfUnused(entry)
      else await this.#shrink()
    }
  }

  /** Takes out every entry whose key matches; those in use end with their use. */
  async drop(matches: (key: string) => boolean = () => true): Promise<void> {
    const doomed = [...this.#entries].filter(([key]) => matches(key))
    for (const [key, entry] of doomed) {
      this.#entries.delete(key)
      entry.doomed = true
    }
    await Promise.all(doomed.map(([, entry]) => this.#disposeIfUnused(entry)))
  }

  #add(key: string, open: () => Promise<{ readonly session: Session; readonly bytes: number }>): Entry {
    const entry: Entry = {
      bytes: 0, users: 0, doomed: false,
      session: open().then(({ session, bytes }) => { entry.bytes = bytes; return session }),
    }
    // A model that does not open is tried again by the next call.
    entry.session.catch(() => { if (this.#entries.get(key) === entry) this.#entries.delete(key) })
    this.#entries.set(key, entry)
    return entry
  }

  async #shrink(): Promise<void> {
    let excess = this.bytes - this.#budgetBytes
    const leaving: Entry[] = []
    for (const [key, entry] of this.#entries) {
      if (excess <= 0) break
      if (entry.users > 0) continue
      this.#entries.delete(key)
      excess -= entry.bytes
      leaving.push(entry)
    }
    await Promise.all(leaving.map((entry) => this.#disposeIfUnused(entry)))
  }

  async #disposeIfUnused(entry: Entry): Promise<void> {
    if (entry.users > 0) return
    const session = await entry.session.catch(() => undefined)
    await session?.dispose()
  }
}
