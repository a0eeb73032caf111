/** A recipe in the words of its field. */
import type { Augment, DataSource, Net, Recipe } from '#contract/training.ts'
import { formatNumber } from '#renderer/ui/format.ts'

export const optimizerTitles = { sgd: 'SGD', momentum: 'Momentum', nesterov: 'Nesterov', rmsprop: 'RMSprop', adam: 'Adam', adamw: 'AdamW' } as const
export const lossTitles = { 'cross-entropy': 'Cross-entropy', 'binary-cross-entropy': 'Binary cross-entropy', 'squared-error': 'Squared error', huber: 'Huber', focal: 'Focal' } as const
/** The losses of numbers; all others are of classes. */
export const lossesOfNumbers: readonly string[] = ['squared-error', 'huber']
export const scheduleTitles = { constant: 'Constant', step: 'Steps', cosine: 'Cosine' } as const
export const initializationTitles = { he: 'He', glorot: 'Glorot', lecun: 'LeCun', zero: 'Zero' } as const

export const choicesOf = <Id extends string>(titles: Readonly<Record<Id, string>>): readonly { readonly id: Id; readonly title: string }[] => (Object.entries(titles) as [Id, string][]).map(([id, title]) => ({ id, title }))

export const fileName = (path: string): string => path.replace(/[\\/]+$/, '').split(/[\\/]/).at(-1) ?? path

export const describeSource = (data: DataSource): string => (data.kind === 'generator' ? data.name : fileName(data.path))

export function describeNetwork(net: Net): string {
  switch (net.kind) {
    case 'notation': return net.text
    case 'blocks': return `${net.blocks.length} blocks`
    case 'model': return `${fileName(net.path)}${net.cut === undefined ? '' : `, cut at ${net.cut}`}`
  }
}

export function describeAugment(augment: Augment): string {
  const percent = (share: number): string => `${formatNumber(share * 100)} %`
  return [
    augment.shift > 0 && `shift ${percent(augment.shift)}`, augment.rotate > 0 && `rotate ${formatNumber(augment.rotate)}°`, augment.scale > 0 && `scale ${percent(augment.scale)}`,
    augment.flipHorizontal && 'flip ↔', augment.flipVertical && 'flip ↕', augment.color > 0 && `color ${percent(augment.color)}`, augment.erase > 0 && `erase ${percent(augment.erase)}`,
  ].filter((part) => part !== false).join(', ') || 'none'
}

/** The table beside a run: what it was told to do. */
export function recipeFacts({ optimizer, batch, loss, sampler, augment, averaging, patience, seed }: Recipe): readonly (readonly [name: string, value: string])[] {
  const weights = loss.classWeights
  return [
    ['Optimizer', [optimizerTitles[optimizer.kind], formatNumber(optimizer.rate), optimizer.schedule === 'constant' ? null : scheduleTitles[optimizer.schedule].toLowerCase()].filter((part) => part !== null).join(', ')],
    ['Batch', String(batch)],
    ['Loss', lossTitles[loss.kind].toLowerCase()],
    ['Class weights', Array.isArray(weights) ? weights.map((weight) => formatNumber(weight)).join(', ') : weights],
    ...(sampler === 'balanced' ? [['Sampler', 'balanced'] as const] : []),
    ...(loss.logitAdjustment > 0 ? [['Logit adjustment', formatNumber(loss.logitAdjustment)] as const] : []),
    ...(loss.labelSmoothing > 0 ? [['Label smoothing', formatNumber(loss.labelSmoothing)] as const] : []),
    ...(optimizer.weightDecay > 0 ? [['Weight decay', formatNumber(optimizer.weightDecay)] as const] : []),
    ...(optimizer.clip > 0 ? [['Gradient limit', formatNumber(optimizer.clip)] as const] : []),
    ...(averaging > 0 ? [['Averaging', formatNumber(averaging)] as const] : []),
    ...(patience > 0 ? [['Stops after', `${patience} epochs without gain`] as const] : []),
    ['Augment', describeAugment(augment)],
    ['Seed', String(seed)],
  ]
}
