import { defineMethod } from '../define-method.ts'

export default defineMethod({
  id: 'retrain', kind: 'loop', title: 'Retrain with a fooling class',
  summary: 'Breeds pictures that fool the network, trains it again with them as one class more, and breeds anew: does it learn not to be fooled?',
  citation: 'Nguyen, Yosinski, Clune 2014, arXiv:1412.1897, section 3.8',
  options: [
    { type: 'choice', id: 'encoding', title: 'Pictures', help: 'How the pictures are bred.', choices: [{ id: 'cppn', title: 'Regular (CPPN)' }, { id: 'direct', title: 'Pixel by pixel' }], initial: 'cppn' },
    { type: 'integer', id: 'rounds', title: 'Trainings', help: 'How often it is trained with what fooled it until then.', minimum: 1, maximum: 50, initial: 2 },
    { type: 'integer', id: 'generations', title: 'Generations', help: 'Of each archive.', minimum: 1, maximum: 100_000, initial: 50 },
    { type: 'integer', id: 'population', title: 'Pictures of a generation', help: 'Children made before the archive is read anew.', minimum: 1, maximum: 10_000, initial: 100 },
    { type: 'integer', id: 'archives', title: 'Archives', help: 'Bred for each training, from seeds of their own: each gives a picture a class to be learned from.', minimum: 1, maximum: 10_000, initial: 10 },
  ],
})
