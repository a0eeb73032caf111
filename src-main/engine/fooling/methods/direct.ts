import { defineMethod } from '../define-method.ts'
import { evolutionOptions } from '../evolution/options.ts'

export default defineMethod({
  id: 'direct', kind: 'evolution', encoding: 'direct', title: 'Evolution, direct',
  summary: 'Pictures pixel by pixel, bred for all classes at once: what comes out looks like noise.',
  citation: 'Nguyen, Yosinski, Clune 2014, arXiv:1412.1897, section 2.3',
  options: evolutionOptions,
})
