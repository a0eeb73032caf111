// Writes src-main/engine/onnx/proto/fields.ts from resources/onnx.proto: node resources/scripts/generate-onnx-fields.mjs
import { readFileSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const source = resolve(import.meta.dirname, '../onnx.proto')
export const target = resolve(import.meta.dirname, '../../src-main/engine/onnx/proto/fields.ts')

/** Field numbers of every message (nested ones as Outer_Inner) and values of every enum, as TypeScript constants. */
export function generateFields() {
  const scopes = []
  const tables = new Map()
  for (const line of readFileSync(source, 'utf8').split('\n').map((text) => text.replace(/\/\/.*/, '').trim())) {
    const open = /^(message|enum|oneof) (\w+) \{$/.exec(line)
    if (open) {
      scopes.push(open[1] === 'oneof' ? undefined : open[2])
      continue
    }
    if (line === '}') scopes.pop()
    const field = /(\w+) = (\d+)(?: \[packed = true\])?;$/.exec(line)
    if (!field) continue
    const table = scopes.filter(Boolean).join('_')
    if (!table) continue
    tables.set(table, [...(tables.get(table) ?? []), `${field[1]}: ${field[2]}`])
  }
  const body = [...tables].map(([name, entries]) => `export const ${name} = {\n  ${entries.join(',\n  ')},\n} as const\n`)
  return `// Generated from resources/onnx.proto by resources/scripts/generate-onnx-fields.mjs. Do not edit.\n\n${body.join('\n')}`
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(target, generateFields())
