/** Nodes and weights of rules for the integral over [0, 1]. */

export interface Quadrature {
  readonly nodes: readonly number[]
  readonly weights: readonly number[]
}

/** Gauss-Legendre of n nodes, exact for polynomials of degree 2n - 1: roots of P_n by Newton's method (Press et al. 2007, section 4.6). */
export function gaussLegendre(count: number): Quadrature {
  const nodes: number[] = []
  const weights: number[] = []
  for (let index = 0; index < count; index++) {
    let x = Math.cos((Math.PI * (index + 0.75)) / (count + 0.5))
    let slope = 1
    for (let iteration = 0; iteration < 100; iteration++) {
      let [p, previous] = [1, 0]
      for (let degree = 1; degree <= count; degree++) [p, previous] = [((2 * degree - 1) * x * p - (degree - 1) * previous) / degree, p]
      slope = (count * (x * p - previous)) / (x * x - 1)
      const step = p / slope
      x -= step
      if (Math.abs(step) < 1e-15) break
    }
    // From [-1, 1] to [0, 1], in rising order.
    nodes.push((1 - x) / 2)
    weights.push(1 / ((1 - x * x) * slope * slope))
  }
  return { nodes, weights }
}

/** Trapezoids over n equal steps: n + 1 nodes, ends included. */
export function trapezoid(steps: number): Quadrature {
  return {
    nodes: Array.from({ length: steps + 1 }, (_, index) => index / steps),
    weights: Array.from({ length: steps + 1 }, (_, index) => (index === 0 || index === steps ? 0.5 : 1) / steps),
  }
}
