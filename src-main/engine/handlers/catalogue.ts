import type { Progress } from '#contract/wire.ts'
import type { FileSource } from '#contract/wire.ts'
import { eventsOf } from '../lib/event-queue.ts'
import { os } from './context.ts'
import type { Services } from './context.ts'

type Event = Progress | { readonly type: 'done'; readonly source: FileSource }

export const catalogueHandlers = ({ catalogue, jobs }: Services) => ({
  list: os.catalogue.list.handler(() => catalogue.list()),
  download: os.catalogue.download.handler(({ input: { name }, signal }) => eventsOf<Event>((push) => jobs.run(`Downloading ${name}`, signal, async (controls) => {
    await catalogue.fetch(name, {
      signal: controls.signal,
      onProgress: ({ receivedBytes, totalBytes }) => push(controls.progress(receivedBytes / totalBytes, `${(receivedBytes / 1e6).toFixed(1)} of ${(totalBytes / 1e6).toFixed(1)} MB`)),
    })
    push({ type: 'done', source: { kind: 'catalogue', name } })
  }))),
  remove: os.catalogue.remove.handler(({ input: { name } }) => catalogue.remove(name)),
})
