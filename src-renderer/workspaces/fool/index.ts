import { VenetianMask } from '@lucide/vue'
import { defineWorkspace } from '../define-workspace.ts'

export default defineWorkspace({
  id: 'fool',
  title: 'Fool',
  summary: 'Pictures that the network takes for something else: from noise, bred, or by changes nobody sees',
  icon: VenetianMask,
  order: 65,
  place: 'main',
  view: () => import('./FoolView.vue'),
  shortcuts: [{ keys: 'Arrow keys', does: 'Go through the archive or the results' }, { keys: 'P', does: 'Pause and go on' }],
})
