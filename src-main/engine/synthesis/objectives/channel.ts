import { defineObjective, meanOverPositions, unitOf } from '../define-objective.ts'

/** Mean of one channel over its map: what it responds to wherever it stands (Olah et al. 2017). */
export default defineObjective({
  id: 'channel', title: 'Channel', takesUnit: true,
  build: (emit, target) => meanOverPositions(emit, unitOf(emit, target)),
})
