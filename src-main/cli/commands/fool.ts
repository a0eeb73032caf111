import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '#contract/errors.ts'
import type { FoolSettings } from '#contract/fool.ts'
import type { Facts, SynthesisItem, SynthesisRecipe } from '#contract/synthesis.ts'
import { countSure } from '#engine/fooling/evolution/archive.ts'
import { courseIn, courseTable } from '#engine/fooling/evolution/course.ts'
import { median } from '#engine/lib/quantile.ts'
import { findMethod, foolingMethods } from '#engine/fooling/registry.ts'
import { picturesAt } from '#engine/library/photographs.ts'
import { makeFolder } from '#engine/lib/make-folder.ts'
import { unwritable, writeFileAtomically } from '#engine/lib/write-file.ts'
import type { Checkpoint } from '#engine/synthesis/define-work.ts'
import { fileNameOf } from '#engine/synthesis/work-folder.ts'
import { checkSettings, findWork } from '#engine/synthesis/work-registry.ts'
import { withModelOptions } from '../common-options.ts'
import { defineCommand } from '../define-command.ts'
import { flagOption, listOption, numberOption, textOption, wholeOption } from '../parse.ts'
import { openUnfinished } from '../unfinished.ts'
import { withWorkshop } from '../run-work.ts'

type Options = Readonly<Record<string, unknown>>

const repeated = (value: string, values: string[] | undefined): string[] => [...(values ?? []), value]

export default defineCommand({
  name: 'fool',
  declare: (command) => withModelOptions(command)
    .description('Pictures that a network takes for something else: from noise, by evolution, or by changing photographs by less than one sees. PNGs with their recipe, and fool.json.')
    .argument('<model>', 'ONNX file')
    .argument('[image]', 'photograph, or folder of photographs')
    .requiredOption('--method <method>', [...foolingMethods.values()].filter(({ kind }) => kind !== 'loop').map(({ id }) => id).join(', '))
    .option('--target <classes>', 'class numbers, comma-separated, or all (default: any class but the photograph’s own)')
    .option('--budget <steps>', 'largest change of a channel, 0 to 255 (with --set norm=l2: length of the change)')
    .option('--budgets <list>', 'comma-separated: how many photographs keep their answer at each budget')
    .option('--smallest', 'look for the smallest budget that fools, photograph by photograph')
    .option('--set <option=value>', "an option of the method (repeatable); an unknown one lists the method's", repeated)
    .option('--generations <number>', 'of evolution').option('--steps <number>', 'of gradient methods')
    .option('--transfer <model>', 'another ONNX file to be shown the results (repeatable)', repeated)
    .option('--minutes <number>', 'of work, after which evolution ends with what it has')
    .option('--resume', 'go on with the run in --out where it was interrupted: the same command with this')
    .option('--seed <number>', 'of everything random', '0')
    .requiredOption('--out <folder>', 'where the pictures and fool.json go'),
  async run({ args: [modelPath = '', imagePath], options }, context) {
    const out = textOption(options, 'out') ?? ''
    const method = findMethod(textOption(options, 'method') ?? '')
    const given = optionsOf(options)
    const seed = wholeOption(options, 'seed', 0, 2 ** 31 - 1)
    const targets = targetsOf(textOption(options, 'target'))
    const budgets = listOption(options, 'budgets').map(budgetOf)
    await withWorkshop(options, context, async (workshop) => {
      const { reference: model, record } = await workshop.openModel(modelPath)
      const pictures = []
      for (const path of imagePath === undefined ? [] : await picturesAt(imagePath)) pictures.push(await workshop.openPicture(path))
      const transferTo = []
      for (const path of (options['transfer'] as readonly string[] | undefined) ?? []) transferTo.push((await workshop.openModel(path)).reference)
      const settings = checkSettings(findWork('fool'), { method: method.id, options: given, pictures, transferTo, budgets, smallest: flagOption(options, 'smallest'), ...(targets === undefined ? {} : { targets }) }) as FoolSettings
      await makeFolder(out)
      const results: Facts[] = []
      const others: Record<string, Facts> = {}
      const note = (item: SynthesisItem): void => {
        if (isResult(item)) results.push({ ...item.facts, file: `${fileNameOf(item.name)}.png` })
        else if (typeof item.facts['role'] === 'string' && !['before', 'change'].includes(item.facts['role'])) others[item.facts['role']] = item.facts
      }
      const recipe: SynthesisRecipe = { kind: 'fool', model, seed, settings, preprocessing: { ...record.preprocessing, labels: [] } }
      const unfinished = await openUnfinished(out, { recipe, resume: flagOption(options, 'resume'), progress: context.progress, free: ['generations', 'minutes', 'confidence', 'batch'] })
      unfinished.items.forEach(note)
      const { seconds } = await workshop.run(recipe, async ({ item, bytes }) => {
        const file = join(out, `${fileNameOf(item.name)}.${item.extension}`)
        await writeFile(file, bytes).catch((cause: unknown) => { throw unwritable(file, cause) })
        note(item)
        await unfinished.note(item)
      }, { ...unfinished, onCheckpoint: async (checkpoint) => { await unfinished.onCheckpoint(checkpoint); await writeCourse(out, checkpoint) } }).catch(async (error: unknown) => {
        if (!unfinished.isWorthwhile()) await unfinished.end()
        else if (context.signal.aborted) context.progress('What was done is kept: the same command with --resume goes on from there.')
        throw error
      })
      await unfinished.end()
      const summary = summaryOf(results, seconds)
      const report = { model: model.name, method: method.id, seed, preprocessing: record.note, device: (await workshop.runtime.device()).inUse, ...summary, ...others, results: results.map(reportOf) }
      await writeFile(join(out, 'fool.json'), `${JSON.stringify(report, null, 1)}\n`).catch((cause: unknown) => { throw unwritable(join(out, 'fool.json'), cause) })
      if (flagOption(options, 'json')) return context.print(JSON.stringify(report))
      for (const { file, label, confidence, reached, linf } of results.slice(0, 40).map(reportOf)) context.print(`${reached ? 'fooled ' : 'not yet'} ${(100 * confidence).toFixed(2).padStart(6)} %  ${label}${linf === undefined ? '' : `, changed by at most ${linf} of 255`}  ${file}`)
      if (results.length > 0) context.print(`${summary.reached} of ${results.length} fooled in ${summary.seconds} s; written to ${out}.`)
      else context.print(`Written to ${out} in ${summary.seconds} s.`)
    })
  },
})

