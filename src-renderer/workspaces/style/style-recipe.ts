/** Between what is chosen on the page and the settings of a run. */
import type { StyleLayer, StyleSettings, StyleStage } from '#contract/style.ts'
import type { FileReference } from '#contract/synthesis-recipe.ts'

export interface SourcePicture {
  readonly reference: FileReference
  /** Null for one that only a recipe named. */
  readonly thumbnail: Blob | null
  readonly width: number
  readonly height: number
}

export interface StyleSource {
  readonly picture: SourcePicture
  readonly weight: number
  readonly scale: number
  /** Gray PNG as base64: white where it paints. Null: wherever the others leave. */
  readonly mask: string | null
}

export type Statistic = 'gram' | 'wasserstein'
export type Optimizer = 'lbfgs' | 'adam'
export type Beginning = 'content' | 'noise' | 'picture'
export type ColorOf = 'style' | 'luminance' | 'histogram'

export interface Choices {
  readonly method: 'optimise' | 'feed-forward'
  /** Longer side, pixels. */
  readonly size: number
  readonly scales: number
  readonly steps: number
  /** Logarithm to base 10 of how much the styles count for each part of content. */
  readonly balance: number
  readonly smoothness: number
  readonly statistic: Statistic
  readonly optimizer: Optimizer
  readonly initial: Beginning
  readonly color: ColorOf
  /** Ceiling, megabytes. */
  readonly memory: number
  readonly seed: number
}

export const initialChoices: Choices = {
  method: 'optimise', size: 512, scales: 2, steps: 100, balance: 1.6, smoothness: 5, statistic: 'gram', optimizer: 'lbfgs', initial: 'content', color: 'style', memory: 4096, seed: 0,
}

const smallestSize = 64
const fewestSteps = 10

/** Each scale is half the next one, and takes half as many steps as the one before, which it only has to refine. */
export function stagesOf({ size, scales, steps }: Pick<Choices, 'size' | 'scales' | 'steps'>): StyleStage[] {
  const sizes = Array.from({ length: scales }, (_, index) => Math.round(size / 2 ** (scales - 1 - index))).filter((each, index) => each >= smallestSize || index === scales - 1)
  return sizes.map((each, index) => ({ size: each, steps: index === 0 ? steps : Math.max(Math.min(fewestSteps, steps), Math.round(steps / 2 ** index)) }))
}

export interface Sources {
  readonly pictures: readonly SourcePicture[]
  readonly styles: readonly StyleSource[]
  readonly beginning: SourcePicture | null
  readonly styleLayers: readonly StyleLayer[]
  readonly contentLayers: readonly StyleLayer[]
}

/** Null while something is missing. */
export function settingsOf(choices: Choices, { pictures, styles, beginning, styleLayers, contentLayers }: Sources): StyleSettings | null {
  const [content] = pictures
  const memoryBytes = choices.memory * 2 ** 20
  if (!content) return null
  if (choices.method === 'feed-forward') return { method: 'feed-forward', contents: pictures.map(({ reference }) => reference), memoryBytes }
  if (styles.length === 0 || (choices.initial === 'picture' && beginning === null)) return null
  return {
    method: 'optimise', content: content.reference,
    styles: styles.map(({ picture, weight, scale, mask }) => ({ picture: picture.reference, weight, scale, ...(mask === null ? {} : { mask }) })),
    ...(styleLayers.length > 0 ? { styleLayers: [...styleLayers] } : {}), ...(styleLayers.length > 0 ? { contentLayers: [...contentLayers] } : {}),
    statistic: choices.statistic, optimiser: choices.optimizer, contentWeight: 1, styleWeight: Number((10 ** choices.balance).toPrecision(3)), smoothness: choices.smoothness,
    stages: stagesOf(choices), initial: choices.initial, ...(choices.initial === 'picture' && beginning ? { initialPicture: beginning.reference } : {}), color: choices.color, memoryBytes,
  }
}

/** The choices that a recipe's settings say. */
export function choicesOf(settings: StyleSettings, seed: number): Choices {
  const memory = Math.round((settings.memoryBytes ?? initialChoices.memory * 2 ** 20) / 2 ** 20)
  if (settings.method === 'feed-forward') return { ...initialChoices, method: 'feed-forward', memory, seed }
  const last = settings.stages.at(-1)
  return {
    method: 'optimise', memory, seed, size: last?.size ?? initialChoices.size, scales: settings.stages.length, steps: settings.stages[0]?.steps ?? initialChoices.steps,
    balance: Number(Math.log10(Math.max(1e-3, settings.styleWeight / Math.max(1e-6, settings.contentWeight))).toFixed(2)), smoothness: settings.smoothness,
    statistic: settings.statistic, optimizer: settings.optimiser, initial: settings.initial, color: settings.color,
  }
}
