/** The paper's loop in the real application: a network is fooled, trained again with what fooled it, and fooled again. */
import { copyFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import AxeBuilder from '@axe-core/playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { chromiumPath } from '../support/chromium.ts'
import { runCli } from '../support/run-cli.ts'
import { dropFiles, serveApplication } from '../support/served-application.ts'
import type { ServedApplication } from '../support/served-application.ts'

const patienceMs = 60_000

describe.skipIf(chromiumPath === undefined)(chromiumPath === undefined ? 'retraining with a fooling class (skipped: no Chromium)' : 'retraining with a fooling class', () => {
  let application: ServedApplication
  let folder = ''
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'phosphene-retrain-'))
    application = await serveApplication()
  }, 2 * patienceMs)
  afterAll(async () => { await application.close(); await rm(folder, { recursive: true, force: true }) })

  it('is chosen, forecast, run and looked at in the page', { timeout: 6 * patienceMs }, async () => {
    const model = join(folder, 'tiny-digits.onnx')
    const trained = await runCli(['train', '--data', 'generator:digits', '--data-option', 'count=200', '--net', '4C5 MP4 10', '--epochs', '1', '--out', join(folder, 'run')])
    expect(trained.code, trained.stderr).toBe(0)
    await copyFile(join(folder, 'run/model.onnx'), model)

    const { page, errors } = await application.open({ at: '/#/fool' })
    page.setDefaultTimeout(2 * patienceMs)
    const choose = async (select: string, option: string): Promise<void> => {
      await page.getByRole('combobox', { name: select, exact: true }).click()
      await page.getByRole('option', { name: option, exact: true }).click()
    }
    await page.getByTestId('model-chip').getByText('phosphene-24').waitFor()
    await dropFiles(page, [model])
    await page.getByTestId('model-chip').getByText('tiny-digits').waitFor()
    // A file that is dropped opens where it can be looked at.
    await page.evaluate(() => { location.hash = '#/fool' })
    await choose('Method', 'Retrain with a fooling class')
    await choose('Data to be trained on', 'Drawn digits')
    for (const [option, value] of [['Epochs of each training', '1'], ['Trainings', '1'], ['Generations', '2'], ['Pictures of a generation', '20'], ['Archives', '1']] as const) await page.getByRole('textbox', { name: option, exact: true }).fill(value)
    await page.getByRole('button', { name: 'Start' }).first().click()

    await page.getByRole('group', { name: 'Run' }).getByText('Done').waitFor({ timeout: 4 * patienceMs })
    const table = page.getByRole('region', { name: 'Bred pictures of every network, class by class' })
    const networks = await table.getByRole('columnheader').allInnerTexts()
    expect(networks).toHaveLength(3)
    expect(networks[1]).toMatch(/As it is[\s\S]*not trained here[\s\S]*knows no fooling picture/)
    expect(networks[2]).toMatch(/Retrained[\s\S]*right on held-out data[\s\S]*learned 10 fooling pictures/)
    // A picture of every digit against each of the two networks, at most: a digit that nothing was taken for has none.
    const pictures = table.getByRole('button')
    expect(await pictures.count()).toBeGreaterThan(2)
    await pictures.last().click()
    await page.getByText('to the written file').waitFor()
    await page.getByRole('button', { name: 'Train', exact: true }).last().waitFor()
    expect((await new AxeBuilder({ page }).analyze()).violations.filter(({ impact }) => impact === 'serious' || impact === 'critical').map(({ id, nodes }) => `${id}: ${nodes[0]?.html ?? ''}`)).toEqual([])
    expect(errors).toEqual([])
  })
})
