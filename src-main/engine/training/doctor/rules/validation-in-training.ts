import { defineRule } from '../define-rule.ts'
import { percent, scoreText, lastEpoch } from '../measures.ts'

const share = 0.01
const fewest = 5

export default defineRule({
  id: 'validation-in-training', rank: 2,
  source: `Duplicates across the parts make the measured score too good (Barz and Denzler 2020, arXiv:1902.00423: 3.3 % of CIFAR-10's test pictures). Flagged from ${percent(share)} of the validation part and ${fewest} examples on.`,
  explains: [],
  examine(observation) {
    const { data: { duplicates, validation } } = observation
    if (duplicates < fewest || duplicates < share * validation) return []
    const last = lastEpoch(observation)
    return [{
      severity: duplicates > 0.2 * validation ? 'critical' : 'warning', title: `${percent(duplicates / validation)} of the validation examples stand in the training part too`,
      evidence: `${duplicates} of ${validation} validation examples equal a training example, value for value.${last ? ` The score of ${scoreText(observation, last.validation.score)} counts them as if they were new.` : ''}`,
      meaning: 'The network has seen these examples with their answers: on them the validation part measures memory, not what was understood. New data will do worse than the score says.',
      fixes: duplicates < validation ? [{ id: 'without-duplicates', title: 'Judge by validation examples that training has not seen', changes: { split: { withoutDuplicates: true } } }] : [],
    }]
  },
})
