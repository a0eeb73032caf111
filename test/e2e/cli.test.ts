import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readNpy } from '#engine/lib/npy.ts'
import { numbersOf } from '#engine/onnx/tensor-data.ts'
import { badModels } from '../support/bad-inputs.ts'
import { badPictures } from '../support/bad-pictures.ts'
import { errorLines, runCli } from '../support/run-cli.ts'
import { root } from '../support/served-application.ts'

const model = join(root, 'resources/models/phosphene-24.onnx')
const picture = join(root, 'resources/pictures/cat.png')
const answerLimitMs = 10_000

let folder: string
beforeAll(async () => { folder = await mkdtemp(join(tmpdir(), 'phosphene-cli-')) })
afterAll(async () => { await rm(folder, { recursive: true, force: true }) })

const npy = async (path: string) => {
  const array = readNpy(await readFile(path), path)
  return { dims: array.dims, values: numbersOf(array) }
}

describe('phosphene', () => {
  it('inspects: JSON alone on stdout, with layers and the gradient of every operator', async () => {
    const { code, stdout } = await runCli(['inspect', model, '--json'])
    expect(code).toBe(0)
    const report = JSON.parse(stdout) as { opset: number; layers: { op: string; shape: number[] }[]; operators: { op: string; gradient: string }[] }
    expect(report.opset).toBe(18)
    expect(report.layers.some((layer) => layer.op === 'Conv' && layer.shape.join() === '1,32,48,48')).toBe(true)
    expect(report.operators.every(({ gradient }) => gradient === 'differentiable')).toBe(true)
  })

  it('explains the bundled picture: names it, and writes what it promises', async () => {
    const out = join(folder, 'explain')
    const { code, stdout } = await runCli(['explain', model, picture, '--method', 'gradient,grad-cam', '--device', 'cpu', '--out', out, '--json'])
    expect(code).toBe(0)
    const report = JSON.parse(stdout) as { target: { label: string }; top5: { label: string; probability: number }[]; methods: { method: string; layer?: string }[] }
    expect(report.top5[0]).toMatchObject({ label: 'cat' })
    expect(report.top5).toHaveLength(5)
    expect(report.target.label).toBe('cat')
    expect(report.methods.map(({ method }) => method)).toEqual(['gradient', 'grad-cam'])
    expect(report.methods[1]?.layer).toBeTruthy()
    for (const method of ['gradient', 'grad-cam']) {
      expect((await npy(join(out, `${method}.npy`))).dims).toEqual([96, 96])
      expect((await readFile(join(out, `${method}.png`))).subarray(0, 4).toString('hex')).toBe('89504e47')
    }
  })

  it('differentiates one logit: the gradient is the slope that nearby runs show', async () => {
    const out = join(folder, 'grad')
    const grad = await runCli(['grad', model, '--input', picture, '--of', 'logits:4', '--wrt', 'picture', '--device', 'cpu', '--out', out, '--save-graph', join(out, 'backward.onnx'), '--json'])
    expect(grad.stderr).toBe('')
    const { value } = JSON.parse(grad.stdout) as { value: number }
    const gradient = await npy(join(out, 'picture.npy'))
    expect(gradient.dims).toEqual([1, 3, 96, 96])

    await runCli(['run', model, '--input', picture, '--fetch', 'logits', '--device', 'cpu', '--out', out])
    const logits = (await npy(join(out, 'logits.npy'))).values
    expect(Math.abs((logits[4] ?? 0) - value)).toBeLessThan(1e-4)
    // The saved graph is a model like any other.
    const saved = await runCli(['inspect', join(out, 'backward.onnx'), '--json'])
    expect(saved.code).toBe(0)
    expect((JSON.parse(saved.stdout) as { operators: { domain: string }[] }).operators.every(({ domain }) => domain === '')).toBe(true)
  })

  it('differentiates a loss with respect to every parameter', async () => {
    const out = join(folder, 'parameters')
    const { code, stdout } = await runCli(['grad', model, '--input', picture, '--of', 'logits', '--loss', 'cross-entropy', '--label', '4', '--wrt', 'parameters', '--device', 'cpu', '--out', out, '--json'])
    expect(code).toBe(0)
    const report = JSON.parse(stdout) as { gradients: Record<string, { shape: number[] }> }
    expect(report.gradients['conv1.weight']?.shape).toEqual([32, 3, 7, 7])
    // Softmax cross-entropy: the gradients of the last bias are p - y, which sum to zero.
    const bias = (await npy(join(out, 'logits.bias.npy'))).values
    expect(Math.abs(bias.reduce((sum, each) => sum + each, 0))).toBeLessThan(1e-5)
  })

  it('writes kernels, and measures', async () => {
    const out = join(folder, 'kernels')
    const kernels = await runCli(['kernels', model, '--out', out, '--json'])
    expect(kernels.code).toBe(0)
    expect((JSON.parse(kernels.stdout) as { title: string }[]).map(({ title }) => title)).toContain('conv1')
    const bench = await runCli(['bench', model, '--what', 'forward,input-gradient', '--runs', '3', '--threads', '1', '--device', 'cpu', '--json'])
    const report = JSON.parse(bench.stdout) as Record<string, { medianMs: number; runs: number }>
    expect(report['forward']?.runs).toBe(3)
    expect(report['input-gradient']?.medianMs).toBeGreaterThan(0)
  })

  it('ends with 2 on wrong usage, 0 on help and version', async () => {
    expect((await runCli(['explain', model])).code).toBe(2)
    expect((await runCli(['inspect', model, '--no-such-option'])).code).toBe(2)
    expect((await runCli(['no-such-command'])).code).toBe(2)
    expect((await runCli(['bench', model, '--runs', 'many'])).code).toBe(2)
    expect((await runCli(['--help'])).code).toBe(0)
    expect((await runCli(['grad', '--help'])).code).toBe(0)
    expect((await runCli(['--version'])).stdout.trim()).toMatch(/^\d+\.\d+\.\d+$/)
  })

  it('ends with 130 when it is interrupted', async () => {
    const { code } = await runCli(['bench', model, '--runs', '100000', '--device', 'cpu'], { interruptAfterMs: 4000 })
    expect(code).toBe(130)
  })
})

describe('a file that is no model', () => {
  it.each(badModels.map((bad) => [bad.name, bad] as const))('%s: one clear line, exit 1', async (_name, bad) => {
    const path = await bad.make(await mkdtemp(join(folder, 'bad-')))
    const { code, stderr, stdout, ms } = await runCli(['explain', path, picture, '--method', 'gradient', '--device', 'cpu', '--out', join(folder, 'never')])
    expect(code).toBe(1)
    expect(stdout).toBe('')
    expect(errorLines(stderr)).toHaveLength(1)
    expect(stderr).toMatch(bad.expect)
    expect(ms).toBeLessThan(answerLimitMs)
  })
})

describe('a file that is no picture', () => {
  it('one clear line, exit 1, for every one of them', async () => {
    for (const { name, bytes } of await badPictures()) {
      const path = join(folder, name.replaceAll(/[^\w.-]+/g, '_'))
      await writeFile(path, bytes)
      const { code, stderr, ms } = await runCli(['explain', model, path, '--method', 'gradient', '--device', 'cpu', '--out', join(folder, 'never')])
      expect([name, code]).toEqual([name, 1])
      expect(errorLines(stderr)).toHaveLength(1)
      expect(ms).toBeLessThan(answerLimitMs)
    }
  }, 300_000)
})
