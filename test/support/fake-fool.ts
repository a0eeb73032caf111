/** The fooling part of the fake engine: the true methods, and a made-up line of descent. */
import type { ImplementerInternalWithMiddlewares } from '@orpc/server'
import type { Contract } from '#contract/index.ts'
import type { Ancestor, FoolMethodInfo } from '#contract/fool.ts'
import { foolingMethods } from '#engine/fooling/registry.ts'
import { drawScene } from './fake-pictures.ts'

// eslint-disable-next-line @typescript-eslint/no-generated-empty-object-type
type Implementer = ImplementerInternalWithMiddlewares<Contract, Record<never, never>, Record<never, never>>

export const fakeFoolRouter = (os: Implementer) => ({
  methods: os.fool.methods.handler(() => [...foolingMethods.values()].map((method): FoolMethodInfo => ({
    id: method.id, title: method.title, summary: method.summary, citation: method.citation, kind: method.kind, options: [...method.options],
    ...('budget' in method ? { budget: method.budget, norm: 'linf' as const } : {}),
  }))),
  photographs: os.fool.photographs.handler(() => ({ pictures: ['robin.jpg', 'tabby.jpg'].map((name) => ({ sha256: name, name })), left: 0 })),
  lineage: os.fool.lineage.handler(async ({ input }) => ({
    generation: 12,
    ancestors: await Promise.all([0, 4, 9].map(async (generation): Promise<Ancestor> => ({ id: generation, generation, from: generation === 0 ? -1 : input.class, confidence: 0.1 * generation, answer: input.class, png: new Uint8Array(await (await drawScene(`ancestor ${generation}`, 32, 32)).arrayBuffer()) }))),
  })),
})
