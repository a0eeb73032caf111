/** Twenty runs that nothing is wrong with, and twenty with one planted failure each. */
import { fewExamples, imbalanced, leaked, noisyLabels } from '../../../support/short-runs.ts'
import type { ShortRun } from '../../../support/short-runs.ts'

const lenet = { kind: 'notation', text: '8C5 MP2 16C5 MP2 64F 10' } as const
const net = (text: string): { readonly net: { readonly kind: 'notation'; readonly text: string } } => ({ net: { kind: 'notation', text } })
const points = (shape: string, options: Readonly<Record<string, number>> = {}): { readonly data: { readonly kind: 'generator'; readonly name: string; readonly options: Readonly<Record<string, string | number>> } } =>
  ({ data: { kind: 'generator', name: 'points', options: { shape, count: 800, noise: 0.2, ...options } } })
const generated = (name: string, options: Readonly<Record<string, string | number>> = {}): { readonly data: { readonly kind: 'generator'; readonly name: string; readonly options: Readonly<Record<string, string | number>> } } =>
  ({ data: { kind: 'generator', name, options } })
const regression = { kind: 'squared-error' } as const

export const healthy: Readonly<Record<string, ShortRun>> = {
  'digits, one hidden layer': {},
  'digits, two hidden layers': { recipe: { ...net('128F 128F 10') } },
  'digits, gradient descent': { recipe: { optimizer: { kind: 'sgd', rate: 0.1 } } },
  'digits, momentum and warm-up': { recipe: { ...net('128F 10'), optimizer: { kind: 'momentum', rate: 0.03, warmup: 30 } } },
  'digits, AdamW along a cosine': { recipe: { ...net('128F 10'), optimizer: { kind: 'adamw', weightDecay: 0.01, schedule: 'cosine' } } },
  'digits, RMSprop': { recipe: { optimizer: { kind: 'rmsprop' } } },
  'digits, convolutions': { recipe: { net: lenet, epochs: 5 } },
  'digits, convolutions, batch normalisation and dropout': { recipe: { ...net('8C5-BN MP2 16C5-BN MP2 64F-D0.3 10'), epochs: 5 } },
  'digits, moved and turned a little': { recipe: { net: lenet, augment: { shift: 0.08, rotate: 10 }, epochs: 6 } },
  'digits, tanh': { recipe: { ...net('64F-tanh 32F-tanh 10'), initialization: 'lecun' } },
  'digits, sigmoid': { recipe: { ...net('64F-sigmoid 10'), initialization: 'glorot', optimizer: { rate: 0.005 } } },
  'digits, smoothed labels': { recipe: { loss: { labelSmoothing: 0.1 } } },
  'digits, uneven classes, balanced': { recipe: { sampler: 'balanced', epochs: 10 }, plant: imbalanced({ 3: 0.2, 7: 0.3 }) },
  'clouds': { recipe: { ...points('gauss', { classes: 3 }), ...net('8F 3'), batch: 20, epochs: 15, optimizer: { rate: 0.01 } } },
  'circle': { recipe: { ...points('circle'), ...net('16F 2'), batch: 20, epochs: 20, optimizer: { rate: 0.01 } } },
  'two moons': { recipe: { ...points('moons'), ...net('16F 16F 2'), batch: 20, epochs: 20, optimizer: { rate: 0.01 } } },
  'four squares': { recipe: { ...points('xor'), ...net('8F-tanh 2'), batch: 20, epochs: 20, optimizer: { rate: 0.02 } } },
  'spirals': { recipe: { ...points('spiral', { count: 1600, noise: 0.05 }), ...net('32F 32F 2'), batch: 20, epochs: 30, optimizer: { rate: 0.01 } } },
  'sensors, a line': { recipe: { ...generated('sensors', { count: 4000 }), ...net('1'), loss: regression, epochs: 8, optimizer: { rate: 0.01 } } },
  'sensors, a curve': { recipe: { ...generated('sensors', { count: 4000, relation: 'curved' }), ...net('32F 1'), loss: regression, epochs: 12, optimizer: { rate: 0.003 } } },
}

/** More that must be silent, beside the twenty. */
export const healthyToo: Readonly<Record<string, ShortRun>> = {
  'kilometres': { recipe: { ...generated('kilometres'), ...net('1'), loss: regression, batch: 10, epochs: 20, optimizer: { kind: 'sgd', rate: 0.05 } } },
  'ladybirds': { recipe: { ...generated('ladybirds'), ...net('2'), batch: 20, epochs: 15, optimizer: { rate: 0.02 } } },
  'yes or no': { recipe: { ...generated('yes-no'), ...net('2'), batch: 20, epochs: 15, optimizer: { rate: 0.02 } } },
  'digits, pixels in 0..1': { recipe: { standardize: 'none' } },
  'digits, two epochs': { recipe: { epochs: 2 } },
  'both of two switches': { recipe: { ...generated('logic', { operation: 'and' }), ...net('2'), batch: 20, epochs: 20, optimizer: { rate: 0.05 } } },
  'both of two switches, four rows': { recipe: { ...generated('logic', { operation: 'and', count: 12, noise: 0 }), ...net('2'), batch: 4, epochs: 200, optimizer: { rate: 0.05 } } },
  'digits given back': { recipe: { ...net('32F 784-sigmoid RS1x28x28'), standardize: 'none', loss: { kind: 'squared-error' }, epochs: 6 } },
}

