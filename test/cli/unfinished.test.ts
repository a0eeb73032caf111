import { mkdtempSync, rmSync } from 'node:fs'
import { readdir, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { FoolSettings } from '#contract/fool.ts'
import type { SynthesisItem, SynthesisRecipe } from '#contract/synthesis.ts'
import { openUnfinished } from '../../src-main/cli/unfinished.ts'
import type { Unfinished } from '../../src-main/cli/unfinished.ts'

const root = mkdtempSync(join(tmpdir(), 'phosphene-unfinished-'))
afterAll(() => { rmSync(root, { recursive: true, force: true }) })

const recipe = (options: Record<string, number>, seed = 1): SynthesisRecipe => ({ kind: 'fool', model: { sha256: 'abc', name: 'net.onnx' }, seed, settings: FoolSettings.parse({ method: 'cppn', options }) })
const item: SynthesisItem = { name: 'class-0001', title: 'one', facts: { reached: true }, at: 1, extension: 'png', bytes: 3, deep: false }
const open = (out: string, options: Record<string, number>, resume: boolean, lines: string[] = [], seed = 1): Promise<Unfinished> => openUnfinished(out, { recipe: recipe(options, seed), resume, free: ['generations'], progress: (line) => { lines.push(line) } })

describe('an interrupted command', () => {
  it('goes on behind the last kept step with what was finished, and further than it was to go', async () => {
    const out = join(root, 'on')
    const first = await open(out, { generations: 5, population: 20 }, false)
    expect([first.from, first.items, first.isWorthwhile()]).toEqual([undefined, [], false])
    await first.note(item)
    await first.onCheckpoint({ step: 3, tensors: new Map([['elites', { dims: [2], data: Int32Array.of(4, 5) }]]), notes: { generation: 3 } })
    await first.onCheckpoint({ step: 4, tensors: new Map([['elites', { dims: [2], data: Int32Array.of(6, 7) }]]), notes: { generation: 4 } })
    expect(first.isWorthwhile()).toBe(true)
    const lines: string[] = []
    const second = await open(out, { population: 20, generations: 50 }, true, lines)
    expect(second.from).toEqual({ step: 4, tensors: new Map([['elites', { dims: [2], data: Int32Array.of(6, 7) }]]), notes: { generation: 4 } })
    expect(second.items).toEqual([item])
    expect(second.finished).toEqual(new Set(['class-0001']))
    expect(lines).toEqual(['Goes on behind step 4'])
    await second.end()
    expect(await readdir(out)).toEqual([])
  })

  it('begins anew unless it is asked to go on', async () => {
    const out = join(root, 'anew')
    await (await open(out, {}, false)).note(item)
    expect((await open(out, {}, false)).items).toEqual([])
  })

  it('is not gone on with as something else, nor where there is none, nor where its record is damaged', async () => {
    const out = join(root, 'other')
    await expect(open(out, {}, true)).rejects.toThrow(/holds no interrupted run: there is nothing to go on with/)
    await open(out, { population: 20 }, false)
    await expect(open(out, { population: 30 }, true)).rejects.toThrow(/an interrupted run of something else: cppn with net.onnx, seed 1, population 20/)
    await expect(open(out, { population: 20 }, true, [], 2)).rejects.toThrow(/something else/)
    await writeFile(join(out, 'unfinished/run.json'), '{"recipe":')
    await expect(open(out, { population: 20 }, true)).rejects.toThrow(/is no record of an interrupted run/)
  })
})
