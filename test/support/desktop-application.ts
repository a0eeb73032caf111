/** The desktop shell as it is built (out/main/app.js, out/preload, out/renderer), on the stand-in for Electron. */
import { fork } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { chromium } from 'playwright-core'
import type { Page } from 'playwright-core'
import { build } from 'vite'
import type { Control, Note } from './electron-stand-in/controls.ts'

const root = resolve(import.meta.dirname, '../..')
const standInFolder = join(root, 'node_modules/.cache/phosphene/electron-stand-in')
const startLimitMs = 60_000

export interface DesktopApplication {
  readonly page: Page
  /** What the page's console reports as errors. */
  readonly errors: readonly string[]
  readonly notes: readonly Note[]
  readonly log: readonly string[]
  readonly tell: (control: Control) => void
  /** The exit code, once the application has ended by itself. */
  readonly ended: Promise<number | null>
  readonly close: () => Promise<void>
}

/** Builds the stand-in; once for all applications of a test file. */
export async function buildStandIn(): Promise<void> {
  const source = (name: string): string => join(root, 'test/support/electron-stand-in', name)
  await build({
    configFile: false,
    logLevel: 'error',
    build: {
      ssr: true, outDir: standInFolder, emptyOutDir: true, minify: false,
      rollupOptions: { input: { 'index': source('index.ts'), 'parent-port': source('parent-port.ts') }, output: { format: 'es', entryFileNames: '[name].js' } },
    },
  })
}

/** A module that makes `import 'electron'` find the stand-in, as text for --import. */
function redirection(): string {
  const url = pathToFileURL(join(standInFolder, 'index.js')).href
  const hooks = `export const resolve = (name, context, next) => name === 'electron' ? { url: ${JSON.stringify(url)}, shortCircuit: true } : next(name, context)`
  const inline = (text: string): string => `data:text/javascript,${encodeURIComponent(text)}`
  return inline(`import { register } from 'node:module'; register(${JSON.stringify(inline(hooks))})`)
}

export async function startDesktop({ files = [], workingFolder = root }: { readonly files?: readonly string[]; readonly workingFolder?: string } = {}): Promise<DesktopApplication> {
  const userData = await mkdtemp(join(tmpdir(), 'phosphene-desktop-'))
  const child = fork(join(root, 'out/main/app.js'), files, { execArgv: ['--import', redirection()], cwd: workingFolder, env: { ...process.env, STAND_IN_USER_DATA: userData }, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] })
  const notes: Note[] = []
  const log: string[] = []
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => log.push(...chunk.toString().split('\n').filter((line) => line !== '')))
  const ended = new Promise<number | null>((done) => { child.once('exit', done) })
  const endpoint = await new Promise<string>((found, fail) => {
    child.on('message', (message) => {
      const note = message as Note
      notes.push(note)
      if (note.type === 'chromium') found(note.endpoint)
    })
    child.once('exit', (code) => { fail(new Error(`The desktop shell ended with ${code ?? 'a signal'}: ${log.join('\n')}`)) })
    setTimeout(() => { fail(new Error(`The desktop shell opened no window: ${log.join('\n')}`)) }, startLimitMs)
  })
  const browser = await chromium.connectOverCDP(endpoint)
  const page = browser.contexts()[0]?.pages()[0]
  if (page === undefined) throw new Error('The desktop shell has no page.')
  const errors: string[] = []
  page.on('console', (message) => { if (message.type() === 'error') errors.push(message.text()) })
  page.on('pageerror', (error) => errors.push(error.message))
  // The stand-in answers dialogs; a client that does not listen would answer them first.
  page.on('dialog', () => undefined)
  return {
    page, errors, notes, log, ended,
    tell: (control) => { child.send(control) },
    async close() {
      if (child.connected) child.disconnect()
      await ended
      await rm(userData, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 })
    },
  }
}
