/** Names of classes in a text file beside the data: one a line, in the order of the class numbers. */
import { join } from 'node:path'
import type { Place } from './place.ts'
import { readWhole } from './read-bytes.ts'

const fileNames = ['labels.txt', 'classes.txt', 'label_names.txt', 'class_names.txt', 'batches.meta.txt', 'names.txt']

export async function readLabelNames({ path, files }: Pick<Place, 'path' | 'files'>, more: readonly string[] = []): Promise<{ readonly labels: readonly string[]; readonly file: string } | undefined> {
  const file = [...more, ...fileNames].find((name) => files.includes(name))
  if (file === undefined) return undefined
  const lines = new TextDecoder().decode(await readWhole(join(path, file))).split(/\r?\n/).map((line) => line.trim())
  while (lines.at(-1) === '') lines.pop()
  return { labels: lines, file }
}
