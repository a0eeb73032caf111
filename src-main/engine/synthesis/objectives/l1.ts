import { defineObjective, meanOfEach } from '../define-objective.ts'

/** Minus the mean distance from the empty picture: most of it stays empty. */
export default defineObjective({
  id: 'l1', title: 'Sparse (L1)', summary: 'Penalizes whatever is not empty', about: 'picture', restrains: true,
  build: ({ emit, picture, ground }) => emit.neg(meanOfEach(emit, emit.abs(emit.sub(picture, ground)))),
})
