/** The preprocessing record as one types it, and back. */
import type { Normalization, Preprocessing } from '#contract/preprocessing.ts'

export interface PreprocessingDraft {
  layout: Preprocessing['layout']
  channels: Preprocessing['channels']
  range: string
  mean: string
  std: string
  invert: boolean
  height: string
  width: string
  fit: Preprocessing['fit']
  resize: string
  output: Preprocessing['output']
  labels: string
}

export type DraftProblems = Partial<Record<keyof PreprocessingDraft, string>>

/** The part that a usual recipe fills in. */
export const normalizationDraft = ({ channels, scale, mean, std }: Normalization): Pick<PreprocessingDraft, 'channels' | 'range' | 'mean' | 'std'> =>
  ({ channels, range: String(scale), mean: mean.join(', '), std: std.join(', ') })

export function toDraft(record: Preprocessing): PreprocessingDraft {
  return {
    ...normalizationDraft(record), layout: record.layout, invert: record.invert,
    height: String(record.height), width: String(record.width), fit: record.fit, resize: record.resize === undefined ? '' : String(record.resize), output: record.output, labels: record.labels.join('\n'),
  }
}

/** The record the draft stands for, or what is wrong with it, field by field. `base` gives what is not edited. */
export function fromDraft(draft: PreprocessingDraft, base: Preprocessing): { readonly preprocessing: Preprocessing } | { readonly problems: DraftProblems } {
  const problems: DraftProblems = {}
  const channels = draft.channels === 'GRAY' ? 1 : 3

  const numbers = (field: 'mean' | 'std'): number[] => {
    const values = draft[field].split(/[\s,;]+/).filter((part) => part !== '').map(Number)
    if (values.length === 0 || values.some((value) => !Number.isFinite(value))) problems[field] = 'Numbers, separated by commas.'
    else if (values.length !== 1 && values.length !== channels) problems[field] = `${channels === 1 ? 'One number' : `One number, or ${channels}`}; these are ${values.length}.`
    else if (field === 'std' && values.includes(0)) problems[field] = 'Zero would divide by zero.'
    return values.length === 1 ? Array<number>(channels).fill(values[0] ?? 0) : values
  }
  const pixels = (field: 'height' | 'width' | 'resize'): number => {
    const value = Number(draft[field])
    if (!Number.isInteger(value) || value < 1 || value > 16384) problems[field] = 'Whole pixels, 1 to 16384.'
    return value
  }

  const scale = Number(draft.range)
  if (!Number.isFinite(scale) || scale <= 0) problems.range = 'A number above zero: 1 or 255.'
  const [mean, std, height, width] = [numbers('mean'), numbers('std'), pixels('height'), pixels('width')]
  const resize = draft.fit === 'crop' && draft.resize.trim() !== '' ? pixels('resize') : undefined
  const cropKnown = problems.resize === undefined && problems.height === undefined && problems.width === undefined
  if (resize !== undefined && cropKnown && resize < Math.max(height, width)) problems.resize = `At least ${Math.max(height, width)}, or the crop would not fit.`
  if (Object.keys(problems).length > 0) return { problems }

  const { resize: _resize, ...rest } = base
  const labels = draft.labels.trim() === '' ? [] : draft.labels.replace(/\n+$/, '').split('\n').map((label) => label.trim())
  return {
    preprocessing: {
      ...rest, layout: draft.layout, channels: draft.channels, scale, mean, std, invert: draft.invert, height, width, fit: draft.fit,
      ...(resize === undefined ? {} : { resize }), output: draft.output, labels,
    },
  }
}
