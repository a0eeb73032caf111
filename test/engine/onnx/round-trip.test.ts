import { readdirSync, readFileSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import { expect, it } from 'vitest'
import { readModel } from '#engine/onnx/read.ts'
import { writeModel } from '#engine/onnx/write.ts'
import { describeWithTestdata, testdata } from '../../support/testdata.ts'

describeWithTestdata('models made elsewhere', () => {
  for (const file of readdirSync(testdata('models')).filter((name) => name.endsWith('.onnx'))) {
    it(`${file} is equal to itself after writing and reading`, () => {
      const model = readModel(readFileSync(testdata(`models/${file}`)))
      expect(model.graph.nodes.length).toBeGreaterThan(0)
      const bytes = writeModel(model)
      const again = readModel(bytes)
      // Not toEqual: it compares megabytes of weights one element at a time.
      expect(isDeepStrictEqual(again, model)).toBe(true)
      expect(Buffer.compare(writeModel(again), bytes)).toBe(0)
    })
  }
})
