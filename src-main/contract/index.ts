/** The whole boundary between the renderer (and any other client) and the engine. Imports nothing of ours but its own folder. */
import { activations, kernels } from './activations.ts'
import { application, devices, jobs } from './application.ts'
import { dream } from './dream.ts'
import { explain } from './explain.ts'
import { fool } from './fool.ts'
import { catalogue, files, models, pictures } from './models.ts'
import { patches } from './patches.ts'
import { style } from './style.ts'
import { synthesis } from './synthesis.ts'
import { training } from './training.ts'

export const contract = { application, devices, jobs, files, models, pictures, catalogue, activations, kernels, explain, training, synthesis, style, patches, dream, fool }
export type Contract = typeof contract
/** Changes whenever a client of the old one would break. */
export const contractVersion = 1
