/** sharp (libvips), loaded when a picture is first read or written: twenty megabytes that training on numbers or IDX files does without. */
import { createRequire } from 'node:module'
import type Module from 'sharp'
import type { Sharp, SharpInput, SharpOptions } from 'sharp'

let loaded: typeof Module | undefined

export function sharp(input: SharpInput, options?: SharpOptions): Sharp {
  return (loaded ??= load())(input, options)
}

function load(): typeof Module {
  const module = createRequire(import.meta.url)('sharp') as typeof Module
  module.cache(false)
  // Pictures are decoded one at a time between runs of the network, which needs the cores more.
  module.concurrency(1)
  return module
}
