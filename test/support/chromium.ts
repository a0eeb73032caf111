/** Chromium with a software GPU, for tests that look at pages. */
import { existsSync } from 'node:fs'
import { chromium } from 'playwright-core'
import type { Browser } from 'playwright-core'

const candidates = [process.env['PHOSPHENE_CHROMIUM'], '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome', '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome', 'C:/Program Files/Google/Chrome/Application/chrome.exe']

/** Undefined where there is none: tests then say that they skip. */
export const chromiumPath = candidates.find((path): path is string => path !== undefined && path !== '' && existsSync(path))

export const chromiumArguments = ['--no-sandbox', '--use-gl=angle', '--use-angle=swiftshader', '--enable-unsafe-swiftshader', '--disable-background-networking']

export async function launchChromium(): Promise<Browser> {
  if (chromiumPath === undefined) throw new Error('No Chromium was found: install it, or name one in PHOSPHENE_CHROMIUM.')
  return await chromium.launch({ executablePath: chromiumPath, args: chromiumArguments })
}
