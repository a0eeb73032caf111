import { os } from './context.ts'
import type { Services } from './context.ts'

export const fileHandlers = ({ uploads }: Services) => ({
  begin: os.files.begin.handler(async ({ input: { name, size } }) => ({ id: await uploads.begin(name, size) })),
  append: os.files.append.handler(async ({ input: { id, data } }) => ({ received: await uploads.append(id, new Uint8Array(await data.arrayBuffer())) })),
  finish: os.files.finish.handler(async ({ input: { id } }) => {
    await uploads.finish(id)
    return { kind: 'upload' as const, id }
  }),
})
