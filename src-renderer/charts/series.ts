/** Curves: points with ascending x, made ready to be drawn. */

export interface Series {
  readonly id: string
  readonly title: string
  readonly xs: readonly number[]
  readonly ys: readonly number[]
  /** A custom property of the theme: '--accent'. */
  readonly color: string
  readonly look: 'line' | 'faint' | 'dashed'
  /** A dot at the last point. */
  readonly dot?: boolean
}

export interface Points {
  readonly xs: readonly number[]
  readonly ys: readonly number[]
}

/** One x axis for all, null where a curve has no point: what uPlot draws. */
export function alignSeries(all: readonly Points[]): readonly [xs: number[], ...ys: (number | null)[][]] {
  const xs = [...new Set(all.flatMap((points) => points.xs))].sort((left, right) => left - right)
  const placeOf = new Map(xs.map((x, place) => [x, place]))
  return [xs, ...all.map((points) => {
    const column = Array<number | null>(xs.length).fill(null)
    points.xs.forEach((x, index) => {
      const y = points.ys[index]
      column[placeOf.get(x) ?? 0] = y === undefined || !Number.isFinite(y) ? null : y
    })
    return column
  })]
}

/** At most `most` points: means of equal groups, at the x of each group's last point, so that the end stays the end. */
export function thin({ xs, ys }: Points, most: number): Points {
  if (xs.length <= most) return { xs, ys }
  const group = Math.ceil(xs.length / most)
  const thinned = { xs: [] as number[], ys: [] as number[] }
  for (let first = 0; first < xs.length; first += group) {
    const last = Math.min(xs.length, first + group)
    let sum = 0
    for (let index = first; index < last; index++) sum += ys[index]!
    thinned.xs.push(xs[last - 1]!)
    thinned.ys.push(sum / (last - first))
  }
  return thinned
}

/** Exponential moving average over `span` points, without the pull towards zero at the beginning (Kingma & Ba 2015, arXiv:1412.6980, section 3). */
export function smooth({ xs, ys }: Points, span: number): Points {
  const decay = 1 - 1 / Math.max(1, span)
  let [average, weight] = [0, 0]
  return {
    xs,
    ys: ys.map((y) => {
      if (!Number.isFinite(y)) return y
      average = decay * average + (1 - decay) * y
      weight = decay * weight + (1 - decay)
      return average / weight
    }),
  }
}

/** The index of the point nearest to x; -1 without points. */
export function nearestIndex(xs: readonly number[], x: number): number {
  let [low, high] = [0, xs.length - 1]
  if (high < 0) return -1
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if (xs[middle]! <= x) low = middle
    else high = middle
  }
  return Math.abs(xs[high]! - x) < Math.abs(xs[low]! - x) ? high : low
}

/** Ticks of a logarithmic axis: 1, 2 and 5 of every decade, or the decades alone where those would crowd. */
export function logTicks(low: number, high: number, most: number): number[] {
  for (const steps of [[1, 2, 5], [1, 3], [1]]) {
    const ticks: number[] = []
    for (let decade = Math.floor(Math.log10(low)); decade <= Math.ceil(Math.log10(high)); decade++) {
      for (const step of steps) {
        const tick = Number(`${step}e${decade}`)
        if (tick >= low && tick <= high) ticks.push(tick)
      }
    }
    if (ticks.length <= most || steps.length === 1) return ticks.filter((_, index) => index % Math.ceil(ticks.length / most) === 0)
  }
  return []
}

/** Ticks of a linear axis: about `most`, at 1, 2 or 5 times a power of ten. */
export function linearTicks(low: number, high: number, most: number): number[] {
  if (!(high > low)) return [low]
  const rough = (high - low) / Math.max(1, most)
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = power * ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10)
  const first = Math.ceil(low / step)
  return Array.from({ length: Math.floor(high / step) - first + 1 }, (_, index) => Number(((first + index) * step).toPrecision(12)))
}

/** What the y axis spans: all finite values with a little air; for a logarithmic axis only those above zero. */
export function rangeOf(all: readonly Points[], log: boolean): readonly [low: number, high: number] {
  let [low, high] = [Infinity, -Infinity]
  for (const { ys } of all) {
    for (const y of ys) {
      if (!Number.isFinite(y) || (log && y <= 0)) continue
      low = Math.min(low, y)
      high = Math.max(high, y)
    }
  }
  if (low > high) return log ? [0.1, 1] : [0, 1]
  if (log) return [low / 1.15, high * 1.15]
  const air = (high - low || Math.abs(high) || 1) * 0.06
  return [low - air, high + air]
}
