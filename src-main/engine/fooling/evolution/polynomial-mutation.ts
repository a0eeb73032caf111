/**
 * A step within low..high, small steps likelier the larger eta is: with u uniform in [0, 1),
 *   d = (2 u)^(1 / (eta + 1)) - 1 for u < 0.5, else 1 - (2 (1 - u))^(1 / (eta + 1)),  x' = clamp(x + d (high - low))
 * (Deb 2001, "Multi-Objective Optimization using Evolutionary Algorithms"; Nguyen et al. 2014, section 2.3, with eta 15).
 */
export function polynomialMutation(value: number, u: number, { low, high, eta }: { readonly low: number; readonly high: number; readonly eta: number }): number {
  const power = 1 / (eta + 1)
  const step = u < 0.5 ? (2 * u) ** power - 1 : 1 - (2 * (1 - u)) ** power
  return Math.min(high, Math.max(low, value + step * (high - low)))
}
