import { join } from 'node:path'
import { createRuntime } from '#engine/runtime/create-runtime.ts'
import type { Runtime, RuntimeOptions } from '#engine/runtime/runtime.ts'
import { dataFolder } from './locations.ts'
import { deviceOption, wholeOption } from './parse.ts'

/** A runtime for one command, with its device and threads; disposed however the command ends. */
export async function withRuntime<T>(options: Readonly<Record<string, unknown>>, body: (runtime: Runtime) => Promise<T>, more: Pick<RuntimeOptions, 'host'> = {}): Promise<T> {
  const runtime = createRuntime({ ...more, device: deviceOption(options), threads: wholeOption(options, 'threads', 0, 1024), deviceRecordFile: join(dataFolder(), 'devices.json'), onNotice: (message) => process.stderr.write(`phosphene: ${message}\n`) })
  try {
    return await body(runtime)
  } finally {
    await runtime.dispose()
  }
}
