/**
 * Adam with decoupled weight decay as graph nodes (Kingma and Ba 2015, arXiv:1412.6980, algorithm 1; Loshchilov and Hutter 2019,
 * arXiv:1711.05101, algorithm 2, with the decay scaled by the rate):
 *   m' = b1 m + (1 - b1) g,  v' = b2 v + (1 - b2) g²,  w' = w - rate (m' c1) / (sqrt(v' c2) + e) - rate decay(w),
 * where c1 = 1 / (1 - b1^t) and c2 = 1 / (1 - b2^t) are fed.
 */
import type { Emit, Value } from '../autodiff/emit.ts'

const beta1 = 0.9
const beta2 = 0.999
const epsilon = 1e-8

export interface AdamState { readonly weight: Value; readonly first: Value; readonly second: Value }
/** Scalars fed at every step. */
export interface AdamRates { readonly rate: Value; readonly firstCorrection: Value; readonly secondCorrection: Value }

export function adamUpdate(emit: Emit, { weight, first, second }: AdamState, gradient: Value, { rate, firstCorrection, secondCorrection }: AdamRates, decay: Value | undefined): AdamState {
  const nextFirst = emit.add(emit.mul(first, beta1), emit.mul(gradient, 1 - beta1))
  const nextSecond = emit.add(emit.mul(second, beta2), emit.mul(emit.mul(gradient, gradient), 1 - beta2))
  const direction = emit.div(emit.mul(nextFirst, firstCorrection), emit.add(emit.sqrt(emit.mul(nextSecond, secondCorrection)), epsilon))
  const step = decay ? emit.add(direction, decay) : direction
  return { weight: emit.sub(weight, emit.mul(step, rate)), first: nextFirst, second: nextSecond }
}

/** The bias corrections of step `t`, counted from 1. */
export const adamCorrections = (t: number): readonly [number, number] => [1 / (1 - beta1 ** t), 1 / (1 - beta2 ** t)]
