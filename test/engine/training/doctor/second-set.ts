/**
 * A second set of runs, on other nets, other data (MNIST, Fashion-MNIST and CIFAR among them) and other seeds than those that the rules were made
 * on: written down before the rules were tried on it.
 */
import { testdata } from '../../../support/testdata.ts'
import { fewExamples, imbalanced, leaked, noisyLabels } from '../../../support/short-runs.ts'
import type { Plant, ShortRun } from '../../../support/short-runs.ts'

const net = (text: string) => ({ net: { kind: 'notation', text } }) as const
const generated = (name: string, options: Readonly<Record<string, string | number>> = {}) => ({ data: { kind: 'generator', name, options } }) as const
const files = (folder: string) => ({ data: { kind: 'files', path: testdata(`datasets/${folder}`), options: {} } }) as const
const [mnist, fashion, cifar] = [files('mnist'), files('fashion-mnist'), files('cifar10-subset')]

/** So many of both parts of a large set. */
const some = (train: number, validation = Math.round(train / 3), then: Plant = (dataset) => dataset): Plant => (dataset, random) => {
  const held = new Set(random.shuffle([...dataset.parts.keys()].filter((index) => dataset.parts[index] === 1)).slice(0, validation))
  return then(fewExamples(train, (index) => held.has(index))(dataset, random), random)
}
/** Values as they come from an instrument that counts in thousandths. */
const inThousandths: Plant = (dataset) => (dataset.input.kind === 'numbers' ? { ...dataset, input: { ...dataset.input, values: dataset.input.values.map((value) => 1000 * value + 4000) } } : dataset)
/** Over the whole picture, begun with a variance that many times 1 / fan-in. */
const whole = (units: number, activation: string, gain: number, name: string, kernel = 1) => ({ block: 'convolution', name, channels: units, kernel, padding: 0, activation, gain })
const out = [{ block: 'flatten', name: 'flat' }, { block: 'dense', name: 'out', units: 10 }]

