import { defineMethod } from '../define-method.ts'
import { evolutionOptions } from '../evolution/options.ts'

export default defineMethod({
  id: 'cppn', kind: 'evolution', encoding: 'cppn', title: 'Evolution, CPPN',
  summary: 'Pictures by formulas of place, bred for all classes at once: regular, symmetrical, unrecognisable, and the network is sure.',
  citation: 'Nguyen, Yosinski, Clune 2014, arXiv:1412.1897; Stanley 2007 (CPPN); Mouret, Clune 2015 (MAP-Elites)',
  options: evolutionOptions,
})
