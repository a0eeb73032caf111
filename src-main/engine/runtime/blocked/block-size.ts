/**
 * How many channels a block of onnxruntime's blocked layout holds on this machine: 16 with AVX-512, 8 with AVX2, and there is none without x64. It does not say;
 * but numbers that count channels and positions, reordered, tell where the second position begins.
 */
import { attributesOf } from '../../onnx/attributes.ts'
import { ownModel } from '../../onnx/model.ts'
import { writeModel } from '../../onnx/write.ts'
import { floatTensor } from '../host-tensor.ts'
import type { SessionHost } from '../session-host.ts'
import { blockedDomain } from './layouts.ts'

const channels = 64
const positions = 2

const info = (name: string) => ({ name, type: { kind: 'tensor' as const, dataType: 'float32' as const, shape: [1, channels, 1, positions] } })
const probe = ownModel({
  name: 'blocks', valueInfos: new Map(), initializers: new Map(), inputs: [info('plain')], outputs: [info('blocked')],
  nodes: [{ name: 'reorder', opType: 'ReorderInput', domain: blockedDomain, inputs: ['plain'], outputs: ['blocked'], attributes: attributesOf({}) }],
}, { opsets: new Map([['', 18], [blockedDomain, 1]]) })

/** Undefined where there is no blocked layout. `session`: a number that no session of the host has. */
export async function findBlockSize(host: SessionHost, session: number): Promise<number | undefined> {
  try {
    await host.ask<'open'>({ type: 'open', session, source: { kind: 'bytes', bytes: writeModel(probe), owned: true }, device: 'cpu', threads: 1 })
  } catch {
    return undefined
  }
  const { blocked } = await host.ask<'run'>({ type: 'run', session, feeds: { plain: floatTensor([1, channels, 1, positions], Float32Array.from({ length: channels * positions }, (_, index) => index)) } })
  await host.ask<'release'>({ type: 'release', session })
  const size = (blocked?.data as Float32Array).indexOf(1)
  return size > 1 && channels % size === 0 ? size : undefined
}
