/** A run that nobody makes any more, read from its folder. */
import type { RunDetail, RunSummary } from '#contract/training.ts'
import { describeNetwork } from './network.ts'
import type { BuiltNetwork } from './network.ts'
import { openNetSource } from './net-source.ts'
import type { RunFolder, RunRecord } from './run-folder.ts'
import { dataText, measureOf, netText, recordOf } from './run-words.ts'
import { thinned } from './thin.ts'

export async function recordSummary(folder: RunFolder): Promise<RunSummary> {
  const [record, recipe] = await Promise.all([folder.readRecord(), folder.readRecipe()])
  const { id, name, startedAt, epoch, best, parent, error } = record
  return {
    id, name, net: netText(recipe), data: record.data?.name ?? dataText(recipe), state: stateOf(record), startedAt, epochs: recipe.epochs, epoch, folder: folder.path,
    ...(best ? { best } : {}), ...(record.data ? { measure: measureOf(record.data) } : {}), ...(parent === undefined ? {} : { parent }), ...(error === undefined ? {} : { error }),
  }
}

/** Who was at work when its process ended was interrupted. */
const stateOf = ({ state }: RunRecord): RunSummary['state'] => (state === 'running' || state === 'paused' || state === 'preparing' ? 'interrupted' : state)

export async function describeFolder(folder: RunFolder): Promise<RunDetail> {
  const [summary, record, recipe, history] = await Promise.all([recordSummary(folder), folder.readRecord(), folder.readRecipe(), folder.readHistory().catch(() => [])])
  const steps = await folder.readSteps()
  const network = await networkOf(folder).catch(() => undefined)
  return {
    summary, recipe, net: describeNetwork(network), ...(record.data ? { data: record.data } : {}), device: record.device, stepsPerEpoch: record.stepsPerEpoch,
    steps: thinned(steps.map(recordOf)), history, findings: record.findings, outcomes: record.outcomes,
  }
}

/** For prediction, with its initial weights. */
export async function networkOf(folder: RunFolder): Promise<BuiltNetwork> {
  const [record, recipe] = await Promise.all([folder.readRecord(), folder.readRecipe()])
  return (await openNetSource(recipe)).build(record.inputDims, 'inference', 'batch')
}
