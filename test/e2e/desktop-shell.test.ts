/** The desktop shell as built, on the stand-in for Electron: its window, its ports, its engine process, and what it denies. */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { contentSecurityPolicy } from '../../src-main/serve/security.ts'
import { chromiumPath } from '../support/chromium.ts'
import { buildStandIn, startDesktop } from '../support/desktop-application.ts'
import type { DesktopApplication } from '../support/desktop-application.ts'
import type { Asker, Note } from '../support/electron-stand-in/controls.ts'
import { root } from '../support/served-application.ts'

const patienceMs = 60_000

/** The bundled model with another doc_string (ModelProto's field 6): equal files are one model, under its first name. */
async function variantOfBundledModel(docString: string): Promise<Buffer> {
  return Buffer.concat([await readFile(join(root, 'resources/models/phosphene-24.onnx')), Buffer.from([(6 << 3) | 2, docString.length]), Buffer.from(docString)])
}

const notesOf = <Type extends Note['type']>({ notes }: DesktopApplication, type: Type) => notes.filter((note): note is Extract<Note, { type: Type }> => note.type === type)
/** The model is open, not only on its way. */
const showsModel = async ({ page }: DesktopApplication, name: string): Promise<void> => {
  await page.getByTestId('model-chip').filter({ hasText: name, hasNotText: 'opening…' }).waitFor({ timeout: patienceMs })
}
const eventually = <Value>(read: () => Value) => expect.poll(read, { timeout: patienceMs })

describe.skipIf(chromiumPath === undefined)(chromiumPath === undefined ? 'the desktop shell (skipped: no Chromium)' : 'the desktop shell', () => {
  let shell: DesktopApplication
  let folder: string

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'phosphene-files-'))
    for (const name of ['given', 'later', 'second', 'chosen']) await writeFile(join(folder, `${name}.onnx`), await variantOfBundledModel(name))
    await buildStandIn()
    // Named as on a command line typed in that folder.
    shell = await startDesktop({ files: ['--a-switch=some.onnx', 'given.onnx'], workingFolder: folder })
  })
  afterAll(async () => {
    await shell.close()
    await rm(folder, { recursive: true, force: true })
  })

  it('opens one window, isolated and sandboxed, on the renderer and a file named at its start', async () => {
    await showsModel(shell, 'given')
    expect(notesOf(shell, 'window').map(({ webPreferences }) => webPreferences)).toMatchObject([{ contextIsolation: true, sandbox: true, nodeIntegration: false, webSecurity: true }])
    expect(shell.errors).toEqual([])
  })

  it('gives the page two functions and nothing of Node or Electron', async () => {
    expect(await shell.page.evaluate(() => Object.keys((window as unknown as { phosphene: object }).phosphene).toSorted())).toEqual(['pathOf', 'requestPort'])
    expect(await shell.page.evaluate(() => ['require', 'process', 'module', 'ipcRenderer', 'electron'].filter((name) => name in window))).toEqual([])
  })

  it('serves its own files under the strict policy, and nothing else', async () => {
    const answers = await shell.page.evaluate(async () => {
      const read = async (path: string) => { const { status, headers } = await fetch(path); return { status, policy: headers.get('content-security-policy'), sniff: headers.get('x-content-type-options') } }
      return { page: await read('/index.html'), outside: await read('/../../package.json'), escaped: await read('/..%2f..%2fpackage.json') }
    })
    expect(answers.page).toEqual({ status: 200, policy: contentSecurityPolicy, sniff: 'nosniff' })
    expect(answers.outside.status).toBe(404)
    expect(answers.escaped.status).toBe(404)
    const elsewhere = await shell.page.evaluate(async () => await fetch('https://example.org/').then(() => 'answered', () => 'refused'))
    expect(elsewhere).toBe('refused')
  })

  it('hands a port only to the top frame of its own page in its own window', async () => {
    const handed = (): number => notesOf(shell, 'port-handed').length
    const before = handed()
    const strangers: readonly Asker[] = ['another-window', 'inner-frame', 'foreign-page']
    for (const from of strangers) shell.tell({ type: 'ask-for-port', from })
    // The page's own request comes last: once it is answered, the others were heard.
    shell.tell({ type: 'ask-for-port', from: 'page' })
    await eventually(() => notesOf(shell, 'port-asked').map(({ from }) => from)).toEqual([...strangers, 'page'])
    await eventually(handed).toBe(before + 1)
    await shell.page.evaluate(async () => await fetch('/index.html'))
    expect(handed()).toBe(before + 1)
  })

  it('opens what the system, a second start and the menu ask it to', async () => {
    shell.tell({ type: 'open-file', path: join(folder, 'later.onnx') })
    await showsModel(shell, 'later')
    shell.tell({ type: 'second-instance', argv: ['phosphene', 'second.onnx'], workingFolder: folder })
    await showsModel(shell, 'second')
    shell.tell({ type: 'choose-menu', label: 'Open model or picture…', filePaths: [join(folder, 'chosen.onnx')] })
    await showsModel(shell, 'chosen')
  })

  it('denies other windows and pages', async () => {
    const address = shell.page.url()
    await shell.page.evaluate(() => { window.open('https://example.org/window') })
    await eventually(() => notesOf(shell, 'window-denied').length).toBe(1)
    await eventually(() => shell.page.context().pages().length).toBe(1)
    await shell.page.evaluate(() => { window.location.href = 'https://example.org/page' })
    await eventually(() => notesOf(shell, 'navigation-denied').map(({ url }) => url)).toEqual(['https://example.org/page'])
    expect(shell.page.url()).toBe(address)
    await showsModel(shell, 'chosen')
  })

  it('starts the engine again when it dies; the page gets a new port and its model back', async () => {
    const engines = (): number[] => notesOf(shell, 'utility-process').map(({ pid }) => pid)
    const [first] = engines()
    process.kill(first ?? 0, 'SIGKILL')
    await eventually(() => engines().length).toBe(2)
    await eventually(() => notesOf(shell, 'port-handed').filter(({ pid }) => pid === engines()[1]).length).toBeGreaterThan(0)
    expect(shell.log.some((line) => line.includes('starting it again'))).toBe(true)
    await showsModel(shell, 'chosen')
    // A call to the new engine: only it can open another model.
    shell.tell({ type: 'open-file', path: join(folder, 'later.onnx') })
    await showsModel(shell, 'later')
  })

  it('gives a reloaded page a port of its own', async () => {
    await shell.page.reload()
    await showsModel(shell, 'phosphene-24')
  })

  it('asks before it closes while work is running, and ends when told to close', async () => {
    // A click, without which Chromium asks nobody; then the same refusal to leave that running jobs cause.
    await shell.page.getByTestId('model-chip').click()
    await shell.page.keyboard.press('Escape')
    await shell.page.evaluate(() => { window.addEventListener('beforeunload', (event) => { event.preventDefault() }) })
    shell.tell({ type: 'close-window', answer: 0 })
    await eventually(() => notesOf(shell, 'message-box')).toEqual([{ type: 'message-box', message: 'Work is still running.', answer: 0 }])
    await showsModel(shell, 'phosphene-24')
    shell.tell({ type: 'close-window', answer: 1 })
    expect(await shell.ended).toBe(0)
    const engine = notesOf(shell, 'utility-process').at(-1)?.pid ?? 0
    await eventually(async () => await readdir(`/proc/${engine}`).then(() => 'alive', () => 'gone')).toBe('gone')
  })
})
