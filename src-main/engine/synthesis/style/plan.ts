/** What a run of style transfer compares, apart from any picture size: which layers, regions and statistics. */
import type { Statistic } from './define-statistic.ts'

export interface StylePlan {
  readonly statistic: Statistic
  /** Ids of layers. */
  readonly style: readonly string[]
  readonly content: readonly string[]
  /** The region that each style paints; styles of one region share its statistics. */
  readonly regionOfStyle: readonly number[]
  readonly regions: number
  /** Whether regions have masks; without, the one region is the whole picture. */
  readonly masked: boolean
}

export const layersOf = ({ style, content }: Pick<StylePlan, 'style' | 'content'>): readonly string[] => [...new Set([...style, ...content])]

/** Names of values that pass between graphs, by layer and region or style. */
export const names = {
  products: (layer: string, region: number): string => `products/${layer}/${region}`,
  sums: (layer: string, region: number): string => `sums/${layer}/${region}`,
  byProducts: (layer: string, region: number): string => `by-products/${layer}/${region}`,
  bySums: (layer: string, region: number): string => `by-sums/${layer}/${region}`,
  target: (layer: string, style: number, part: string): string => `target/${layer}/${style}/${part}`,
  mask: (layer: string, region: number): string => `mask/${layer}/${region}`,
  /** Which positions of a tile count. */
  core: (layer: string): string => `core/${layer}`,
  content: (layer: string): string => `content/${layer}`,
  contentNorm: (layer: string): string => `content-norm/${layer}`,
  seed: (layer: string): string => `seed/${layer}`,
  styleWeights: 'weights/style', contentWeights: 'weights/content', variationWeight: 'weights/variation',
  styleLosses: 'losses/style', contentLosses: 'losses/content', variationLoss: 'losses/variation',
  gradient: 'gradient', pictureCore: 'core/picture',
} as const
