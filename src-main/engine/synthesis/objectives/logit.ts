import { defineObjective } from '../define-objective.ts'

/** A class's score before the Softmax, whose probability grows as well by pushing others down (Simonyan et al. 2013, arXiv:1312.6034, section 2). */
export default defineObjective({
  id: 'logit', title: 'Class score', summary: 'The score of a class before it is turned into a probability', about: 'class', selects: 'unit',
  build: ({ emit, layer, selector }) => emit.reduceSum(emit.mul(emit.reshape(layer().value, selector().dims), selector())),
})
