import type { Prediction } from '#contract/activations.ts'
import type { Target } from '#contract/explain.ts'

/** 'Why peacock?', for the button that changes it. */
export function describeTarget(target: Target, labels: readonly string[], top: readonly Prediction[]): string {
  const nameOf = (index: number): string => labels[index] ?? top.find((prediction) => prediction.index === index)?.label ?? `class ${index}`
  switch (target.kind) {
    case 'top': return top[target.rank - 1]?.label ?? (target.rank === 1 ? 'the top class' : `the class of rank ${target.rank}`)
    case 'class': return nameOf(target.index)
    case 'difference': return `${nameOf(target.index)} rather than ${nameOf(target.against)}`
    case 'unit': return `${target.layer}, unit ${target.unit}`
  }
}
