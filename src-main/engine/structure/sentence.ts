/** One plain sentence on a layer: "Conv 3×3, 32 → 128 channels, stride 1 · ReLU · 28 × 28 · sees 67 px". */
import type { Layer } from '#contract/graph.ts'
import { spokenName } from './kinds.ts'
import { isPictureView } from './layout.ts'

type Described = Pick<Layer, 'kind' | 'op' | 'fused' | 'view' | 'window' | 'receptiveField' | 'inputs'>

const by = (extents: readonly number[]): string => extents.join('×')
/** Equal numbers said once: stride 2, not stride 2×2. */
const said = (numbers: readonly number[]): string => (numbers.every((number) => number === numbers[0]) ? String(numbers[0] ?? 1) : by(numbers))

/** Channels, units or features of a view. */
export function widthOf(view: Layer['view']): number | undefined {
  return view.type === 'maps' ? view.channels : view.type === 'none' ? undefined : view.units
}

function mainPart(layer: Described, from: number | undefined): string {
  const name = spokenName(layer.op)
  const to = widthOf(layer.view)
  const widths = (noun: string): string => (to === undefined ? '' : from === undefined || from === to ? `, ${to} ${noun}` : `, ${from} → ${to} ${noun}`)
  const { window } = layer
  switch (layer.kind) {
    case 'convolution': {
      const groups = window && window.groups > 1 ? (window.groups === from ? ', one channel at a time' : `, ${window.groups} groups`) : ''
      const dilation = window?.dilations.some((one) => one > 1) ? `, dilation ${said(window.dilations)}` : ''
      return `${name}${window ? ` ${by(window.kernel)}` : ''}${widths('channels')}${groups}${dilation}${window ? `, stride ${said(window.strides)}` : ''}`
    }
    case 'dense': return `Dense${widths('units')}`
    case 'pooling': return window && window.kernel.length > 0 ? `${name} ${by(window.kernel)}, stride ${said(window.strides)}` : name
    case 'join': return layer.op === 'Add' || layer.op === 'Sum' || layer.op === 'QLinearAdd' ? `Sum of ${layer.inputs.length} branches` : layer.op === 'Mul' || layer.op === 'QLinearMul' ? `Product of ${layer.inputs.length} branches` : `${name} of ${layer.inputs.length} branches`
    case 'concat': return `${layer.inputs.length} branches side by side${to === undefined ? '' : `, ${to} channels`}`
    case 'input': return layer.view.type === 'maps' && isPictureView(layer.view) ? `Picture, ${layer.view.channels === 1 ? 'gray' : layer.view.channels === 3 ? 'three color channels' : 'four channels'}` : 'Input'
    case 'output': return 'Output'
    case 'attention': return layer.op === 'Attention' || layer.op === 'MultiHeadAttention' ? 'Attention' : name
    case 'other': return { Mul: 'Scaled by constants', Div: 'Scaled by constants', Add: 'Shifted by constants', Sub: 'Shifted by constants' }[layer.op] ?? name
    default: return name.charAt(0).toUpperCase() + name.slice(1)
  }
}

function extentPart(view: Layer['view']): string {
  if (view.type === 'maps') return `${view.height} × ${view.width}`
  if (view.type === 'tokens') return `${view.tokens} tokens of ${view.units}`
  return ''
}

function sightPart(field: Layer['receptiveField']): string {
  if (!field) return ''
  if (field.wholeInput) return 'sees the whole picture'
  return field.height === field.width ? `sees ${field.height} px` : `sees ${field.height} × ${field.width} px`
}

/** @param from channels or units of what the layer reads */
export function sentenceOf(layer: Described, from: number | undefined): string {
  const units = layer.view.type === 'vector' && layer.kind !== 'dense' && layer.kind !== 'convolution' ? `${layer.view.units} units` : ''
  const fused = layer.fused.filter((op) => op !== 'Pad' && op !== 'Add' && op !== 'Sub' && op !== 'Mul' && op !== 'Div').map(spokenName)
  const sight = layer.kind === 'input' || layer.kind === 'output' ? '' : sightPart(layer.receptiveField)
  return [mainPart(layer, from), ...fused, extentPart(layer.view), units, sight].filter((part) => part !== '').join(' · ')
}
