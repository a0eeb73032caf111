import { invariant } from '#contract/errors.ts'
import { defineMethod } from '../define-method.ts'
import { isReached } from '../goal.ts'

/** A few pixels, their places and colours bred by differential evolution without crossover, F = 0.5 (Su et al. 2017, arXiv:1710.08864, section III). */
export default defineMethod({
  id: 'one-pixel', kind: 'picture', title: 'One pixel', norm: 'l0',
  summary: 'Changes one pixel, or a few, altogether: bred by differential evolution, without a gradient.',
  citation: 'Su, Vargas, Sakurai 2017, arXiv:1710.08864',
  options: [
    { type: 'integer', id: 'pixels', title: 'Pixels', help: 'How many may be changed.', minimum: 1, maximum: 1000, initial: 1 },
    { type: 'integer', id: 'population', title: 'Population', help: 'Candidates of a generation.', minimum: 5, maximum: 2000, initial: 200 },
    { type: 'integer', id: 'generations', title: 'Generations', help: 'Most generations.', minimum: 1, maximum: 1000, initial: 50 },
  ],
  async run({ probe, goal, options, random, tick }, picture) {
    const { channels, height, width } = probe.extent
    const [pixels, population, generations] = [options.number('pixels'), options.number('population'), options.number('generations')]
    const stride = 2 + channels
    const paint = (genome: Float64Array, into: Float32Array): void => {
      into.set(picture)
      for (let pixel = 0; pixel < pixels; pixel++) {
        const at = pixel * stride
        const row = Math.min(height - 1, Math.max(0, Math.round(genome[at] ?? 0)))
        const column = Math.min(width - 1, Math.max(0, Math.round(genome[at + 1] ?? 0)))
        for (let channel = 0; channel < channels; channel++) into[(channel * height + row) * width + column] = Math.round(255 * Math.min(1, Math.max(0, genome[at + 2 + channel] ?? 0))) / 255
      }
    }
    // The authors' beginning: places uniform, colours normal around the middle.
    const fresh = (): Float64Array => Float64Array.from({ length: pixels * stride }, (_, index) => {
      const part = index % stride
      return part === 0 ? random.uniform(0, height - 1) : part === 1 ? random.uniform(0, width - 1) : random.normal(0.5, 0.5)
    })
    const batch = await probe.network.batchFor(population, { forwardOnly: true })
    /** Probability of the class, to grow or to shrink; and whether the goal is reached. */
    const judge = async (genomes: readonly Float64Array[]): Promise<{ fitness: number; reached: boolean }[]> => {
      const judged: { fitness: number; reached: boolean }[] = []
      for (let start = 0; start < genomes.length; start += batch) {
        const part = genomes.slice(start, start + batch)
        const pictures = new Float32Array(part.length * probe.length)
        part.forEach((genome, row) => { paint(genome, pictures.subarray(row * probe.length, (row + 1) * probe.length)) })
        for (const answer of await probe.answers(pictures)) judged.push({ fitness: (goal.kind === 'reach' ? 1 : -1) * (answer[goal.index] ?? 0), reached: isReached(goal, answer) })
      }
      return judged
    }
    const genomes = Array.from({ length: population }, fresh)
    const scores = await judge(genomes)
    const painted = new Float32Array(picture.length)
    const best = (): number => scores.reduce((leader, { fitness }, index) => (fitness > (scores[leader]?.fitness ?? -Infinity) ? index : leader), 0)
    for (let generation = 1; generation <= generations && !scores[best()]?.reached; generation++) {
      const children = genomes.map((_, index) => {
        const [a, b, c] = [0, 1, 2].map(() => genomes[random.integer(0, population - 1)])
        invariant(a && b && c, `no parents for candidate ${index}`)
        return a.map((value, part) => value + 0.5 * ((b[part] ?? 0) - (c[part] ?? 0)))
      })
      const judged = await judge(children)
      judged.forEach((score, index) => {
        if (score.fitness <= (scores[index]?.fitness ?? -Infinity)) return
        scores[index] = score
        genomes[index] = children[index] ?? new Float64Array()
      })
      const leader = best()
      paint(genomes[leader] ?? new Float64Array(), painted)
      await tick({ step: generation, steps: generations, label: `Generation ${generation}, at most ${generations}`, value: Math.abs(scores[leader]?.fitness ?? 0) }, painted)
    }
    const result = new Float32Array(picture.length)
    paint(genomes[best()] ?? new Float64Array(), result)
    return result
  },
})
