/** How much of the machine others used: timings taken beside them are not counted. Linux only; elsewhere every round counts. */
import { existsSync, readFileSync } from 'node:fs'

const ticksPerSecond = 100

export interface Snapshot {
  readonly busy: number
  readonly own: number
  readonly at: number
}

/** CPU seconds used by the machine and by these processes so far. */
export function snapshot(pids: readonly number[]): Snapshot {
  if (!existsSync('/proc/stat')) return { busy: 0, own: 0, at: performance.now() }
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = (readFileSync('/proc/stat', 'utf8').split('\n')[0] ?? '').split(/\s+/).slice(1).map(Number)
  const own = pids.reduce((sum, pid) => {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
    return sum + Number(fields[11]) + Number(fields[12])
  }, 0)
  return { busy: (user + nice + system + irq + softirq + steal) / ticksPerSecond, own: own / ticksPerSecond, at: performance.now() }
}

/** Share of one core that other processes used between two snapshots. */
export function foreignShare(before: Snapshot, after: Snapshot): number {
  const seconds = (after.at - before.at) / 1000
  return seconds > 0 ? Math.max(0, after.busy - before.busy - (after.own - before.own)) / seconds : 0
}
