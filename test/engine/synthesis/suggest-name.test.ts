import { describe, expect, it } from 'vitest'
import { DreamSettings } from '#contract/dream.ts'
import { FeaturesSettings } from '#contract/features.ts'
import { FoolSettings } from '#contract/fool.ts'
import { StyleSettings } from '#contract/style.ts'
import type { SynthesisItem, SynthesisRecipe } from '#contract/synthesis.ts'
import { suggestName } from '#engine/synthesis/suggest-name.ts'

const file = (name: string) => ({ sha256: name, name })
const nameOf = (kind: SynthesisRecipe['kind'], settings: unknown, item: string, facts: SynthesisItem['facts'] = {}): string => suggestName({ kind, seed: 0, settings, model: file('googlenet-bvlc.onnx') } as SynthesisRecipe, { name: item, facts })

describe('the name of a saved result', () => {
  it.each([
    ['coast-dream-inception_4c-output', nameOf('dream', DreamSettings.parse({ picture: file('coast.jpg'), targets: [{ layer: 'inception_4c/output' }] }), 'dream')],
    ['coast-dream-mixed5', nameOf('dream', DreamSettings.parse({ picture: file('coast.jpg') }), 'dream', { layers: ['mixed5'] })],
    ['coast-zoom-a-7-9-of-leaf', nameOf('dream', DreamSettings.parse({ picture: file('coast.jpg'), guide: file('leaf.png'), zoom: {}, targets: [{ layer: 'a', channels: { kind: 'some', of: [{ channel: 7 }, { channel: 9 }] } }] }), 'film')],
    ['Tübingen-in-the-style-of-wave-starry.night', nameOf('style', StyleSettings.parse({ method: 'optimise', content: file('Tübingen.jpeg'), styles: [{ picture: file('wave.png') }, { picture: file('starry.night.png') }], stages: [{ size: 64, steps: 1 }] }), 'style')],
    ['harbor-style-googlenet-bvlc', nameOf('style', StyleSettings.parse({ method: 'feed-forward', contents: [file('harbor.png')] }), 'harbor')],
    ['googlenet-bvlc-inception_4c-output-unit-148-2', nameOf('features', FeaturesSettings.parse({ targets: [{ name: 'unit-148', title: '', terms: [{ id: 'channel', layer: 'inception_4c/output', unit: 148 }] }] }), 'unit-148-2')],
    ['googlenet-bvlc-class-12', nameOf('features', FeaturesSettings.parse({ targets: [{ name: 'class-12', title: '', terms: [{ id: 'logit', class: 12 }] }] }), 'class-12')],
    ['googlenet-bvlc-pgd-robin-before', nameOf('fool', FoolSettings.parse({ method: 'pgd', pictures: [file('robin.jpg')] }), 'robin-before')],
  ])('says what it is of: %s', (expected, name) => { expect(name).toBe(expected) })

  it('is one that file systems take, whatever pictures and layers are called', () => {
    const name = nameOf('dream', DreamSettings.parse({ picture: file('../../a:b*"<c>|?.png'), targets: [{ layer: `/net/\u0007${'x'.repeat(300)}` }] }), 'dream')
    expect(name).toMatch(/^a-b-c-dream-net-x+$/)
    expect(name.length).toBeLessThanOrEqual(96)
    expect(nameOf('fool', FoolSettings.parse({ method: 'fgsm' }), '...')).toBe('googlenet-bvlc-fgsm')
  })
})
