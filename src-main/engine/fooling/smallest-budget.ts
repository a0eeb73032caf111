/** The smallest budget at which a method fools, by doubling and bisection. */

export interface Attempt { readonly budget: number; readonly fooled: boolean; readonly picture: Float32Array }

/**
 * Budgets are whole steps of 8 bits (`whole`: Linf), or found to 5 % (L2). `attack` answers the written picture at a budget. Undefined where
 * even the largest does not fool.
 */
export async function smallestBudget(attack: (budget: number) => Promise<Attempt>, { first, largest, whole }: { readonly first: number; readonly largest: number; readonly whole: boolean }): Promise<Attempt | undefined> {
  let low = 0
  let found: Attempt | undefined
  for (let budget = Math.min(first, largest); ; budget = Math.min(2 * budget, largest)) {
    const attempt = await attack(budget)
    if (attempt.fooled) { found = attempt; break }
    low = budget
    if (budget >= largest) return undefined
  }
  const isFine = (high: number): boolean => (whole ? high - low <= 1 : high - low <= 0.05 * high)
  while (!isFine(found.budget)) {
    const middle: number = whole ? Math.floor((low + found.budget) / 2) : (low + found.budget) / 2
    const attempt = await attack(middle)
    if (attempt.fooled) found = attempt
    else low = middle
  }
  return found
}
