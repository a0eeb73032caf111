/** What is left of a run for those who did not watch it. */
import type { Epoch, Finding, Recipe, RunSummary } from '#contract/training.ts'
import { parameterCount } from './network.ts'
import type { BuiltNetwork } from './network.ts'
import type { PreparedData } from './prepare.ts'
import type { RunFolder } from './run-folder.ts'

export interface ReportParts {
  readonly recipe: Recipe
  readonly data: PreparedData
  readonly network: BuiltNetwork
  readonly history: readonly Epoch[]
  readonly best: RunSummary['best']
  readonly findings: readonly Finding[]
  readonly device: string
  readonly state: 'done' | 'stopped'
}

export async function writeReport(folder: RunFolder, { recipe, data, network, history, best, findings, device, state }: ReportParts): Promise<void> {
  const chosen = history.find((epoch) => epoch.epoch === best?.epoch)
  await folder.writeJson('report.json', {
    name: recipe.name, state, device, epochs: history.length, seconds: history.reduce((sum, epoch) => sum + epoch.seconds, 0),
    parameters: parameterCount(network),
    data: { ...data.summary, columns: undefined }, labels: data.dataset.target.kind === 'classes' ? data.dataset.target.labels : [],
    best, metrics: chosen?.validation, train: chosen?.train, findings,
  })
}
