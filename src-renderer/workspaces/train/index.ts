import { ChartSpline } from '@lucide/vue'
import { defineWorkspace } from '../define-workspace.ts'

export default defineWorkspace({
  id: 'train',
  title: 'Train',
  summary: 'Teach a net from pictures, numbers or generators, and watch it learn',
  icon: ChartSpline,
  order: 70,
  place: 'main',
  view: () => import('./TrainView.vue'),
  shortcuts: [{ keys: '← →', does: 'Read a chart’s values, walk the confusion matrix' }],
})
