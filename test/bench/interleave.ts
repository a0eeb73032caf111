/** This engine and PyTorch in turns: rounds that others disturbed are made again, and what is printed are medians, minima and their ratios. */
import { setTimeout as pause } from 'node:timers/promises'
import { median } from '#engine/lib/quantile.ts'
import { foreignShare, snapshot } from './foreign-load.ts'
import type { TorchSide } from './torch-side.ts'

/** Of one core, that other processes may use in a round that counts. */
const allowedForeignShare = 0.1
/** Worker threads of either side may spin on for a while after a run; the other side starts once they have stopped. */
const restMs = 60

export interface Sides {
  readonly torch: Pick<TorchSide, 'pid'>
  /** Milliseconds of one turn each. */
  readonly ours: () => Promise<number>
  readonly torchs: () => Promise<number>
}

interface Round { readonly ours: number; readonly torch: number; readonly share: number }

export interface Race {
  /** Of medians. */
  readonly ratio: number
  readonly ratioOfMinima: number
  /** 'median/minimum' in milliseconds. */
  readonly ours: string
  readonly torch: string
  readonly quietRounds: string
}

export const round = (value: number, digits = 1): number => Number(value.toFixed(digits))

/** At most three times as many rounds as asked for; where too few were quiet, the least disturbed ones count as well. */
export async function interleave({ torch, ours, torchs }: Sides, { rounds, warm, digits = 1 }: { readonly rounds: number; readonly warm: number; readonly digits?: number }): Promise<Race> {
  for (let index = 0; index < warm; index++) { await ours(); await torchs() }
  const made: Round[] = []
  const quiet = (): Round[] => made.filter(({ share }) => share <= allowedForeignShare)
  while (quiet().length < rounds && made.length < 3 * rounds) {
    const before = snapshot([process.pid, torch.pid])
    // Who goes first alternates: what one leaves in the caches is the other's gain as often as its loss.
    const oursFirst = made.length % 2 === 1
    await pause(restMs)
    const first = await (oursFirst ? ours : torchs)()
    await pause(restMs)
    const second = await (oursFirst ? torchs : ours)()
    made.push({ ...(oursFirst ? { ours: first, torch: second } : { ours: second, torch: first }), share: foreignShare(before, snapshot([process.pid, torch.pid])) })
  }
  const used = made.toSorted((a, b) => a.share - b.share).slice(0, rounds)
  return { ...describe(used, digits), quietRounds: `${quiet().length} of ${used.length}` }
}

function describe(used: readonly Round[], digits: number): Omit<Race, 'quietRounds'> {
  const [o, t] = [used.map((each) => each.ours), used.map((each) => each.torch)]
  const text = (times: readonly number[]): string => `${round(median(times), digits)}/${round(Math.min(...times), digits)}`
  return { ratio: round(median(o) / median(t), 3), ratioOfMinima: round(Math.min(...o) / Math.min(...t), 3), ours: text(o), torch: text(t) }
}
