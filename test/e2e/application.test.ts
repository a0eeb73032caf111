/** The application with its real engine, in the browser shell: what a person does with it, end to end. */
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import AxeBuilder from '@axe-core/playwright'
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { badModels } from '../support/bad-inputs.ts'
import { badPictures, oddPictures } from '../support/bad-pictures.ts'
import { chromiumPath } from '../support/chromium.ts'
import { dropFiles, enginePid, root, serveApplication } from '../support/served-application.ts'
import type { ServedApplication } from '../support/served-application.ts'
import { hasTestdata, testdata } from '../support/testdata.ts'

const firstFrameLimitMs = 3000
const drawCallLimit = 300
const patienceMs = 60_000

const messages = (page: Page) => page.getByRole('region', { name: 'Messages' })
async function dismissMessages(page: Page): Promise<void> {
  for (const button of await messages(page).getByRole('button', { name: 'Dismiss' }).all()) await button.dispatchEvent('click', {}, { timeout: 1000 }).catch(() => undefined)
  await expect.poll(() => messages(page).getByRole('alert').count()).toBe(0)
}

const stage = (page: Page) => page.locator('canvas[data-draw-calls]')
const drawn = async (page: Page): Promise<number> => Number(await stage(page).getAttribute('data-draw-calls'))

