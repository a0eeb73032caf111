import { defineObjective } from '../define-objective.ts'

/** Minus the mean difference of neighboring pixels, rows and columns (Rudin, Osher and Fatemi 1992, anisotropic): fewer edges, flatter areas. */
export default defineObjective({
  id: 'total-variation', title: 'Smooth (total variation)', summary: 'Penalizes differences of neighboring pixels', about: 'picture', restrains: true,
  build({ emit, picture }) {
    const [, channels = 1, height = 1, width = 1] = picture.dims
    const along = (axis: number, extent: number) => emit.reduceSum(emit.abs(emit.sub(emit.slice(picture, [1], [extent], [axis]), emit.slice(picture, [0], [extent - 1], [axis]))))
    return emit.mul(emit.add(along(2, height), along(3, width)), -1 / (channels * height * width))
  },
})
