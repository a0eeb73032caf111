import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { AppError } from '#contract/errors.ts'
import { loadModel } from '#engine/onnx/read.ts'
import { badModels, oddModels } from '../../support/bad-inputs.ts'

/** Ten seconds are the promise; these files are small, and a refusal that takes a second does something wrong. */
const patienceMs = 2000

let folder = ''
beforeEach(async () => { folder = await mkdtemp(join(tmpdir(), 'phosphene-read-')) })
afterEach(() => rm(folder, { recursive: true }))

describe('loadModel', () => {
  it('knows at least forty ways to be given the wrong file', () => expect(badModels.length).toBeGreaterThanOrEqual(40))

  for (const { name, make, expect: says } of badModels) {
    it(`refuses ${name} with one clear line`, async () => {
      const path = await make(folder)
      const start = performance.now()
      const error: unknown = await loadModel(path).then(() => undefined, (reason: unknown) => reason)
      expect(performance.now() - start).toBeLessThan(patienceMs)
      expect(error).toBeInstanceOf(AppError)
      const { message, code } = error as AppError
      expect(message).toMatch(says)
      expect(message.startsWith(`${path}: `)).toBe(true)
      expect(message).not.toContain('\n')
      expect(message.slice(path.length).length).toBeLessThan(620)
      expect(code).not.toBe('bug')
    })
  }

  for (const { name, make } of oddModels) {
    it(`opens ${name}`, async () => {
      const model = await loadModel(await make(folder))
      expect(model.graph.nodes.map((node) => node.opType).slice(0, 2)).toEqual(['MatMul', 'Relu'])
    })
  }
})
