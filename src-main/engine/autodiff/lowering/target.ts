/** What a lowering needs to know of the execution provider that the backward graph will run on. */
export interface LoweringTarget {
  /** 'any': standard operators in their most portable form. */
  readonly provider: 'cpu' | 'webgpu' | 'cuda' | 'dml' | 'coreml' | 'any'
  /** Whether its convolutions compute in blocks of channels (see blocked-layout.ts). */
  readonly blockedLayout?: boolean
}

export const cpuTarget: LoweringTarget = { provider: 'cpu', blockedLayout: process.arch === 'x64' }
export const webgpuTarget: LoweringTarget = { provider: 'webgpu' }
export const portableTarget: LoweringTarget = { provider: 'any' }
