import type { KernelLayer } from '#contract/activations.ts'

/** '64 kernels, 7 × 7 × 3': what a layer's weights are, in a few words. */
export function describeKernels({ outputs, inputsPerGroup, kernel, groups, dense }: Pick<KernelLayer, 'outputs' | 'inputsPerGroup' | 'kernel' | 'groups' | 'dense'>): string {
  // A dense layer over flattened maps has a map of weights for each of them.
  if (dense) return `${outputs} units, ${kernel.some((extent) => extent > 1) ? [...kernel, inputsPerGroup].join(' × ') : inputsPerGroup} inputs each`
  const extent = [...kernel, inputsPerGroup].join(' × ')
  const grouping = groups === 1 ? '' : inputsPerGroup === 1 ? ', depthwise' : `, ${groups} groups`
  return `${outputs} kernels, ${extent}${grouping}`
}
