import { Grid2x2 } from '@lucide/vue'
import { defineWorkspace } from '../define-workspace.ts'

export default defineWorkspace({
  id: 'kernels',
  title: 'Kernels',
  summary: 'Every layer’s kernels as pictures',
  icon: Grid2x2,
  order: 20,
  place: 'main',
  view: () => import('./KernelsView.vue'),
  shortcuts: [],
})
