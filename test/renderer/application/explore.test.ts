import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright-core'
import sharp from 'sharp'
import { expect, it } from 'vitest'
import { callsOf, describeApplication } from '../harness/open-application.ts'

const mostDrawCalls = 300

const drawn = async (page: Page, name: 'drawCalls' | 'frames' | 'firstFrameMs'): Promise<number> => Number(await page.locator('canvas[data-engine]').getAttribute(`data-${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`))
/** Until no frame was drawn for a while: all maps have arrived and nothing moves. */
async function rest(page: Page): Promise<number> {
  let frames = -1
  for (let still = 0; still < 3;) {
    const now = await drawn(page, 'frames')
    still = now > 0 && now === frames ? still + 1 : 0
    frames = now
    await page.waitForTimeout(400)
  }
  return frames
}
const list = (page: Page) => page.getByRole('listbox', { name: /Layers of the net/ })
const selected = (page: Page) => page.getByRole('option', { selected: true })

describeApplication('Explore', ({ open }) => {
  it('draws the net, comes to rest, and stays below the most draw calls', async () => {
    const page = await open({ at: '#/explore' })
    const frames = await rest(page)
    expect(await drawn(page, 'drawCalls')).toBeGreaterThan(0)
    expect(await drawn(page, 'drawCalls')).toBeLessThanOrEqual(mostDrawCalls)
    expect(await drawn(page, 'firstFrameMs')).toBeGreaterThan(0)
    await page.waitForTimeout(1200)
    expect(await drawn(page, 'frames')).toBe(frames)
  })

  it('is walked by the keyboard: along the net, into the units, back out', async () => {
    const page = await open({ at: '#/explore' })
    await rest(page)
    await list(page).focus()
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('ArrowRight')
    await expect.poll(() => selected(page).textContent()).toContain('pool1')
    await page.keyboard.press('Enter')
    await expect.poll(() => page.url()).toContain('unit=')
    const first = page.url()
    await page.keyboard.press('ArrowRight')
    await expect.poll(() => page.url()).not.toBe(first)
    await page.keyboard.press('Escape')
    await expect.poll(() => page.url()).not.toContain('unit=')
    await page.keyboard.press('Escape')
    await expect.poll(() => page.url()).not.toContain('layer=')
  })

  it('tells a screen reader what the selected layer is and how it responds', async () => {
    const page = await open({ at: '#/explore?layer=conv1' })
    await expect.poll(() => selected(page).textContent()).toMatch(/conv1\. Conv 5×5, 3 → 32 channels.*Largest [\d.]+, mean [\d.−]+, \d+ % active/)
  })

  it('finds a layer by name and goes there', async () => {
    const page = await open({ at: '#/explore' })
    await rest(page)
    await page.keyboard.press('/')
    await page.keyboard.type('expand')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'block3/expand' }).waitFor()
    await page.getByRole('combobox', { name: 'Search the layers' }).waitFor({ state: 'detached' })
  })

  it('shows a unit with its activation, kernel and links, and takes it to Explain', async () => {
    const page = await open({ at: '#/explore?layer=block3%2Fexpand&unit=5' })
    await page.getByRole('img', { name: /Activation of unit 5, 12 by 12/ }).waitFor()
    await page.getByRole('tab', { name: 'Kernel' }).click()
    await page.getByText('one scale for the layer').waitFor()
    await page.getByRole('tab', { name: 'Connected' }).click()
    await page.getByRole('button', { name: /conv1.*unit 3/ }).first().click()
    await page.getByRole('heading', { name: 'conv1' }).waitFor()
    expect(page.url()).toContain('unit=3')
    await page.getByRole('button', { name: 'Explain this unit' }).click()
    await expect.poll(() => page.url()).toContain('#/explain')
  })

  it('selects in the drawn graph and in 3D alike', async () => {
    const page = await open({ at: '#/explore' })
    await rest(page)
    await page.getByRole('radio', { name: 'Both' }).click()
    await page.locator('svg .box').filter({ hasText: 'pool2' }).click()
    await page.getByRole('heading', { name: 'pool2' }).waitFor()
    await page.locator('svg .box.selected').filter({ hasText: 'pool2' }).waitFor()
    await page.locator('.overlay .label.selected').filter({ hasText: 'pool2' }).waitFor()
  })

  it('updates the maps for another picture without opening the model again', async () => {
    const page = await open({ at: '#/explore' })
    await rest(page)
    const [opened, sheets] = [await callsOf(page, 'models.open'), await callsOf(page, 'activations.sheet')]
    await page.getByTestId('picture-chip').click()
    await page.getByRole('button', { name: 'Open the sample fox.png' }).click()
    await expect.poll(() => callsOf(page, 'activations.sheet')).toBeGreaterThan(sheets)
    expect(await callsOf(page, 'models.open')).toBe(opened)
    await rest(page)
  })

  it('keeps working after the graphics context was lost', async () => {
    const page = await open({ at: '#/explore' })
    const before = await rest(page)
    await page.locator('canvas[data-engine]').evaluate((canvas: HTMLCanvasElement) => {
      const extension = canvas.getContext('webgl2')?.getExtension('WEBGL_lose_context')
      extension?.loseContext()
      setTimeout(() => extension?.restoreContext(), 300)
    })
    await expect.poll(() => drawn(page, 'frames'), { timeout: 10_000 }).toBeGreaterThan(before)
    await page.getByText('The graphics driver took the 3D view away').waitFor({ state: 'detached' })
  })

  it('takes the colors of a theme that was chosen in another workspace', async () => {
    const page = await open({ at: '#/explore' })
    await rest(page)
    await page.goto(page.url().replace(/#.*/, '#/settings'))
    await page.getByRole('radio', { name: 'Paper' }).click()
    await page.goto(page.url().replace(/#.*/, '#/explore'))
    await rest(page)
    const { data, info } = await sharp(await page.locator('canvas[data-engine]').screenshot()).removeAlpha().raw().toBuffer({ resolveWithObject: true })
    // Links are drawn in the theme's third ink, #5f646c.
    let links = 0
    for (let at = 0; at < data.length; at += info.channels) if (Math.abs(data[at]! - 0x5f) + Math.abs(data[at + 1]! - 0x64) + Math.abs(data[at + 2]! - 0x6c) < 9) links++
    expect(links).toBeGreaterThan(100)
  })

  it.each(['dark', 'light'] as const)('%s, with a unit selected: axe finds nothing serious', async (theme) => {
    const page = await open({ at: '#/explore?layer=block3%2Fexpand&unit=5', theme })
    await page.getByRole('radio', { name: 'Both' }).click()
    await page.waitForTimeout(1200)
    const { violations } = await new AxeBuilder({ page }).analyze()
    const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
    expect(serious.map(({ id, nodes }) => ({ id, nodes: nodes.map(({ html, failureSummary }) => `${html.slice(0, 160)} ${failureSummary ?? ''}`) }))).toEqual([])
  })
})
