/**
 * The README's pictures: every workspace of the running application on the bundled model, syntheses with what they made, training in mid-run and
 * with a doctor's finding, in both themes.
 * Usage: node resources/scripts/screenshots.mjs ADDRESS-THAT-SERVE-PRINTED [folder [names with commas: home,explore,kernels,explain,features,unit,dream,style,fool,train,doctor]]
 * A name may say a theme: 'features-dark,unit-light'.
 */
import { mkdirSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { chromium } from 'playwright-core'
import sharp from 'sharp'

const [, , address, folder = join(import.meta.dirname, '..', 'screenshots'), names = 'home,explore,kernels,explain,features,unit,dream,style,fool,train,doctor'] = process.argv
const named = new Set(names.split(','))
const isWanted = (name, theme) => named.has(name) || named.has(`${name}-${theme}`)
if (!address) throw new Error('Give the address that `phosphene serve --no-open` printed.')
mkdirSync(folder, { recursive: true })
const browser = await chromium.launch({ executablePath: process.env.PHOSPHENE_CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox', '--use-gl=angle', '--use-angle=swiftshader', '--enable-unsafe-swiftshader', '--disable-background-networking'] })
const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' })
const smooth = new Set(['explore', 'kernels', 'explain', 'dream', 'style', 'fool'])
const { origin } = new URL(address)
/** What is done in each workspace before it is pictured. */
const syntheses = {
  /** The classes of the bundled model, made for the first theme and kept for the second. */
  async features(page, done) {
    await page.goto(`${origin}/#/features`)
    const draw = page.getByRole('button', { name: /^Draw/ })
    await draw.first().waitFor()
    await page.waitForTimeout(2000)
    if (await page.getByRole('list', { name: /^Units of/ }).locator('img').count() > 0) return
    await draw.first().click()
    await done()
  },
  async unit(page) {
    await page.goto(`${origin}/#/features?layer=mixed4&unit=40`)
    await page.getByRole('heading', { name: 'Unit 40', exact: true }).first().waitFor()
    await page.waitForTimeout(2000)
    if (await page.getByRole('img', { name: 'Another way, 4' }).count() > 0) return
    await page.getByRole('button', { name: 'Draw', exact: true }).click()
    await page.getByRole('img', { name: 'Silences it' }).waitFor({ timeout: 120_000 })
    await page.getByRole('group', { name: 'Run' }).waitFor({ state: 'detached', timeout: 10_000 }).catch(() => undefined)
    await page.getByRole('button', { name: /^Draw four/ }).click()
    await page.getByRole('button', { name: 'Save another way, 4' }).waitFor({ timeout: 120_000 })
    await page.getByRole('button', { name: 'Look through a folder…' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('textbox').fill(join(import.meta.dirname, '..', 'pictures'))
    await dialog.getByRole('textbox').press('Enter')
    await dialog.getByRole('button', { name: /choose|use/i }).last().click()
    await page.getByRole('img', { name: /^Patch 9, of/ }).waitFor({ timeout: 120_000 })
  },
  /** Guided: the picture fills with what the network sees in another one. */
  async dream(page, done) {
    await page.goto(`${origin}/#/dream`)
    await page.getByRole('combobox', { name: 'Layer', exact: true }).getByText(/suggested/).waitFor()
    await page.getByRole('button', { name: /^Guide: the sample ladybird|^Dream without a guide/i }).first().waitFor()
    const guide = page.getByRole('button', { name: /^Guide: the sample ladybird/i })
    if (await guide.count() > 0) await guide.click()
    await page.getByRole('button', { name: 'Dream without a guide' }).waitFor()
    await page.getByRole('group', { name: 'Dream controls' }).getByRole('button', { name: /^Dream/ }).first().click()
    await page.getByRole('group', { name: 'Run' }).getByText('Running').waitFor()
    await done()
  },
  async style(page, done) {
    await page.goto(`${origin}/#/style`)
    for (const sample of ['butterfly', 'fish']) {
      await page.getByRole('button', { name: /style…$/ }).click()
      await page.getByRole('button', { name: new RegExp(`^Take the style of the sample ${sample}`, 'i') }).click()
    }
    await page.getByRole('button', { name: 'Paint where butterfly.png goes' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Left half' }).click()
    await page.getByRole('button', { name: 'Use this mask' }).click()
    await page.getByRole('button', { name: 'Make the picture' }).click()
    await page.getByRole('group', { name: 'Run' }).getByText('Running').waitFor()
    await done()
  },
  /** The archive while it grows. */
  async fool(page) {
    await page.goto(`${origin}/#/fool`)
    await choose(page, 'Method', 'Evolution, CPPN')
    await page.getByRole('button', { name: 'Start' }).first().click()
    await page.getByRole('group', { name: 'Run' }).getByText('Running').waitFor()
    await page.waitForTimeout(40_000)
  },
}
let first = true
for (const theme of ['dark', 'light']) {
  const page = await context.newPage()
  await page.emulateMedia({ colorScheme: theme })
  await page.goto(first ? address : origin)
  first = false
  await page.getByTestId('model-chip').getByText('phosphene-24').waitFor()
  await page.goto(`${origin}/#/settings`)
  await page.getByRole('radio', { name: theme === 'dark' ? 'Darkroom' : 'Paper' }).click()
  for (const workspace of ['home', 'explore', 'kernels', 'explain'].filter((each) => isWanted(each, theme))) {
    await page.goto(`${origin}/#/${workspace}`)
    await page.waitForTimeout(6000)
    await shoot(page, workspace, theme)
  }
  for (const [name, make] of Object.entries(syntheses)) if (isWanted(name, theme)) await pictureSynthesis(page, theme, name, make)
  if (isWanted('train', theme)) await pictureRun(page, theme)
  if (isWanted('doctor', theme)) await pictureFinding(page, theme)
  await page.close()
}
await browser.close()

/** 256 colors are enough but where pictures have smooth gradients: a third of the size. */
async function shoot(page, name, theme) {
  const picture = await page.screenshot()
  const path = join(folder, `${name}-${theme}.png`)
  if (smooth.has(name)) await writeFile(path, picture)
  else await sharp(picture).png({ palette: true, quality: 100, effort: 10 }).toFile(path)
}

function choose(page, select, option) {
  return page.getByRole('combobox', { name: select, exact: true }).click().then(() => page.getByRole('option', { name: option, exact: true }).click())
}

async function pictureSynthesis(page, theme, name, make) {
  const done = () => page.getByRole('group', { name: 'Run' }).getByText('Done').waitFor({ timeout: 280_000 })
  await make(page, done)
  await page.waitForTimeout(2000)
  await shoot(page, name, theme)
}

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
  await shoot(page, 'train', theme)
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
  await shoot(page, 'doctor', theme)
  await page.getByRole('button', { name: 'Stop', exact: true }).click({ timeout: 5000 }).catch(() => undefined)
}
