/** The last number of a notation is how many outputs there are: the data says how many are needed. */

const last = /(^|[\s\]}])(\d+)(\s*)$/

/** Undefined where the notation does not end with a plain number of units. */
export function outputsOf(notation: string): number | undefined {
  const found = last.exec(notation)?.[2]
  return found === undefined ? undefined : Number(found)
}

/** One output can stand for two classes: yes or no. */
export const outputsFit = (notation: string, needed: number): boolean => {
  const outputs = outputsOf(notation)
  return outputs === undefined || outputs === needed || (outputs === 1 && needed === 2)
}

export const fitOutputs = (notation: string, needed: number): string => (outputsFit(notation, needed) ? notation : notation.replace(last, `$1${needed}$3`))