export const planted: Readonly<Record<string, { readonly run: ShortRun; readonly first: readonly string[] }>> = {
  'clothes, RMSprop far too fast': { run: { recipe: { seed: 11, ...fashion, ...net('16C3p MP2 32C3p MP2 10'), epochs: 4, optimizer: { kind: 'rmsprop', rate: 0.05 } }, plant: some(1500) }, first: ['learning-rate-too-high', 'dead-relus', 'loss-exploding'] },
  'drawn things, Nesterov far too fast': { run: { recipe: { seed: 12, ...generated('pictures', { count: 900, classes: 'cat, owl, fish' }), ...net('8C3p MP2 16C3p MP2 32F 3'), epochs: 4, optimizer: { kind: 'nesterov', rate: 1 } } }, first: ['learning-rate-too-high', 'loss-not-finite', 'loss-exploding'] },
  'a curve, momentum far too slow': { run: { recipe: { seed: 13, ...generated('sensors', { count: 3000, relation: 'curved' }), ...net('16F 1'), loss: { kind: 'squared-error' }, epochs: 6, optimizer: { kind: 'momentum', rate: 1e-6 } } }, first: ['learning-rate-too-low'] },
  'clothes, tanh begun far too large': { run: { recipe: { seed: 14, ...fashion, net: { kind: 'blocks', blocks: [whole(64, 'tanh', 400, 'a', 28), whole(64, 'tanh', 400, 'b'), ...out] }, epochs: 5 }, plant: some(1500) }, first: ['poor-initialization', 'saturation'] },
  'clothes, ten layers begun too large': { run: { recipe: { seed: 15, ...fashion, net: { kind: 'blocks', blocks: [whole(64, 'relu', 12, 'd0', 28), ...Array.from({ length: 9 }, (_, index) => whole(64, 'relu', 12, `d${index + 1}`)), ...out] }, epochs: 4, optimizer: { kind: 'sgd', rate: 0.01 } }, plant: some(1500) }, first: ['poor-initialization', 'exploding-gradients', 'loss-exploding', 'loss-not-finite'] },
  'clothes, labels shuffled': { run: { recipe: { seed: 16, ...fashion, ...net('64F 10'), epochs: 6 }, plant: some(1800, 600, noisyLabels(1)) }, first: ['labels-shuffled'] },
  'clothes, a third of the labels wrong': { run: { recipe: { seed: 17, ...fashion, ...net('96F 10'), epochs: 6 }, plant: some(2400, 800, noisyLabels(0.35)) }, first: ['labels-noisy'] },
  'photographs, two fifths of the validation part seen': { run: { recipe: { seed: 18, ...cifar, ...net('16C3p MP2 32C3p MP2 10'), epochs: 4 }, plant: some(1500, 600, leaked(0.4)) }, first: ['validation-in-training'] },
  'photographs, two hundred of them': { run: { recipe: { seed: 19, ...cifar, ...net('32C3p MP2 64C3p MP2 256F 10'), epochs: 12, batch: 20 }, plant: some(200, 400) }, first: ['overfitting'] },
  'spirals, a line': { run: { recipe: { seed: 20, ...generated('points', { shape: 'spiral', count: 900, noise: 0.1 }), ...net('2'), batch: 20, epochs: 15, optimizer: { rate: 0.02 } } }, first: ['underfitting', 'no-better-than-guessing'] },
  'clothes, seven sigmoid layers': { run: { recipe: { seed: 21, ...fashion, ...net(`${'48F-sigmoid '.repeat(7)}10`), initialization: 'glorot', epochs: 6, optimizer: { kind: 'momentum', rate: 0.01 } }, plant: some(1800) }, first: ['vanishing-gradients'] },
  'handwriting, turned either way up': { run: { recipe: { seed: 22, ...mnist, ...net('8C5 MP2 16C5 MP2 64F 10'), augment: { rotate: 180 }, epochs: 6 }, plant: some(2400, 900) }, first: ['augmentation-hurts'] },
  'moons, in thousandths': { run: { recipe: { seed: 23, ...generated('points', { shape: 'moons', count: 800, noise: 0.2 }), ...net('16F 2'), standardize: 'none', batch: 20, epochs: 12, optimizer: { kind: 'sgd', rate: 0.01 } }, plant: inThousandths }, first: ['inputs-not-standardized'] },
  'moons, one in sixty': { run: { recipe: { seed: 24, ...generated('points', { shape: 'moons', count: 2400, noise: 0.9 }), ...net('8F 2'), batch: 40, epochs: 8, optimizer: { rate: 0.003 } }, plant: imbalanced({ 1: 0.017 }) }, first: ['class-given-up', 'majority-share'] },
  'clothes, only coats count': { run: { recipe: { seed: 25, ...fashion, ...net('32F 10'), epochs: 4, loss: { classWeights: [0, 0, 0, 0, 1, 0, 0, 0, 0, 0] } }, plant: some(1500) }, first: ['constant-answer', 'class-given-up'] },
  'clothes, a rate that is used up': { run: { recipe: { seed: 26, ...fashion, ...net('64F 10'), epochs: 8, optimizer: { rate: 0.0002, schedule: 'step', stepEpochs: 1, stepFactor: 0.02 } }, plant: some(1500) }, first: ['plateau', 'learning-rate-too-low'] },
  'exclusive or, one node': { run: { recipe: { seed: 28, ...generated('logic', { operation: 'xor' }), ...net('1'), batch: 20, epochs: 20, loss: { kind: 'binary-cross-entropy' }, optimizer: { rate: 0.05 } } }, first: ['underfitting'] },
  'shirts are rare': { run: { recipe: { seed: 27, ...fashion, ...net('16C3p MP2 32C3p MP2 10'), epochs: 4 }, plant: some(4000, 1200, imbalanced({ 6: 0.02 }, { 6: 0.3 })) }, first: ['class-given-up'] },
}

