import { Eye } from '@lucide/vue'
import { defineWorkspace } from '../define-workspace.ts'

export default defineWorkspace({
  id: 'explain',
  title: 'Explain',
  summary: 'Why this answer: attribution maps side by side',
  icon: Eye,
  order: 30,
  place: 'main',
  view: () => import('./ExplainView.vue'),
  shortcuts: [],
})
