/** What a command's options hold, checked: wrong usage is said with the option's name, what it got and what it takes. */
import { DeviceId } from '#contract/application.ts'
import { AppError } from '#contract/errors.ts'

type Options = Readonly<Record<string, unknown>>

export function textOption(options: Options, id: string): string | undefined {
  const value = options[id]
  return typeof value === 'string' ? value : undefined
}

export function wholeOption(options: Options, id: string, low: number, high: number): number {
  const value = Number(options[id])
  if (!Number.isInteger(value) || value < low || value > high) throw new AppError('usage', `--${kebab(id)} takes a whole number from ${low} to ${high}; got '${String(options[id])}'.`)
  return value
}

/** Undefined where it is not given. */
export function numberOption(options: Options, id: string, low: number, high = Infinity): number | undefined {
  const text = textOption(options, id)
  if (text === undefined) return undefined
  const value = Number(text)
  if (text.trim() === '' || !Number.isFinite(value) || value < low || value > high) throw new AppError('usage', `--${kebab(id)} takes a number ${high === Infinity ? `of at least ${low}` : `from ${low} to ${high}`}; got '${text}'.`)
  return value
}

export const flagOption = (options: Options, id: string): boolean => options[id] === true

export const listOption = (options: Options, id: string): string[] => (textOption(options, id) ?? '').split(',').map((item) => item.trim()).filter((item) => item !== '')

const devices = ['auto', ...DeviceId.options] as const
export type DeviceOption = (typeof devices)[number]

export function deviceOption(options: Options): DeviceOption {
  const value = textOption(options, 'device') ?? 'auto'
  const device = devices.find((candidate) => candidate === value)
  if (!device) throw new AppError('usage', `--device takes ${devices.join(', ')}; got '${value}'.`)
  return device
}

const kebab = (id: string): string => id.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)

/** 'features/3:5,1,2' is a tensor and an index behind the batch axis; a name may itself hold colons. */
export function parseTensorIndex(text: string): { tensor: string; index: readonly number[] | undefined } {
  const match = /^(.+):(\d+(?:,\d+)*)$/.exec(text)
  return match ? { tensor: match[1] ?? text, index: (match[2] ?? '').split(',').map(Number) } : { tensor: text, index: undefined }
}

/** A tensor's name as a file name, as every command writes it. */
export const fileNameOf = (tensor: string): string => `${tensor.replaceAll(/[/\\:*?"<>|]/g, '_')}.npy`
