/** Files that the page holds, brought to the engine: by path where the shell knows it, otherwise in slices. */
import type { FileSource } from '#contract/wire.ts'
import type { Engine } from './engine.ts'

/** Small enough for smooth progress, large enough that the round trips do not count. */
const sliceBytes = 4 * 1024 * 1024

export async function toFileSource(engine: Engine, file: File, onProgress: (fraction: number) => void, signal?: AbortSignal): Promise<FileSource> {
  const path = engine.pathOf(file)
  if (path !== undefined && path !== '') return { kind: 'path', path }
  const { files } = engine.client
  const { id } = await files.begin({ name: file.name, size: file.size }, { signal })
  for (let offset = 0; offset < file.size; offset += sliceBytes) {
    const { received } = await files.append({ id, data: file.slice(offset, offset + sliceBytes) }, { signal })
    onProgress(received / file.size)
  }
  return await files.finish({ id }, { signal })
}
