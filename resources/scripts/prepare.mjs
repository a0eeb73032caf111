/** What `npm start` and `npm test` share: install what is missing, build what changed. Plain Node, no dependencies. */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

export const root = resolve(import.meta.dirname, '../..')
const stamps = join(root, 'node_modules', '.cache', 'phosphene')

/** Runs a command in the project; stops this process with its status when it fails. */
export function run(command, args, options = {}) {
  const result = spawnSync(command, args, { cwd: root, stdio: 'inherit', shell: process.platform === 'win32' && command !== process.execPath, ...options })
  if (result.status !== 0 && !options.mayFail) process.exit(result.status ?? 1)
  return result.status ?? 1
}

/** Tools of the project, run by this Node: no shell, no executable bits. */
const tools = {
  'electron-vite': 'electron-vite/bin/electron-vite.js', eslint: 'eslint/bin/eslint.js', 'vue-tsc': 'vue-tsc/bin/vue-tsc.js', vitest: 'vitest/vitest.mjs',
}
export const toolArguments = (tool, args) => [join(root, 'node_modules', tools[tool]), ...args]
export const runTool = (tool, args, options) => run(process.execPath, toolArguments(tool, args), options)

function readStamp(name) {
  const path = join(stamps, name)
  return existsSync(path) ? readFileSync(path, 'utf8') : ''
}

export function writeStamp(name, value) {
  mkdirSync(stamps, { recursive: true })
  writeFileSync(join(stamps, name), value)
}

export const hasStamp = (name, value) => readStamp(name) === value

const digest = (text) => createHash('sha256').update(text).digest('hex')

/** `npm ci` once per lock file. */
export function installDependencies() {
  const wanted = digest(readFileSync(join(root, 'package-lock.json'), 'utf8'))
  if (hasStamp('installed', wanted)) return
  console.log('Installing dependencies …')
  run('npm', ['ci', '--no-fund', '--no-audit', '--loglevel=error'])
  writeStamp('installed', wanted)
}

/** Name, size and time of every source file: what a build depends on. */
function sourceFingerprint() {
  const lines = []
  const visit = (path) => {
    for (const entry of readdirSync(path, { withFileTypes: true })) {
      const full = join(path, entry.name)
      if (entry.isDirectory()) visit(full)
      else { const { size, mtimeMs } = statSync(full); lines.push(`${full} ${size} ${mtimeMs}`) }
    }
  }
  for (const folder of ['src-main', 'src-renderer']) visit(join(root, folder))
  for (const file of ['package.json', 'package-lock.json', 'electron.vite.config.ts', 'tsconfig.json']) {
    const { size, mtimeMs } = statSync(join(root, file))
    lines.push(`${file} ${size} ${mtimeMs}`)
  }
  return digest(lines.sort().join('\n'))
}

/** Builds when a source changed since the last build. */
export function build() {
  const wanted = sourceFingerprint()
  if (existsSync(join(root, 'out', 'main', 'cli.js')) && hasStamp('built', wanted)) return
  console.log('Building …')
  runTool('electron-vite', ['build', '--logLevel', 'warn'])
  writeStamp('built', wanted)
}
