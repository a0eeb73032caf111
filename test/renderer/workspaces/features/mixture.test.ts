import { describe, expect, it } from 'vitest'
import { FeatureTarget } from '#contract/features.ts'
import type { Layer } from '#contract/graph.ts'
import { mixtureNames, mixtureOf, mixtureTarget, problemOf, titleOf } from '#renderer/workspaces/features/mixture.ts'
import type { Mixture, Part } from '#renderer/workspaces/features/mixture.ts'
import { layersThrough, pictureName, pictureTarget } from '#renderer/workspaces/features/picture-targets.ts'
import { comparedIn } from '#renderer/workspaces/features/unit-targets.ts'
import { squeezeNet } from '../../../support/networks.ts'

const layers = squeezeNet().layers.filter(({ view, kind }) => kind !== 'input' && view.type !== 'none')
const layer = layers[2]!
const other = layers[5]!
const part = (unit: number, weight = 1, more: Partial<Part> = {}): Part => ({ layer, unit, weight, ...more })
const mixture = (parts: readonly Part[], more: Partial<Mixture> = {}): Mixture => ({ parts, manner: 'sum', count: 5, aligned: true, ...more })
const layerNamed = (name: string): Layer | undefined => layers.find(({ id }) => id === name)
const classes = { layer: layers.at(-1)!, labelOf: (unit: number) => `class ${unit}` }

describe('a mixture of units', () => {
  it('is the difference of two, in words and in terms', () => {
    const difference = mixture([part(3), part(7, -0.5)])
    expect(titleOf(difference)).toBe(`${layer.title}: unit 3 − 0.5 × unit 7`)
    expect(mixtureTarget(difference, layers).terms).toEqual([{ id: 'channel', weight: 1, layer: layer.id, unit: 3 }, { id: 'channel', weight: -0.5, layer: layer.id, unit: 7 }])
  })

  it('adds classes and units of several layers', () => {
    const { terms } = mixtureTarget(mixture([part(0, 1, { layer: classes.layer, label: 'class 0' }), part(4, 2, { layer: other })]), layers)
    expect(terms).toEqual([{ id: 'logit', weight: 1, class: 0 }, { id: 'channel', weight: 2, layer: other.id, unit: 4 }])
  })

  it('is one direction with a number for each unit of the layer', () => {
    const [term] = mixtureTarget(mixture([part(1, 2), part(0, -1)], { manner: 'direction' }), layers).terms
    const units = layer.view.type === 'maps' ? layer.view.channels : 0
    expect(term).toMatchObject({ id: 'direction', layer: layer.id })
    expect(term!.direction).toHaveLength(units)
    expect(term!.direction!.slice(0, 3)).toEqual([-1, 2, 0])
  })

  it('is a row of pictures, named one by one as the engine names them', () => {
    const row = mixture([part(1), part(9)], { manner: 'row', count: 4 })
    const target = mixtureTarget(row, layers)
    expect(target.terms.map(({ id }) => id)).toEqual(['interpolation', 'alignment'])
    expect(mixtureNames(row, layers)).toEqual([1, 2, 3, 4].map((at) => `${target.name}-${at}`))
    expect(mixtureTarget({ ...row, aligned: false }, layers).terms).toHaveLength(1)
  })

  it('says what keeps it from being drawn', () => {
    expect(problemOf(mixture([]))).toMatch(/Add the units/)
    expect(problemOf(mixture([part(1, 0)]))).toMatch(/weight other than 0/)
    expect(problemOf(mixture([part(1)], { manner: 'row' }))).toMatch(/add the second/)
    expect(problemOf(mixture([part(1), part(2), part(3)], { manner: 'row' }))).toMatch(/all but two of 3/)
    expect(problemOf(mixture([part(1), part(1, 1, { layer: other })], { manner: 'direction' }))).toMatch(/several layers/)
    expect(problemOf(mixture([part(1, 1, { label: 'cat' })], { manner: 'direction' }))).toMatch(/added up only/)
    expect(problemOf(mixture([part(1, 1, { layer: { ...layer, gradientRefused: 'it rounds' } })]))).toMatch(/it rounds/)
    expect(problemOf(mixture([part(1), part(2)], { manner: 'row' }))).toBeNull()
  })

  it('is told from others by its name, and found again in its recipe', () => {
    const all: Mixture[] = [
      mixture([part(1), part(2)]), mixture([part(1), part(2, -1)]), mixture([part(1), part(2)], { manner: 'direction' }), mixture([part(1), part(2)], { manner: 'row' }), mixture([part(2), part(1)], { manner: 'row' }),
      mixture([part(1), part(2)], { manner: 'row', aligned: false }), mixture([part(1), part(2, 1, { layer: other })]), mixture([part(5, 1, { layer: classes.layer, label: 'class 5' }), part(2)]),
    ]
    const targets = all.map((each) => mixtureTarget(each, layers))
    expect(new Set(targets.map(({ name }) => name)).size).toBe(all.length)
    targets.forEach((target, at) => {
      const again = mixtureOf(FeatureTarget.parse(JSON.parse(JSON.stringify(target))), all[at]!.count, layerNamed, classes)
      expect(mixtureTarget(again!, layers)).toEqual(target)
    })
    expect(mixtureOf({ name: 'unit', title: '', terms: [{ id: 'channel', weight: 1, layer: layer.id, unit: 3 }, { id: 'diversity', weight: 1, relative: true, layer: layer.id }] }, 4, layerNamed, classes)).toBeNull()
  })
})

describe('the open picture through the layers', () => {
  const picture = { sha256: 'ab'.repeat(32), name: 'cat.png' }

  it('is asked of some eight layers from the first to the last, the one in front among them', () => {
    const maps = layers.filter(({ view }) => view.type === 'maps')
    const through = layersThrough(layers, maps[4]!)
    expect(through.length).toBeLessThanOrEqual(9)
    expect(through).toContain(maps[4])
    expect([through[0], through.at(-1)]).toEqual([maps[0], maps.at(-1)])
    expect(through.map(({ id }) => maps.findIndex((each) => each.id === id))).toEqual(through.map(({ id }) => maps.findIndex((each) => each.id === id)).toSorted((a, b) => a - b))
  })

  it('has a name of its own for every layer, view and picture', () => {
    const names = [pictureName(layer, 'inversion', picture), pictureName(other, 'inversion', picture), pictureName(layer, 'caricature', picture), pictureName(layer, 'inversion', { ...picture, sha256: 'cd'.repeat(32) })]
    expect(new Set(names).size).toBe(4)
    expect(pictureTarget(layer, 'inversion', picture).terms[0]).toMatchObject({ id: 'inversion', layer: layer.id, picture })
  })
})

it('compares the pictures of a class where there are maps', () => {
  const compared = comparedIn(layers, layers.at(-1)!)
  expect(compared?.view.type === 'maps' && compared.view.height > 1).toBe(true)
  expect(comparedIn(layers, layer)).toBe(layer)
})
