import { mkdtempSync, rmdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { callsOf, describeApplication } from '../harness/open-application.ts'

const drop = (page: Page, files: readonly { readonly name: string; readonly size: number }[]): Promise<void> => page.evaluate((wanted) => {
  const transfer = new DataTransfer()
  for (const { name, size } of wanted) transfer.items.add(new File([new Uint8Array(size)], name))
  window.dispatchEvent(new DragEvent('dragenter', { dataTransfer: transfer, cancelable: true }))
  window.dispatchEvent(new DragEvent('drop', { dataTransfer: transfer, cancelable: true }))
}, files)

describeApplication('opening files', ({ open }) => {
  it('takes a model and a picture dropped anywhere, and goes to look at them', async () => {
    const page = await open({ at: '#/home' })
    await drop(page, [{ name: 'mine.onnx', size: 100 }, { name: 'cat.jpg', size: 100 }])
    await page.getByTestId('model-chip').getByText('mine').waitFor()
    await page.getByTestId('picture-chip').getByText('cat.jpg').waitFor()
    await expect.poll(() => page.url()).toContain('#/explore')
  })

  it('sends large files in slices', async () => {
    const page = await open({ at: '#/home' })
    await drop(page, [{ name: 'large.onnx', size: 9 * 1024 * 1024 }])
    await page.getByTestId('model-chip').getByText('large').waitFor()
    expect(await callsOf(page, 'files.append')).toBe(3)
  })

  it('says what a file must be that is neither', async () => {
    const page = await open({ at: '#/home' })
    await drop(page, [{ name: 'notes.txt', size: 10 }])
    await page.getByText('‘notes.txt’').or(page.getByText("'notes.txt' is neither an ONNX model")).waitFor()
    expect(await callsOf(page, 'files.begin')).toBe(0)
  })

  it('says that a folder is one', async () => {
    const page = await open({ at: '#/home' })
    const folder = mkdtempSync(join(tmpdir(), 'pictures-'))
    const devtools = await page.context().newCDPSession(page)
    const data = { items: [], files: [folder], dragOperationsMask: 1 }
    const answer = page.getByText(`'${basename(folder)}' is a folder: drop the file itself`)
    // The browser may not have heard yet that the page takes what is dragged over it: it is dropped again, as a person would.
    await expect.poll(async () => {
      for (const type of ['dragEnter', 'dragOver', 'drop'] as const) await devtools.send('Input.dispatchDragEvent', { type, x: 500, y: 400, data })
      return answer.first().waitFor({ timeout: 2000 }).then(() => true, () => false)
    }, { timeout: 60_000 }).toBe(true)
    expect(await callsOf(page, 'files.begin')).toBe(0)
    rmdirSync(folder)
  })

  it('keeps the model it has when the next cannot be opened', async () => {
    const page = await open({ at: '#/home' })
    await drop(page, [{ name: 'broken.onnx', size: 10 }])
    await page.getByRole('alert').getByText('is not an ONNX model').waitFor()
    await page.getByTestId('model-chip').getByText('phosphene-24').waitFor()
  })

  it('opens samples and recent files, and forgets what it is told to', async () => {
    const page = await open({ at: '#/home' })
    await page.getByRole('button', { name: /peacock\.png/ }).click()
    await page.getByTestId('picture-chip').getByText('peacock').waitFor()
    await expect.poll(() => page.url()).toContain('#/explore')
    await page.keyboard.press('Control+1')
    await page.getByRole('button', { name: /gone\.onnx no longer/ }).waitFor()
    expect(await page.getByRole('button', { name: /gone\.onnx no longer/ }).isDisabled()).toBe(true)
    await page.getByRole('button', { name: 'Forget gone.onnx' }).click()
    await expect.poll(() => callsOf(page, 'models.forget')).toBe(1)
  })

  it('follows a picture made here: its picture is opened, and Explain set as it was', async () => {
    const page = await open({ at: '#/home' })
    await drop(page, [{ name: 'made-here.png', size: 10 }])
    await page.getByTestId('picture-chip').getByText('peacock').waitFor()
    await page.getByTestId('target-picker').getByText('koala').waitFor()
    await page.getByRole('img', { name: /^SmoothGrad, map alone/ }).waitFor()
    expect(await page.getByLabel('Samples').inputValue()).toBe('12')
    expect(await page.getByRole('slider', { name: 'Opacity' }).getAttribute('aria-valuenow')).toBe('0.5')
    expect(await page.getByRole('radio', { name: 'Map', exact: true }).isChecked()).toBe(true)
  })

  it('downloads from the catalogue with progress, resumes, opens and removes', async () => {
    const page = await open({ at: '#/home', delayMs: 20 })
    await page.getByRole('button', { name: 'Model catalogue…' }).click()
    await page.getByRole('button', { name: 'Resume ResNet-50 v2' }).waitFor()
    await page.getByRole('button', { name: 'Download SqueezeNet 1.1' }).click()
    await page.getByRole('progressbar', { name: 'Downloading SqueezeNet 1.1' }).first().waitFor()
    await page.getByRole('button', { name: 'Open SqueezeNet 1.1' }).waitFor()
    await page.getByRole('button', { name: 'Remove SqueezeNet 1.1' }).click()
    await page.getByRole('button', { name: 'Download SqueezeNet 1.1' }).waitFor()
  })

  it('says in its row why a download failed', async () => {
    const page = await open({ at: '#/home' })
    await page.getByRole('button', { name: 'Model catalogue…' }).click()
    await page.getByRole('button', { name: 'Download MobileNet V2' }).waitFor()
    await page.evaluate(() => window.fake?.failNext('catalogue.download', 'The file’s SHA-256 is not the expected one. Try again later.'))
    await page.getByRole('button', { name: 'Download MobileNet V2' }).click()
    await page.getByRole('dialog').getByRole('alert').getByText('SHA-256 is not the expected one').waitFor()
  })

  it('asks about preprocessing that was guessed until it is confirmed', async () => {
    const page = await open({ at: '#/home', guessed: true })
    const banner = page.getByRole('status').filter({ hasText: 'Guessed: of 3 usual ways' })
    await banner.getByRole('button', { name: 'Yes, this is right' }).click()
    await banner.waitFor({ state: 'detached' })
    expect(await callsOf(page, 'models.setPreprocessing')).toBe(1)
    await expect.poll(() => callsOf(page, 'activations.run')).toBeGreaterThan(1)
  })

  it('looks at further pictures where a guess is not sure, and only there', async () => {
    for (const [sure, least, most] of [[0.6, 2, 3], [0.95, 0, 0]] as const) {
      const page = await open({ at: '#/home', guessed: true, sure })
      for (const [shown, name] of ['cat.jpg', 'fox.jpg'].entries()) {
        await drop(page, [{ name, size: 100 }])
        await page.getByTestId('picture-chip').getByText(name).waitFor()
        await expect.poll(() => callsOf(page, 'activations.run')).toBeGreaterThan(shown)
      }
      await expect.poll(() => callsOf(page, 'models.guessPreprocessing')).toBeGreaterThanOrEqual(least)
      expect(await callsOf(page, 'models.guessPreprocessing')).toBeLessThanOrEqual(most)
    }
  })

  it('lets preprocessing be edited, refuses what makes no sense, and runs the model anew', async () => {
    const page = await open({ at: '#/home', guessed: true })
    await page.getByRole('button', { name: 'Check it…' }).click()
    await page.getByLabel('Divided by (std)').fill('0')
    await page.getByText('Zero would divide by zero.').waitFor()
    expect(await page.getByRole('button', { name: 'Save and use' }).isDisabled()).toBe(true)
    await page.getByRole('button', { name: /RGB 0\.\.1/ }).click()
    await page.getByRole('button', { name: 'Save and use' }).click()
    await page.getByText('Saved to /home/someone/models').waitFor()
  })
})
