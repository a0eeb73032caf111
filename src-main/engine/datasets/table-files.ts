/** Which tables a path means: one file, or in a folder the only table, or those for training and for testing. */
import { join } from 'node:path'
import { AppError } from '#contract/errors.ts'
import type { Place } from './place.ts'

const tablePattern = /\.(?:csv|tsv|tab|data)(?:\.gz)?$/i
export const isTableName = (name: string): boolean => tablePattern.test(name) || /\.txt$/i.test(name)

export interface TableFiles { readonly train: string; readonly heldOut?: string }

/** Undefined where there is none, or where it is not clear which. */
export function findTables({ kind, path, name, files }: Place): TableFiles | undefined {
  if (kind === 'file') return isTableName(name) ? { train: path } : undefined
  const tables = files.filter((file) => tablePattern.test(file))
  if (tables.length === 1) return { train: join(path, tables[0]!) }
  const train = tables.filter((file) => /train/i.test(file)), heldOut = tables.filter((file) => /val|test/i.test(file) && !/train/i.test(file))
  if (train.length === 1 && heldOut.length === 1) return { train: join(path, train[0]!), heldOut: join(path, heldOut[0]!) }
  return undefined
}

export function tablesOf(place: Place): TableFiles {
  const files = findTables(place) ?? (place.kind === 'file' ? { train: place.path } : undefined)
  if (!files) throw new AppError('data-invalid', `${place.path} holds several tables, or none; choose the file itself, and another one as validation.`)
  return files
}
