/** Where examples come from, as the command line says it. */
import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Command } from 'commander'
import { AppError } from '#contract/errors.ts'
import type { DataSource } from '#contract/training.ts'
import { textOption } from './parse.ts'

export function withDataOptions(command: Command): Command {
  return command
    .option('--data-option <key=value>', 'an option of the format or generator; may be repeated', (pair: string, pairs: string[]) => [...pairs, pair], [])
    .option('--format <id>', 'of the data, where it is not recognised')
    .option('--validation <path>', 'held-out files, where the data does not hold any itself')
}

/** A path, or 'generator:NAME'. */
export async function dataSourceOf(text: string, options: Readonly<Record<string, unknown>>): Promise<DataSource> {
  const settings = Object.fromEntries(((options['dataOption'] ?? []) as string[]).map((pair): [string, string | number | boolean] => {
    const at = pair.indexOf('=')
    if (at < 1) throw new AppError('usage', `--data-option takes KEY=VALUE; got '${pair}'.`)
    return [pair.slice(0, at), valueOf(pair.slice(at + 1))]
  }))
  const generator = /^generator:(.+)$/.exec(text)?.[1]
  if (generator !== undefined) return { kind: 'generator', name: generator, options: settings }
  const [path, validation, format] = [resolve(text), textOption(options, 'validation'), textOption(options, 'format')]
  await stat(path).catch((cause: unknown) => { throw new AppError('file-missing', `There is no data at ${path}.`, { cause }) })
  return { kind: 'files', path, options: settings, ...(validation === undefined ? {} : { validation: resolve(validation) }), ...(format === undefined ? {} : { format }) }
}

function valueOf(text: string): string | number | boolean {
  if (text === 'true' || text === 'false') return text === 'true'
  return text !== '' && Number.isFinite(Number(text)) ? Number(text) : text
}
