import { expect, it } from 'vitest'
import { callsOf, describeApplication } from '../harness/open-application.ts'

describeApplication('Kernels', ({ open }) => {
  it('shows the first layer in color and selects the kernel that is clicked', async () => {
    const page = await open({ at: '#/kernels' })
    await page.getByRole('heading', { name: 'conv1', level: 2 }).waitFor()
    const grid = page.getByRole('listbox', { name: 'Kernels of conv1' })
    await grid.click({ position: { x: 60, y: 60 } })
    await page.getByText('unit 0', { exact: true }).waitFor()
    expect(page.url()).toContain('layer=conv1&unit=0')
    await page.getByRole('img', { name: 'Kernel of channel 0 in color' }).waitFor()
    await page.getByRole('img', { name: 'Kernel of channel 0, slice by slice of its inputs' }).waitFor()
  })

  it('is walked with the arrow keys, and says where it is', async () => {
    const page = await open({ at: '#/kernels?layer=block3%2Fexpand' })
    const grid = page.getByRole('listbox', { name: 'Kernels of block3/expand' })
    await grid.focus()
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('ArrowRight')
    await page.getByRole('option', { name: /channel 2 · norm/ }).waitFor({ state: 'attached' })
    await page.keyboard.press('Enter')
    await page.getByText('unit 2', { exact: true }).waitFor()
    await page.keyboard.press('End')
    await page.getByRole('option', { name: /channel 127 · norm/ }).waitFor({ state: 'attached' })
  })

  it('sorts by norm: the first is the strongest', async () => {
    const page = await open({ at: '#/kernels?layer=block3%2Fexpand' })
    await page.getByRole('radio', { name: 'By norm' }).click()
    const grid = page.getByRole('listbox', { name: 'Kernels of block3/expand' })
    await grid.hover({ position: { x: 40, y: 40 } })
    await page.getByRole('option', { name: /1 of 128 by norm/ }).waitFor({ state: 'attached' })
  })

  it('steps through layers by key and shows all of them at once', async () => {
    const page = await open({ at: '#/kernels' })
    await page.getByRole('heading', { name: 'conv1', level: 2 }).waitFor()
    await page.keyboard.press(']')
    await page.getByRole('heading', { name: /^block2\/conv_a/, level: 2 }).waitFor()
    await page.keyboard.press('o')
    await page.getByRole('region', { name: 'All layers' }).getByRole('button', { name: /classifier/ }).click()
    await page.getByRole('heading', { name: 'classifier', level: 2 }).waitFor()
  })

  it('shows one input channel of every kernel', async () => {
    const page = await open({ at: '#/kernels?layer=block2%2Fconv_b' })
    await page.getByRole('radio', { name: 'One input' }).click()
    await page.getByRole('slider', { name: 'Input channel' }).focus()
    await page.keyboard.press('ArrowRight')
    await page.getByText('in 1', { exact: true }).waitFor()
  })

  it('asks for each part of a layer once, however often it is scrolled', async () => {
    const page = await open({ at: '#/kernels?layer=block3%2Fexpand' })
    const grid = page.getByRole('listbox', { name: 'Kernels of block3/expand' })
    await grid.waitFor()
    await page.waitForTimeout(500)
    const before = await callsOf(page, 'kernels.sheet')
    await grid.hover()
    for (let turn = 0; turn < 6; turn++) await page.mouse.wheel(0, turn % 2 === 0 ? 600 : -600)
    await page.waitForTimeout(300)
    expect(await callsOf(page, 'kernels.sheet')).toBe(before)
  })

  it('says why kernels cannot be read', async () => {
    const page = await open({ at: '#/home', delayMs: 30 })
    await page.evaluate(() => window.fake?.failNext('kernels.layers', 'The weights of ‘conv1’ lie in a file that is missing: weights.bin. Put it beside the model.'))
    await page.keyboard.press('Control+3')
    await page.getByRole('alert').getByText('weights.bin').waitFor()
  })
})
