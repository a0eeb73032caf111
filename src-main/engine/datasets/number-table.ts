/** Rows of numbers as generators make them. */
import type { Dataset } from './dataset.ts'
import { sharedFloats } from './dataset.ts'

interface Common { readonly name: string; readonly generator: string; readonly inputs: readonly string[]; readonly count: number; readonly warnings?: readonly string[] }

const common = ({ name, generator, inputs, count, warnings = [] }: Common): Omit<Dataset, 'target' | 'input'> & { readonly input: { readonly kind: 'numbers'; readonly columns: readonly string[]; readonly values: Float32Array } } => ({
  name, format: generator, count, input: { kind: 'numbers', columns: inputs, values: sharedFloats(count * inputs.length) },
  origin: (index) => `example ${index + 1}`, skipped: [], warnings,
})

export function numberTable(options: Common & { readonly target: readonly string[]; readonly row: (index: number) => { readonly input: readonly number[]; readonly answer: readonly number[] } }): Dataset {
  const dataset = common(options)
  const answers = sharedFloats(options.count * options.target.length)
  for (let index = 0; index < options.count; index++) {
    const { input, answer } = options.row(index)
    dataset.input.values.set(input, index * options.inputs.length)
    answers.set(answer, index * options.target.length)
  }
  return { ...dataset, target: { kind: 'numbers', columns: options.target, values: answers } }
}

export function classTable(options: Common & { readonly labels: readonly string[]; readonly row: (index: number) => { readonly input: readonly number[]; readonly label: number } }): Dataset {
  const dataset = common(options)
  const classOf = new Int32Array(options.count)
  for (let index = 0; index < options.count; index++) {
    const { input, label } = options.row(index)
    dataset.input.values.set(input, index * options.inputs.length)
    classOf[index] = label
  }
  return { ...dataset, target: { kind: 'classes', labels: options.labels, classOf } }
}
