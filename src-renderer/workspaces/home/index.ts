import { House } from '@lucide/vue'
import { defineWorkspace } from '../define-workspace.ts'

export default defineWorkspace({
  id: 'home',
  title: 'Home',
  summary: 'Recent models, samples and the model catalogue',
  icon: House,
  order: 0,
  place: 'main',
  view: () => import('./HomeView.vue'),
  shortcuts: [],
})
