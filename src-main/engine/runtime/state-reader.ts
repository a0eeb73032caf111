/** A model of one Identity per state tensor: run on the device that holds the state, it brings copies to the host. */
import { ownModel } from '../onnx/model.ts'
import type { ValueInfo } from '../onnx/model.ts'
import { writeModel } from '../onnx/write.ts'
import type { HostTensors } from './host-tensor.ts'
import { readOutput } from './protocol.ts'

export function stateReader(state: HostTensors): Uint8Array {
  const info = (name: string, { dataType, dims }: HostTensors[string]): ValueInfo => ({ name, type: { kind: 'tensor', dataType, shape: dims } })
  const entries = Object.entries(state)
  return writeModel(ownModel({
    name: 'state', valueInfos: new Map(), initializers: new Map(),
    nodes: entries.map(([name]) => ({ name: readOutput(name), opType: 'Identity', domain: '', inputs: [name], outputs: [readOutput(name)], attributes: new Map() })),
    inputs: entries.map(([name, tensor]) => info(name, tensor)),
    outputs: entries.map(([name, tensor]) => info(readOutput(name), tensor)),
  }))
}
