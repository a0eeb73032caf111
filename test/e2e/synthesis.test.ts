/** Dream, Style and Fool with the real engine, in the browser shell: from the bundled model and picture to a result, and what it looks like to a screen reader. */
import { readFile } from 'node:fs/promises'
import AxeBuilder from '@axe-core/playwright'
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { chromiumPath } from '../support/chromium.ts'
import { serveApplication } from '../support/served-application.ts'
import type { ServedApplication } from '../support/served-application.ts'

const patienceMs = 60_000

/** What a video element makes of a film: its extent, its length, and how much each of its five frames differs from the one before, of 255. */
function playedBy(page: Page, film: Buffer, type: string): Promise<{ readonly width: number; readonly height: number; readonly seconds: number; readonly differences: readonly number[] }> {
  return page.evaluate(async ([content, kind]) => {
    const video = document.createElement('video')
    const heard = (event: string): Promise<unknown> => new Promise((resolve, reject) => {
      video.addEventListener(event, resolve, { once: true })
      video.addEventListener('error', () => { reject(new Error(`the film cannot be played: ${video.error?.message ?? ''}`)) }, { once: true })
    })
    const ready = heard('loadeddata')
    video.src = URL.createObjectURL(new Blob([Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0))], { type: kind }))
    await ready
    const { videoWidth: width, videoHeight: height, duration: seconds } = video
    const canvas = new OffscreenCanvas(width, height)
    const context = canvas.getContext('2d', { willReadFrequently: true })
    const differences: number[] = []
    let last: Uint8ClampedArray | undefined
    for (let frame = 0; frame < 5; frame++) {
      const shown = heard('seeked')
      video.currentTime = ((frame + 0.5) * seconds) / 5
      await shown
      // What was sought may be painted a little later than the video says.
      const differenceNow = (): number => {
        context?.drawImage(video, 0, 0)
        const now = context?.getImageData(0, 0, width, height).data ?? new Uint8ClampedArray()
        const before = last
        const difference = before ? now.reduce((sum, value, at) => sum + Math.abs(value - (before[at] ?? 0)), 0) / now.length : 0
        if (!before || difference > 1) last = now
        return difference
      }
      let difference = differenceNow()
      for (let look = 0; frame > 0 && difference <= 1 && look < 100; look++) {
        await new Promise((resolve) => { setTimeout(resolve, 50) })
        difference = differenceNow()
      }
      if (frame > 0) differences.push(difference)
    }
    return { width, height, seconds, differences }
  }, [film.toString('base64'), type] as const)
}

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
    await page.getByLabel('Longer side').fill('160')
    await page.getByRole('group', { name: 'Dream controls' }).getByRole('button', { name: 'Dream', exact: true }).click()
    await run(page).getByText('Done').waitFor({ timeout: 3 * patienceMs })
    const dream = await page.getByRole('img', { name: 'The dream' }).getAttribute('src')
    await page.getByRole('radio', { name: 'Original' }).click()
    expect(await page.getByRole('img', { name: 'The picture' }).getAttribute('src')).not.toBe(dream)
    expect(await violationsOf(page)).toEqual([])
    expect(errors).toEqual([])
  })

  it('makes a film as MP4 and as WebM that the page itself can play, and says so where it cannot', { timeout: 4 * patienceMs }, async () => {
    const { page, errors } = await open('/#/dream')
    await page.getByRole('combobox', { name: 'Layer', exact: true }).getByText(/suggested/).waitFor()
    const slide = async (name: string, keys: readonly string[]): Promise<void> => { for (const key of keys) await page.getByRole('slider', { name, exact: true }).press(key) }
    await page.getByLabel('Longer side').fill('65')
    await slide('Steps', ['Home'])
    await slide('Octaves', ['Home'])
    await page.getByLabel('Zoom into the dream').check()
    await slide('Frames', ['Home', 'ArrowRight', 'ArrowRight', 'ArrowRight'])
    await slide('Closer by', ['End'])
    await page.getByRole('group', { name: 'Dream controls' }).getByRole('button', { name: 'Dream', exact: true }).click()
    await run(page).getByText('Done').waitFor({ timeout: 3 * patienceMs })
    for (const format of ['MP4', 'WebM']) {
      const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: format, exact: true }).click()])
      expect(download.suggestedFilename()).toMatch(new RegExp(`^.+-zoom.*\\.${format.toLowerCase()}$`))
      const played = await playedBy(page, await readFile(await download.path()), `video/${format.toLowerCase()}`)
      // 65 pixels are an odd number, which the usual encoders refuse; 25 frames a second.
      expect([played.width, played.height]).toEqual([64, 64])
      expect(played.seconds).toBeCloseTo(5 / 25, 2)
      expect(Math.min(...played.differences)).toBeGreaterThan(1)
    }
    await page.evaluate(() => { Reflect.deleteProperty(globalThis, 'VideoEncoder') })
    await page.getByRole('button', { name: 'MP4', exact: true }).click()
    await page.getByText(/No MP4 can be made here/).waitFor()
    const [webp] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Save as WebP' }).click()])
    expect((await readFile(await webp.path())).subarray(8, 12).toString()).toBe('WEBP')
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
