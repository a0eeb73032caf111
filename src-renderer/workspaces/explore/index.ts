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
  shortcuts: [
    { keys: '← →', does: 'Walk along the net' },
    { keys: '↑ ↓', does: 'Walk between branches' },
    { keys: 'Enter', does: 'Zoom to the layer and enter its units; arrows then walk the units' },
    { keys: 'Space', does: 'Fold or unfold the block' },
    { keys: 'Esc', does: 'Back out: unit, layer, nothing' },
    { keys: 'Home, End', does: 'First and last layer or unit' },
  ],
})
