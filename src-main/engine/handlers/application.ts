import { readdir, rm, stat } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { Settings } from '#contract/application.ts'
import { readLicenses } from '../application/licenses.ts'
import { os } from './context.ts'
import type { Services } from './context.ts'

/** Uploads that nobody touched for that long are not looked at any more. */
const idleUploadMs = 3600e3

export const applicationHandlers = ({ version, shell, dataFolder, resourcesFolder, settings, runtime, uploads, runs, explanations, pictures }: Services) => ({
  about: os.application.about.handler(async () => ({ version, shell, dataFolder, runtime: `onnxruntime ${runtimeVersion()}`, licenses: await readLicenses(resourcesFolder) })),
  settings: os.application.settings.handler(() => settings.value),
  setSettings: os.application.setSettings.handler(async ({ input }) => {
    const before = settings.value
    // A key may be sent with nothing in it: that changes nothing.
    const given = Object.entries<unknown>(input).filter(([, value]) => value !== undefined)
    const after: Settings = { ...before, ...Object.fromEntries(given) }
    await settings.set(after)
    if (after.device !== before.device || after.threads !== before.threads) await runtime.configure({ device: after.device, threads: after.threads })
    return after
  }),
  clearCache: os.application.clearCache.handler(async () => {
    const folder = join(dataFolder, 'cache')
    const onDisk = await folderBytes(folder)
    await rm(folder, { recursive: true, force: true })
    return { freedBytes: onDisk + (await uploads.clean(idleUploadMs)) + runs.clear() + explanations.clear() + pictures.clear() }
  }),
})

export const deviceHandlers = ({ runtime }: Services) => ({
  list: os.devices.list.handler(async ({ input: { again } }) => ({ devices: await runtime.devices(again), choice: await runtime.device() })),
})

export const jobHandlers = ({ jobs }: Services) => ({
  watch: os.jobs.watch.handler(({ signal }) => jobs.watch(signal)),
  cancel: os.jobs.cancel.handler(({ input: { id } }) => { jobs.cancel(id) }),
  notices: os.jobs.notices.handler(({ signal }) => jobs.notices(signal)),
})

function runtimeVersion(): string {
  try {
    return (createRequire(import.meta.url)('onnxruntime-node/package.json') as { version: string }).version
  } catch {
    return '(unknown version)'
  }
}

async function folderBytes(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
  const sizes = await Promise.all(entries.filter((entry) => entry.isFile()).map((entry) => stat(join(entry.parentPath, entry.name)).then(({ size }) => size, () => 0)))
  return sizes.reduce((sum, size) => sum + size, 0)
}
