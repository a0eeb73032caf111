/** What a schema refuses, in words for whoever wrote it: "octaves: at most 12; got 99". */
import type { z } from 'zod'

type Issue = z.core.$ZodIssue

export function describeIssues({ issues }: z.ZodError, input: unknown, most = 3): string {
  const told = issues.slice(0, most).map((issue) => {
    const got = valueAt(input, issue.path)
    return `${issue.path.length === 0 ? '' : `${issue.path.map(String).join('.')}: `}${expected(issue)}${got === undefined ? '' : `; got ${got}`}`
  })
  return told.join('. ') + (issues.length > most ? `. And ${issues.length - most} more` : '')
}

function expected(issue: Issue): string {
  switch (issue.code) {
    case 'too_big': return `${issue.inclusive === false ? 'below' : 'at most'} ${issue.maximum}${counted(issue.origin)}`
    case 'too_small': return `${issue.inclusive === false ? 'above' : 'at least'} ${issue.minimum}${counted(issue.origin)}`
    case 'not_multiple_of': return `a multiple of ${issue.divisor}`
    case 'invalid_value': return `one of ${issue.values.map(String).join(', ')}`
    case 'invalid_type': return issue.expected === 'int' ? 'a whole number' : `expected ${issue.expected}`
    case 'unrecognized_keys': return `there is no ${issue.keys.map((key) => `'${key}'`).join(', ')}`
    default: return issue.message
  }
}

const counted = (origin: string): string => (origin === 'string' ? ' characters' : origin === 'array' || origin === 'set' ? ' entries' : '')

/** Short values as they were written; nothing of long ones. */
function valueAt(input: unknown, path: readonly PropertyKey[]): string | undefined {
  const value = path.reduce<unknown>((at, key) => (typeof at === 'object' && at !== null ? (at as Readonly<Record<PropertyKey, unknown>>)[key] : undefined), input)
  if (value === undefined) return undefined
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return String(value)
  return typeof value === 'string' && value.length <= 60 ? `'${value}'` : undefined
}
