/** AppError to and from the wire: code, message and data survive; a stack never leaves the process. */
import { ORPCError } from '@orpc/client'
import { AppError, errorCodes } from '#contract/errors.ts'
import type { ErrorCode } from '#contract/errors.ts'

const known = new Set<string>(errorCodes)
const wireCode = 'PHOSPHENE'

/** What a handler threw, as the one error that crosses the wire. Anything unforeseen is a bug, and says so. */
export function toWireError(error: unknown): ORPCError<string, unknown> {
  if (error instanceof ORPCError) return error as ORPCError<string, unknown>
  const app = error instanceof AppError ? error : isAbort(error) ? new AppError('cancelled', 'Cancelled.') : asBug(error)
  return new ORPCError(wireCode, { status: 422, message: app.message, data: { code: app.code, data: app.data } })
}

/** The error a caller sees. */
export function fromWireError(error: unknown): AppError {
  if (error instanceof AppError) return error
  if (isAbort(error)) return new AppError('cancelled', 'Cancelled.', { cause: error })
  if (error instanceof ORPCError) {
    const data: unknown = error.data
    if (isWireData(data)) return new AppError(data.code, error.message, { data: data.data, cause: error })
    if (error.code === 'BAD_REQUEST') return new AppError('option-invalid', `The request was not understood: ${describeIssues(data) ?? error.message}`, { cause: error })
  }
  return asBug(error)
}

export const connectionLost = (cause?: unknown): AppError =>
  new AppError('engine-lost', 'The engine stopped. It is being restarted; what was open is opened again.', { cause })

const isAbort = (error: unknown): boolean => error instanceof Error && error.name === 'AbortError'

function asBug(error: unknown): AppError {
  const message = error instanceof Error ? error.message : String(error)
  return new AppError('bug', `Something went wrong that should not: ${message}. Please report it.`, { cause: error })
}

function isWireData(data: unknown): data is { code: ErrorCode; data: Record<string, unknown> } {
  return typeof data === 'object' && data !== null && 'code' in data && typeof data.code === 'string' && known.has(data.code)
}

/** The first issue of a schema that refused an input: "At methods: expected array". */
function describeIssues(data: unknown): string | undefined {
  if (typeof data !== 'object' || data === null || !('issues' in data) || !Array.isArray(data.issues)) return undefined
  const [issue] = data.issues as { path?: unknown[]; message?: string }[]
  return issue ? `At ${(issue.path ?? []).map(String).join('.') || 'input'}: ${issue.message ?? 'invalid'}` : undefined
}
