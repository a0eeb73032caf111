/** Models run on WebGPU by a software driver (SwiftShader), one child process for many, restarted where the driver takes it down. */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { Model } from '#engine/onnx/model.ts'
import { writeModel } from '#engine/onnx/write.ts'
import type { HostTensors } from '#engine/runtime/host-tensor.ts'

const driver = process.env['PHOSPHENE_VULKAN_ICD'] ?? '/usr/lib/chromium/vk_swiftshader_icd.json'
/** Compiling a shader in software takes up to seconds. */
const caseLimitMs = 60_000

export const hasSoftwareWebgpu = existsSync(driver)
export const noSoftwareWebgpu = `no software Vulkan driver at ${driver}; set PHOSPHENE_VULKAN_ICD`

export interface WebgpuCase {
  readonly model: Model
  readonly feeds: HostTensors
}
export type WebgpuResult = { readonly outputs: Readonly<Record<string, readonly number[]>> } | { readonly error: string }

export async function runOnSoftwareWebgpu(cases: readonly WebgpuCase[]): Promise<WebgpuResult[]> {
  const folder = await mkdtemp(join(tmpdir(), 'phosphene-webgpu-'))
  try {
    const described = cases.map(({ feeds }, index) => ({
      model: `${index}.onnx`,
      feeds: Object.fromEntries(Object.entries(feeds).map(([name, feed]) => [name, { dataType: feed.dataType, dims: feed.dims, data: Array.from(feed.data as Float32Array) }])),
    }))
    await writeFile(join(folder, 'cases.json'), JSON.stringify(described))
    for (const [index, { model }] of cases.entries()) await writeFile(join(folder, `${index}.onnx`), writeModel(model))
    const results: WebgpuResult[] = []
    while (results.length < cases.length) await runFrom(folder, results)
    return results
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Appends the results of the cases from `results.length` on; where the process ends early, the case under way has crashed it. */
function runFrom(folder: string, results: WebgpuResult[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [fileURLToPath(new URL('webgpu-runner.mjs', import.meta.url)), folder, String(results.length)], {
      stdio: ['ignore', 'pipe', 'ignore'], env: { ...process.env, VK_ICD_FILENAMES: driver, VK_DRIVER_FILES: driver, XDG_RUNTIME_DIR: tmpdir() },
    })
    let isUnderWay = false
    let timer: NodeJS.Timeout | undefined
    createInterface({ input: child.stdout }).on('line', (line) => {
      clearTimeout(timer)
      const message = JSON.parse(line) as { started?: true; outputs?: Record<string, (number | string)[]>; error?: string }
      isUnderWay = message.started === true
      timer = setTimeout(() => child.kill('SIGKILL'), caseLimitMs)
      if (message.error !== undefined) results.push({ error: message.error })
      else if (message.outputs) results.push({ outputs: Object.fromEntries(Object.entries(message.outputs).map(([name, values]) => [name, values.map(Number)])) })
    })
    child.on('error', reject)
    child.on('close', (code, signal) => {
      clearTimeout(timer)
      if (isUnderWay) results.push({ error: `the process ended (${signal ?? `code ${code}`}) during this case` })
      resolve()
    })
  })
}
