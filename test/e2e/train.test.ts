/** Training in the real application: from the setup to the trained model in Explore. */
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import AxeBuilder from '@axe-core/playwright'
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { chromiumPath } from '../support/chromium.ts'
import { serveApplication } from '../support/served-application.ts'
import type { ServedApplication } from '../support/served-application.ts'

const patienceMs = 30_000
/** Learns in seconds on any machine, and slowly enough to be paused. */
const small = { net: '8C5 MP2 10', examples: '1500', epochs: '600' }

describe.skipIf(chromiumPath === undefined)(chromiumPath === undefined ? 'training (skipped: no Chromium)' : 'training', () => {
  let application: ServedApplication
  const pages: Page[] = []

  async function open(at: string, options: { theme?: 'dark' | 'light' } = {}): Promise<{ page: Page; errors: readonly string[] }> {
    const opened = await application.open({ at, ...options })
    opened.page.setDefaultTimeout(patienceMs)
    pages.push(opened.page)
    return opened
  }

  /** The first recipe is chosen and its data read. */
  async function begun(page: Page): Promise<void> {
    await page.getByRole('region', { name: 'Recipes' }).getByRole('button', { pressed: true }).waitFor()
    await page.getByText(/training · .* validation/).waitFor()
  }

  /** Sets a run on the digits generator up, as a person would. */
  async function setUp(page: Page, { net, examples, epochs }: typeof small): Promise<void> {
    await begun(page)
    await page.getByRole('combobox', { name: 'Generator' }).click()
    await page.getByRole('option', { name: 'Drawn digits' }).click()
    await page.getByRole('textbox', { name: 'Examples' }).fill(examples)
    await page.getByLabel('Layers, one after the other').fill(net)
    await page.getByLabel('Epochs', { exact: true }).fill(epochs)
    await page.getByRole('list', { name: 'Layers of the network' }).getByText('8×24×24').waitFor()
    await page.getByRole('combobox', { name: 'Loss', exact: true }).click()
    await page.getByRole('option', { name: 'Cross-entropy', exact: true }).click()
  }

  beforeAll(async () => { application = await serveApplication() })
  afterEach(async () => { for (const page of pages.splice(0)) await page.close() })
  afterAll(async () => { await application.close() })

  it('starts from the page, shows its curve, pauses, steps, goes on, and opens its result in Explore', async () => {
    const { page, errors } = await open('/#/train')
    await setUp(page, small)
    await page.getByRole('button', { name: 'Start' }).click()
    await page.getByRole('group', { name: /^Loss: Training/ }).waitFor()
    await page.getByRole('button', { name: 'Pause' }).click()
    await page.getByRole('button', { name: 'Resume' }).waitFor()
    const place = page.getByText(/^Paused · batch/)
    const paused = await place.textContent()
    await page.waitForTimeout(500)
    expect(await place.textContent()).toBe(paused)
    await page.getByRole('button', { name: 'Step' }).click()
    await expect.poll(() => place.textContent(), { timeout: patienceMs }).not.toBe(paused)
    await page.getByRole('button', { name: 'Resume' }).click()
    await page.getByRole('heading', { name: /^Epoch ([2-9]|\d\d)/ }).waitFor()
    await page.getByRole('list', { name: 'Recall by class' }).getByRole('button').nth(9).waitFor()
    await page.getByRole('img', { name: /^8 kernels of 8C5/ }).waitFor()
    await page.getByRole('button', { name: 'Stop', exact: true }).click()
    await page.getByRole('button', { name: 'Go on from the last checkpoint' }).waitFor()
    await page.getByRole('button', { name: 'Open in Explore' }).click()
    await expect.poll(() => page.url(), { timeout: patienceMs }).toContain('#/explore')
    await expect.poll(async () => Number(await page.locator('canvas[data-draw-calls]').getAttribute('data-draw-calls')), { timeout: patienceMs }).toBeGreaterThan(0)
    await page.getByTestId('picture-chip').getByText(/^\d\.png$/).waitFor()
    expect(errors).toEqual([])
  })

  it('keeps its runs: replays one, shows the pictures behind a cell, goes on from its checkpoint', async () => {
    const { page } = await open('/#/train')
    await begun(page)
    await page.getByRole('list', { name: 'Runs' }).getByRole('button').first().click()
    await page.getByRole('slider', { name: 'Epoch' }).focus()
    await page.keyboard.press('Home')
    await page.keyboard.press('ArrowRight')
    await page.getByText('validation, after epoch 1', { exact: true }).waitFor()
    await page.getByRole('img', { name: /^8 kernels of 8C5, after epoch 1$/ }).waitFor()
    await page.getByRole('gridcell', { name: /^(\d) called \1: [1-9]/ }).first().click()
    await page.getByRole('dialog').getByRole('img').first().waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Go on from the last checkpoint' }).click()
    await page.getByRole('button', { name: 'Pause' }).waitFor()
    await page.getByRole('button', { name: 'Stop', exact: true }).click()
    await page.getByRole('button', { name: 'Go on from the last checkpoint' }).waitFor()
  })

  it('marks what is wrong with a network where it stands', async () => {
    const { page } = await open('/#/train')
    await begun(page)
    await page.getByLabel('Layers, one after the other').fill('8C5 MP2 50Q5 10')
    await page.locator('mark').getByText('50Q5', { exact: true }).waitFor({ state: 'attached' })
    expect(await page.getByRole('button', { name: 'Start' }).isDisabled()).toBe(true)
  })

  it('says what is missing where data cannot be read', async () => {
    const empty = await mkdtemp(join(tmpdir(), 'phosphene-no-data-'))
    try {
      const { page } = await open('/#/train')
      await page.getByRole('radio', { name: 'Files' }).click()
      await page.getByLabel('Folder or file', { exact: true }).fill(empty)
      await page.getByRole('alert').getByText(empty).first().waitFor()
      expect(await readdir(empty)).toEqual([])
    } finally {
      await rm(empty, { recursive: true, force: true })
    }
  })

  it('has no serious accessibility violation, setting up and looking at a run', async () => {
    for (const theme of ['dark', 'light'] as const) {
      const { page } = await open('/#/train', { theme })
      await page.getByText(/training · .* validation/).waitFor()
      const violations = async (): Promise<string[]> => (await new AxeBuilder({ page }).analyze()).violations.filter(({ impact }) => impact === 'serious' || impact === 'critical').map(({ id, nodes }) => `${theme}: ${id}: ${nodes[0]?.html ?? ''}`)
      expect(await violations()).toEqual([])
      await page.getByRole('list', { name: 'Runs' }).getByRole('button').first().click()
      await page.getByRole('list', { name: 'Recall by class' }).waitFor()
      await page.waitForTimeout(1000)
      expect(await violations()).toEqual([])
    }
  })
})
