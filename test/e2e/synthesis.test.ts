/** Dream, Style and Fool with the real engine, in the browser shell: from the bundled model and picture to a result, and what it looks like to a screen reader. */
import AxeBuilder from '@axe-core/playwright'
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { chromiumPath } from '../support/chromium.ts'
import { serveApplication } from '../support/served-application.ts'
import type { ServedApplication } from '../support/served-application.ts'

const patienceMs = 60_000

describe.skipIf(chromiumPath === undefined)(chromiumPath === undefined ? 'Dream, Style and Fool (skipped: no Chromium)' : 'Dream, Style and Fool', () => {
  let application: ServedApplication
  const pages: Page[] = []

  async function open(at: string): Promise<{ readonly page: Page; readonly errors: readonly string[] }> {
    const opened = await application.open({ at })
    opened.page.setDefaultTimeout(patienceMs)
    pages.push(opened.page)
    await opened.page.getByTestId('model-chip').getByText('phosphene-24').waitFor()
    return opened
  }
  const run = (page: Page) => page.getByRole('group', { name: 'Run' })
  async function choose(page: Page, select: string, option: string): Promise<void> {
    await page.getByRole('combobox', { name: select, exact: true }).click()
    await page.getByRole('option', { name: option, exact: true }).click()
  }
  const violationsOf = async (page: Page): Promise<string[]> => (await new AxeBuilder({ page }).analyze()).violations.filter(({ impact }) => impact === 'serious' || impact === 'critical').map(({ id, nodes }) => `${id}: ${nodes[0]?.html ?? ''}`)

  beforeAll(async () => { application = await serveApplication() })
  afterEach(async () => { for (const page of pages.splice(0)) await page.close() })
  afterAll(async () => { await application.close() })

  it('dreams of the open picture, and lets the two be compared', { timeout: 4 * patienceMs }, async () => {
    const { page, errors } = await open('/#/dream')
    await page.getByRole('group', { name: 'Dream controls' }).getByRole('button', { name: 'Dream', exact: true }).click()
    await run(page).getByText('Done').waitFor({ timeout: 3 * patienceMs })
    const dream = await page.getByRole('img', { name: 'The dream' }).getAttribute('src')
    await page.getByRole('radio', { name: 'Original' }).click()
    expect(await page.getByRole('img', { name: 'The picture' }).getAttribute('src')).not.toBe(dream)
    expect(await violationsOf(page)).toEqual([])
    expect(errors).toEqual([])
  })

  it('paints the open picture in the manner of a sample', { timeout: 4 * patienceMs }, async () => {
    const { page, errors } = await open('/#/style')
    await page.getByRole('button', { name: 'Add a style…' }).click()
    await page.getByRole('button', { name: /^Take the style of the sample butterfly/i }).click()
    await choose(page, 'Longer side', '256 px')
    await page.getByLabel('Steps at the first').fill('10')
    await page.getByRole('button', { name: 'Make the picture' }).click()
    await run(page).getByText('Done').waitFor({ timeout: 3 * patienceMs })
    await page.getByRole('button', { name: 'TIFF, 16 bits' }).waitFor()
    expect(await violationsOf(page)).toEqual([])
    expect(errors).toEqual([])
  })

  it('turns noise into a class that the network is sure of, in the file as it was written', { timeout: 4 * patienceMs }, async () => {
    const { page, errors } = await open('/#/fool')
    await page.getByRole('button', { name: 'Start' }).first().click()
    await run(page).getByText('Done').waitFor({ timeout: 3 * patienceMs })
    const answer = await page.getByRole('status').filter({ hasText: 'in the written file' }).innerText()
    expect(Number(/[\d.]+/.exec(answer)?.[0])).toBeGreaterThan(99)
    expect(await violationsOf(page)).toEqual([])
    expect(errors).toEqual([])
  })
})
