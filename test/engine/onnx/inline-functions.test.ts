import { describe, expect, it } from 'vitest'
import { float, int } from '#engine/onnx/attributes.ts'
import { inlineFunctions } from '#engine/onnx/inline-functions.ts'
import type { Attribute, FunctionBody, Model, Node } from '#engine/onnx/model.ts'
import { graphModel } from '../../support/graph-model.ts'
import { pseudoRandom } from '../../support/all-values.ts'
import { runModel } from '../../support/run-model.ts'

const node = (opType: string, inputs: readonly string[], outputs: readonly string[], attributes: Readonly<Record<string, Attribute>> = {}, domain = ''): Node => ({ name: '', opType, domain, inputs, outputs, attributes: new Map(Object.entries(attributes)) })
const reference = (value: string, type: number): Attribute => ({ kind: 'reference', value, type })
const body = (name: string, inputs: readonly string[], outputs: readonly string[], nodes: readonly Node[], rest: Partial<FunctionBody> = {}): FunctionBody => ({ name, domain: 'acme', inputs, outputs, nodes, attributeNames: [], attributeDefaults: new Map(), opsets: new Map([['', 18], ['acme', 1]]), ...rest })

/** Leaky(x; slope = 0.1) = leakyRelu(x), called with and without its attribute; Twice calls Leaky twice; Bounded has an optional input. */
const functions = [
  body('Leaky', ['x'], ['y'], [node('Neg', ['x'], ['t']), node('Neg', ['t'], ['u']), node('LeakyRelu', ['u'], ['y'], { alpha: reference('slope', 1) })], { attributeDefaults: new Map([['slope', float(0.1)]]) }),
  body('Twice', ['x'], ['y', 'half'], [node('Leaky', ['x'], ['half'], { slope: reference('slope', 1) }, 'acme'), node('Leaky', ['half'], ['y'], {}, 'acme')], { attributeNames: ['slope'] }),
  body('Bounded', ['x', 'bound'], ['c'], [node('Clip', ['x', '', 'bound'], ['c'])]),
  body('Pick', ['flag', 'x'], ['y'], [node('If', ['flag'], ['y'], {
    then_branch: { kind: 'graph', value: graphModel({ inputs: {}, outputs: { r: undefined }, nodes: [{ op: 'Neg', inputs: ['x'], outputs: ['t'] }, { op: 'Exp', inputs: ['t'], outputs: ['r'] }] }).graph },
    else_branch: { kind: 'graph', value: graphModel({ inputs: {}, outputs: { r: undefined }, nodes: [{ op: 'Neg', inputs: ['x'], outputs: ['r'] }] }).graph },
  })]),
]

function caller(): Model {
  const base = graphModel({ inputs: { x: [2, 3], flag: [] }, inputTypes: { flag: 'bool' }, outputs: { y: undefined, h: undefined, clipped: undefined, picked: undefined }, nodes: [] })
  return {
    ...base, functions, opsets: new Map([['', 18], ['acme', 1]]),
    graph: {
      ...base.graph,
      nodes: [
        { ...node('Leaky', ['x'], ['l'], { slope: float(0.5) }, 'acme'), name: 'first' }, { ...node('Leaky', ['x'], ['m'], {}, 'acme'), name: 'second' }, node('Add', ['l', 'm'], ['t']),
        node('Twice', ['t'], ['y', 'h'], { slope: float(2) }, 'acme'), node('Bounded', ['x'], ['clipped'], {}, 'acme'), node('Pick', ['flag', 'x'], ['picked'], {}, 'acme'),
      ],
    },
  }
}

describe('inlineFunctions', () => {
  it('computes what onnxruntime computes with the functions', async () => {
    const inlined = inlineFunctions(caller())
    expect(inlined.functions).toEqual([])
    expect(inlined.opsets).toEqual(new Map([['', 18]]))
    expect(inlined.graph.nodes.every((entry) => entry.domain === '')).toBe(true)
    for (const flag of [0, 1]) {
      const feeds = { x: { dataType: 'float32' as const, dims: [2, 3], data: pseudoRandom(6).map((value) => value - 0.5) }, flag: { dataType: 'bool' as const, dims: [], data: Uint8Array.of(flag) } }
      expect(await runModel(inlined, feeds)).toEqual(await runModel(caller(), feeds))
    }
  })
  it('names inner values after the node that calls', () => {
    const outputs = inlineFunctions(caller()).graph.nodes.flatMap((entry) => entry.outputs)
    expect(outputs).toContain('first/t')
    expect(outputs).toContain('second/t')
    expect(new Set(outputs).size).toBe(outputs.length)
  })
  it('hands an input through that is an output as well', () => {
    const base = graphModel({ inputs: { x: [1] }, outputs: { y: undefined }, nodes: [] })
    const model = { ...base, functions: [body('Same', ['a'], ['a'], [])], graph: { ...base.graph, nodes: [node('Same', ['x'], ['y'], {}, 'acme')] } }
    expect(inlineFunctions(model).graph.nodes).toMatchObject([{ opType: 'Identity', inputs: ['x'], outputs: ['y'] }])
  })
  it('returns a model without functions as it is', () => {
    const model = graphModel({ inputs: { x: [1] }, outputs: { y: undefined }, nodes: [{ op: 'Relu', inputs: ['x'], outputs: ['y'] }] })
    expect(inlineFunctions(model)).toBe(model)
  })
  it('refuses a function that calls itself', () => {
    const endless = { ...caller(), functions: [body('Leaky', ['x'], ['y'], [node('Leaky', ['x'], ['y'], {}, 'acme')]), ...functions.slice(1)] }
    expect(() => inlineFunctions(endless)).toThrow(/'Leaky' calls itself/)
  })
  it('leaves an attribute out that neither caller nor function gives', () => {
    const base = graphModel({ inputs: { x: [1] }, outputs: { y: undefined }, nodes: [] })
    const model = { ...base, functions: [body('F', ['x'], ['y'], [node('Softmax', ['x'], ['y'], { axis: reference('axis', 2) })])], graph: { ...base.graph, nodes: [node('F', ['x'], ['y'], {}, 'acme')] } }
    expect(inlineFunctions(model).graph.nodes[0]?.attributes.size).toBe(0)
    const given = { ...model, graph: { ...model.graph, nodes: [node('F', ['x'], ['y'], { axis: int(0) }, 'acme')] } }
    expect(inlineFunctions(given).graph.nodes[0]?.attributes.get('axis')).toEqual(int(0))
  })
})
