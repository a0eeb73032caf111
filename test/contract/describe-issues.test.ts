import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { describeIssues } from '#contract/describe-issues.ts'

const Settings = z.object({ octaves: z.number().int().min(1).max(12), scale: z.number().gt(1), kind: z.enum(['gram', 'wasserstein']), guide: z.object({ share: z.number().max(1) }).optional(), layers: z.array(z.string()).min(1) })
const sound = { octaves: 4, scale: 1.4, kind: 'gram', layers: ['conv1'] }
const told = (changes: Readonly<Record<string, unknown>>): string => {
  const input = { ...sound, ...changes }
  const { error } = Settings.safeParse(input)
  return error ? describeIssues(error, input) : ''
}

describe('what a schema refuses', () => {
  it.each([
    [{ octaves: 99 }, 'octaves: at most 12; got 99'],
    [{ octaves: 0 }, 'octaves: at least 1; got 0'],
    [{ octaves: 2.5 }, 'octaves: a whole number; got 2.5'],
    [{ scale: 1 }, 'scale: above 1; got 1'],
    [{ kind: 'beauty' }, "kind: one of gram, wasserstein; got 'beauty'"],
    [{ guide: { share: 2 } }, 'guide.share: at most 1; got 2'],
    [{ layers: [] }, 'layers: at least 1 entries'],
    [{ octaves: 'many' }, "octaves: expected number; got 'many'"],
  ])('is told with where it stands, what is expected and what came: %j', (changes, sentence) => {
    expect(told(changes)).toBe(sentence)
  })

  it('tells the first few of many', () => {
    expect(told({ octaves: 0, scale: 0, kind: 'x', layers: [] })).toMatch(/^octaves: .*\. And 1 more$/)
  })
})
