import { describe, expect, it } from 'vitest'
import type { Finding, Metrics } from '#contract/training.ts'
import { examine } from '#engine/training/doctor/examine.ts'
import type { EpochObservation, LayerFacts, RunObservation, StepObservation } from '#engine/training/doctor/observation.ts'
import { doctorRules } from '#engine/training/doctor/registry.ts'
import { recipeOf } from '../../../support/short-runs.ts'

const classes = 4
const perClass = 50

/** [true][predicted] of a validation part of `perClass` examples a class. */
function metricsOf(loss: number, confusion: readonly (readonly number[])[]): Metrics {
  const total = confusion.flat().reduce((sum, count) => sum + count, 0)
  return {
    loss, score: confusion.reduce((sum, row, label) => sum + row[label]!, 0) / total,
    recall: confusion.map((row, label) => row[label]! / Math.max(1, row.reduce((sum, count) => sum + count, 0))), confusion: confusion.map((row) => [...row]),
  }
}
const right = (share: number): number[][] => Array.from({ length: classes }, (_, label) => Array.from({ length: classes }, (_other, predicted) => (predicted === label ? perClass * share : (perClass * (1 - share)) / (classes - 1))))
const layer = (id: string, changes: Partial<LayerFacts> = {}): LayerFacts => ({ layer: id, activation: 'relu', units: 32, dead: 0, saturated: 0, mean: 0.4, std: 0.8, variation: 0.6, ...changes })

interface Course {
  readonly losses?: readonly number[]
  readonly scores?: readonly number[]
  readonly ratio?: number
  readonly layers?: readonly LayerFacts[]
  readonly steps?: readonly StepObservation[]
}

/** A run that learns, unless said otherwise: 10 epochs of 20 steps. */
function observed({ losses = [0.9, 0.5, 0.3, 0.2, 0.15, 0.12, 0.1, 0.09, 0.08, 0.08], scores = losses.map((loss) => Math.max(0.25, 1 - loss / 2)), ratio = 0.005, layers = [layer('dense1'), layer('dense2', { activation: 'linear' })], steps }: Course = {}, changes: Partial<RunObservation> = {}): RunObservation {
  const epochs = losses.map((loss, index): EpochObservation => ({ epoch: index + 1, step: 20 * (index + 1), rate: 0.001, train: { loss, score: scores[index]! }, validation: metricsOf(loss * 1.1, right(scores[index]! - 0.01)), trainProbe: { loss, score: scores[index]! }, layers }))
  return {
    recipe: recipeOf({ recipe: { epochs: losses.length } }), stepsPerEpoch: 20, finished: true,
    data: {
      train: 1000, validation: perClass * classes, duplicates: 0,
      target: { kind: 'classes', labels: ['a', 'b', 'c', 'd'], train: [250, 250, 250, 250], validation: [perClass, perClass, perClass, perClass] },
      input: { mean: 0, std: 1, largest: 4, means: [0], stds: [1] },
      neighbors: { examples: 1000, agreement: 0.9, clear: 0.8, contradicted: 0.02, chance: { agreement: 0.25, clear: 0.06 } },
    },
    net: { parameters: 1000, layers: [{ id: 'dense1', title: '32 units', parameters: 900 }, { id: 'dense2', title: '4 units', parameters: 100 }] },
    start: { validation: metricsOf(1.6, right(0.25)), layers },
    steps: steps ?? epochs.flatMap(({ train: { loss } }, epoch) => Array.from({ length: 20 }, (_, index): StepObservation => ({
      step: 20 * epoch + index + 1, loss: epoch === 0 && index < 5 ? 1.5 : loss, rate: 0.001, gradientNorm: 1,
      layers: ['dense1', 'dense2'].map((id) => ({ layer: id, gradientNorm: 0.7, weightNorm: 5, updateNorm: 5 * ratio })),
    }))),
    epochs, ...changes,
  }
}
const rulesOf = (observation: RunObservation): string[] => examine(observation).map(({ rule }) => rule)

