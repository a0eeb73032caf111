/** A source for training and a second one that is held out, as one data set. */
import { AppError } from '#contract/errors.ts'
import type { ClassTarget, Dataset, NumberInput, NumberTarget, PictureInput } from './dataset.ts'
import { trainPart, validationPart } from './dataset.ts'
import { joinBytes, joinFloats } from './join-bytes.ts'

/** Classes are matched by name. Parts that either source has by itself do not count. Throws AppError 'data-invalid' where the two do not fit together. */
export function combineParts(train: Dataset, validation: Dataset): Dataset {
  const count = train.count + validation.count
  return {
    ...train, count,
    input: joinInputs(train, validation),
    target: joinTargets(train, validation),
    parts: Uint8Array.from({ length: count }, (_, index) => (index < train.count ? trainPart : validationPart)),
    origin: (index) => (index < train.count ? train.origin(index) : validation.origin(index - train.count)),
    skipped: [...train.skipped, ...validation.skipped],
    warnings: [...new Set([...train.warnings, ...validation.warnings])],
  }
}

function refuse(train: Dataset, validation: Dataset, why: string): never {
  throw new AppError('data-invalid', `${validation.name} cannot test what is learned from ${train.name}: ${why}`)
}

const describePictures = ({ channels, height, width }: PictureInput): string => `${channels === 1 ? 'grey' : 'colour'} pictures of ${width} × ${height}`
const describeInput = (input: Dataset['input']): string => (input.kind === 'pictures' ? describePictures(input) : `rows of ${input.columns.length} numbers`)

function joinInputs(train: Dataset, validation: Dataset): PictureInput | NumberInput {
  const [a, b] = [train.input, validation.input]
  if (a.kind === 'pictures' && b.kind === 'pictures' && a.channels === b.channels && a.height === b.height && a.width === b.width) return { ...a, pixels: joinBytes([a.pixels, b.pixels]) }
  if (a.kind === 'numbers' && b.kind === 'numbers' && a.columns.length === b.columns.length) return { ...a, values: joinFloats([a.values, b.values]) }
  return refuse(train, validation, `the one holds ${describeInput(b)}, the other ${describeInput(a)}.`)
}

function joinTargets(train: Dataset, validation: Dataset): ClassTarget | NumberTarget {
  const [a, b] = [train.target, validation.target]
  if (a.kind === 'numbers' && b.kind === 'numbers') {
    if (a.columns.length !== b.columns.length) refuse(train, validation, `it has ${b.columns.length} columns of answers instead of ${a.columns.length}.`)
    return { ...a, values: joinFloats([a.values, b.values]) }
  }
  if (a.kind === 'numbers' || b.kind === 'numbers') return refuse(train, validation, 'the answers of the one are classes, those of the other are numbers.')
  const unknown = b.labels.filter((label) => !a.labels.includes(label))
  const unknownUsed = unknown.filter((label) => b.classOf.includes(b.labels.indexOf(label)))
  if (unknownUsed.length > 0) refuse(train, validation, `its class${unknownUsed.length > 1 ? 'es' : ''} ${unknownUsed.slice(0, 5).map((label) => `'${label}'`).join(', ')} ${unknownUsed.length > 1 ? 'are' : 'is'} not among the ${a.labels.length} classes to learn.`)
  const place = b.labels.map((label) => a.labels.indexOf(label))
  return { kind: 'classes', labels: a.labels, classOf: Int32Array.from([...a.classOf, ...Array.from(b.classOf, (label) => place[label]!)]) }
}
