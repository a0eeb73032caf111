/** Input shapes of a model exchanged for static ones. */
import { AppError } from '#contract/errors.ts'
import { dataInputs } from '../graph.ts'
import type { Dim, Graph, Model, Shape, ValueInfo } from '../model.ts'

/** Static shapes by input name. */
export type Dims = Readonly<Record<string, readonly number[]>>

export const show = (dims: Dims): string => Object.entries(dims).map(([name, shape]) => `'${name}' [${shape.join(', ')}]`).join(', ')

/** Throws where a name is no input's, or a shape does not have the input's rank. */
export function checkDims(graph: Graph, dims: Dims): void {
  for (const [name, shape] of Object.entries(dims)) {
    const input = graph.inputs.find((candidate) => candidate.name === name)
    if (!input) throw new AppError('tensor-missing', `The model has no input named '${name}'; it has ${dataInputs(graph).map((candidate) => `'${candidate.name}'`).join(', ')}.`, { data: { name } })
    const stated = input.type?.kind === 'tensor' ? input.type.shape : undefined
    if ((stated && stated.length !== shape.length) || shape.some((dim) => !Number.isSafeInteger(dim) || dim < 1))
      throw new AppError('shape-mismatch', `Input '${name}' has ${stated ? `shape [${stated.map((dim) => dim ?? '?').join(', ')}]` : 'no stated shape'}; [${shape.join(', ')}] does not fit it: ${stated?.length ?? 'any number of'} extents of at least 1 are needed.`)
  }
}

/** New input shapes and bound symbols. `resized`: an extent that the file states as a number changed, so inner shapes that it states are void. */
export function bind(model: Model, dims: Dims): { readonly model: Model; readonly resized: boolean } {
  const { graph } = model
  const symbols = new Map<string, number>()
  let isResized = false
  for (const { name, type } of graph.inputs) {
    const shape = dims[name]
    if (!shape || type?.kind !== 'tensor') continue
    for (const [axis, dim] of (type.shape ?? []).entries()) {
      if (typeof dim === 'string') symbols.set(dim, shape[axis] ?? 1)
      if (typeof dim === 'number' && dim !== shape[axis]) isResized = true
    }
  }
  const substitute = (shape: Shape): Shape => shape.map((dim): Dim => (typeof dim === 'string' ? (symbols.get(dim) ?? dim) : dim))
  const restated = (info: ValueInfo): ValueInfo => {
    if (info.type?.kind !== 'tensor' || !info.type.shape) return info
    const { shape, ...type } = info.type
    return { ...info, type: isResized ? type : { ...type, shape: substitute(shape) } }
  }
  const inputs = graph.inputs.map((info): ValueInfo => {
    if (info.type?.kind !== 'tensor') return info
    const shape = dims[info.name] ?? (info.type.shape && substitute(info.type.shape))
    return shape ? { ...info, type: { ...info.type, shape } } : info
  })
  const valueInfos = new Map([...graph.valueInfos].map(([name, info]) => [name, restated(info)]))
  return { model: { ...model, graph: { ...graph, inputs, valueInfos, outputs: graph.outputs.map(restated) } }, resized: isResized }
}
