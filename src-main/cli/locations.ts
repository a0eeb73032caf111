/** Where things lie: the application's own files beside the build, the user's data in their data folder. */
import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'

/** This code runs from `out/main` or a folder of chunks in it: the package is the nearest folder above that says so. */
function findPackage(folder: string): string {
  return existsSync(join(folder, 'package.json')) || folder === dirname(folder) ? folder : findPackage(dirname(folder))
}

export const packageFolder = findPackage(import.meta.dirname)
const buildFolder = join(packageFolder, 'out', 'main')
export const resourcesFolder = join(packageFolder, 'resources')
export const rendererFolder = join(packageFolder, 'out', 'renderer')
export const engineScript = join(buildFolder, 'engine.js')

/** Settings, downloads, recents: PHOSPHENE_DATA, or the system's place for application data. */
export function dataFolder(environment: Readonly<Record<string, string | undefined>> = process.env, platform: NodeJS.Platform = process.platform): string {
  if (environment['PHOSPHENE_DATA']) return environment['PHOSPHENE_DATA']
  if (platform === 'win32') return join(environment['APPDATA'] ?? join(homedir(), 'AppData', 'Roaming'), 'phosphene')
  if (platform === 'darwin') return join(homedir(), 'Library', 'Application Support', 'phosphene')
  return join(environment['XDG_DATA_HOME'] ?? join(homedir(), '.local', 'share'), 'phosphene')
}
