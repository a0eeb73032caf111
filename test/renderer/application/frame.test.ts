import { AxeBuilder } from '@axe-core/playwright'
import { expect, it } from 'vitest'
import { callsOf, describeApplication, usualSizes } from '../harness/open-application.ts'

const places = ['home', 'kernels', 'explain', 'settings', 'explore'] as const

describeApplication('the frame', ({ open }) => {
  it('opens the bundled model and picture by itself and begins in Explore', async () => {
    const page = await open({ at: '' })
    await expect.poll(() => page.url()).toContain('#/explore')
    await page.getByTestId('picture-chip').getByText('lighthouse').waitFor()
    await page.getByTestId('device-chip').getByText('CPU').waitFor()
  })

  it.each(usualSizes)('fits $width × $height: nothing is cut off or scrolls sideways', async (size) => {
    for (const place of places) {
      const page = await open({ at: `#/${place}`, size, guessed: true })
      await page.waitForTimeout(700)
      const outside = await page.evaluate(() => {
        const cutOff = [...document.querySelectorAll<HTMLElement>('button, h1, h2, h3, p, label, .chip')].filter((element) => {
          const box = element.getBoundingClientRect()
          const hidden = box.width < 2 || box.height < 2 || getComputedStyle(element).visibility === 'hidden' || element.closest('.skip, .visually-hidden') !== null
          let scrolls = false
          for (let parent = element.parentElement; parent !== null; parent = parent.parentElement) if (['auto', 'scroll'].includes(getComputedStyle(parent).overflowX) && parent.scrollWidth > parent.clientWidth) scrolls = true
          return !hidden && !scrolls && (box.left < -0.5 || box.right > window.innerWidth + 0.5)
        })
        return { sideways: document.documentElement.scrollWidth - window.innerWidth, cutOff: cutOff.map((element) => element.textContent.slice(0, 60)) }
      })
      expect({ place, ...outside }).toEqual({ place, sideways: 0, cutOff: [] })
    }
  })

  it.each(places.flatMap((place) => (['dark', 'light'] as const).map((theme) => ({ place, theme }))))('$place, $theme: axe finds nothing serious', async ({ place, theme }) => {
    const page = await open({ at: `#/${place}`, theme, guessed: true })
    await page.waitForTimeout(900)
    const { violations } = await new AxeBuilder({ page }).analyze()
    const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
    expect(serious.map(({ id, nodes }) => ({ id, nodes: nodes.map(({ html, failureSummary }) => `${html.slice(0, 160)} ${failureSummary ?? ''}`) }))).toEqual([])
  })

  it('is walked by the keyboard: the rail is one stop, arrows move in it, Enter goes there', async () => {
    const page = await open({ at: '#/home' })
    await page.getByRole('navigation', { name: 'Workspaces' }).getByRole('button', { name: 'Home' }).focus()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await expect.poll(() => page.url()).toContain('#/kernels')
    await page.keyboard.press('Control+4')
    await expect.poll(() => page.url()).toContain('#/explain')
  })

  it('runs anything from the palette, and finds layers by name', async () => {
    const page = await open({ at: '#/kernels' })
    await page.keyboard.press('Control+k')
    await page.keyboard.type('squeeze')
    await page.getByRole('option', { name: /block3\/squeeze/ }).waitFor()
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'block3/squeeze', level: 2 }).waitFor()
    expect(page.url()).toContain('layer=block3%2Fsqueeze')
  })

  it('lists its shortcuts', async () => {
    const page = await open({ at: '#/explain' })
    await page.getByRole('heading', { name: 'Gradient', level: 2 }).waitFor()
    await page.keyboard.press('?')
    const dialog = page.getByRole('dialog', { name: 'Keyboard' })
    await dialog.getByText('Explain again').waitFor()
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
  })

  it('remembers the theme before the engine answers', async () => {
    const page = await open({ at: '#/settings', theme: 'dark' })
    await page.getByRole('radio', { name: 'Paper' }).click()
    await expect.poll(() => page.evaluate(() => document.documentElement.dataset['theme'])).toBe('light')
    expect(await page.evaluate(() => localStorage.getItem('phosphene.appearance'))).toContain('light')
  })

  it('goes back to what the engine keeps when a setting could not be saved, and says why', async () => {
    const page = await open({ at: '#/settings' })
    await page.evaluate(() => window.fake?.failNext('application.setSettings', 'The settings file cannot be written: the disk is full. Free some space.'))
    await page.getByRole('radio', { name: 'Paper' }).click()
    await page.getByRole('alert').getByText('the disk is full').waitFor()
    expect(await page.evaluate(() => document.documentElement.dataset['theme'])).toBe('dark')
  })

  it('survives the loss of its engine: says so, opens everything again, asks again', async () => {
    const page = await open({ at: '#/explain' })
    await page.getByRole('img', { name: /^Grad-CAM, over the picture/ }).waitFor()
    const before = { models: await callsOf(page, 'models.open'), runs: await callsOf(page, 'explain.run') }
    await page.evaluate(() => window.fake?.lose())
    await page.getByRole('status').getByText('The engine stopped').waitFor()
    await page.getByTestId('device-chip').getByText('Restarting…').waitFor()
    await page.evaluate(() => window.fake?.restore())
    await page.getByRole('status').getByText('The engine is back').waitFor()
    await expect.poll(() => callsOf(page, 'models.open')).toBe(before.models + 1)
    await expect.poll(() => callsOf(page, 'explain.run')).toBeGreaterThan(before.runs)
    await page.getByRole('img', { name: /^Grad-CAM, over the picture/ }).waitFor()
  })

  it('keeps one selection everywhere, also in the address', async () => {
    const page = await open({ at: '#/kernels?layer=block3%2Fexpand&unit=5' })
    await page.getByText('unit 5', { exact: true }).waitFor()
    await page.getByRole('button', { name: 'Explain this unit' }).click()
    await page.getByTestId('target-picker').getByText('block3/expand, unit 5').waitFor()
    await expect.poll(() => page.url()).toContain('#/explain?layer=block3%2Fexpand&unit=5')
  })
})
