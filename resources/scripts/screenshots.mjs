/**
 * The README's pictures: every workspace of the running application on the bundled model, in both themes.
 * Usage: node resources/scripts/screenshots.mjs ADDRESS-THAT-SERVE-PRINTED [folder]
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { chromium } from 'playwright-core'

const [, , address, folder = join(import.meta.dirname, '..', 'screenshots')] = process.argv
if (!address) throw new Error('Give the address that `phosphene serve --no-open` printed.')
mkdirSync(folder, { recursive: true })
const browser = await chromium.launch({ executablePath: process.env.PHOSPHENE_CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox', '--use-gl=angle', '--use-angle=swiftshader', '--enable-unsafe-swiftshader', '--disable-background-networking'] })
const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' })
const { origin } = new URL(address)
let first = true
for (const theme of ['dark', 'light']) {
  const page = await context.newPage()
  await page.emulateMedia({ colorScheme: theme })
  await page.goto(first ? address : origin)
  first = false
  await page.getByTestId('model-chip').getByText('phosphene-24').waitFor()
  await page.goto(`${origin}/#/settings`)
  await page.getByRole('radio', { name: theme === 'dark' ? 'Darkroom' : 'Paper' }).click()
  for (const workspace of ['home', 'explore', 'kernels', 'explain']) {
    await page.goto(`${origin}/#/${workspace}`)
    await page.waitForTimeout(6000)
    await page.screenshot({ path: join(folder, `${workspace}-${theme}.png`) })
  }
  await page.close()
}
await browser.close()
