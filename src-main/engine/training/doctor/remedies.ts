/** Fixes that several rules offer: a title that says what is changed from what to what, and the change of the recipe. */
import type { Fix, Recipe } from '#contract/training.ts'
import { digits } from './measures.ts'

/** Published defaults: Kingma and Ba 2015 for Adam; Sutskever et al. 2013 and common practice for momentum. */
const usualRates: Readonly<Record<Recipe['optimizer']['kind'], number>> = { sgd: 0.1, momentum: 0.01, nesterov: 0.01, rmsprop: 0.001, adam: 0.001, adamw: 0.001 }
export const usualRate = ({ optimizer }: Recipe): number => usualRates[optimizer.kind]

export function rateFix({ optimizer }: Recipe, rate: number): Fix {
  const rounded = Number(rate.toPrecision(2))
  return { id: `rate-${rounded}`, title: `Set the learning rate to ${digits(rounded)} (now ${digits(optimizer.rate)})`, changes: { optimizer: { rate: rounded } } }
}

export const standardizeFix: Fix = { id: 'standardize', title: 'Standardise each channel or column', changes: { standardize: 'channel' } }
export const clipFix: Fix = { id: 'clip', title: 'Limit the gradient’s norm to 1', changes: { optimizer: { clip: 1 } } }
export const heFix: Fix = { id: 'initialization-he', title: 'Initialise as He et al. do', changes: { initialization: 'he' } }
export const glorotFix: Fix = { id: 'initialization-glorot', title: 'Initialise as Glorot and Bengio do', changes: { initialization: 'glorot' } }
export const adamFix: Fix = { id: 'adam', title: 'Train with Adam at 0.001', changes: { optimizer: { kind: 'adam', rate: 0.001 } } }
export const noAugmentFix: Fix = { id: 'augment-none', title: 'Train on the pictures as they are', changes: { augment: { shift: 0, rotate: 0, scale: 0, flipHorizontal: false, flipVertical: false, color: 0, erase: 0 } } }

/** The recipe's notation, layer by layer changed; nothing where the network is not written so, or stays as it is. */
export function notationFix({ net }: Recipe, id: string, title: string, change: (token: string, last: boolean) => string): Fix[] {
  if (net.kind !== 'notation') return []
  const tokens = net.text.trim().split(/\s+/)
  const text = tokens.map((token, index) => change(token, index === tokens.length - 1)).join(' ')
  return text === net.text.trim() ? [] : [{ id, title: `${title}: ${text}`, changes: { net: { kind: 'notation', text } } }]
}

const linear = /^(\d+)(C\d.*|F.*|-.*)?$/
export const normalizeFix = (recipe: Recipe): Fix[] => notationFix(recipe, 'batch-normalization', 'Put batch normalisation behind the hidden layers', (token, last) => {
  if (last || !/^\d+(C\d|F)/.test(token) || token.includes('-BN')) return token
  const dash = token.indexOf('-')
  return dash < 0 ? `${token}-BN` : `${token.slice(0, dash)}-BN${token.slice(dash)}`
})
export const widenFix = (recipe: Recipe, factor: number): Fix[] => {
  const wider = notationFix(recipe, 'wider', `Make the hidden layers ${factor} times as wide`, (token, last) => (last ? token : token.replace(linear, (_, units: string, rest = '') => `${Math.max(16, Number(units) * factor)}${String(rest)}`)))
  return wider.length > 0 ? wider : deepenFix(recipe)
}
/** For a network that is one linear map. */
const deepenFix = (recipe: Recipe): Fix[] => notationFix(recipe, 'hidden-layer', 'Put a hidden layer of 64 units in', (token, last) => (last ? `64F ${token}` : token))
export const activationFix = (recipe: Recipe, activation: 'relu' | 'leaky-relu'): Fix[] => notationFix(recipe, `activation-${activation}`, `Use ${activation === 'relu' ? 'ReLU' : 'leaky ReLU'} in the hidden layers`, (token, last) => {
  if (last || !/^\d+(C\d|F)/.test(token)) return /^(sigmoid|tanh)$/.test(token) ? activation : token
  const bare = token.replace(/-(sigmoid|tanh|relu|leaky-relu)(?=-|$)/, '')
  return activation === 'relu' ? bare : `${bare}-leaky-relu`
})
export const dropoutFix = (recipe: Recipe, rate: number): Fix[] => notationFix(recipe, 'dropout', `Drop ${rate * 100} % of the dense layers’ units while training`, (token, last) => (!last && /^\d+F/.test(token) && !/-D[\d.]/.test(token) ? `${token}-D${rate}` : token))
export const noDropoutFix = (recipe: Recipe): Fix[] => notationFix(recipe, 'dropout-none', 'Without dropout', (token) => token.replace(/-D0?\.\d+/, ''))
const dropoutOf = ({ net }: Recipe): number => (net.kind === 'notation' ? Math.max(0, ...[...net.text.matchAll(/(?:^|[\s-])D(0?\.\d+)/g)].map((match) => Number(match[1]))) : 0)

const strongDropout = 0.6
/** The share of units that are dropped, where it is more than networks are trained with. */
export function strongDropoutOf(recipe: Recipe): number | undefined {
  const dropout = dropoutOf(recipe)
  return dropout > strongDropout ? dropout : undefined
}
