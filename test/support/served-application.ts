/** The real application: the built `serve` command with its own data folder, and Chromium on the address that it prints. */
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { launchChromium } from './chromium.ts'

export const root = resolve(import.meta.dirname, '../..')
export const cliScript = join(root, 'out/main/cli.js')

export interface ServedApplication {
  readonly server: ChildProcess
  /** Lines that the server wrote. */
  readonly log: readonly string[]
  /** A fresh window on the application; what its console reports as errors is collected. */
  readonly open: (options?: { readonly size?: { readonly width: number; readonly height: number }; readonly theme?: 'dark' | 'light'; readonly at?: string }) => Promise<{ page: Page; errors: readonly string[] }>
  readonly close: () => Promise<void>
}

const startLimitMs = 60_000

/** It is a setting of the application, kept for every window that follows; what the system prefers does not count. */
async function chooseTheme(page: Page, origin: string, theme: 'dark' | 'light'): Promise<void> {
  await page.goto(`${origin}/#/settings`)
  await page.getByRole('radio', { name: theme === 'dark' ? 'Darkroom' : 'Paper' }).click()
  await page.locator(`html[data-theme=${theme}]`).waitFor()
}

export async function serveApplication(): Promise<ServedApplication> {
  const data = await mkdtemp(join(tmpdir(), 'phosphene-e2e-'))
  const server = spawn(process.execPath, [cliScript, 'serve', '--no-open'], { env: { ...process.env, PHOSPHENE_DATA: data }, stdio: ['ignore', 'pipe', 'pipe'] })
  const log: string[] = []
  const address = new Promise<string>((found, fail) => {
    const listen = (chunk: Buffer): void => {
      log.push(...chunk.toString().split('\n').filter((line) => line !== ''))
      const url = /http:\/\/\S+/.exec(log.join('\n'))?.[0]
      if (url) found(url)
    }
    server.stdout.on('data', listen)
    server.stderr.on('data', listen)
    server.once('exit', (code) => { fail(new Error(`serve ended with ${code}: ${log.join('\n')}`)) })
    setTimeout(() => { fail(new Error(`serve printed no address: ${log.join('\n')}`)) }, startLimitMs)
  })
  const url = await address
  const browser: Browser = await launchChromium()
  // The key in the address opens once: one context keeps its cookie for every window.
  const context = await browser.newContext()
  const first = await context.newPage()
  await first.goto(url)
  await first.close()
  const origin = new URL(url).origin
  return {
    server, log,
    async open({ size = { width: 1440, height: 900 }, theme, at = '/' } = {}) {
      const page = await context.newPage()
      const errors: string[] = []
      page.on('console', (message) => { if (message.type() === 'error') errors.push(message.text()) })
      page.on('pageerror', (error) => errors.push(error.message))
      await page.setViewportSize(size)
      await page.emulateMedia({ reducedMotion: 'reduce' })
      if (theme) await chooseTheme(page, origin, theme)
      await page.goto(`${origin}${at}`)
      return { page, errors }
    },
    async close() {
      await browser.close()
      const ended = new Promise((done) => { server.once('exit', done) })
      server.kill('SIGTERM')
      await ended
      await rm(data, { recursive: true, force: true })
    },
  }
}

/** The process that runs the engine of a served application. */
export async function enginePid(server: ChildProcess): Promise<number> {
  const { readFile } = await import('node:fs/promises')
  const children = (await readFile(`/proc/${server.pid ?? 0}/task/${server.pid ?? 0}/children`, 'utf8')).trim().split(/\s+/).map(Number)
  for (const child of children) if ((await readFile(`/proc/${child}/cmdline`, 'utf8')).includes('engine.js')) return child
  throw new Error('No engine process was found.')
}

/** Drops files of this machine on the window, as a person drags them from a folder. */
export async function dropFiles(page: Page, paths: readonly string[]): Promise<void> {
  const { readFile } = await import('node:fs/promises')
  const { basename } = await import('node:path')
  const files = await Promise.all(paths.map(async (path) => ({ name: basename(path), content: (await readFile(path)).toString('base64') })))
  await page.evaluate(async (dropped) => {
    const transfer = new DataTransfer()
    for (const { name, content } of dropped) {
      const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0))
      transfer.items.add(new File([bytes], name))
    }
    window.dispatchEvent(new DragEvent('dragenter', { dataTransfer: transfer, cancelable: true }))
    window.dispatchEvent(new DragEvent('drop', { dataTransfer: transfer, cancelable: true }))
    await Promise.resolve()
  }, files)
}
