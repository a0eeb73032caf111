import { Brush } from '@lucide/vue'
import { defineWorkspace } from '../define-workspace.ts'

export default defineWorkspace({
  id: 'style',
  title: 'Style',
  summary: 'A picture in the manner of others, by way of any network',
  icon: Brush,
  order: 60,
  place: 'main',
  view: () => import('./StyleView.vue'),
  shortcuts: [{ keys: 'P', does: 'Pause and go on' }],
})