/** So far: an interrupted evolution has its course as well. */
async function writeCourse(out: string, { notes }: Checkpoint): Promise<void> {
  const course = courseIn(notes)
  if (course) await writeFileAtomically(join(out, 'course.csv'), [new TextEncoder().encode(courseTable(course))])
}

const isResult = ({ facts }: SynthesisItem): boolean => facts['reached'] !== undefined

/** The numbers of fool.json, of one written file. */
function reportOf(facts: Facts) {
  const number = (id: string): number | undefined => (typeof facts[id] === 'number' ? facts[id] : undefined)
  return {
    file: String(facts['file']), ...(facts['picture'] === undefined ? {} : { picture: facts['picture'] }),
    class: number('class') ?? 0, label: String(facts['label']), confidence: number('confidence') ?? 0, reached: facts['reached'] === true,
    ...(number('before') === undefined ? {} : {
      before: { class: number('before'), label: facts['beforeLabel'], confidence: number('beforeConfidence') },
      linf: number('linf'), distance: { linf: number('linf'), l2: number('l2'), rms: number('rms'), pixels: number('pixels') }, foundL2: number('foundL2'),
    }),
    ...(number('budget') === undefined ? {} : { budget: number('budget') }), ...(number('generation') === undefined ? {} : { generation: number('generation') }),
    evaluations: number('evaluations') ?? 0, seconds: number('seconds') ?? 0,
  }
}

function summaryOf(results: readonly Facts[], seconds: number) {
  const confidences = results.map(({ confidence }) => Number(confidence))
  return {
    pictures: results.length, reached: results.filter(({ reached }) => reached === true).length, seconds: Number(seconds.toFixed(2)),
    ...(results.length === 0 ? {} : { medianConfidence: median(confidences), atLeast99: countSure(confidences), atLeast9999: confidences.filter((value) => value >= 0.9999).length }),
  }
}

const leastOf: Readonly<Record<string, number>> = { budget: 0.1, minutes: 0 }

function optionsOf(options: Options): Record<string, number | string> {
  const named = ((options['set'] as readonly string[] | undefined) ?? []).map((text): [string, number | string] => {
    const [, id, value] = /^([^=]+)=(.+)$/.exec(text) ?? []
    if (id === undefined || value === undefined) throw new AppError('usage', `--set takes OPTION=VALUE; got '${text}'.`)
    return [id, Number.isFinite(Number(value)) ? Number(value) : value]
  })
  const direct = ['budget', 'generations', 'steps', 'minutes'].flatMap((id): [string, number][] => { const value = numberOption(options, id, leastOf[id] ?? 1); return value === undefined ? [] : [[id, value]] })
  return Object.fromEntries([...named, ...direct])
}

function targetsOf(text: string | undefined): 'all' | number[] | undefined {
  if (text === undefined || text === 'all') return text
  return text.split(',').map((part) => {
    if (!/^\s*\d+\s*$/.test(part)) throw new AppError('usage', `--target takes class numbers, comma-separated, or all; got '${text}'.`)
    return Number(part)
  })
}

function budgetOf(text: string): number {
  const value = Number(text)
  if (!Number.isFinite(value) || value < 0) throw new AppError('usage', `--budgets takes numbers of at least 0, comma-separated; got '${text}'.`)
  return value
}
