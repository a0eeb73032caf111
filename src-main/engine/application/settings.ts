import { join } from 'node:path'
import { Settings } from '#contract/application.ts'
import { openStoredJson } from '../lib/stored-json.ts'
import type { StoredJson } from '../lib/stored-json.ts'

export const initialSettings: Settings = { theme: 'dark', device: 'auto', threads: 0, reducedMotion: 'system', colorMap: 'inferno' }

export const openSettings = (dataFolder: string): Promise<StoredJson<Settings>> => openStoredJson(join(dataFolder, 'settings.json'), Settings, initialSettings)
