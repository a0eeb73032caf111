/** The whole page over the fake engine, in Chromium: one server and one browser for a test file, a fresh page for a test. */
import type { Browser, Page } from 'playwright-core'
import type { PreviewServer } from 'vite'
import { preview } from 'vite'
import { afterAll, afterEach, beforeAll, describe, expect } from 'vitest'
import { chromiumPath, launchChromium } from '../../support/chromium.ts'
import { buildPage } from './build-page.ts'

export interface PageOptions {
  /** In the address: '/#/explain'. */
  readonly at?: string
  readonly size?: { readonly width: number; readonly height: number }
  readonly theme?: 'dark' | 'light'
  /** The preprocessing is a guess. */
  readonly guessed?: boolean
  /** Share of the evidence that speaks for the guess, 0..1. */
  readonly sure?: number
  readonly delayMs?: number
  /** Epochs of a training run that is there already. */
  readonly kept?: number
  /** Milliseconds a training step takes. */
  readonly stepMs?: number
}

export const usualSizes = [{ width: 1440, height: 900 }, { width: 1024, height: 700 }] as const

export interface Application {
  readonly open: (options?: PageOptions) => Promise<Page>
}

/** Tests of the page; they say so when they skip for want of Chromium. A page that logs an error fails its test. */
export function describeApplication(title: string, tests: (application: Application) => void): void {
  describe.skipIf(chromiumPath === undefined)(chromiumPath === undefined ? `${title} (skipped: no Chromium)` : title, () => {
    let server: PreviewServer
    let browser: Browser
    let complaints: string[] = []
    const pages: Page[] = []

    beforeAll(async () => {
      server = await preview({ configFile: false, logLevel: 'error', build: { outDir: await buildPage() }, preview: { port: 0, host: '127.0.0.1' } })
      browser = await launchChromium()
    }, 120_000)
    afterAll(async () => {
      await browser.close()
      await server.close()
    })
    afterEach(async () => {
      await Promise.all(pages.splice(0).map((page) => page.context().close()))
      const found = complaints
      complaints = []
      expect(found).toEqual([])
    })

    tests({
      open: async ({ at = '#/explain', size = usualSizes[0], theme = 'dark', guessed = false, sure, delayMs = 0, kept = 0, stepMs = 15 } = {}) => {
        const context = await browser.newContext({ viewport: size, reducedMotion: 'reduce' })
        const page = await context.newPage()
        pages.push(page)
        page.on('pageerror', (error) => complaints.push(error.message))
        page.on('console', (message) => { if (message.type() === 'error' || message.text().includes('[Vue warn]')) complaints.push(message.text()) })
        const search = new URLSearchParams({ theme, delay: String(delayMs), kept: String(kept), step: String(stepMs), ...(guessed ? { guessed: '' } : {}), ...(sure === undefined ? {} : { sure: String(sure) }) })
        const [address] = server.resolvedUrls?.local ?? []
        await page.goto(`${address ?? ''}?${search.toString()}${at}`)
        // A run that is shown has its own network and data in the top bar.
        await (at.includes('run=') ? page.getByRole('button', { name: 'New run' }) : page.getByTestId('model-chip').getByText('phosphene-24')).waitFor()
        return page
      },
    })
  })
}

export const callsOf = (page: Page, name: string): Promise<number> => page.evaluate((wanted) => window.fake?.calls.filter((call) => call === wanted).length ?? 0, name)
