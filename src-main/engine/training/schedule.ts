/** Learning rate over a run: linear warm-up, then half a cosine to zero (Loshchilov and Hutter 2017, arXiv:1608.03983, eq. 5, one period). */
export function rateAt(step: number, totalSteps: number, options: { readonly rate: number; readonly warmup: number }): number {
  if (step < options.warmup) return (options.rate * (step + 1)) / options.warmup
  const progress = (step - options.warmup) / Math.max(1, totalSteps - options.warmup)
  return (options.rate / 2) * (1 + Math.cos(Math.PI * progress))
}
