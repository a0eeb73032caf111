/** Class numbers as files store them, with names where there are any. */
import { AppError } from '#contract/errors.ts'
import type { ClassTarget } from './dataset.ts'

/** Throws AppError 'data-invalid' where there are more classes than names. */
export function namedClasses(classOf: Int32Array, names: { readonly labels: readonly string[]; readonly file: string } | undefined, whereOf: (index: number) => string): ClassTarget {
  let largest = -1, at = 0
  classOf.forEach((label, index) => {
    if (label > largest) [largest, at] = [label, index]
  })
  if (!names) return { kind: 'classes', labels: Array.from({ length: largest + 1 }, (_, label) => String(label)), classOf }
  if (largest >= names.labels.length) {
    throw new AppError('data-invalid', `More classes than labels: ${whereOf(at)} is of class ${largest}, and ${names.file} names ${names.labels.length} classes (0 to ${names.labels.length - 1}). Add the missing lines to ${names.file}, or remove the file.`)
  }
  return { kind: 'classes', labels: names.labels, classOf }
}
