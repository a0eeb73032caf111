/** Numbers for people. */

/** About three significant digits, without needless exponents: 184.2, 0.0031, 1.2e-7. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? '∞' : '−∞'
  const magnitude = Math.abs(value)
  if (magnitude === 0) return '0'
  if (magnitude >= 1e6 || magnitude < 1e-4) return minus(value.toExponential(1))
  if (magnitude >= 1000) return minus(Math.round(value).toLocaleString('en'))
  const digits = magnitude >= 100 ? 1 : magnitude >= 10 ? 1 : magnitude >= 1 ? 2 : Math.min(6, 2 - Math.floor(Math.log10(magnitude)))
  return minus(trimZeros(value.toFixed(digits)))
}

const minus = (text: string): string => text.replace('-', '−')
const trimZeros = (text: string): string => (text.includes('.') ? text.replace(/\.?0+$/, '') : text)

/** 0.9977 as '99.77 %'. */
export function formatPercent(share: number, digits = 2): string {
  return `${minus((share * 100).toFixed(digits))} %`
}

/** 1,241,000 as '1.24 M'. */
export function formatCount(count: number): string {
  for (const [limit, unit] of [[1e12, 'T'], [1e9, 'G'], [1e6, 'M'], [1e3, 'k']] as const) {
    if (count >= limit) return `${trimZeros((count / limit).toPrecision(3))} ${unit}`
  }
  return String(Math.round(count))
}

export function formatBytes(bytes: number): string {
  for (const [limit, unit] of [[1e9, 'GB'], [1e6, 'MB'], [1e3, 'kB']] as const) {
    if (bytes >= limit) return `${trimZeros((bytes / limit).toFixed(bytes >= limit * 100 ? 0 : 1))} ${unit}`
  }
  return `${bytes} B`
}

export function formatMs(ms: number): string {
  if (ms < 10) return `${ms.toFixed(1)} ms`
  if (ms < 1000) return `${Math.round(ms)} ms`
  return `${(ms / 1000).toFixed(ms < 10_000 ? 1 : 0)} s`
}

/** '0.4 s', '12 s', '3 min 5 s', '2 h 4 min'. */
export function formatSeconds(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`
  const whole = Math.round(seconds)
  if (whole < 60) return `${whole} s`
  const minutes = Math.floor(whole / 60)
  return minutes < 60 ? `${minutes} min ${whole % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}

/** What is left of a job: '14 s left', '1 min 52 s left'. */
export function formatRemaining(ms: number): string {
  const seconds = Math.max(1, Math.round(ms / 1000))
  if (seconds < 60) return `${seconds} s left`
  const minutes = Math.floor(seconds / 60)
  return minutes < 60 ? `${minutes} min ${seconds % 60} s left` : `${Math.floor(minutes / 60)} h ${minutes % 60} min left`
}

/** [1, 64, 56, 56] as '64 × 56 × 56': the batch axis goes without saying. */
export function formatShape(shape: readonly (number | string | null)[]): string {
  const shown = shape.length > 1 && shape[0] === 1 ? shape.slice(1) : shape
  return shown.length === 0 ? 'scalar' : shown.map((extent) => extent ?? '?').join(' × ')
}

export function formatAgo(at: number, now = Date.now()): string {
  const minutes = Math.floor((now - at) / 60_000)
  if (minutes < 1) return 'just now'
  if (minutes < 60) return `${minutes} min ago`
  if (minutes < 60 * 24) return `${Math.floor(minutes / 60)} h ago`
  const days = Math.floor(minutes / (60 * 24))
  return days === 1 ? 'yesterday' : `${days} days ago`
}
