import { CloudMoon } from '@lucide/vue'
import { defineWorkspace } from '../define-workspace.ts'

export default defineWorkspace({
  id: 'dream',
  title: 'Dream',
  summary: 'Deep dream: a picture moved until it shows what a layer sees in it',
  icon: CloudMoon,
  order: 43,
  place: 'main',
  view: () => import('./DreamView.vue'),
  shortcuts: [{ keys: 'P', does: 'Pause and go on' }, { keys: 'O', does: 'Show the original while it is held' }, { keys: 'B', does: 'Paint where to dream' }],
})
