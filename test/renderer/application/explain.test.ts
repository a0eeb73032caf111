import { expect, it } from 'vitest'
import { callsOf, describeApplication } from '../harness/open-application.ts'

describeApplication('Explain', ({ open }) => {
  it('explains by itself at first sight: gradient and Grad-CAM, with the layer named', async () => {
    const page = await open()
    await page.getByRole('img', { name: /^Gradient, over the picture/ }).waitFor()
    await page.getByRole('img', { name: /^Grad-CAM, over the picture/ }).waitFor()
    await page.getByText(/block3\/expand · \d+ ms/).waitFor()
    await page.getByRole('figure', { name: /Color scale from 0 % to 100 %/ }).waitFor()
    expect(await callsOf(page, 'explain.run')).toBe(1)
  })

  it('computes only what a newly chosen method adds', async () => {
    const page = await open()
    await page.getByRole('img', { name: /^Grad-CAM/ }).waitFor()
    await page.getByRole('button', { name: 'Integrated gradients' }).click()
    await page.getByRole('img', { name: /^Integrated gradients/ }).waitFor()
    expect(await callsOf(page, 'explain.run')).toBe(2)
    await page.getByText('completeness error').waitFor()
    await page.getByRole('figure', { name: /Color scale from −100 % to 100 %/ }).waitFor()
  })

  it('asks again when the target, the picture or an option changes, and not for what did not change', async () => {
    const page = await open()
    await page.getByRole('img', { name: /^Grad-CAM/ }).waitFor()
    await page.getByTestId('target-picker').click()
    await page.getByRole('radio', { name: 'Any class' }).click()
    await page.getByPlaceholder('Search 24 classes').fill('koa')
    await page.getByRole('option', { name: /koala/ }).click()
    await page.getByTestId('target-picker').getByText('koala').waitFor()
    await expect.poll(() => callsOf(page, 'explain.run')).toBe(2)
    await page.getByRole('article').getByRole('button', { name: 'Grad-CAM', exact: true }).click()
    await page.getByRole('combobox', { name: 'Layer' }).click()
    await page.getByRole('option', { name: 'conv1' }).click()
    await page.getByText(/conv1 · \d+ ms/).waitFor()
    expect(await callsOf(page, 'explain.run')).toBe(3)
  })

  it('explains the difference of two classes', async () => {
    const page = await open()
    await page.getByTestId('target-picker').click()
    await page.getByRole('radio', { name: 'Difference' }).click()
    await page.getByRole('listbox', { name: 'Class for' }).getByRole('option', { name: /peacock/ }).click()
    await page.getByRole('listbox', { name: 'Class against' }).getByRole('option', { name: /macaw/ }).click()
    await page.getByRole('button', { name: 'Explain the difference' }).click()
    await page.getByTestId('target-picker').getByText('peacock rather than macaw').waitFor()
  })

  it('sets a method aside that fails, says why, and goes on with the others', async () => {
    const page = await open({ at: '#/home' })
    await page.evaluate(() => window.fake?.failNext('explain.run', 'Layer ‘conv1’ has no maps. Choose a convolution.'))
    await page.keyboard.press('Control+4')
    await page.getByRole('alert').getByText('has no maps').waitFor()
    await page.getByRole('img', { name: /^Grad-CAM, over the picture/ }).waitFor()
    await page.getByRole('button', { name: 'Explain again' }).click()
    await page.getByRole('img', { name: /^Gradient, over the picture/ }).waitFor()
  })

  it('can be cancelled, and shows what was done until then', async () => {
    const page = await open({ delayMs: 150 })
    await page.getByRole('img', { name: /^Gradient, over the picture/ }).waitFor()
    await page.getByRole('button', { name: 'Cancel', exact: true }).click()
    await page.getByRole('button', { name: 'Explain again' }).waitFor()
    await page.getByRole('img', { name: /^Gradient, over the picture/ }).waitFor()
    expect(await page.getByRole('alert').count()).toBe(0)
  })

  it('enlarges a map; the arrow keys go through the methods', async () => {
    const page = await open()
    await page.getByRole('img', { name: /^Grad-CAM/ }).waitFor()
    await page.keyboard.press('z')
    await page.getByRole('dialog', { name: 'Gradient' }).waitFor()
    await page.keyboard.press('ArrowRight')
    await page.getByRole('dialog', { name: 'Grad-CAM' }).waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
  })

  it('saves a picture under the name the engine gives it', async () => {
    const page = await open()
    await page.getByRole('img', { name: /^Grad-CAM/ }).waitFor()
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Save PNG' }).click()])
    expect(download.suggestedFilename()).toBe('gradient.png')
  })

  it('draws every map pixel: the drawn picture is not one color', async () => {
    const page = await open()
    const map = page.getByRole('img', { name: /^Gradient, over the picture/ })
    await map.waitFor()
    const colors = await map.evaluate((element) => {
      const canvas = element as HTMLCanvasElement
      const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height)
      return { extent: [canvas.width, canvas.height], distinct: new Set(new Uint32Array(data.buffer)).size }
    })
    expect(colors.extent).toEqual([96, 96])
    expect(colors.distinct).toBeGreaterThan(100)
  })
})
