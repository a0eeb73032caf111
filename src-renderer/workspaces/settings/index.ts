import { Settings } from '@lucide/vue'
import { defineWorkspace } from '../define-workspace.ts'

export default defineWorkspace({
  id: 'settings',
  title: 'Settings',
  summary: 'Look, device, and what this application is made of',
  icon: Settings,
  order: 100,
  place: 'end',
  view: () => import('./SettingsView.vue'),
  shortcuts: [],
})
