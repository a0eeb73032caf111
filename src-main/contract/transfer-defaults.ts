/** What transfer begins with where nobody says otherwise, in the command line as in the application. */
import type { Recipe } from './training.ts'

export type TransferDefaults = Pick<Recipe, 'epochs' | 'batch'> & { readonly optimizer: Pick<Recipe['optimizer'], 'kind' | 'rate' | 'schedule' | 'warmup'> }

/**
 * A head on cached features: a step costs next to nothing, so it is trained until it has converged. Measured on 3000 CIFAR-10 pictures, the rest of the
 * test data's protocol (linear heads of 512 and 1280 features, two seeds): 10 epochs at 0.001 leave 4 points of the smaller head unlearned; rates of
 * 0.001 to 0.003 over 30 epochs give the same within a point.
 */
export const headDefaults: TransferDefaults = { epochs: 30, batch: 100, optimizer: { kind: 'adam', rate: 0.003, schedule: 'cosine', warmup: 0 } }

/**
 * Fine-tuning behind a trained head: a low rate (the old layers' a tenth of it again, `bodyRate`) that rises over the first steps, so that the first
 * gradients do not spoil what the layers know. Same pictures: the last seven layers of SqueezeNet 1.1 and of MobileNet v2 gain 1.9 and 1.2 points in
 * six epochs over their heads alone.
 */
export const fineTuningDefaults: TransferDefaults = { epochs: 6, batch: 32, optimizer: { kind: 'adam', rate: 0.001, schedule: 'cosine', warmup: 30 } }
/** The head and two blocks of most nets; what stands before is frozen, and its features are computed once. */
export const fineTunedLayers = 7

export const transferDefaults = (train: 'head' | 'all' | number): TransferDefaults => (train === 'head' ? headDefaults : fineTuningDefaults)
