/** How digits are written: pen strokes as points in the unit box, y down. Some digits have several common forms. */
export type Point = readonly [x: number, y: number]
export type Stroke = readonly Point[]

const stepDegrees = 15

/** Part of an ellipse; 0 degrees is right, 90 is down. */
function arc(centerX: number, centerY: number, radiusX: number, radiusY: number, from: number, to: number): Stroke {
  const steps = Math.max(1, Math.round(Math.abs(to - from) / stepDegrees))
  return Array.from({ length: steps + 1 }, (_, step) => {
    const angle = ((from + ((to - from) * step) / steps) * Math.PI) / 180
    return [centerX + radiusX * Math.cos(angle), centerY + radiusY * Math.sin(angle)]
  })
}

const bendSteps = 8

/** A quadratic Bézier curve. */
function bend([x0, y0]: Point, [x1, y1]: Point, [x2, y2]: Point): Stroke {
  return Array.from({ length: bendSteps + 1 }, (_, step) => {
    const t = step / bendSteps
    const [a, b, c] = [(1 - t) ** 2, 2 * t * (1 - t), t ** 2]
    return [a * x0 + b * x1 + c * x2, a * y0 + b * y1 + c * y2]
  })
}

type Form = readonly Stroke[]

/** By digit. */
export const forms: readonly (readonly [Form, ...Form[]])[] = [
  [[arc(0.5, 0.5, 0.28, 0.42, -90, 270)], [arc(0.5, 0.5, 0.22, 0.42, -70, 285)]],
  [[[[0.5, 0.08], [0.5, 0.92]]], [[[0.32, 0.28], [0.52, 0.08], [0.52, 0.92]]], [[[0.34, 0.24], [0.5, 0.08], [0.5, 0.92]], [[0.3, 0.92], [0.7, 0.92]]]],
  [[[...arc(0.5, 0.31, 0.26, 0.23, 190, 385), [0.24, 0.9], [0.78, 0.9]]], [[...arc(0.48, 0.3, 0.25, 0.22, 195, 400), ...bend([0.6, 0.5], [0.3, 0.78], [0.2, 0.86]), [0.5, 0.86], [0.8, 0.92]]]],
  [[arc(0.46, 0.29, 0.25, 0.21, 200, 450), arc(0.46, 0.71, 0.28, 0.21, 270, 520)], [[[0.26, 0.1], [0.72, 0.1], [0.46, 0.44]], arc(0.46, 0.68, 0.27, 0.24, 270, 510)]],
  [[[[0.6, 0.08], [0.2, 0.62], [0.84, 0.62]], [[0.62, 0.08], [0.62, 0.92]]], [[[0.26, 0.1], [0.22, 0.54], [0.8, 0.52]], [[0.7, 0.1], [0.62, 0.92]]]],
  [[[[0.74, 0.1], [0.34, 0.1], [0.29, 0.47]], arc(0.47, 0.66, 0.27, 0.25, 228, 500)], [[[0.76, 0.12], [0.36, 0.1], [0.33, 0.44], ...arc(0.46, 0.67, 0.28, 0.24, 260, 490)]]],
  [[[...bend([0.68, 0.08], [0.28, 0.26], [0.25, 0.66]), ...arc(0.5, 0.69, 0.25, 0.22, 180, 540)]], [[...bend([0.56, 0.06], [0.3, 0.34], [0.26, 0.7]), ...arc(0.47, 0.7, 0.21, 0.2, 170, 520)]]],
  [[[[0.22, 0.1], [0.78, 0.1], [0.42, 0.92]]], [[[0.22, 0.12], [0.76, 0.1], ...bend([0.76, 0.1], [0.5, 0.44], [0.44, 0.92])], [[0.36, 0.5], [0.72, 0.5]]]],
  [[arc(0.5, 0.29, 0.21, 0.2, 90, 450), arc(0.5, 0.7, 0.26, 0.22, -90, 270)], [[...arc(0.5, 0.29, 0.2, 0.2, 320, 90), ...arc(0.5, 0.7, 0.24, 0.21, -90, 240), [0.62, 0.42], [0.68, 0.2]]]],
  [[arc(0.49, 0.32, 0.25, 0.23, 0, 360), bend([0.74, 0.32], [0.76, 0.64], [0.58, 0.93])], [[...arc(0.48, 0.32, 0.24, 0.23, 350, 10), [0.7, 0.2], [0.68, 0.92]]]],
]
