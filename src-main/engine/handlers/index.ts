/** The contract, answered. */
import { activationHandlers, kernelHandlers } from './activations.ts'
import { applicationHandlers, deviceHandlers, jobHandlers } from './application.ts'
import { catalogueHandlers } from './catalogue.ts'
import { os } from './context.ts'
import type { Services } from './context.ts'
import { dreamHandlers } from './dream.ts'
import { explainHandlers } from './explain.ts'
import { fileHandlers } from './files.ts'
import { foolHandlers } from './fool.ts'
import { modelHandlers, pictureHandlers } from './models.ts'
import { patchHandlers } from './patches.ts'
import { styleHandlers } from './style.ts'
import { synthesisHandlers } from './synthesis.ts'
import { trainingHandlers } from './training.ts'

export const createRouter = (services: Services) => os.router({
  application: applicationHandlers(services),
  devices: deviceHandlers(services),
  jobs: jobHandlers(services),
  files: fileHandlers(services),
  models: modelHandlers(services),
  pictures: pictureHandlers(services),
  catalogue: catalogueHandlers(services),
  activations: activationHandlers(services),
  kernels: kernelHandlers(services),
  explain: explainHandlers(services),
  training: trainingHandlers(services),
  style: styleHandlers(services),
  synthesis: synthesisHandlers(services),
  patches: patchHandlers(services),
  dream: dreamHandlers(services),
  fool: foolHandlers(services),
})
export type EngineRouter = ReturnType<typeof createRouter>