export const planted: Readonly<Record<string, { readonly run: ShortRun; readonly first: readonly string[] }>> = {
  'rate so high that the loss breaks down': { run: { recipe: { ...net('64F 64F 64F 10'), optimizer: { kind: 'sgd', rate: 3 } } }, first: ['learning-rate-too-high'] },
  'rate of Adam far too high': { run: { recipe: { optimizer: { rate: 0.3 } } }, first: ['learning-rate-too-high'] },
  'rate that kills the ReLUs of a convolution': { run: { recipe: { net: lenet, epochs: 4, optimizer: { rate: 0.1 } } }, first: ['learning-rate-too-high', 'dead-relus'] },
  'rate too low, gradient descent': { run: { recipe: { optimizer: { kind: 'sgd', rate: 0.0001 } } }, first: ['learning-rate-too-low'] },
  'rate too low, Adam': { run: { recipe: { optimizer: { rate: 3e-6 } } }, first: ['learning-rate-too-low'] },
  'weights of zero': { run: { recipe: { ...net('64F 64F 10'), initialization: 'zero' } }, first: ['poor-initialization'] },
  'weights a hundredfold too large': { run: { recipe: { net: { kind: 'blocks', blocks: [{ block: 'convolution', name: 'conv1', channels: 8, kernel: 5, gain: 20000 }, { block: 'max-pool', name: 'pool', size: 4 }, { block: 'dense', name: 'dense1', units: 32, activation: 'relu' }, { block: 'dense', name: 'out', units: 10, activation: 'linear' }] }, epochs: 4 } }, first: ['poor-initialization'] },
  'inputs as they come, in unlike units': { run: { recipe: { ...generated('sensors', { count: 3000, relation: 'curved' }), ...net('32F 1'), standardize: 'none', loss: regression, epochs: 8, optimizer: { kind: 'sgd', rate: 0.01 } } }, first: ['inputs-not-standardized'] },
  'labels shuffled': { run: { plant: noisyLabels(1) }, first: ['labels-shuffled'] },
  'a fifth of the labels wrong': { run: { recipe: { ...net('128F 10'), epochs: 10 }, plant: noisyLabels(0.22) }, first: ['labels-noisy'] },
  'a quarter of the validation part seen': { run: { plant: leaked(0.25) }, first: ['validation-in-training'] },
  'one digit is rare': { run: { recipe: { ...generated('digits', { count: 4000 }), epochs: 4 }, plant: imbalanced({ 8: 0.02 }, { 8: 0.2 }) }, first: ['class-given-up'] },
  'one class counts for nothing': { run: { recipe: { loss: { classWeights: [1, 1, 1, 1, 0, 1, 1, 1, 1, 1] } } }, first: ['class-given-up'] },
  'twenty to one, never learned': { run: { recipe: { ...points('xor', { count: 1600 }), ...net('2'), batch: 20, epochs: 8, optimizer: { rate: 0.01 } }, plant: imbalanced({ 1: 0.06 }) }, first: ['class-given-up', 'majority-share'] },
  'few examples, large network': { run: { recipe: { ...net('256F 256F 10'), batch: 20, epochs: 40 }, plant: fewExamples(120) }, first: ['overfitting'] },
  'a line for four squares': { run: { recipe: { ...points('xor'), ...net('2'), batch: 20, epochs: 15, optimizer: { rate: 0.02 } } }, first: ['underfitting'] },
  'two hidden units for ten digits': { run: { recipe: { ...net('2F 10'), epochs: 14 } }, first: ['underfitting'] },
  'eight sigmoid layers': { run: { recipe: { ...net(`${'64F-sigmoid '.repeat(8)}10`), initialization: 'glorot', optimizer: { kind: 'sgd', rate: 0.1 } } }, first: ['vanishing-gradients'] },
  'digits upside down and erased': { run: { recipe: { net: lenet, augment: { rotate: 180, flipHorizontal: true, flipVertical: true, erase: 0.8 }, epochs: 5 } }, first: ['augmentation-hurts'] },
  'rate that falls away': { run: { recipe: { optimizer: { rate: 0.0003, schedule: 'step', stepEpochs: 1, stepFactor: 0.01 } } }, first: ['plateau'] },
}
