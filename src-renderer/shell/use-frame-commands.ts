/** Commands that are there in every workspace. */
import { FolderOpen, Image, Keyboard, Library, PanelRight, Search, SlidersHorizontal, Sun } from '@lucide/vue'
import { useCommands } from '#renderer/stores/commands.ts'
import { useFrame } from '#renderer/stores/frame.ts'
import { useOpener } from '#renderer/stores/opener.ts'
import { useRoute } from '#renderer/stores/route.ts'
import { useSettings } from '#renderer/stores/settings.ts'
import { workspaces } from '#renderer/workspaces/registry.ts'

export function useFrameCommands(): void {
  const frame = useFrame()
  const opener = useOpener()
  const route = useRoute()
  const settings = useSettings()
  const reachable = workspaces.filter(({ place }) => place === 'main')

  useCommands([
    { id: 'frame.palette', group: 'Application', title: 'Search or run anything', keys: 'Mod+K', icon: Search, run: () => { frame.paletteOpen = true } },
    { id: 'frame.shortcuts', group: 'Application', title: 'Show the keyboard shortcuts', keys: '?', icon: Keyboard, run: () => { frame.shortcutsOpen = true } },
    { id: 'frame.inspector', group: 'Application', title: 'Show or hide the inspector', keys: 'I', icon: PanelRight, run: () => { frame.inspectorOpen = !frame.inspectorOpen } },
    { id: 'frame.theme', group: 'Application', title: 'Switch between dark and light', words: 'theme darkroom paper', keys: 'Mod+Shift+L', icon: Sun, run: () => void settings.change({ theme: settings.theme === 'dark' ? 'light' : 'dark' }) },
    { id: 'open.model', group: 'Open', title: 'Open a model…', words: 'onnx file', keys: 'Mod+O', icon: FolderOpen, run: () => void opener.pickModel() },
    { id: 'open.picture', group: 'Open', title: 'Open a picture…', words: 'image photo file', keys: 'Mod+Shift+O', icon: Image, run: () => void opener.pickPicture() },
    { id: 'open.catalogue', group: 'Open', title: 'Model catalogue…', words: 'download zoo', icon: Library, run: () => { frame.catalogueOpen = true } },
    { id: 'model.preprocessing', group: 'Model', title: 'Preprocessing of the model…', words: 'normalize mean std resize labels', icon: SlidersHorizontal, run: () => { frame.preprocessingOpen = true } },
    ...workspaces.map(({ id, title, summary, icon }) => {
      const position = reachable.findIndex((workspace) => workspace.id === id)
      return { id: `go.${id}`, group: 'Go to', title, words: summary, icon, ...(position >= 0 && position < 9 ? { keys: `Mod+${position + 1}` } : {}), run: () => route.go(id) }
    }),
  ])
}
