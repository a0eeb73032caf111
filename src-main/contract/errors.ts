/**
 * Error codes that cross the wire. A message says what failed, where, expected against got, and what to do.
 * Three families: expected (shown with its remedy), bug (logged with its stack, "please report"), cancelled (never shown).
 */
export const errorCodes = [
  'file-missing', 'file-unreadable', 'file-unwritable',
  'model-unreadable', 'model-invalid', 'model-unsupported', 'external-data-missing',
  'tensor-missing', 'shape-mismatch', 'shape-unknown', 'input-required',
  'gradient-missing', 'gradient-refused',
  'picture-unreadable', 'preprocessing-invalid', 'target-invalid', 'layer-invalid', 'method-unknown', 'option-invalid', 'data-invalid',
  'device-unavailable', 'out-of-memory', 'engine-lost', 'run-failed',
  'download-failed', 'download-corrupt', 'not-found', 'usage', 'cancelled', 'bug',
] as const
export type ErrorCode = (typeof errorCodes)[number]

export class AppError extends Error {
  readonly code: ErrorCode
  readonly data: Readonly<Record<string, unknown>>
  constructor(code: ErrorCode, message: string, options: { data?: Record<string, unknown>; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'AppError'
    this.code = code
    this.data = options.data ?? {}
  }
}

export const isAppError = (error: unknown): error is AppError => error instanceof AppError

/** For what cannot happen unless the program is wrong: reported as a bug, with its stack. */
export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new AppError('bug', `Internal error: ${message}. Please report it.`)
}
