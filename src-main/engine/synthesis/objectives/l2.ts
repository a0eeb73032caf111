import { defineObjective, meanOfEach } from '../define-objective.ts'

/** Minus the mean squared distance from the empty picture (Simonyan et al. 2013, eq. 1): no extreme values. */
export default defineObjective({
  id: 'l2', title: 'Moderate (L2)', summary: 'Penalizes extreme values', about: 'picture', restrains: true,
  build({ emit, picture, ground }) {
    const away = emit.sub(picture, ground)
    return emit.neg(meanOfEach(emit, emit.mul(away, away)))
  },
})
