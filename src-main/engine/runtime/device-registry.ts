/** Which device is in use: the setting, what the self-tests found, and the record of them between starts. */
import { readFile } from 'node:fs/promises'
import { createHash } from 'node:crypto'
import { z } from 'zod'
import { Device } from '#contract/application.ts'
import type { DeviceChoice, DeviceId, Settings } from '#contract/application.ts'
import { writeFileAtomically } from '../lib/write-file.ts'
import { deviceIds, fastestOf, testDevice } from './devices.ts'
import { runtimeVersion } from './ort.ts'

/** Tests are repeated after a month: drivers change. */
const recordLifetimeMs = 30 * 24 * 3600 * 1000
const Record = z.object({ machine: z.string(), at: z.number(), devices: z.array(Device) })

export interface DeviceRegistryOptions {
  readonly threads: number
  /** File that keeps the results between starts; none unless said. */
  readonly recordFile?: string
  readonly test?: (id: DeviceId, threads: number) => Promise<Device>
}

export class DeviceRegistry {
  #options: DeviceRegistryOptions
  #tested = new Map<DeviceId, Promise<Device>>()
  #recorded: Promise<void> | undefined

  constructor(options: DeviceRegistryOptions) {
    this.#options = options
  }

  /** Every device, tested one after another where it was not; `again` tests all anew. */
  async list(again = false): Promise<Device[]> {
    if (again) this.#tested.clear()
    else await (this.#recorded ??= this.#readRecord())
    const fresh = deviceIds.some((id) => !this.#tested.has(id))
    const devices: Device[] = []
    // In turn: side by side they would take each other's time.
    for (const id of deviceIds) devices.push(await this.#test(id))
    if (fresh) await this.#writeRecord(devices)
    return devices
  }

  async choose(requested: Settings['device']): Promise<DeviceChoice> {
    if (requested === 'cpu') return { requested, inUse: 'cpu' }
    await (this.#recorded ??= this.#readRecord())
    if (requested === 'auto') return { requested, inUse: await this.#fastest() }
    const device = await this.#test(requested)
    if (device.state === 'passed') return { requested, inUse: requested }
    return { requested, inUse: 'cpu', fallback: `${device.title} is not usable: ${device.note}` }
  }

  /** The CPU is timed only where something else passed: it needs no test to be the only one. */
  async #fastest(): Promise<DeviceId> {
    const ids = deviceIds.filter((id) => id !== 'cpu')
    const fresh = ids.some((id) => !this.#tested.has(id))
    const others: Device[] = []
    for (const id of ids) others.push(await this.#test(id))
    if (others.some((device) => device.state === 'passed')) return fastestOf(await this.list())
    if (fresh) await this.#writeRecord(others)
    return 'cpu'
  }

  #test(id: DeviceId): Promise<Device> {
    const known = this.#tested.get(id)
    if (known) return known
    const { test = testDevice, threads } = this.#options
    const running = test(id, threads)
    this.#tested.set(id, running)
    running.catch(() => this.#tested.delete(id))
    return running
  }

  async #readRecord(): Promise<void> {
    const { recordFile } = this.#options
    if (recordFile === undefined) return
    const content = await readFile(recordFile, 'utf8').catch(() => undefined)
    if (content === undefined) return
    const record = Record.safeParse(parsed(content))
    if (!record.success || record.data.machine !== machine() || Date.now() - record.data.at > recordLifetimeMs) return
    for (const device of record.data.devices) this.#tested.set(device.id, Promise.resolve(device))
  }

  async #writeRecord(devices: readonly Device[]): Promise<void> {
    const { recordFile } = this.#options
    if (recordFile === undefined) return
    // A read-only data folder costs a test at every start, nothing else.
    await writeFileAtomically(recordFile, [new TextEncoder().encode(JSON.stringify({ machine: machine(), at: Date.now(), devices }))]).catch(() => undefined)
  }
}

function parsed(content: string): unknown {
  try {
    return JSON.parse(content)
  } catch {
    return undefined
  }
}

/** What the results depend on, as far as it can be seen from here. */
function machine(): string {
  const environment = Object.entries(process.env).filter(([name]) => /^(VK_|CUDA|LD_LIBRARY_PATH|DISPLAY|XDG_RUNTIME_DIR)/.test(name))
  return createHash('sha256').update(JSON.stringify([runtimeVersion, process.version, process.platform, process.arch, environment])).digest('hex')
}
