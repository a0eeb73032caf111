/** The fooling part of the fake engine: a method of each kind, and a made-up line of descent. Nothing of the real engine: this runs in a page. */
import type { ImplementerInternalWithMiddlewares } from '@orpc/server'
import type { Contract } from '#contract/index.ts'
import type { Ancestor, FoolMethodInfo } from '#contract/fool.ts'
import { Recipe } from '#contract/training.ts'
import { drawScene } from './fake-pictures.ts'

// eslint-disable-next-line @typescript-eslint/no-generated-empty-object-type
type Implementer = ImplementerInternalWithMiddlewares<Contract, Record<never, never>, Record<never, never>>

const integer = (id: string, title: string, initial: number) => ({ type: 'integer' as const, id, title, help: `${title}.`, minimum: 1, maximum: 1000, initial })

const methods: readonly FoolMethodInfo[] = [
  { id: 'ascent', kind: 'class', title: 'Gradient ascent', summary: 'From noise or a picture, along the gradient of the class.', citation: 'Simonyan, Vedaldi, Zisserman 2013', options: [integer('steps', 'Most steps', 200)] },
  {
    id: 'pgd', kind: 'picture', title: 'Projected gradient', norm: 'linf', budget: 'budget', summary: 'Iterated steps within the budget.', citation: 'Madry et al. 2017',
    options: [{ type: 'number', id: 'budget', title: 'Budget', help: 'Largest change of a channel.', minimum: 0, maximum: 255, initial: 2 }, integer('steps', 'Steps', 20)],
  },
  { id: 'patch', kind: 'set', title: 'Adversarial patch', summary: 'One patch for many photographs.', citation: 'Brown et al. 2017', options: [integer('steps', 'Steps', 100)] },
  { id: 'retrain', kind: 'loop', title: 'Retrain with a fooling class', summary: 'Breeds, trains with what fooled it, and breeds anew.', citation: 'Nguyen, Yosinski, Clune 2014', options: [integer('rounds', 'Trainings', 2)] },
  { id: 'cppn', kind: 'evolution', title: 'Evolution, CPPN', summary: 'Pictures bred for all classes at once.', citation: 'Nguyen, Yosinski, Clune 2014', options: [integer('generations', 'Generations', 200)] },
]

export const fakeFoolRouter = (os: Implementer) => ({
  methods: os.fool.methods.handler(() => [...methods]),
  photographs: os.fool.photographs.handler(() => ({ pictures: ['robin.jpg', 'tabby.jpg'].map((name) => ({ sha256: name, name })), left: 0 })),
  retraining: os.fool.retraining.handler(() => ({ recipe: Recipe.parse({ version: 1, name: 'Digits', seed: 1, data: { kind: 'generator', name: 'digits' }, net: { kind: 'notation', text: '20C5 MP2 256F 10' }, epochs: 4, batch: 100, loss: { kind: 'cross-entropy' }, optimizer: { kind: 'adam', rate: 0.001 } }), run: 'Digits', data: 'Drawn digits' })),
  lineage: os.fool.lineage.handler(async ({ input }) => ({
    generation: 12,
    ancestors: await Promise.all([0, 4, 9].map(async (generation): Promise<Ancestor> => ({ id: generation, generation, from: generation === 0 ? -1 : input.class, confidence: 0.1 * generation, answer: input.class, png: new Uint8Array(await (await drawScene(`ancestor ${generation}`, 32, 32)).arrayBuffer()) }))),
  })),
})
