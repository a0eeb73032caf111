/** What a lowering needs to know of the execution provider that the backward graph will run on. */
export interface LoweringTarget {
  readonly provider: 'cpu' | 'webgpu' | 'cuda' | 'dml' | 'coreml' | 'any'
  /** MaxPool's Indices output works (WebGPU claims it, then fails at run). */
  readonly maxPoolIndices: boolean
  /** MaxUnpool and ScatterElements(add) run on the device itself. */
  readonly scatterAdd: boolean
}

export const cpuTarget: LoweringTarget = { provider: 'cpu', maxPoolIndices: true, scatterAdd: true }
export const webgpuTarget: LoweringTarget = { provider: 'webgpu', maxPoolIndices: false, scatterAdd: true }
/** Standard operators in their most portable form. */
export const portableTarget: LoweringTarget = { provider: 'any', maxPoolIndices: true, scatterAdd: true }
