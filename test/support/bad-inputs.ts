/** Every file that must be refused with one clear line, models first: what the unit, command-line and end-to-end tests share. */
export { badModels, oddModels, soundModel } from './bad-models.ts'
export type { BadInput, OddInput } from './bad-models.ts'
