import { describe, expect, it } from 'vitest'
import { guessDelimiter, parseRecords, readTable } from '#engine/datasets/csv.ts'
import { join } from 'node:path'
import { filesIn } from '../../support/data-files.ts'

const parse = (text: string, delimiter = ','): string[][] => [...parseRecords(text, delimiter)].map(({ cells }) => cells)
const table = async (text: string | Uint8Array, header?: 'yes') => await readTable(join(await filesIn({ 't.csv': text }), 't.csv'), { header })

describe('CSV', () => {
  it('reads quotes, doubled quotes, and line ends and delimiters within them', () => {
    expect(parse('a,"b, c","say ""hi"""\r\n1, 2 ,"x\ny"\n')).toEqual([['a', 'b, c', 'say "hi"'], ['1', '2', 'x\ny']])
    expect([...parseRecords('"a\nb",1\nc,2', ',')].map(({ line }) => line)).toEqual([1, 3])
  })
  it.each([['a,b,c\n1,2,3\n', ','], ['a;b\n1,5;2,5\n', ';'], ['a\tb\n1\t2\n', '\t'], ['a|b\n1|2\n', '|'], ['"a,b,c";2\n"d,e";3\n', ';']])('guesses the delimiter of %j', (text, expected) => {
    expect(guessDelimiter(text)).toBe(expected)
  })
  it('tells a header from rows, and names columns without one', async () => {
    expect(await table('width,height\n1,2\n3,4\n')).toMatchObject({ hasHeader: true, columns: ['width', 'height'], rows: [['1', '2'], ['3', '4']] })
    expect(await table('1,2\n3,4\n')).toMatchObject({ hasHeader: false, columns: ['column 1', 'column 2'] })
    expect(await table('a,a,\n1,2,3\n')).toMatchObject({ columns: ['a', 'a (2)', 'column 3'] })
    expect(await table('\ufeffx,y\n1,yes\n2,no\n')).toMatchObject({ columns: ['x', 'y'] })
  })
  it('refuses files that are no tables', async () => {
    await expect(table('')).rejects.toThrow(/t.csv holds no rows/)
    await expect(table('a,b\n', 'yes')).rejects.toThrow(/t.csv holds a header \(a, b\) and no rows/)
    await expect(table(Uint8Array.of(1, 0, 2))).rejects.toThrow(/no table of text/)
  })
})
