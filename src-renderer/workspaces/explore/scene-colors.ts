/** Colours of the scene, from the theme's custom properties. */
import { colorTable, signedTable } from '#renderer/colour/tables.ts'
import type { MagnitudeTable } from '#renderer/colour/scale.ts'
import type { SceneColors } from '#renderer/scenes/network/network-scene.ts'

export function sceneColors(theme: 'dark' | 'light', magnitude: MagnitudeTable): SceneColors {
  // The page's, not the canvas's: a workspace that is kept while another is shown has no styles.
  const style = getComputedStyle(document.documentElement)
  const value = (name: string) => style.getPropertyValue(name).trim()
  return {
    tables: { magnitude: colorTable(magnitude), signed: colorTable(signedTable(theme)) },
    empty: value('--raised'), line: value('--line-strong'), accent: value('--accent'), ink: value('--ink'), slab: value('--panel'), link: value('--ink-3'),
  }
}
