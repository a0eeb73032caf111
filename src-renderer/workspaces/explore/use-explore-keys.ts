/** Keys of the stage: walk the layers, enter their units, fold, frame. */
import { useSelection } from '#renderer/stores/selection.ts'
import type { WalkDirection } from '#renderer/scenes/network-layout/walk.ts'
import type { ExploreState } from './explore-state.ts'

export interface StageActions {
  readonly frameAll: () => void
  readonly zoomTo: (item: string) => void
  readonly unitsOn: (item: string) => { readonly units: readonly number[]; readonly columns: number } | undefined
  readonly search: () => void
}

const walks: Readonly<Record<string, WalkDirection>> = { ArrowRight: 'forward', ArrowLeft: 'back', ArrowUp: 'up', ArrowDown: 'down', Home: 'first', End: 'last' }

export function useExploreKeys(explore: ExploreState, actions: StageActions): (event: KeyboardEvent) => void {
  const selection = useSelection()

  /** The unit that a key leads to from `unit` in a grid read row by row. */
  function neighbor(units: readonly number[], columns: number, unit: number, key: string): number | undefined {
    const at = Math.max(0, units.indexOf(unit))
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns, ArrowUp: -columns }[key]
    const to = key === 'Home' ? 0 : key === 'End' ? units.length - 1 : step === undefined ? undefined : at + step
    return to === undefined ? undefined : units[Math.max(0, Math.min(units.length - 1, to))]
  }

  function enter(): void {
    const item = explore.selectedItem.value
    if (item === undefined) { explore.step('first'); return }
    actions.zoomTo(item.id)
    const shown = actions.unitsOn(item.id)
    if (selection.unit === null && shown?.units[0] !== undefined) explore.selectItem(item.id, shown.units[0])
  }

  function handle(key: string): boolean {
    const item = explore.selectedItem.value
    const direction = walks[key]
    if (direction !== undefined) {
      const shown = item === undefined || selection.unit === null ? undefined : actions.unitsOn(item.id)
      if (item === undefined || selection.unit === null || shown === undefined) { explore.step(direction); return true }
      const unit = neighbor(shown.units, shown.columns, selection.unit, key)
      if (unit !== undefined) explore.selectItem(item.id, unit)
      return true
    }
    switch (key) {
      case 'Enter': enter(); return true
      case ' ': if (item !== undefined) explore.toggle(item); return true
      case 'Escape':
        if (selection.unit !== null) selection.select(selection.layerId)
        else if (selection.layerId !== null) selection.select(null)
        else actions.frameAll()
        return true
      default: return false
    }
  }

  return (event) => {
    const control = event.target instanceof Element ? event.target.closest('button, input, select, a, [role="menu"], [role="slider"]') : null
    if (event.defaultPrevented || control !== null || event.ctrlKey || event.metaKey || event.altKey) return
    if (handle(event.key)) event.preventDefault()
  }
}
