/** What a run begins with on data that no recipe was written for: a network of their kind, and a pace that suits how many there are. */
import type { DataSummary } from '#contract/training.ts'
import { plainPace } from '#renderer/stores/training-draft.ts'
import type { Pace } from '#renderer/stores/training-draft.ts'
import { fitOutputs } from './fit-outputs.ts'
import { extentsOf } from './use-draft-facts.ts'

type Data = Pick<DataSummary, 'input' | 'target' | 'train'>

/** Layers that need a picture's places. */
const spatial = /C\d|[MA]P\d|DW|T\d|G[AM]P/
export const needsPlaces = (notation: string): boolean => spatial.test(notation)

const outputsOnly = /^\d+$/
const lenet = '20C5 MP2 50C5 MP2 256F 10'
const residual = '16C3p-BN {16C3p-BN 16C3p-BN-linear} {32C3s2p-BN 32C3p-BN-linear} {64C3s2p-BN 64C3p-BN-linear} GAP 10'
/** Below it nothing is left behind two convolutions and two poolings; far above it the dense layer behind them outgrows the data. */
const lenetSides = [16, 48] as const

/** The written network where it suits the data; one of their kind, with as many outputs as they ask for, otherwise. */
export function netFor(notation: string, data: Data): string {
  const { outputs } = extentsOf(data)
  const suits = data.input.kind === 'numbers' ? !needsPlaces(notation) : !outputsOnly.test(notation.trim())
  return fitOutputs(suits ? notation : usual(data), outputs)
}

function usual({ input }: Data): string {
  if (input.kind === 'numbers') return '16F 1'
  const side = Math.min(input.height, input.width)
  if (side < lenetSides[0]) return '256F 10'
  return input.channels === 1 && side <= lenetSides[1] ? lenet : residual
}

/** Steps that a small network needs to settle, as the bundled recipes take them. */
const enoughSteps = 2000
const mostEpochs = 200

/** Few examples are seen in small batches and often. */
export function paceFor({ train, input }: Data): Pace {
  const plain = plainPace()
  const batch = train >= 5000 ? plain.batch : train >= 500 ? 32 : 10
  const epochs = Math.min(mostEpochs, Math.max(plain.epochs, Math.round((enoughSteps * batch) / Math.max(1, train))))
  return { epochs, batch, optimizer: { ...plain.optimizer, ...(input.kind === 'numbers' ? { rate: 0.01 } : {}) } }
}
