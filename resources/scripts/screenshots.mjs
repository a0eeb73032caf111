/**
 * The README's pictures: every workspace of the running application on the bundled model, and training in mid-run and with a doctor's finding, in
 * both themes.
 * Usage: node resources/scripts/screenshots.mjs ADDRESS-THAT-SERVE-PRINTED [folder [names with commas: home,explore,kernels,explain,train,doctor]]
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { chromium } from 'playwright-core'

const [, , address, folder = join(import.meta.dirname, '..', 'screenshots'), names = 'home,explore,kernels,explain,train,doctor'] = process.argv
const wanted = new Set(names.split(','))
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
  for (const workspace of ['home', 'explore', 'kernels', 'explain'].filter((name) => wanted.has(name))) {
    await page.goto(`${origin}/#/${workspace}`)
    await page.waitForTimeout(6000)
    await page.screenshot({ path: join(folder, `${workspace}-${theme}.png`) })
  }
  if (wanted.has('train')) await pictureRun(page, theme)
  if (wanted.has('doctor')) await pictureFinding(page, theme)
  await page.close()
}
await browser.close()

/** A run from a bundled recipe, with one setting changed. */
async function start(page, recipe, settings = {}) {
  await page.goto(`${origin}/#/train`)
  await page.getByRole('button', { name: /^New run/ }).click({ timeout: 2000 }).catch(() => undefined)
  const recipes = page.getByRole('region', { name: 'Recipes' })
  await recipes.getByRole('button').first().waitFor()
  await recipes.getByRole('button', { name: /^All \d/ }).click({ timeout: 2000 }).catch(() => undefined)
  await recipes.getByRole('button', { name: new RegExp(`^${recipe}`) }).click()
  for (const [name, value] of Object.entries(settings)) await page.getByLabel(name, { exact: true }).fill(value)
  await page.getByText(/training · .* validation/).waitFor()
  await page.getByRole('button', { name: 'Start' }).click()
}

/** In mid-run: its curves, what it confuses, its kernels. */
async function pictureRun(page, theme) {
  await start(page, 'Digits, LeNet', { Epochs: '12' })
  await page.getByRole('heading', { name: /^Epoch [45]/ }).waitFor({ timeout: 240_000 })
  await page.waitForTimeout(1500)
  await page.screenshot({ path: join(folder, `train-${theme}.png`) })
  await page.getByRole('button', { name: 'Stop', exact: true }).click()
  await page.getByRole('button', { name: 'Go on from the last checkpoint' }).waitFor()
}

/** What the doctor found, and what its first fix brought. */
async function pictureFinding(page, theme) {
  await start(page, 'Digits, two hidden layers', { 'Learning rate': '0.3' })
  await page.getByRole('button', { name: /^Try:/ }).first().waitFor({ timeout: 240_000 })
  await page.getByRole('heading', { name: /^Epoch [34]/ }).waitFor({ timeout: 240_000 })
  await page.getByRole('button', { name: /^Try:/ }).first().click()
  await page.getByRole('list', { name: 'What was tried' }).waitFor({ timeout: 240_000 })
  await page.waitForTimeout(1500)
  await page.screenshot({ path: join(folder, `doctor-${theme}.png`) })
  await page.getByRole('button', { name: 'Stop', exact: true }).click({ timeout: 5000 }).catch(() => undefined)
}
