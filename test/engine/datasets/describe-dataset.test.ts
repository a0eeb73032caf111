import { describe, expect, it } from 'vitest'
import { DataSummary } from '#contract/training.ts'
import { describeDataset } from '#engine/datasets/describe-dataset.ts'
import { duplicatesAcross } from '#engine/datasets/duplicates.ts'
import { loadDataset } from '#engine/datasets/load-dataset.ts'
import { generators } from '#engine/datasets/registry.ts'
import { filesIn, idx, readFiles } from '../../support/data-files.ts'

const split = { train: 0.75, seed: 1 }

describe('the description of a data set', () => {
  it.each([...generators.keys()].filter((name) => name !== 'pictures' && name !== 'cats-and-dogs'))('fits the contract for the generator %s', async (name) => {
    const summary = describeDataset(await loadDataset({ kind: 'generator', name, options: { count: 200 } }, { seed: 1 }), split)
    expect(DataSummary.parse(summary)).toEqual(summary)
    expect([summary.train, summary.validation]).toEqual([150, 50])
  })

  it('counts examples by class in the training part, and pictures that stand in both parts', async () => {
    const square = (level: number): number[] => Array.from({ length: 16 }, (_, pixel) => (level + pixel) % 256)
    const data = await readFiles(await filesIn({
      'train-images-idx3-ubyte': idx([4, 4, 4], [0, 50, 100, 150].flatMap(square)), 'train-labels-idx1-ubyte': idx([4], [0, 1, 1, 0]),
      't10k-images-idx3-ubyte': idx([3, 4, 4], [50, 51, 50].flatMap(square)), 't10k-labels-idx1-ubyte': idx([3], [1, 0, 1]), 'labels.txt': 'no\nyes\nperhaps',
    }))
    const summary = describeDataset(data, split)
    expect(summary).toMatchObject({ train: 4, validation: 3, duplicates: 2, target: { labels: ['no', 'yes', 'perhaps'], counts: [2, 2, 0] } })
    expect(summary.warnings).toEqual([expect.stringMatching(/No example to learn 'perhaps' from/)])
    expect(duplicatesAcross(data, { train: Int32Array.of(0, 1, 2, 3), validation: Int32Array.of(4, 5, 6) })).toEqual([[4, 1], [6, 1]])
  })
})
