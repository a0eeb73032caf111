/**
 * Retraining with a fooling class (Nguyen et al. 2014, section 3.8): a network is fooled by evolution, trained anew with what fooled it as one more
 * class, and fooled again; how sure the bred pictures make it, generation of networks by generation.
 */
import { AppError } from '#contract/errors.ts'
import { throwIfCancelled } from '../lib/cancel.ts'
import { openNetwork } from '../network/open-network.ts'
import { initialRecord } from '../preprocessing/resolve.ts'
import type { Runtime } from '../runtime/runtime.ts'
import { breedArchive } from './breed.ts'
import type { BreedOptions, BreedProgress, Elite } from './breed.ts'
import { median } from '../lib/quantile.ts'
import { Probe } from './probe.ts'
import type { Extent } from './probe.ts'
import { foolingLabel } from './retraining-recipe.ts'

export interface Trained {
  /** ONNX file. */
  readonly path: string
  /** Of validation, of the true classes and the fooling class together. */
  readonly score: number
  /** Of Train, where it is listed there. */
  readonly run?: string
}

/** Pictures [C, H, W] in 0..1 of 8 bits, all of one extent. */
export interface FoolingPictures { readonly extent: Extent; readonly pictures: readonly Float32Array[] }

export interface RetrainRound {
  /** Counted from 1. */
  readonly round: number
  /** Absent for a network that was given as it is. */
  readonly score?: number
  readonly run?: string
  /** Pictures that it learned as the fooling class. */
  readonly learned: number
  /** Of the first archive, over the true classes. */
  readonly median: number
  readonly confidences: readonly number[]
  readonly evaluations: number
  /** Absent for a network that was given as it is. */
  readonly model?: string
}

export interface RetrainState {
  readonly rounds: readonly RetrainRound[]
  readonly learned: FoolingPictures | undefined
  /** Trained with that, and not yet bred against. */
  readonly trained?: Trained
}

export interface RetrainHooks {
  /** With what was learned to be fooled by, where there is any yet. */
  readonly train: (round: number, learned: FoolingPictures | undefined) => Promise<Trained>
  readonly bred: (progress: BreedProgress & { readonly round: number }) => Promise<void>
  /** The first archive's elites, judged by the network of that round. */
  readonly ended: (round: RetrainRound, probe: Probe, elites: readonly Elite[]) => Promise<void>
  /** What the next network is made from, to be kept. */
  readonly settled?: (state: RetrainState) => void
}

export interface RetrainOptions extends BreedOptions {
  readonly runtime: Runtime
  /** Networks that are bred against. */
  readonly rounds: number
  /** The first network; trained as the others where absent. */
  readonly first?: Probe
  /** To go on from. */
  readonly from?: RetrainState
  readonly signal?: AbortSignal | undefined
}

export async function retrainLoop(options: RetrainOptions, { train, bred, ended, settled }: RetrainHooks): Promise<readonly RetrainRound[]> {
  const { rounds, first, runtime, signal } = options
  let state: RetrainState = options.from ?? { rounds: [], learned: undefined }
  for (let round = state.rounds.length + 1; round <= rounds; round++) {
    throwIfCancelled(signal)
    const trained = round === 1 && first ? undefined : state.trained ?? await train(round, state.learned)
    if (trained && !state.trained) {
      state = { ...state, trained }
      settled?.(state)
    }
    const opened = trained ? await openProbe(trained.path, runtime, signal) : undefined
    const probe = opened?.probe ?? first
    if (!probe) throw new AppError('bug', 'no network to breed against')
    try {
      // The last class of a retrained model is the fooling class itself: nobody wants to be sure of that.
      const classes = probe.labelOf(probe.classes - 1) === foolingLabel ? probe.classes - 1 : probe.classes
      const archives = []
      for (let archive = 0; archive < options.archives; archive++) archives.push(await breedArchive(probe, options, archive, classes, (progress) => bred({ ...progress, round })))
      const [own = { elites: [], evaluations: 0 }] = archives
      const confidences = Array.from({ length: classes }, (_, index) => own.elites.find((elite) => elite.index === index)?.confidence ?? 0)
      const ending: RetrainRound = {
        round, ...(trained ? { score: trained.score, model: trained.path, ...(trained.run === undefined ? {} : { run: trained.run }) } : {}),
        learned: state.learned?.pictures.length ?? 0, median: confidences.length === 0 ? 0 : median(confidences), confidences, evaluations: archives.reduce((sum, { evaluations }) => sum + evaluations, 0),
      }
      await ended(ending, probe, own.elites)
      state = { rounds: [...state.rounds, ending], learned: { extent: probe.extent, pictures: [...(state.learned?.pictures ?? []), ...archives.flatMap(({ elites }) => elites.map(({ picture }) => picture))] } }
      settled?.(state)
    } finally {
      await opened?.dispose()
    }
  }
  return state.rounds
}

async function openProbe(path: string, runtime: Runtime, signal: AbortSignal | undefined): Promise<{ readonly probe: Probe; readonly dispose: () => Promise<void> }> {
  const network = await openNetwork(path, { runtime })
  try {
    const preprocessing = (await initialRecord(network, {}))?.preprocessing
    if (!preprocessing) throw new AppError('preprocessing-invalid', `${path} takes no picture.`)
    const probe = new Probe(network, { preprocessing }, runtime, signal)
    return { probe, dispose: async () => { await probe.dispose(); await network.dispose() } }
  } catch (error) {
    await network.dispose()
    throw error
  }
}
