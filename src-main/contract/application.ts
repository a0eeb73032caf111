/** The application itself: devices, settings, jobs, what it is. */
import { eventIterator, oc } from '@orpc/contract'
import { z } from 'zod'

export const DeviceId = z.enum(['cpu', 'webgpu', 'cuda', 'dml', 'coreml'])
export const Device = z.object({
  id: DeviceId, title: z.string(),
  /** 'passed': the small gradient graph ran there and agreed with the CPU. */
  state: z.enum(['untested', 'passed', 'failed', 'absent']),
  /** Why it failed or is absent; the measured time of the self-test otherwise. */
  note: z.string(),
  selfTestMs: z.number().optional(),
})
export const DeviceChoice = z.object({ requested: z.enum(['auto', ...DeviceId.options]), inUse: DeviceId, /** Why it is not the one asked for, or absent. */ fallback: z.string().optional() })

export const Settings = z.object({
  theme: z.enum(['dark', 'light', 'system']),
  device: z.enum(['auto', ...DeviceId.options]),
  threads: z.number().int().min(0).max(256),
  reducedMotion: z.enum(['system', 'on', 'off']),
  colorMap: z.enum(['inferno', 'viridis']),
})

export const Job = z.object({
  id: z.string(), title: z.string(), state: z.enum(['running', 'done', 'failed', 'cancelled']),
  fraction: z.number().nullable(), note: z.string(), remainingMs: z.number().nullable(), startedAt: z.number(), error: z.string().optional(),
})

export const Notice = z.object({ level: z.enum(['info', 'warning', 'error']), message: z.string(), at: z.number() })

export const application = {
  about: oc.output(z.object({ version: z.string(), shell: z.enum(['desktop', 'browser']), dataFolder: z.string(), runtime: z.string(), licenses: z.array(z.object({ name: z.string(), version: z.string(), license: z.string(), text: z.string() })) })),
  settings: oc.output(Settings),
  setSettings: oc.input(Settings.partial()).output(Settings),
  /** Clears what the application keeps for speed; recents and downloads stay. */
  clearCache: oc.output(z.object({ freedBytes: z.number() })),
}
export const devices = {
  /** Self-tests what was not tested yet; `again` tests all. */
  list: oc.input(z.object({ again: z.boolean() })).output(z.object({ devices: z.array(Device), choice: DeviceChoice })),
}
export const jobs = {
  /** Every change of every job, beginning with those that run. */
  watch: oc.output(eventIterator(Job)),
  cancel: oc.input(z.object({ id: z.string() })).output(z.void()),
  /** Things to tell the user that no call of theirs returned: a device fell back, the engine restarted. */
  notices: oc.output(eventIterator(Notice)),
}

export type DeviceId = z.infer<typeof DeviceId>
export type Device = z.infer<typeof Device>
export type DeviceChoice = z.infer<typeof DeviceChoice>
export type Settings = z.infer<typeof Settings>
export type Job = z.infer<typeof Job>
export type Notice = z.infer<typeof Notice>
