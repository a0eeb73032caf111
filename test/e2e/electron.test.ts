/** The real Electron, where its binary was installed: that the stand-in's view of it holds. */
import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { _electron } from 'playwright-core'
import type { ElectronApplication, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { root } from '../support/served-application.ts'

const patienceMs = 60_000
const needsDisplay = process.platform === 'linux' && !process.env['DISPLAY'] && !process.env['WAYLAND_DISPLAY']

/** As the package `electron` finds it, but without downloading it where it is missing. */
function electronPath(): string | undefined {
  const folder = join(root, 'node_modules/electron')
  const name = join(folder, 'path.txt')
  if (!existsSync(name)) return undefined
  const path = join(process.env['ELECTRON_OVERRIDE_DIST_PATH'] ?? join(folder, 'dist'), readFileSync(name, 'utf8').trim())
  return existsSync(path) ? path : undefined
}

const binary = electronPath()
const reason = binary === undefined ? "skipped: Electron's binary is not installed (npx install-electron)" : needsDisplay ? 'skipped: no display (xvfb-run)' : undefined

describe.skipIf(reason !== undefined)(reason === undefined ? 'Electron' : `Electron (${reason})`, () => {
  let application: ElectronApplication
  let page: Page
  let userData: string

  beforeAll(async () => {
    userData = await mkdtemp(join(tmpdir(), 'phosphene-electron-'))
    const superuser = process.getuid?.() === 0 ? ['--no-sandbox'] : []
    application = await _electron.launch({ ...(binary === undefined ? {} : { executablePath: binary }), args: [root, `--user-data-dir=${userData}`, ...superuser], timeout: patienceMs })
    page = await application.firstWindow()
    page.setDefaultTimeout(patienceMs)
  })
  afterAll(async () => {
    await application.close()
    await rm(userData, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 })
  })

  it('shows the bundled model, over its port to the engine', async () => {
    expect(page.url()).toMatch(/^app:\/\/phosphene\/index\.html/)
    await page.getByTestId('model-chip').getByText('phosphene-24').waitFor()
  })

  it('isolates the page', async () => {
    expect(await page.evaluate(() => ['require', 'process', 'module'].filter((name) => name in window))).toEqual([])
    expect(await page.evaluate(() => Object.keys((window as unknown as { phosphene: object }).phosphene).toSorted())).toEqual(['pathOf', 'requestPort'])
  })

  it('denies other windows and pages', async () => {
    expect(await page.evaluate(() => window.open('https://example.org/'))).toBeNull()
    await page.evaluate(() => { window.location.href = 'https://example.org/' })
    await page.getByTestId('model-chip').getByText('phosphene-24').waitFor()
    expect(page.url()).toMatch(/^app:\/\/phosphene\//)
  })

  it('starts the engine again when it dies', async () => {
    const pid = await application.evaluate(({ app }) => app.getAppMetrics().find(({ name }) => name === 'Phosphene engine')?.pid)
    process.kill(pid ?? 0, 'SIGKILL')
    await expect.poll(async () => {
      const now = await application.evaluate(({ app }) => app.getAppMetrics().find(({ name }) => name === 'Phosphene engine')?.pid)
      return now !== undefined && now !== pid
    }, { timeout: patienceMs }).toBe(true)
    await page.reload()
    await page.getByTestId('model-chip').getByText('phosphene-24').waitFor()
  })
})
