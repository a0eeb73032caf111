/** WebGPU for tests: a real adapter where Vulkan finds one, otherwise Chromium's software adapter (SwiftShader), where that is installed. */
import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { describe } from 'vitest'
import type { Device } from '#contract/application.ts'
import { testDevice } from '#engine/runtime/devices.ts'

const softwareAdapter = '/usr/lib/chromium/vk_swiftshader_icd.json'

/** Must run before the first WebGPU session of a process: the Vulkan loader reads the environment once. */
export function useSoftwareAdapter(): void {
  if (process.env['VK_DRIVER_FILES'] !== undefined || !existsSync(softwareAdapter)) return
  process.env['VK_DRIVER_FILES'] = process.env['VK_ICD_FILENAMES'] = softwareAdapter
  process.env['XDG_RUNTIME_DIR'] ??= tmpdir()
}

let tested: Promise<Device> | undefined
export function webgpuDevice(): Promise<Device> {
  useSoftwareAdapter()
  return (tested ??= testDevice('webgpu', 1))
}

/** A suite that needs WebGPU; skipped, and saying why in its name, where there is no adapter. */
export async function describeWithWebgpu(name: string, body: () => void): Promise<void> {
  const device = await webgpuDevice()
  if (device.state === 'passed') describe(name, body)
  else describe.skip(`${name} (skipped: no WebGPU: ${device.note})`, body)
}
