import { Sparkles } from '@lucide/vue'
import { defineWorkspace } from '../define-workspace.ts'

export default defineWorkspace({
  id: 'features',
  title: 'Features',
  summary: 'What units respond to: pictures made for them, and the patches that excite them most',
  icon: Sparkles,
  order: 40,
  place: 'main',
  view: () => import('./FeaturesView.vue'),
  shortcuts: [{ keys: '[ ]', does: 'Layer before, next layer' }, { keys: '← →', does: 'Unit before, next unit' }],
})
