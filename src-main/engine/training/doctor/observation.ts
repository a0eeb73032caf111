/**
 * What the doctor sees of a run. The training loop fills it; the rules only read it. Everything that costs extra work (probes, norms by layer) is
 * optional: a rule that lacks its evidence is silent.
 */
import type { Metrics, Recipe } from '#contract/training.ts'
import type { Activation } from '../activation.ts'

export interface RunObservation {
  readonly recipe: Recipe
  readonly data: DataFacts
  readonly net: NetFacts
  readonly stepsPerEpoch: number
  /** Every step from the first one, in order; a resumed run brings those that it kept. */
  readonly steps: readonly StepObservation[]
  /** Before the first update. */
  readonly start?: StartObservation
  readonly epochs: readonly EpochObservation[]
  /** True once no further epoch comes. */
  readonly finished: boolean
}

export interface NetFacts {
  readonly parameters: number
  /** In the order of the forward pass; `id` is that of the contract's NetLayer. */
  readonly layers: readonly { readonly id: string; readonly title: string; readonly parameters: number }[]
}

/** Filled by `dataFactsOf` of `data-facts.ts`. */
export interface DataFacts {
  readonly train: number
  readonly validation: number
  readonly target: ClassFacts | NumberFacts
  /** Of the input as the network gets it (standardised, not augmented), over a sample of the training part. */
  readonly input: SpreadFacts
  /** Validation examples whose input stands in the training part, value for value. */
  readonly duplicates: number
  /** How far neighbours in input space bear the same answer; absent where there are too few examples. */
  readonly neighbors?: NeighborFacts
}

export interface ClassFacts { readonly kind: 'classes'; readonly labels: readonly string[]; /** By class. */ readonly train: readonly number[]; readonly validation: readonly number[] }
/** As the loss gets them: after their standardisation, if any. By column. */
export interface NumberFacts { readonly kind: 'numbers'; readonly columns: readonly string[]; readonly mean: readonly number[]; readonly std: readonly number[] }

export interface SpreadFacts {
  readonly mean: number
  readonly std: number
  readonly largest: number
  /** By channel or column. */
  readonly means: readonly number[]
  readonly stds: readonly number[]
}

/** Of the 5 nearest other examples in input space, among a sample of the training part. */
export interface NeighborFacts {
  /** Examples in the sample. */
  readonly examples: number
  /** Share whose neighbours' most frequent label is their own; of numbers, the correlation of a target with its neighbours' mean (the best column's). */
  readonly agreement: number
  /** Share that have a clear neighbourhood: at least 4 of 5 bear the same label. 0 of numbers. */
  readonly clear: number
  /** Share of those with a clear neighbourhood whose own label is another one. 0 of numbers. */
  readonly contradicted: number
  /** The same with the sample's labels shuffled: what chance would give. */
  readonly chance: { readonly agreement: number; readonly clear: number }
}

export interface StepObservation {
  /** Counted from 1. */
  readonly step: number
  /** Of the batch, before the update. */
  readonly loss: number
  readonly rate: number
  /** L2 norm of all gradients, before clipping. */
  readonly gradientNorm: number
  /** Every so many steps (about 10 an epoch, and the first 3 of the run). */
  readonly layers?: readonly LayerStep[]
}

/** L2 norms of one layer's kernel (without biases and scales of normalisation) at one step. */
export interface LayerStep {
  readonly layer: string
  readonly gradientNorm: number
  readonly weightNorm: number
  /** Of the step that was applied, optimiser and rate included. */
  readonly updateNorm: number
}

export interface StartObservation {
  readonly validation: Metrics
  readonly layers: readonly LayerFacts[]
}

export interface EpochObservation {
  /** Counted from 1. */
  readonly epoch: number
  /** The last step of the epoch. */
  readonly step: number
  readonly rate: number
  /** Mean over the epoch's batches while they were trained on: augmented, dropout on, weights changing. */
  readonly train: Pick<Metrics, 'loss' | 'score'>
  readonly validation: Metrics
  /** The network as it is at the end of the epoch, as for prediction, on up to 1000 training examples as they are. */
  readonly trainProbe?: Pick<Metrics, 'loss' | 'score'>
  /** The same on up to 1000 validation examples, augmented as training pictures are; only where the recipe augments. */
  readonly augmentedProbe?: Pick<Metrics, 'loss' | 'score' | 'recall'>
  /** Share of validation examples that the network contradicts with more confidence than it has in its right answers on average. */
  readonly contradicted?: number
  readonly layers: readonly LayerFacts[]
}

/** Of one layer behind its activation, over a probe of 64 validation examples. `LayerTally` makes it. */
export interface LayerFacts {
  readonly layer: string
  readonly activation: Activation
  /** Channels of a convolution, units of a dense layer. */
  readonly units: number
  /** Share of units that are 0 for every example and place; 0 where no ReLU follows. */
  readonly dead: number
  /** Share of activations within 2.5 % of their range of a sigmoid's or tanh's end; 0 for others. */
  readonly saturated: number
  readonly mean: number
  readonly std: number
  /** Mean over units of the standard deviation across examples: 0 where every example gives the same. */
  readonly variation: number
}
