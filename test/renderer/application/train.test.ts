import { writeFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { callsOf, describeApplication, usualSizes } from '../harness/open-application.ts'

const recipe = async (page: Page, name: string): Promise<void> => {
  const all = page.getByRole('button', { name: /^All \d/ })
  await page.getByRole('region', { name: 'Recipes' }).getByRole('button').first().waitFor()
  if (await all.isVisible()) await all.click()
  await page.getByRole('button', { name: new RegExp(`^${name}`) }).click()
}
const notation = (page: Page) => page.getByLabel('Layers, one after the other')
const chart = (page: Page, name: string) => page.getByRole('group', { name: new RegExp(`^${name}`) })

describeApplication('Train', ({ open }) => {
  it('begins with the first recipe, its data and its net drawn', async () => {
    const page = await open({ at: '#/train' })
    await page.getByRole('button', { name: /^Kilometers to miles/, pressed: true }).waitFor()
    await page.getByText('54,220 training · 10,000 validation').waitFor()
    await page.getByRole('list', { name: 'Layers of the network' }).getByText('785').first().waitFor()
  })

  it('draws the net as it is typed, and marks what is wrong where it stands', async () => {
    const page = await open({ at: '#/train' })
    await recipe(page, 'Digits with LeNet')
    const drawing = page.getByRole('list', { name: 'Layers of the network' })
    await drawing.getByText('50×8×8').waitFor()
    await notation(page).fill('20C5 MP2 50Q5 10')
    await page.locator('mark').getByText('50Q5', { exact: true }).waitFor({ state: 'attached' })
    await page.getByText("'50Q5' is no layer").first().waitFor()
    expect(await page.getByRole('button', { name: 'Start' }).isDisabled()).toBe(true)
    await notation(page).fill('20C5 MP2 30C5 10')
    await drawing.getByText('30×8×8').waitFor()
    await expect.poll(() => page.getByRole('button', { name: 'Start' }).isEnabled()).toBe(true)
    await notation(page).fill('20C5 MP2 30C5 4')
    await page.getByRole('button', { name: 'Make the last layer 10' }).click()
    expect(await notation(page).inputValue()).toBe('20C5 MP2 30C5 10')
  })

  it('trains from the keyboard: starts, pauses, steps, changes the rate, goes on and stops', async () => {
    const page = await open({ at: '#/train' })
    await recipe(page, 'Digits with LeNet')
    await page.getByText('233 k parameters').waitFor()
    await page.keyboard.press('Control+Enter')
    await page.getByRole('heading', { name: /^Epoch [1-9]/ }).waitFor()
    expect(page.url()).toContain('run=run-1')
    await chart(page, 'Loss: Training').waitFor()
    await page.keyboard.press('p')
    await page.getByRole('button', { name: 'Resume' }).waitFor()
    const place = page.getByText(/^Paused · batch/)
    const before = await place.textContent()
    await page.keyboard.press('s')
    await expect.poll(() => place.textContent()).not.toBe(before)
    await page.getByRole('button', { name: 'Half the rate' }).click()
    await page.keyboard.press('s')
    await page.getByText('now 0.0005').waitFor()
    await page.keyboard.press('p')
    await page.getByRole('button', { name: 'Stop', exact: true }).click()
    await page.getByRole('button', { name: 'Go on from the last checkpoint' }).waitFor()
  })

  it('shows what a run learned: curves, recall, confusion with its pictures, kernels', async () => {
    const page = await open({ at: '#/train?run=run-1', kept: 12 })
    await chart(page, 'Accuracy: Training').waitFor()
    await page.getByRole('list', { name: 'Recall by class' }).getByRole('button', { name: /^0 98/ }).waitFor()
    const cell = page.getByRole('gridcell', { name: /^7 called 9: 617 of 1,028/ })
    await cell.click()
    await page.getByRole('dialog', { name: '7, called 9' }).getByRole('img').first().waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('img', { name: /^20 kernels of 20C5, after epoch 12/ }).waitFor()
    await page.getByRole('button', { name: '50C5 50 × 8 × 8' }).click()
    await page.getByRole('img', { name: /^50 kernels of 50C5/ }).waitFor()
  })

  it('replays the past: kernels, recall and confusion follow the epoch', async () => {
    const page = await open({ at: '#/train?run=run-1', kept: 12 })
    await page.getByRole('img', { name: /kernels of 20C5, after epoch 12/ }).waitFor()
    await page.getByRole('slider', { name: 'Epoch' }).focus()
    await page.keyboard.press('Home')
    await page.keyboard.press('ArrowRight')
    await page.getByRole('img', { name: /kernels of 20C5, after epoch 1$/ }).waitFor()
    await page.getByText('validation, after epoch 1', { exact: true }).waitFor()
    await page.keyboard.press('.')
    await page.getByText('validation, after epoch 2', { exact: true }).waitFor()
    await page.getByRole('button', { name: 'Last' }).click()
    await page.getByText('validation, after epoch 12', { exact: true }).waitFor()
  })

  it('walks the confusion matrix and the charts with the arrow keys', async () => {
    const page = await open({ at: '#/train?run=run-1', kept: 6 })
    await page.getByRole('grid', { name: /^Confusion/ }).getByRole('gridcell').first().focus()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('End')
    expect(await page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toMatch(/^1 called 9: 0 of/)
    await chart(page, 'Accuracy').focus()
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('ArrowRight')
    await page.getByRole('status').getByText('Epoch 2').waitFor()
  })

  it('tells what the doctor saw, tries the fix, and says what came of it', async () => {
    const page = await open({ at: '#/train?run=run-1', kept: 5 })
    const finding = page.getByRole('article', { name: 'Class 7 has been given up' })
    await finding.getByText('predicted it 0 times').waitFor()
    await finding.getByRole('button', { name: 'Try: balanced class weights' }).click()
    await finding.getByText('recall of 7: 0 to 84 %').waitFor()
    await finding.getByText('Recall of 7', { exact: true }).waitFor()
    await finding.getByRole('button', { name: 'Go on with it' }).click()
    await expect.poll(() => callsOf(page, 'training.branch')).toBe(1)
    await finding.waitFor({ state: 'detached' })
  })

  it('lays a second run over the first', async () => {
    const page = await open({ at: '#/train?run=run-1', kept: 3, stepMs: 1 })
    await chart(page, 'Loss').waitFor()
    await page.getByRole('button', { name: 'New run' }).click()
    await recipe(page, 'Digits with LeNet')
    await page.getByText('233 k parameters').waitFor()
    await page.getByRole('button', { name: 'Start' }).click()
    await page.getByRole('heading', { name: /^Epoch [2-9]/ }).waitFor()
    await page.getByRole('combobox', { name: 'Compare with' }).click()
    await page.getByRole('option', { name: 'LeNet, one rare' }).click()
    await chart(page, 'Loss: .*LeNet, one rare').waitFor()
  })

  it('lays scalars of a TensorBoard file over a run', async () => {
    const page = await open({ at: '#/train?run=run-1', kept: 3 })
    await chart(page, 'Loss').waitFor()
    await page.getByRole('combobox', { name: 'Compare with' }).click()
    await page.getByRole('option', { name: 'TensorBoard file…' }).click()
    await page.getByRole('dialog', { name: 'TensorBoard event file' }).getByRole('button', { name: /^table\.csv/ }).click()
    await chart(page, 'Accuracy: .*table.csv 90 %').waitFor()
  })

  it('offers a net for numbers where maps cannot be made', async () => {
    const page = await open({ at: '#/train' })
    await page.getByRole('radio', { name: 'Files' }).click()
    await page.getByLabel('Folder or file', { exact: true }).fill('/home/someone/table.csv')
    await page.getByRole('combobox', { name: 'Role of price' }).waitFor()
    await expect.poll(() => page.getByRole('combobox', { name: 'Loss', exact: true }).textContent()).toContain('Squared error')
    await notation(page).fill('20C5 1')
    await page.getByRole('button', { name: 'Use 16F 1' }).click()
    await page.getByRole('list', { name: 'Layers of the network' }).getByText('48').first().waitFor()
  })

  it('opens the result in Explore, with one of its own pictures', async () => {
    const page = await open({ at: '#/train?run=run-1', kept: 12 })
    await page.getByRole('button', { name: 'Open in Explore' }).click()
    await expect.poll(() => page.url()).toContain('#/explore')
    await page.getByTestId('model-chip').getByText('model').waitFor()
    await expect.poll(() => callsOf(page, 'files.finish')).toBe(1)
  })

  it('shows and takes back recipes, and says what is wrong in one', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'phosphene-recipe-'))
    try {
      const page = await open({ at: '#/train?run=run-1', kept: 2 })
      await page.getByRole('button', { name: 'Recipe of the run' }).click()
      const text = await page.getByLabel('Recipe, JSON').textContent()
      await page.keyboard.press('Escape')
      await page.getByRole('button', { name: 'New run' }).click()
      const [good, bad] = [join(folder, 'good.json'), join(folder, 'bad.json')]
      await writeFile(good, text?.replace('20C5', '12C5') ?? '')
      await writeFile(bad, '{"version": 1}')
      const bring = async (path: string): Promise<void> => {
        const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.getByRole('button', { name: 'Import a recipe' }).click()])
        await chooser.setFiles(path)
      }
      await bring(bad)
      await page.getByRole('alert').getByText('This is no recipe of a training run').waitFor()
      await bring(good)
      await expect.poll(() => notation(page).inputValue()).toBe('12C5 MP2 50C5 MP2 256F 10')
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  })

  it('takes files of this machine, and shows the roles of columns', async () => {
    const page = await open({ at: '#/train' })
    await page.getByRole('radio', { name: 'Files' }).click()
    await page.getByRole('status').getByText('No data is chosen.').waitFor()
    await page.getByRole('button', { name: 'Choose…' }).first().click()
    await page.getByRole('dialog', { name: 'Training data' }).getByRole('button', { name: /^table\.csv/ }).click()
    const role = page.getByRole('combobox', { name: 'Role of price' })
    await role.getByText('Number to predict').waitFor()
    await role.click()
    await page.getByRole('option', { name: 'Ignored' }).click()
    await role.getByText('Ignored').waitFor()
    await page.getByLabel('Folder or file', { exact: true }).fill('/missing')
    await page.getByRole('alert').getByText('/missing is not there').waitFor()
  })

  it('takes a dropped table as data, and a dropped recipe as a recipe', async () => {
    const page = await open({ at: '#/train' })
    const drop = (name: string, content: string): Promise<void> => page.evaluate(([file, text]) => {
      const transfer = new DataTransfer()
      transfer.items.add(new File([text], file))
      window.dispatchEvent(new DragEvent('drop', { dataTransfer: transfer, cancelable: true }))
    }, [name, content] as const)
    await page.getByText('785').first().waitFor()
    await drop('houses.csv', 'area,price\n1,2\n')
    await expect.poll(() => callsOf(page, 'training.resolve')).toBe(1)
    await page.getByLabel('Folder or file', { exact: true }).waitFor()
    await drop('recipe.json', '{}')
    await page.getByRole('alert').getByText('This is no recipe').waitFor()
  })

  it('warns where an augmentation changes what a picture means', async () => {
    const page = await open({ at: '#/train' })
    await page.getByText('Turn upside down').click()
    await page.getByText('6 becomes 9').waitFor()
  })

  it('finds a learning rate', async () => {
    const page = await open({ at: '#/train' })
    await page.getByRole('button', { name: 'Find a rate…' }).click()
    await page.getByRole('button', { name: 'Use 0.0042' }).click()
    expect(await page.getByRole('textbox', { name: 'Learning rate' }).inputValue()).toBe('0.0042')
  })

  it('says what is wrong with a number, and does not start with it', async () => {
    const page = await open({ at: '#/train' })
    await page.getByLabel('Epochs', { exact: true }).fill('-3')
    await page.getByText('A whole number from 1 to 100000.').first().waitFor()
    expect(await page.getByRole('button', { name: 'Start' }).isDisabled()).toBe(true)
  })

  it('says why a run cannot begin, and stays where it was', async () => {
    const page = await open({ at: '#/train' })
    await page.getByText('785').first().waitFor()
    // Not begun while the network does not answer what the data ask.
    expect(await page.getByRole('button', { name: 'Start' }).isDisabled()).toBe(true)
    await page.getByRole('button', { name: 'Make the last layer 10' }).click()
    await page.evaluate(() => window.fake?.failNext('training.start', 'The folder of runs cannot be written: the disk is full. Free some space.'))
    await page.getByRole('button', { name: 'Start' }).click()
    await page.getByRole('alert').getByText('the disk is full').waitFor()
    await page.getByRole('heading', { name: 'New run' }).waitFor()
  })

  it('follows its run again when the engine came back', async () => {
    const page = await open({ at: '#/train?run=run-1', kept: 3 })
    await chart(page, 'Loss').waitFor()
    const before = await callsOf(page, 'training.watch')
    await page.evaluate(() => { window.fake?.lose(); window.fake?.restore() })
    await expect.poll(() => callsOf(page, 'training.watch')).toBe(before + 1)
  })

  it.each(usualSizes.flatMap((size) => [0, 6].map((kept) => ({ ...size, kept }))))('fits $width × $height with $kept epochs: nothing is cut off or overlaps', async ({ kept, ...size }) => {
    const page = await open({ at: kept > 0 ? '#/train?run=run-1' : '#/train', size, kept })
    await page.waitForTimeout(900)
    const found = await page.evaluate(() => {
      const visible = [...document.querySelectorAll<HTMLElement>('main button, main h1, main h2, main h3, main label, main input')].filter((element) => {
        const box = element.getBoundingClientRect()
        return box.width > 2 && box.height > 2 && getComputedStyle(element).visibility !== 'hidden' && element.closest('.visually-hidden, [aria-hidden="true"]') === null
      })
      const cutOff = visible.filter((element) => { const box = element.getBoundingClientRect(); return box.left < -0.5 || box.right > window.innerWidth + 0.5 })
      const toolbar = [...document.querySelectorAll<HTMLElement>('.toolbar button, .toolbar h1')].map((element) => element.getBoundingClientRect()).sort((left, right) => left.left - right.left)
      const overlaps = toolbar.filter((box, index) => index > 0 && box.left < toolbar[index - 1]!.right - 0.5)
      return { sideways: document.documentElement.scrollWidth - window.innerWidth, cutOff: cutOff.map((element) => element.outerHTML.slice(0, 90)), overlaps: overlaps.length }
    })
    expect(found).toEqual({ sideways: 0, cutOff: [], overlaps: 0 })
  })

  it.each(['dark', 'light'] as const)('%s: axe finds nothing serious in the setup and in a run', async (theme) => {
    for (const kept of [0, 6]) {
      const page = await open({ at: kept > 0 ? '#/train?run=run-1' : '#/train', theme, kept })
      await page.waitForTimeout(900)
      const { violations } = await new AxeBuilder({ page }).analyze()
      const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
      expect(serious.map(({ id, nodes }) => ({ id, nodes: nodes.map(({ html, failureSummary }) => `${html.slice(0, 160)} ${failureSummary ?? ''}`) }))).toEqual([])
    }
  })
})
