import type { OptionSpec } from '#contract/explain.ts'

/** The authors' population; 200 generations are their digits' (5000 for ImageNet). */
export const evolutionOptions: readonly OptionSpec[] = [
  { type: 'integer', id: 'generations', title: 'Generations', help: 'Can be raised while it runs.', minimum: 1, maximum: 1_000_000, initial: 200 },
  { type: 'integer', id: 'population', title: 'Pictures of a generation', help: 'Children made between two records of how it goes.', minimum: 1, maximum: 10_000, initial: 400 },
  { type: 'number', id: 'confidence', title: 'Sure enough', help: 'Ends earlier once every class has a picture of this probability.', minimum: 0.5, maximum: 1, initial: 1 },
  { type: 'number', id: 'minutes', title: 'Minutes', help: 'Of work, after which it ends with what it has; 0: as long as the generations take.', minimum: 0, maximum: 100_000, initial: 0 },
  { type: 'integer', id: 'batch', title: 'Batch', help: 'Pictures that go through the network together; 0: as many as are worth it.', minimum: 0, maximum: 1024, initial: 0 },
]
