/** The picture is shifted before the network sees it, so that its grid falls elsewhere at every step (google/deepdream's jitter). */
import type { Emit, Value } from '../../autodiff/emit.ts'
import { floatTensor } from '../../runtime/host-tensor.ts'
import type { HostTensor, HostTensors } from '../../runtime/host-tensor.ts'
import type { Extent } from './octaves.ts'

/** What comes in at a border: what left at the other (np.roll), or the picture mirrored. */
export type Edges = 'wrap' | 'mirror'

export interface Shift {
  /** Rows and columns. */
  readonly down: number
  readonly across: number
  readonly edges: Edges
}

/** The picture as it is. */
export const noShift = (edges: Edges): Shift => ({ down: 0, across: 0, edges })

const wrapped = (index: number, length: number): number => ((index % length) + length) % length

/** Of the picture, where an index lies that may be beyond its border. */
export function sourceOf(index: number, length: number, edges: Edges): number {
  if (edges === 'wrap') return wrapped(index, length)
  const at = wrapped(index, 2 * length)
  return at < length ? at : 2 * length - 1 - at
}

const axes = [['rows', 2], ['columns', 3]] as const
const readInput = (axis: string): string => `shift/${axis}`
/** The positions that read a row or column: one, beside a mirror up to two. */
const readersOf = (edges: Edges): readonly number[] => (edges === 'wrap' ? [0] : [0, 1])
const readerInput = (axis: string, reader: number): string => `shift/${axis}/reader${reader}`
const readsInput = (axis: string, reader: number): string => `shift/${axis}/reads${reader}`

/** Of pictures [1, C, H, W]. */
export class ShiftInputs {
  readonly values: readonly Value[]
  readonly #extent: Extent
  readonly #edges: Edges

  constructor(extent: Extent, edges: Edges) {
    this.#extent = extent
    this.#edges = edges
    this.values = axes.flatMap(([axis]) => {
      const length = this.#lengthOf(axis)
      return [
        indices(readInput(axis), length),
        ...(edges === 'wrap' ? [indices(readerInput(axis, 0), length)] : readersOf(edges).flatMap((reader) => [indices(readerInput(axis, reader), length), weights(axis, reader, length)])),
      ]
    })
  }

  /** What the network sees of the picture. */
  shifted(emit: Emit, picture: Value): Value {
    return axes.reduce((value, [axis, at]) => emit.gather(value, indices(readInput(axis), this.#lengthOf(axis)), at), picture)
  }

  /** The adjoint of `shifted`: every element's gradient is the sum of those of the positions that read it. */
  shiftedBack(emit: Emit, gradient: Value): Value {
    return axes.reduce((value, [axis, at]) => {
      const length = this.#lengthOf(axis)
      const from = (reader: number): Value => emit.gather(value, indices(readerInput(axis, reader), length), at)
      if (this.#edges === 'wrap') return from(0)
      return readersOf(this.#edges).map((reader) => emit.mul(from(reader), weights(axis, reader, length))).reduce((sum, each) => emit.add(sum, each))
    }, gradient)
  }

  feeds({ down, across }: Shift): HostTensors {
    const feeds: Record<string, HostTensor> = {}
    for (const [axis] of axes) {
      const length = this.#lengthOf(axis)
      const by = axis === 'rows' ? down : across
      feeds[readInput(axis)] = whole(length, (position) => sourceOf(position - by, length, this.#edges))
      if (this.#edges === 'wrap') feeds[readerInput(axis, 0)] = whole(length, (source) => wrapped(source + by, length))
      else for (const reader of readersOf(this.#edges)) {
        // Of 2 length positions one reads it as it is and one mirrored; `length` of them are there.
        const positionOf = (source: number): number => wrapped((reader === 0 ? source : 2 * length - 1 - source) + by, 2 * length)
        feeds[readerInput(axis, reader)] = whole(length, (source) => Math.min(length - 1, positionOf(source)))
        const { dims } = weights(axis, reader, length)
        feeds[readsInput(axis, reader)] = floatTensor(dims, Float32Array.from({ length }, (_, source) => (positionOf(source) < length ? 1 : 0)))
      }
    }
    return feeds
  }

  #lengthOf(axis: 'rows' | 'columns'): number { return axis === 'rows' ? this.#extent.height : this.#extent.width }
}

const indices = (name: string, length: number): Value => ({ name, dataType: 'int32', dims: [length] })
const weights = (axis: 'rows' | 'columns', reader: number, length: number): Value => ({ name: readsInput(axis, reader), dataType: 'float32', dims: axis === 'rows' ? [length, 1] : [length] })
const whole = (length: number, at: (index: number) => number): HostTensor => ({ dataType: 'int32', dims: [length], data: Int32Array.from({ length }, (_, index) => at(index)) })
