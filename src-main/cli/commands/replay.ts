import { readFile, writeFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { z } from 'zod'
import { describeIssues } from '#contract/describe-issues.ts'
import { AppError } from '#contract/errors.ts'
import { SynthesisRecipe } from '#contract/synthesis.ts'
import { unreadable, unwritable } from '#engine/lib/write-file.ts'
import { readRecipe } from '#engine/images/recipe.ts'
import { findWork } from '#engine/synthesis/work-registry.ts'
import { withModelOptions } from '../common-options.ts'
import { defineCommand } from '../define-command.ts'
import { flagOption, textOption } from '../parse.ts'
import { withWorkshop } from '../run-work.ts'

const repeated = (file: string, files: string[] | undefined): string[] => [...(files ?? []), file]

/** What a picture of ours says beside the recipe itself. */
const Embedded = z.object({ result: z.string(), device: z.string(), version: z.string() })

export default defineCommand({
  name: 'replay',
  declare: (command) => withModelOptions(command)
    .description('Makes a picture of ours again, from the recipe that it carries: the same pixels on the same device.')
    .argument('<picture>', 'PNG made by features, dream, style or fool')
    .option('--model <file>', 'the model, where it was not seen here before')
    .option('--picture <file>', 'a picture that it was made from, where it was not seen here before (repeatable)', repeated)
    .requiredOption('--out <file>', 'where the picture goes'),
  async run({ args: [path = ''], options }, context) {
    const out = textOption(options, 'out') ?? ''
    const { recipe, result, device } = await readRecipeFile(path)
    await withWorkshop(options, context, async (workshop) => {
      const model = textOption(options, 'model')
      if (model !== undefined) check(recipe.model.sha256, (await workshop.openModel(model)).reference.sha256, model)
      for (const picture of (options['picture'] as readonly string[] | undefined) ?? []) await workshop.openPicture(picture)
      const written = new Set<string>()
      const { seconds } = await workshop.run(recipe, async ({ item, bytes }) => {
        if (item.name !== result) return
        await writeFile(out, bytes).catch((cause: unknown) => { throw unwritable(out, cause) })
        written.add(out)
      })
      if (written.size === 0) throw new AppError('run-failed', `The recipe of ${basename(path)} made no '${result}': it may come from another version of Phosphene.`)
      const inUse = (await workshop.runtime.device()).inUse
      const report = { picture: basename(path), result, out, seconds: Number(seconds.toFixed(2)), device: inUse, sameDevice: inUse === device }
      if (flagOption(options, 'json')) context.print(JSON.stringify(report))
      else context.print(`${basename(path)} was made again in ${report.seconds} s: ${out}.${report.sameDevice ? '' : ` It was made on ${device}, and this is ${inUse}: pixels may differ in the last bit.`}`)
    })
  },
})

async function readRecipeFile(path: string): Promise<{ readonly recipe: SynthesisRecipe; readonly result: string; readonly device: string }> {
  const bytes = await readFile(path).catch((cause: unknown) => { throw unreadable(path, cause) })
  const json = readRecipe(bytes)
  if (json === undefined) throw new AppError('option-invalid', `${basename(path)} carries no recipe: it was not made by Phosphene, or was saved by another program since.`)
  const kind = z.object({ kind: z.string() }).safeParse(json).data?.kind ?? 'nothing'
  findWork(kind)
  const [recipe, embedded] = [SynthesisRecipe.safeParse(json), Embedded.safeParse(json)]
  const problem = recipe.error ?? embedded.error
  if (!recipe.success || !embedded.success) throw new AppError('option-invalid', `The recipe of ${basename(path)} is of another version of Phosphene and cannot be followed: ${problem ? describeIssues(problem, json) : ''}`)
  return { recipe: recipe.data, ...embedded.data }
}

function check(wanted: string, got: string, file: string): void {
  if (wanted !== got) throw new AppError('option-invalid', `${file} is not the model of the recipe: its SHA-256 begins with ${got.slice(0, 12)}, the recipe's with ${wanted.slice(0, 12)}.`)
}
