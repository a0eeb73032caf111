/**
 * `npm test`: installs what is missing (Chromium included), then lint, types, unit tests, build, end-to-end tests. Ends
 * with what failed and one line, 'N passed, N failed, N skipped', and fails when anything failed. `npm test -- unit` runs one part.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { build, installDependencies, root, run, runTool, toolArguments } from './prepare.mjs'

const parts = process.argv.slice(2)
const wants = (part) => parts.length === 0 || parts.includes(part)
const totals = { passed: 0, failed: 0, skipped: 0 }
/** What failed, in a few lines each: said once more at the end, where it is found. */
const failures = []

/** Debian's Chromium (with its software GPU) where no Chromium is found; elsewhere the user is told what to install. */
function installChromium() {
  const candidates = [process.env.PHOSPHENE_CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome', '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome', 'C:/Program Files/Google/Chrome/Application/chrome.exe']
  if (candidates.some((path) => path && existsSync(path))) return
  if (process.platform === 'linux' && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    console.log('Installing Chromium …')
    run('apt-get', ['update', '-qq'], { mayFail: true })
    run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium', 'libvulkan1', 'fonts-dejavu-core'], { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } })
    return
  }
  console.error('The end-to-end tests need Chromium: install it, or name one in PHOSPHENE_CHROMIUM.')
  process.exit(1)
}

/** A tool that passes or fails as a whole counts as one test. */
function check(title, tool, args) {
  console.log(`\n=== ${title}`)
  const failed = runTool(tool, args, { mayFail: true }) !== 0
  totals[failed ? 'failed' : 'passed']++
  if (failed) failures.push(title)
}

/** The first lines of a test's message say what was expected and where. */
const excerpt = (message) => (message ?? '').split('\n').slice(0, 12).map((line) => `    ${line.slice(0, 300)}`).join('\n')

function vitest(project) {
  console.log(`\n=== ${project} tests`)
  const report = join(root, 'node_modules', '.cache', 'phosphene', `${project}.json`)
  rmSync(report, { force: true })
  const { status } = spawnSync(process.execPath, toolArguments('vitest', ['run', '--project', project, '--reporter', 'default', '--reporter', 'json', `--outputFile.json=${report}`]), { cwd: root, stdio: 'inherit' })
  if (!existsSync(report)) { totals.failed++; failures.push(`${project} tests ended without a report`); return }
  const result = JSON.parse(readFileSync(report, 'utf8'))
  totals.passed += result.numPassedTests
  totals.failed += result.numFailedTests
  totals.skipped += result.numPendingTests + result.numTodoTests
  // A file that does not load, or a failing set-up, fails no single test.
  if (status !== 0 && result.numFailedTests === 0) totals.failed++
  for (const file of result.testResults) {
    const failed = file.assertionResults.filter((test) => test.status === 'failed')
    for (const test of failed) failures.push(`${file.name}: ${test.fullName}\n${excerpt(test.failureMessages[0])}`)
    if (file.status === 'failed' && failed.length === 0) failures.push(`${file.name}\n${excerpt(file.message)}`)
  }
}

installDependencies()
// Pages are tested in Chromium in both parts.
if (wants('unit') || wants('e2e')) installChromium()
if (wants('lint')) check('lint', 'eslint', ['.'])
if (wants('types')) check('types', 'vue-tsc', ['--noEmit', '-p', 'tsconfig.json'])
if (wants('unit')) vitest('unit')
if (wants('e2e')) {
  build()
  vitest('e2e')
}
for (const failure of failures) console.log(`\nFAILED ${failure}`)
console.log(`\n${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`)
process.exit(totals.failed === 0 && totals.passed > 0 ? 0 : 1)
