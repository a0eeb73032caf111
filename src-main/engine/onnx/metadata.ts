/** What a model file says about itself. */
import { basename } from 'node:path'
import type { Model } from './model.ts'

/** Names that exporters give to every graph. */
const namesOfExporters = /^(main_graph|main|graph|torch[-_]jit[-_]export|torch_jit|tf2onnx|onnx[-_]?model|model|g|test|net|network|untitled|keras2onnx|sklearn|paddle-onnx|cntkgraph|mxnet_converted_model|.*_traced|functional(_\d+)?|sequential(_\d+)?|jit_wrapped_\w+|\d+|[0-9a-f]{8,})$/i

/** A name for people: the graph's own where it says something, else the file's without its ending. */
export function displayName(model: Model, path?: string): string {
  const fromFile = path === undefined ? '' : basename(path).replace(/\.(onnx|pb|model)$/i, '')
  const stated = model.metadata.get('name') ?? model.metadata.get('model_name') ?? model.metadata.get('title')
  const graphName = model.graph.name.trim()
  return stated?.trim() || fromFile || (graphName && !namesOfExporters.test(graphName) ? graphName : 'Untitled model')
}

/** "pytorch 1.13.1", "OnnxMLTools 1.2.0"; undefined where the file names no producer. */
export function producerOf(model: Model): string | undefined {
  const producer = `${model.producerName} ${model.producerVersion}`.trim()
  return producer || undefined
}

const labelKeys = ['labels', 'class_names', 'classes', 'names', 'class_labels', 'classlabels', 'label_names', 'categories', 'id2label'] as const

/**
 * Class names that the file carries, in the order of the model's outputs: metadata as exporters write it (a JSON list or object, YOLO's
 * Python dict `{0: 'person', ...}`, one name a line, or separated by commas), or the strings of a ZipMap or a LabelEncoder.
 */
export function labelsOf(model: Model): readonly string[] | undefined {
  for (const [key, value] of model.metadata) {
    if (!(labelKeys as readonly string[]).includes(key.toLowerCase())) continue
    const labels = parseLabels(value)
    if (labels) return labels
  }
  for (const node of model.graph.nodes) {
    const attribute = node.attributes.get('classlabels_strings') ?? (node.opType === 'LabelEncoder' ? (node.attributes.get('classes_strings') ?? node.attributes.get('values_strings')) : undefined)
    if (attribute?.kind === 'strings' && attribute.value.length > 1) return attribute.value
  }
  return undefined
}

function parseLabels(text: string): readonly string[] | undefined {
  const labels = /^\s*[{[(]/.test(text) ? (fromJson(text) ?? fromPythonDict(text) ?? fromPythonList(text)) : separated(text)
  return labels && labels.length > 1 ? labels : undefined
}

const separated = (text: string): readonly string[] => text.split(/\n/.test(text.trim()) ? /\r?\n/ : /,/).map((label) => label.trim()).filter(Boolean)

function fromJson(text: string): readonly string[] | undefined {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  if (Array.isArray(value)) return value.map(String)
  if (typeof value !== 'object' || value === null) return undefined
  return inOrder(Object.entries(value).map(([key, label]) => [key, String(label)] as const))
}

const quoted = /(['"])((?:\\.|(?!\1).)*)\1/g

function fromPythonDict(text: string): readonly string[] | undefined {
  if (!/^\s*\{\s*\d+\s*:/.test(text)) return undefined
  const entries = [...text.matchAll(/(\d+)\s*:\s*(['"])((?:\\.|(?!\2).)*)\2/g)].map((match) => [match[1] ?? '', unescaped(match[3] ?? '')] as const)
  return inOrder(entries)
}

function fromPythonList(text: string): readonly string[] | undefined {
  if (!/^\s*[[(]\s*['"]/.test(text)) return undefined
  return [...text.matchAll(quoted)].map((match) => unescaped(match[2] ?? ''))
}

const unescaped = (text: string): string => text.replace(/\\(.)/g, '$1')

/** Names by class index, where the indices are 0 to n-1; either side of an entry may be the index (`label2id` turns it round). */
function inOrder(entries: readonly (readonly [string, string])[]): readonly string[] | undefined {
  const byIndex = entries.every(([key]) => /^\d+$/.test(key)) ? entries : entries.map(([key, label]) => [label, key] as const)
  const labels: string[] = []
  for (const [index, label] of byIndex) {
    if (!/^\d+$/.test(index) || Number(index) >= entries.length) return undefined
    labels[Number(index)] = label
  }
  return labels.length === entries.length && Object.keys(labels).length === entries.length ? labels : undefined
}
