import { Box } from '@lucide/vue'
import { defineWorkspace } from '../define-workspace.ts'

export default defineWorkspace({
  id: 'explore',
  title: 'Explore',
  summary: 'The whole net in 3D, with its activations on this picture',
  icon: Box,
  order: 10,
  place: 'main',
  view: () => import('./ExploreView.vue'),
  shortcuts: [],
})
