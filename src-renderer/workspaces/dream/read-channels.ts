/** Channels as a person chooses them. */
export type ChannelChoice = 'all' | 'strongest' | 'weakest' | 'some'

/** '3, 17 40': whole numbers below `count`; null where it is anything else, or nothing. */
export function readChannels(text: string, count: number): number[] | null {
  const parts = text.split(/[,;\s]+/).filter((part) => part !== '')
  const numbers = parts.map(Number)
  return parts.length > 0 && numbers.every((value) => Number.isInteger(value) && value >= 0 && value < count) ? numbers : null
}
