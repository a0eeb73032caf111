/** What Explore offers by name and by single keys. */
import { ChevronsDownUp, ChevronsUpDown, Frame, Search, Waypoints, Workflow } from '@lucide/vue'
import type { Command } from '#renderer/stores/commands.ts'
import type { ExploreState } from './explore-state.ts'
import type { StageActions } from './use-explore-keys.ts'

export function exploreCommands(explore: ExploreState, actions: StageActions): readonly Command[] {
  const group = 'Explore'
  return [
    { id: 'explore.search', group, title: 'Search the layers', keys: '/', icon: Search, run: actions.search },
    { id: 'explore.frame', group, title: 'Show the whole net', words: 'frame all reset camera', keys: 'F', icon: Frame, run: actions.frameAll },
    { id: 'explore.fold', group, title: 'Fold all blocks', keys: 'Shift+F', icon: ChevronsDownUp, enabled: () => explore.foldable.value, run: explore.foldAll },
    { id: 'explore.unfold', group, title: 'Unfold all blocks', keys: 'U', icon: ChevronsUpDown, enabled: () => explore.foldable.value, run: explore.unfoldAll },
    { id: 'explore.graph', group, title: 'Switch between 3D, graph and both', keys: 'G', icon: Workflow, run: () => { explore.mode.value = explore.mode.value === '3d' ? 'both' : explore.mode.value === 'both' ? 'graph' : '3d' } },
    { id: 'explore.links', group, title: 'Show or hide the links of the selected unit', keys: 'L', icon: Waypoints, run: () => { explore.showArcs.value = !explore.showArcs.value } },
    { id: 'explore.scale', group, title: 'Color scale: each map or each layer', keys: 'C', run: () => { explore.scale.value = explore.scale.value === 'map' ? 'layer' : 'map' } },
  ]
}
