/**
 * `npm start`: installs what is missing, builds what changed, and opens the application: the desktop shell where Electron's
 * binary is there or can be fetched and a display exists, the browser shell otherwise. Arguments go to the shell.
 */
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { build, hasStamp, installDependencies, root, writeStamp } from './prepare.mjs'

const electronFolder = join(root, 'node_modules', 'electron')
const fetchLimitMs = 120_000

/** Electron's program, fetched at first use; undefined where it cannot be had. A failed fetch is not tried again the same day. */
function electronBinary() {
  const pathFile = join(electronFolder, 'path.txt')
  const locate = () => {
    if (!existsSync(pathFile)) return undefined
    const program = join(electronFolder, 'dist', readFileSync(pathFile, 'utf8').trim())
    return existsSync(program) ? program : undefined
  }
  const today = new Date().toISOString().slice(0, 10)
  const present = locate()
  if (present || !existsSync(join(electronFolder, 'install.js')) || hasStamp('electron-unreachable', today)) return present
  spawnSync(process.execPath, [join(electronFolder, 'install.js')], { cwd: electronFolder, stdio: 'ignore', timeout: fetchLimitMs })
  const fetched = locate()
  if (!fetched) writeStamp('electron-unreachable', today)
  return fetched
}

installDependencies()
build()

const args = process.argv.slice(2)
const display = process.platform !== 'linux' || process.env.DISPLAY || process.env.WAYLAND_DISPLAY
const electron = process.env.PHOSPHENE_SHELL === 'browser' ? undefined : electronBinary()
const desktop = electron && display
if (!desktop) console.log(`${electron ? 'No display here' : "Electron's binary is not to be had here"}: opening the browser shell.`)
const child = desktop
  ? spawn(electron, [root, ...args], { stdio: 'inherit' })
  : spawn(process.execPath, [join(root, 'out', 'main', 'cli.js'), 'serve', ...args], { stdio: 'inherit' })
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal))
child.on('exit', (code, signal) => process.exit(signal ? 0 : (code ?? 1)))