describe('the doctor', () => {
  it('says nothing of a run that learns', () => {
    expect(rulesOf(observed())).toEqual([])
  })

  it('says nothing before the first step, and nothing of an outcome before the first epoch', () => {
    expect(rulesOf({ ...observed(), steps: [], epochs: [], finished: false })).toEqual([])
    expect(rulesOf({ ...observed(), steps: observed().steps.slice(0, 5), epochs: [], finished: false })).toEqual([])
  })

  it('has rules with a threshold in every source', () => {
    expect(doctorRules.length).toBeGreaterThanOrEqual(20)
    for (const { source } of doctorRules) expect(source).toMatch(/Flagged .*/)
  })

  it('names the rate before the dead units and the constant answer that it caused', () => {
    const constant = metricsOf(1.39, Array.from({ length: classes }, () => [perClass, 0, 0, 0]))
    const stuck = observed({ losses: Array.from({ length: 10 }, () => 1.39), scores: Array.from({ length: 10 }, () => 0.25), layers: [layer('dense1', { dead: 0.97 }), layer('dense2', { activation: 'linear' })] })
    const { epochs, steps } = stuck
    const findings = examine({ ...stuck, start: observed().start!, epochs: epochs.map((epoch) => ({ ...epoch, validation: constant })), steps: steps.map((step, index) => (index < 4 ? { ...step, loss: 60, layers: step.layers!.map((each) => ({ ...each, updateNorm: 4 })) } : step)) })
    expect(findings[0]?.rule).toBe('learning-rate-too-high')
    expect(findings.map(({ rule }) => rule)).toEqual(expect.arrayContaining(['dead-relus', 'constant-answer', 'no-better-than-guessing']))
    expect(findings[0]?.title).toContain('97 %')
    expect(findings.find(({ rule }) => rule === 'dead-relus')?.layer).toBe('dense1')
  })

  it('holds dropout to account for dead units where there is much of it', () => {
    const dead = observed({ losses: Array.from({ length: 10 }, () => 1.39), scores: Array.from({ length: 10 }, () => 0.25), layers: [layer('dense1', { dead: 0.9 }), layer('dense2', { activation: 'linear' })] })
    const withDropout = (rate: string): RunObservation => ({ ...dead, recipe: recipeOf({ recipe: { epochs: 10, net: { kind: 'notation', text: `32F-D${rate} 4` } } }) })
    const findingOf = (observation: RunObservation): Finding | undefined => examine(observation).find(({ rule }) => rule === 'dead-relus')
    expect(findingOf(withDropout('0.95'))).toMatchObject({ evidence: expect.stringContaining('Dropout is 95 %') as string, fixes: expect.arrayContaining([expect.objectContaining({ id: 'dropout-none', changes: { net: { kind: 'notation', text: '32F 4' } } })]) as Finding['fixes'] })
    expect(findingOf(withDropout('0.5'))?.fixes.map(({ id }) => id)).not.toContain('dropout-none')
  })

  it('names a rare class that is given up before the majority share that hides it', () => {
    const base = observed()
    const validation = metricsOf(0.25, [[190, 0], [10, 0]])
    const findings = examine({
      ...base, epochs: base.epochs.map((epoch) => ({ ...epoch, validation, train: { loss: 0.25, score: 0.95 }, trainProbe: { loss: 0.25, score: 0.95 } })),
      data: { ...base.data, validation: 200, target: { kind: 'classes', labels: ['well', 'ill'], train: [950, 50], validation: [190, 10] }, neighbors: { ...base.data.neighbors!, agreement: 0.95, chance: { agreement: 0.95, clear: 0.97 } } },
    })
    expect(findings[0]).toMatchObject({ rule: 'class-given-up', id: 'class-given-up:1', classIndex: 1 })
    expect(findings.map(({ rule }) => rule)).toContain('majority-share')
    expect(findings[0]?.fixes[0]?.changes).toEqual({ sampler: 'balanced', loss: { classWeights: 'none', logitAdjustment: 1.25 } })
  })

  it('stops at a loss that is no number, and says at which step', () => {
    const base = observed()
    const findings = examine({ ...base, epochs: [], steps: [...base.steps.slice(0, 10), { step: 11, loss: NaN, rate: 0.001, gradientNorm: NaN }] })
    expect(findings[0]).toMatchObject({ rule: 'loss-not-finite', severity: 'critical' })
    expect(findings[0]?.title).toContain('11')
  })

  it('takes an autoencoder by its numbers, whatever classes the pictures have', () => {
    const base = observed()
    const numbers = (loss: number, score: number): Metrics => ({ loss, score, recall: [], confusion: [] })
    expect(rulesOf({ ...base, recipe: recipeOf({ recipe: { loss: { kind: 'squared-error' } } }), start: { ...base.start!, validation: numbers(1.1, -0.1) }, epochs: base.epochs.map((epoch, index) => ({ ...epoch, validation: numbers(0.5 - index / 30, 0.5 + index / 30) })) })).toEqual([])
  })

  it('counts a right answer to each of four questions as no guess', () => {
    const base = observed()
    const four = metricsOf(0.1, [[2, 0], [0, 2]])
    expect(rulesOf({ ...base, epochs: base.epochs.map((epoch) => ({ ...epoch, validation: four })), data: { train: 4, validation: 4, duplicates: 0, input: base.data.input, target: { kind: 'classes', labels: ['no', 'yes'], train: [2, 2], validation: [2, 2] } } })).toEqual([])
  })

  it('blames upside-down pictures for classes that are taken for each other', () => {
    const base = observed()
    const turned = metricsOf(0.3, [[50, 0, 0, 0], [0, 42, 0, 8], [0, 0, 50, 0], [0, 9, 0, 41]])
    const run = { ...base, epochs: base.epochs.map((epoch) => ({ ...epoch, validation: turned })) }
    expect(rulesOf(run)).toEqual([])
    const [finding] = examine({ ...run, recipe: recipeOf({ recipe: { epochs: 10, augment: { rotate: 180 } } }) })
    expect(finding?.rule).toBe('augmentation-hurts')
    expect(finding?.evidence).toContain("'b' and 'd' are taken for each other in 17 % of cases")
  })

  it('does not ask an opened model to be initialised or fed as a new one', () => {
    const base = observed()
    const wild = { ...base, start: { validation: metricsOf(30, right(0.25)), layers: [layer('dense1', { std: 400 })] }, data: { ...base.data, input: { mean: 0, std: 60, largest: 200, means: [0], stds: [60] } }, epochs: base.epochs.map((epoch) => ({ ...epoch, validation: metricsOf(0.5, right(0.8)), trainProbe: { loss: 0.5, score: 0.86 } })) }
    expect(rulesOf(wild)).toEqual(expect.arrayContaining(['inputs-not-standardized', 'poor-initialization']))
    expect(rulesOf({ ...wild, recipe: recipeOf({ recipe: { epochs: 10, net: { kind: 'model', path: 'model.onnx', train: 'head', bodyRate: 0.1 } } }) })).toEqual([])
  })

  it('knows the same finding again as the run goes on', () => {
    const base = observed({}, {})
    const leaked = { ...base, data: { ...base.data, duplicates: 40 } }
    const [early] = examine({ ...leaked, epochs: leaked.epochs.slice(0, 2), finished: false })
    const [late] = examine(leaked)
    expect(early?.id).toBe(late?.id)
    expect(late).toMatchObject({ epoch: 10, step: 200 })
  })
})
