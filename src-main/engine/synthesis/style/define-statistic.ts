/**
 * What a style is told by. Both kinds are functions of a layer's sums over the positions p of a region with weights m_p,
 *   S = sum m f f^T [C, C],  s = sum m f [C, 1],  n = sum m,
 * so that they are those of the whole picture however it is cut into tiles. A kind gives its loss, 0 where the statistics are equal and about 1 where
 * one of them vanishes, and the loss's gradient with respect to S and s; from there on to the features it is 2 m (dL/dS) f + m dL/ds.
 */
import type { Emit, Value } from '../../autodiff/emit.ts'

export interface Moments {
  /** [C, C], symmetric. */
  readonly products: Value
  /** [C, 1]; only where the kind reads it. */
  readonly sums: Value | undefined
  /** Sum of the weights. */
  readonly count: number
}

/** What is kept of a style, by name. */
export type Target = Readonly<Record<string, Value>>

export interface StatisticLoss {
  /** [] */
  readonly value: Value
  /** [C, C] and [C, 1] of S and s. */
  readonly products: Value
  readonly sums: Value | undefined
}

export interface Statistic {
  readonly id: string
  readonly title: string
  readonly readsSums: boolean
  /** Dims of what is kept of a style, for that many channels. */
  readonly targetDims: (channels: number) => Readonly<Record<string, readonly number[]>>
  readonly target: (emit: Emit, moments: Moments) => Target
  readonly loss: (emit: Emit, moments: Moments, target: Target) => StatisticLoss
}

export const defineStatistic = (statistic: Statistic): Statistic => statistic