export const healthy: Readonly<Record<string, ShortRun>> = {
  'clothes, convolutions': { recipe: { seed: 31, ...fashion, ...net('16C3p MP2 32C3p MP2 64F 10'), epochs: 5 }, plant: some(3000, 1000) },
  'clothes, Nesterov': { recipe: { seed: 32, ...fashion, ...net('96F 10'), epochs: 6, optimizer: { kind: 'nesterov', rate: 0.01 } }, plant: some(3000, 1000) },
  'clothes, focal loss along a cosine': { recipe: { seed: 33, ...fashion, ...net('64F-D0.2 10'), epochs: 6, loss: { kind: 'focal' }, optimizer: { kind: 'adam', schedule: 'cosine' } }, plant: some(3000, 1000) },
  'handwriting, one hidden layer': { recipe: { seed: 34, ...mnist, ...net('32F 10'), epochs: 6 }, plant: some(2400, 800) },
  'handwriting, class weights': { recipe: { seed: 35, ...mnist, ...net('8C5 MP2 16C5 MP2 10'), epochs: 5, loss: { classWeights: 'balanced' } }, plant: some(2400, 800) },
  'handwriting, moved and scaled': { recipe: { seed: 36, ...mnist, ...net('8C5 MP2 16C5 MP2 64F 10'), augment: { shift: 0.1, scale: 0.1, rotate: 8 }, epochs: 6 }, plant: some(2400, 800) },
  'photographs, batch normalisation and flips': { recipe: { seed: 37, ...cifar, ...net('16C3p-BN MP2 32C3p-BN MP2 64C3p-BN GAP 10'), augment: { flipHorizontal: true }, epochs: 6 }, plant: some(2400, 800) },
  'photographs, a small ResNet': { recipe: { seed: 38, ...cifar, ...net('12C3p-BN { 12C3p-BN 12C3p-BN-linear } MP2 24C3p-BN { 24C3p-BN 24C3p-BN-linear } GAP 10'), augment: { flipHorizontal: true, shift: 0.1 }, epochs: 4 }, plant: some(1200, 400) },
  'drawn things': { recipe: { seed: 39, ...generated('pictures', { count: 1200, classes: 'cat, owl, fish, leaf', size: 32 }), ...net('12C3p-BN MP2 24C3p-BN MP2 24C3p-BN MP2 GAP 4'), epochs: 8, optimizer: { rate: 0.003 } } },
  'sum of two digits, Huber': { recipe: { seed: 40, ...generated('digit-sum', { count: 2400, size: 16 }), ...net('12C3p MP2 24C3p MP2 64F 1'), loss: { kind: 'huber' }, epochs: 8, optimizer: { rate: 0.002 } } },
  'three arms, tanh': { recipe: { seed: 41, ...generated('points', { shape: 'spiral', classes: 3, count: 1500, noise: 0.05 }), ...net('64F-tanh 64F-tanh 3'), initialization: 'lecun', batch: 25, epochs: 60, optimizer: { rate: 0.005 } } },
  'moons, sigmoid': { recipe: { seed: 42, ...generated('points', { shape: 'moons', count: 1000, noise: 0.15 }), ...net('12F-sigmoid 2'), initialization: 'glorot', batch: 25, epochs: 30, optimizer: { rate: 0.03 } } },
  'exclusive or': { recipe: { seed: 43, ...generated('logic', { operation: 'xor', count: 400 }), ...net('8F 2'), batch: 20, epochs: 25, optimizer: { rate: 0.02 } } },
  'long distances': { recipe: { seed: 44, ...generated('kilometres', { count: 400, largest: 10000, noise: 20 }), ...net('1'), loss: { kind: 'squared-error' }, batch: 20, epochs: 15, optimizer: { kind: 'sgd', rate: 0.03 } } },
  'sensors, dropout': { recipe: { seed: 45, ...generated('sensors', { count: 3000, relation: 'curved' }), ...net('48F-tanh-D0.1 1'), initialization: 'glorot', loss: { kind: 'squared-error' }, epochs: 12, optimizer: { rate: 0.005 } } },
  'digits given back by maps': { recipe: { seed: 46, ...generated('digits', { count: 1500 }), ...net('8C3ps2 8C3ps2 UP2 8C3p UP2 1C3p-sigmoid'), standardize: 'none', loss: { kind: 'squared-error' }, epochs: 5, optimizer: { rate: 0.003 } } },
}
