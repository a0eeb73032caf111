/** An engine in this process and a client of it, over no transport at all. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createRouterClient } from '@orpc/server'
import { fromWireError } from '#rpc/errors.ts'
import { createEngine } from '#engine/engine.ts'
import type { EngineOptions } from '#engine/engine.ts'
import type { AppError } from '#contract/errors.ts'

export const resourcesFolder = fileURLToPath(new URL('../../resources', import.meta.url))

export async function openTestEngine(options: Partial<EngineOptions> = {}) {
  const dataFolder = options.dataFolder ?? mkdtempSync(join(tmpdir(), 'phosphene-engine-'))
  const engine = await createEngine({ dataFolder, resourcesFolder, shell: 'browser', runtimeHost: 'inline', ...options })
  const client = createRouterClient(engine.router)
  await client.application.setSettings({ device: 'cpu', threads: 1 })
  return {
    client,
    dataFolder,
    async dispose() {
      await engine.dispose()
      if (options.dataFolder === undefined) rmSync(dataFolder, { recursive: true, force: true })
    },
  }
}
export type TestEngine = Awaited<ReturnType<typeof openTestEngine>>

/** What a caller behind a transport would catch. */
export async function failureOf(call: Promise<unknown>): Promise<AppError> {
  try {
    await call
  } catch (error) {
    return fromWireError(error)
  }
  throw new Error('It did not fail.')
}

export const floatsOf = async ({ data }: { data: Blob }): Promise<Float32Array> => new Float32Array(await data.arrayBuffer())
export const bytesOf = async (blob: Blob): Promise<Uint8Array> => new Uint8Array(await blob.arrayBuffer())