describe.skipIf(chromiumPath === undefined)(chromiumPath === undefined ? 'the application (skipped: no Chromium)' : 'the application', () => {
  let application: ServedApplication
  let folder: string
  const pages: Page[] = []

  async function open(options: Parameters<ServedApplication['open']>[0] = {}): Promise<Page> {
    const { page } = await application.open(options)
    page.setDefaultTimeout(patienceMs)
    pages.push(page)
    return page
  }

  beforeAll(async () => {
    application = await serveApplication()
    folder = await mkdtemp(join(tmpdir(), 'phosphene-drop-'))
  })
  afterEach(async () => { for (const page of pages.splice(0)) await page.close() })
  afterAll(async () => {
    await application.close()
    await rm(folder, { recursive: true, force: true })
  })

  it('opens on the bundled model and picture, drawn in 3D with its answer', async () => {
    const { page, errors } = await application.open()
    pages.push(page)
    page.setDefaultTimeout(patienceMs)
    await page.getByTestId('model-chip').getByText('phosphene-24').waitFor()
    await stage(page).waitFor()
    await expect.poll(() => drawn(page), { timeout: patienceMs }).toBeGreaterThan(0)
    expect(await drawn(page)).toBeLessThanOrEqual(drawCallLimit)
    expect(Number(await stage(page).getAttribute('data-first-frame-ms'))).toBeLessThan(firstFrameLimitMs)
    await page.getByText('cat', { exact: true }).first().waitFor()
    expect(errors).toEqual([])
  })

  it('explains the picture by itself, and another method when asked', async () => {
    const page = await open({ at: '/#/explain' })
    await page.getByRole('img', { name: /^Gradient, over the picture/ }).waitFor()
    await page.getByRole('img', { name: /^Grad-CAM, over the picture/ }).waitFor()
    await page.getByRole('button', { name: 'Integrated gradients' }).click()
    await page.getByText('completeness error').waitFor()
  })

  it('shows the kernels of every layer', async () => {
    const page = await open({ at: '/#/kernels' })
    await page.getByText('conv1').first().waitFor()
    await expect.poll(() => page.locator('canvas').count(), { timeout: patienceMs }).toBeGreaterThan(0)
  })

  it('survives a file that is no model: says why, and keeps what was open', async () => {
    const page = await open({ at: '/#/home' })
    await page.getByTestId('model-chip').getByText('phosphene-24').waitFor()
    const path = join(folder, 'holiday.onnx')
    await writeFile(path, 'this is no model at all, but a text about a holiday')
    await dropFiles(page, [path])
    await page.getByRole('alert').first().waitFor()
    await page.getByTestId('model-chip').getByText('phosphene-24').waitFor()
  })

  it('survives every bad model dropped on it, one after the other', async () => {
    const page = await open({ at: '/#/home' })
    await page.getByTestId('model-chip').getByText('phosphene-24').waitFor()
    for (const bad of badModels) {
      const path = await bad.make(await mkdtemp(join(folder, 'bad-')))
      // A file that is not there, or a folder, cannot be dropped.
      if (!(await stat(path).then((file) => file.isFile(), () => false)) || !path.endsWith('.onnx')) continue
      await dismissMessages(page)
      await dropFiles(page, [path])
      await messages(page).getByRole('alert').first().waitFor()
    }
    await page.getByTestId('model-chip').getByText('phosphene-24').waitFor()
    await page.goto(page.url().replace(/#.*/, '#/explain'))
    await page.getByRole('img', { name: /^Gradient, over the picture/ }).waitFor()
  })

  it('survives every bad picture dropped on it, and opens the unusual ones', async () => {
    const page = await open({ at: '/#/explore' })
    await page.getByTestId('picture-chip').getByText('cat').waitFor()
    const put = async ({ name, bytes }: { readonly name: string; readonly bytes: Uint8Array }): Promise<void> => {
      await dismissMessages(page)
      const path = join(await mkdtemp(join(folder, 'picture-')), name)
      await writeFile(path, bytes)
      await dropFiles(page, [path])
    }
    for (const bad of await badPictures()) {
      await put(bad)
      await messages(page).getByRole('alert').filter({ hasText: bad.says }).waitFor()
    }
    await page.getByTestId('picture-chip').getByText('cat').waitFor()
    for (const odd of await oddPictures()) {
      await put(odd)
      await page.getByTestId('picture-chip').getByText(odd.name).waitFor()
      await page.getByTestId('picture-chip').getByText(`${odd.width} × ${odd.height}`).waitFor()
    }
    expect(await messages(page).getByRole('alert').count()).toBe(0)
  })

  it('recovers when the engine dies: reopens model and picture, and explains again', async () => {
    const page = await open({ at: '/#/explain' })
    await page.getByRole('img', { name: /^Gradient, over the picture/ }).waitFor()
    process.kill(await enginePid(application.server), 'SIGKILL')
    await expect.poll(() => application.log.some((line) => line.includes('starting it again')), { timeout: patienceMs }).toBe(true)
    await page.goto(page.url().replace(/#.*/, '#/home'))
    await page.getByTestId('model-chip').getByText('phosphene-24').waitFor()
    await page.goto(page.url().replace(/#.*/, '#/explain'))
    await page.getByRole('img', { name: /^Gradient, over the picture/ }).waitFor()
  })

  it.each(['home', 'explore', 'kernels', 'explain', 'features', 'dream', 'style', 'fool', 'train', 'settings'])('has no serious accessibility violation in %s', async (workspace) => {
    for (const theme of ['dark', 'light'] as const) {
      const page = await open({ at: `/#/${workspace}`, theme })
      await page.getByTestId('model-chip').getByText('phosphene-24').waitFor()
      expect(await page.locator('html').getAttribute('data-theme')).toBe(theme)
      await page.waitForTimeout(1500)
      const { violations } = await new AxeBuilder({ page }).analyze()
      expect(violations.filter(({ impact }) => impact === 'serious' || impact === 'critical').map(({ id, nodes }) => `${theme}: ${id}: ${nodes[0]?.html ?? ''}`)).toEqual([])
    }
  })

  it.skipIf(!hasTestdata)(hasTestdata ? 'opens a dropped network of the user and names their photograph' : 'opens a dropped network of the user (skipped: no test data)', async () => {
    const page = await open({ at: '/#/home' })
    await page.getByTestId('model-chip').getByText('phosphene-24').waitFor()
    await dropFiles(page, [testdata('models/squeezenet1.1-caffe.onnx'), testdata('images/photos/n01806143_peacock.jpg')])
    await page.getByTestId('model-chip').getByText('squeezenet1.1-caffe').waitFor()
    await page.getByText('peacock').first().waitFor()
    await expect.poll(() => drawn(page), { timeout: patienceMs }).toBeGreaterThan(0)
    expect(await drawn(page)).toBeLessThanOrEqual(drawCallLimit)
  })
})

describe('the build', () => {
  it('has what a start needs', async () => {
    const { access } = await import('node:fs/promises')
    for (const file of ['out/main/cli.js', 'out/main/engine.js', 'out/main/session-worker.js', 'out/main/app.js', 'out/preload/index.cjs', 'out/renderer/index.html', 'resources/models/phosphene-24.onnx']) await access(join(root, file))
  })
})
