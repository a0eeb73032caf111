/** A picture made ready for a network: everything that a run, an explanation or a guess needs of it. */
import type { Preprocessing } from '#contract/preprocessing.ts'
import { AppError } from '#contract/errors.ts'
import type { Pixels } from '../images/pixels.ts'
import type { DisplaySpace } from '../network/display-space.ts'
import type { Network } from '../network/network.ts'
import type { FloatTensor, HostTensors } from '../runtime/host-tensor.ts'
import { displayTensor, inputTensor, isInverted } from './apply.ts'
import { fitPicture } from './fit.ts'
import { latentFor } from './host-values.ts'
import { findPictureInput } from './picture-input.ts'
import { otherInputs } from './resolve.ts'

export interface PreparedPicture {
  /** What the model sees of the picture, in display space. */
  readonly fitted: Pixels
  /** [1, 3, H, W] in 0..1, or [1, 1, H, W] for a grey model. */
  readonly display: FloatTensor
  readonly space: DisplaySpace
  /** The model's own inputs, all of them. */
  readonly inputs: HostTensors
}

/** Throws 'preprocessing-invalid' where the record does not describe an input of this network. */
export function preparePicture(network: Pick<Network, 'inputs'>, preprocessing: Preprocessing, picture: Pixels): PreparedPicture {
  const input = findPictureInput(network.inputs.filter(({ name }) => name === preprocessing.input))
  if (!input) throw new AppError('preprocessing-invalid', `The preprocessing record describes the input '${preprocessing.input}', which is no picture input of this model. Its inputs are ${network.inputs.map(({ name }) => `'${name}'`).join(', ')}.`)
  const fitted = fitPicture(picture, preprocessing)
  const display = displayTensor(fitted, input.channels === 1)
  const inverted = isInverted(preprocessing, display)
  return { fitted, display, space: { preprocessing, inverted }, inputs: { ...otherInputs(network, input), [input.name]: inputTensor(display, input, preprocessing, inverted) } }
}

/** Inputs of a model that takes no picture: a point of its latent space, the same for the same seed. */
export const latentInputs = (network: Pick<Network, 'inputs'>, seed: number): HostTensors =>
  Object.fromEntries(network.inputs.map((input, index) => [input.name, latentFor(input, seed + index)]))
