/** What the world does to a run: its process is killed, its disk is full, its data are gone, its folder may not be written to. */
import { spawn, spawnSync } from 'node:child_process'
import { chmod, mkdir, mkdtemp, readFile, readdir, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Epoch } from '#contract/training.ts'
import { RunFolder } from '#engine/training/run-folder.ts'
import { errorLines, runCli } from '../support/run-cli.ts'
import { cliScript } from '../support/served-application.ts'

let root: string
beforeAll(async () => { root = await mkdtemp(join(tmpdir(), 'phosphene-mishaps-')) })
afterAll(async () => { await rm(root, { recursive: true, force: true }) })

const recipe = ['--data', 'generator:digits', '--data-option', 'count=1500', '--net', '20C5 MP2 50C5 MP2 128F 10', '--batch', '50', '--device', 'cpu', '--threads', '1']
const kills = 10
const steps = async (folder: string): Promise<number> => (await new RunFolder(folder).newestCheckpoint())?.notes.step ?? 0

/** Kills the engine with no warning, some way into the epoch after the first that ends. */
function killInMidEpoch(args: readonly string[], afterMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [cliScript, 'train', ...args], { stdio: ['ignore', 'ignore', 'pipe'] })
    let said = '', waiting = false
    child.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString()
      if (waiting || !/^Epoch \d+ of \d+: loss/m.test(said)) return
      waiting = true
      setTimeout(() => child.kill('SIGKILL'), afterMs)
    })
    child.once('error', reject)
    child.once('close', (code, signal) => { if (signal === 'SIGKILL') resolve(); else reject(new Error(`It ended by itself (${code}): ${said}`)) })
  })
}

describe('a run', () => {
  it(`goes on after each of ${kills} kills, and ends with the numbers of one that nobody killed`, async () => {
    const [whole, killed] = [join(root, 'whole'), join(root, 'killed')]
    const epochs = ['--epochs', String(kills + 2)]
    await runCli(['train', ...recipe, ...epochs, '--out', whole])
    await killInMidEpoch([...recipe, ...epochs, '--out', killed], 100)
    let before = await steps(killed)
    expect(before).toBeGreaterThan(0)
    for (let kill = 1; kill < kills; kill++) {
      await killInMidEpoch(['--resume', killed, '--device', 'cpu', '--threads', '1'], 40 * kill)
      const folder = new RunFolder(killed)
      expect((await folder.readRecord()).findings).toBeDefined()
      expect((await folder.readHistory()).length).toBeGreaterThan(0)
      const now = await steps(killed)
      expect(now).toBeGreaterThan(before)
      before = now
    }
    const { code, stderr } = await runCli(['train', '--resume', killed, '--device', 'cpu', '--threads', '1'])
    expect(errorLines(stderr)).toEqual([])
    expect(code).toBe(0)
    const numbers = async (path: string) => (JSON.parse(await readFile(join(path, 'history.json'), 'utf8')) as Epoch[]).map(({ epoch, train, validation: { loss, score } }) => ({ epoch, train, loss, score }))
    expect(await numbers(killed)).toEqual(await numbers(whole))
    expect((await new RunFolder(killed).readSteps()).map(({ step }) => step)).toEqual(Array.from({ length: await steps(whole) }, (_, index) => index + 1))
    expect((await readdir(join(killed, 'checkpoints'))).filter((name) => name.endsWith('.part'))).toEqual([])
  })

  it('whose data were removed says so, keeps what it learned, and goes on when they are back', async () => {
    const [data, away, out] = [join(root, 'data'), join(root, 'away'), join(root, 'removed')]
    await runCli(['pictures', '--out', data, '--count', '60', '--size', '24'])
    const first = await runCli(['train', '--data', data, '--net', '8F 24', '--epochs', '2', '--batch', '8', '--out', out])
    expect(errorLines(first.stderr)).toEqual([])
    const file = new RunFolder(out)
    await file.writeJson('recipe.json', { ...(await file.readRecipe()), epochs: 4 })
    await rename(data, away)
    const { code, stderr } = await runCli(['train', '--resume', out])
    expect(code).toBe(1)
    expect(errorLines(stderr).join()).toMatch(/data.*(?:does not exist|no such|cannot be read|There is no)/i)
    expect(await file.readRecord()).toMatchObject({ state: 'failed', epoch: 2, data: { train: expect.any(Number) as number } })
    expect(await file.readHistory()).toHaveLength(2)
    await rename(away, data)
    expect((await runCli(['train', '--resume', out])).code).toBe(0)
    expect(await file.readHistory()).toHaveLength(4)
  })

  it('is refused in words where nothing may be written', async () => {
    const closed = join(root, 'closed')
    await mkdir(closed)
    await chmod(closed, 0o555)
    // To the superuser nothing is closed but what the kernel itself makes.
    const out = join(process.getuid?.() === 0 ? '/proc' : closed, 'run')
    const { code, stderr } = await runCli(['train', ...recipe, '--epochs', '1', '--out', out])
    expect(code).toBe(1)
    expect(errorLines(stderr).join()).toMatch(/run.*cannot be written: /)
    await chmod(closed, 0o755)
  })

  const small = spawnSync('unshare', ['-rm', 'mount', '-t', 'tmpfs', '-o', 'size=64k', 'none', tmpdir()]).status === 0
  it.skipIf(!small)('that fills its disk says so and goes on once there is room (needs user namespaces)', async () => {
    const [disk, out] = [join(root, 'disk'), join(root, 'rescued')]
    await mkdir(disk)
    const script = `mount -t tmpfs -o size=3m none "$0" && shift; "$@" --out "$0/run"; code=$?; cp -r "$0/run" "${out}"; exit $code`
    const { status, stderr } = await new Promise<{ status: number | null; stderr: string }>((resolve) => {
      const child = spawn('unshare', ['-rm', 'bash', '-c', script, disk, '-', process.execPath, cliScript, 'train', ...recipe, '--epochs', '2'], { stdio: ['ignore', 'ignore', 'pipe'] })
      let text = ''
      child.stderr.on('data', (chunk: Buffer) => { text += chunk.toString() })
      child.once('close', (code) => { resolve({ status: code, stderr: text }) })
    })
    expect(status).toBe(1)
    expect(errorLines(stderr).join()).toMatch(/cannot be written: the disk is full\. What was learned up to the last checkpoint is kept/)
    expect(await new RunFolder(out).readRecord()).toMatchObject({ state: 'failed' })
    expect((await runCli(['train', '--resume', out])).code).toBe(0)
    expect(await new RunFolder(out).readHistory()).toHaveLength(2)
  })
})
