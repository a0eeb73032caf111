/** The execution providers that this platform could have, each tested by running a small gradient graph on it. */
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { Device, DeviceId } from '#contract/application.ts'
import { isAppError } from '#contract/errors.ts'
import { cpuTarget, portableTarget, webgpuTarget } from '../autodiff/lowering/target.ts'
import type { LoweringTarget } from '../autodiff/lowering/target.ts'
import { processChannel } from './channels.ts'
import type { HostTensor } from './host-tensor.ts'
import { supportedBackends } from './ort.ts'
import { RemoteHost } from './remote-host.ts'
import { selfTestFor } from './self-test-model.ts'
import type { SelfTest } from './self-test-model.ts'
import type { SessionHost } from './session-host.ts'

const titles: Readonly<Record<DeviceId, string>> = { cpu: 'CPU', webgpu: 'GPU (WebGPU)', cuda: 'NVIDIA GPU (CUDA)', dml: 'GPU (DirectML)', coreml: 'Apple (Core ML)' }

/** What a lowering has to know of each device. */
export const loweringTargets: Readonly<Record<DeviceId, LoweringTarget>> = {
  cpu: cpuTarget, webgpu: webgpuTarget,
  cuda: { ...portableTarget, provider: 'cuda' }, dml: { ...portableTarget, provider: 'dml' }, coreml: { ...portableTarget, provider: 'coreml' },
}

/** Relative L2 difference from the CPU that a device may show: float32 rounding over a few thousand terms, and a flipped ReLU or two. */
const toleratedError = 1e-2
/** A first run may compile shaders. */
const timeLimitMs = 60_000
const timedRuns = 3
/** A device slower than this at the small graph is a software adapter: it is right, and not worth timing (minutes at the large one). */
const worthTimingMs = 25

export const deviceIds = Object.keys(titles) as DeviceId[]

function platformNote(device: DeviceId): string | undefined {
  const platforms: Partial<Record<DeviceId, readonly NodeJS.Platform[]>> = { dml: ['win32'], coreml: ['darwin'], cuda: ['linux', 'win32'] }
  const wanted = platforms[device]
  if (wanted && !wanted.includes(process.platform)) return `Not on this platform (${process.platform}).`
  if (!supportedBackends().includes(device)) return 'Not part of this build of onnxruntime.'
  if (device === 'cuda' && !hasCudaFiles()) return 'The CUDA files of onnxruntime-node are not installed. Install it again with onnxruntime-node-install=cuda12 in .npmrc.'
  return undefined
}

/** onnxruntime-node comes without them: its install script fetches them where it is told to. */
function hasCudaFiles(): boolean {
  const main = createRequire(import.meta.url).resolve('onnxruntime-node')
  const library = process.platform === 'win32' ? 'onnxruntime_providers_cuda.dll' : 'libonnxruntime_providers_cuda.so'
  return existsSync(join(dirname(main), '..', 'bin', 'napi-v6', process.platform, process.arch, library))
}

/** Tests one device in a process of its own, which may crash. */
export async function testDevice(id: DeviceId, threads: number, makeHost: () => SessionHost = () => new RemoteHost(processChannel)): Promise<Device> {
  const absent = platformNote(id)
  if (absent !== undefined) return { id, title: titles[id], state: 'absent', note: absent }
  const host = makeHost()
  const signal = AbortSignal.timeout(timeLimitMs)
  try {
    const check = await measure(host, id, threads, selfTestFor(loweringTargets[id], 'small'), signal)
    const error = id === 'cpu' ? differenceOf(check.result, check.result, check.outputs) : differenceOf(check.result, (await measure(host, 'cpu', threads, selfTestFor(loweringTargets[id], 'small'), signal)).result, check.outputs)
    if (!(error <= toleratedError)) return { id, title: titles[id], state: 'failed', note: `Its gradients differ from the CPU's by ${(100 * error).toPrecision(2)} %.` }
    const differs = id === 'cpu' ? '' : ` Differs from the CPU by ${error.toExponential(1)}.`
    if (check.ms > worthTimingMs) return { id, title: titles[id], state: 'passed', note: `Works, and takes ${check.ms.toFixed(0)} ms for the smallest gradient: a software adapter?${differs}` }
    const { ms } = await measure(host, id, threads, selfTestFor(loweringTargets[id], 'large'), signal)
    return { id, title: titles[id], state: 'passed', selfTestMs: ms, note: `Test gradient in ${ms.toFixed(ms < 10 ? 1 : 0)} ms.${differs}` }
  } catch (error) {
    if (!isAppError(error) || error.code === 'bug') throw error
    const state = error.code === 'device-unavailable' ? 'absent' : 'failed'
    const note = signal.aborted ? `No answer within ${timeLimitMs / 1000} s.` : error.code === 'engine-lost' ? 'The process that tested it crashed.' : error.message
    return { id, title: titles[id], state, note }
  } finally {
    await host.close()
  }
}

interface Measured {
  readonly ms: number
  readonly result: Readonly<Record<string, HostTensor>>
  readonly outputs: readonly string[]
}

/** The best time of a few warm runs, and what they yield. */
async function measure(host: SessionHost, device: DeviceId, threads: number, test: SelfTest, signal: AbortSignal): Promise<Measured> {
  const session = 0
  await host.ask<'open'>({ type: 'open', session, source: { kind: 'bytes', bytes: test.bytes }, device, threads }, { signal })
  const run = () => host.ask<'run'>({ type: 'run', session, feeds: test.feeds, fetches: test.outputs }, { signal })
  let result = await run()
  let ms = Infinity
  for (let count = 0; count < timedRuns; count++) {
    const start = performance.now()
    result = await run()
    ms = Math.min(ms, performance.now() - start)
  }
  await host.ask<'release'>({ type: 'release', session }, { signal })
  return { ms, result, outputs: test.outputs }
}

/** The largest ||got - expected|| / ||expected|| over the outputs; NaN where one holds a NaN. */
export function differenceOf(got: Readonly<Record<string, HostTensor>>, expected: Readonly<Record<string, HostTensor>>, names: readonly string[]): number {
  return names.reduce((largest, name) => {
    const a = got[name]?.data ?? []
    const b = expected[name]?.data ?? []
    if (a.length !== b.length) return NaN
    let difference = 0
    let norm = 0
    for (let index = 0; index < a.length; index++) {
      difference += (Number(a[index]) - Number(b[index])) ** 2
      norm += Number(b[index]) ** 2
    }
    const relative = difference === 0 ? 0 : Math.sqrt(difference / norm)
    return Number.isNaN(relative) || Number.isNaN(largest) || !Number.isFinite(norm) ? NaN : Math.max(largest, relative)
  }, 0)
}

/** The fastest device that passed: a software adapter passes too, and is not preferred. */
export function fastestOf(devices: readonly Device[]): DeviceId {
  const passed = devices.filter((device) => device.state === 'passed')
  return passed.reduce<Device | undefined>((best, device) => ((device.selfTestMs ?? Infinity) < (best?.selfTestMs ?? Infinity) ? device : best), undefined)?.id ?? 'cpu'
}
