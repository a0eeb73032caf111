/**
 * Selvaraju et al. 2017, arXiv:1610.02391, eq. 1 and 2: a_k = mean over positions of dS/dA_k; L = ReLU(sum_k a_k A_k), enlarged to the
 * picture. Tokens of patches are maps of their features; a class token among them has no place and is left out.
 */
import { invariant } from '#contract/errors.ts'
import { layerValues, unitMap } from '../../activations/layer-values.ts'
import { displayInput } from '../../network/network.ts'
import { floatTensor } from '../../runtime/host-tensor.ts'
import { defineMethod } from '../define-method.ts'
import { findLayer } from '../../network/find-layer.ts'
import { upsampleBilinear } from '../upsample.ts'

export default defineMethod({
  id: 'grad-cam',
  title: 'Grad-CAM',
  summary: 'Where the feature maps that speak for the answer are active: coarse, and about objects rather than pixels.',
  citation: 'Selvaraju, Cogswell, Das, Vedantam, Parikh, Batra 2017, arXiv:1610.02391',
  signed: false,
  options: [{ type: 'layer', id: 'layer', title: 'Layer', help: 'Whose maps are weighed; the last one with maps is suggested.' }],
  async run({ network, display, picture, target, options, signal, progress }) {
    const layer = findLayer(network, options.layer('layer'))
    const tensor = layer.outputTensor
    const { gradients, values } = await network.gradient({
      of: target.tensor, seed: target.seed, wrt: [tensor], fetches: [tensor], display, inputs: { [displayInput]: picture },
    }, signal ? { signal } : {})
    const gradient = gradients[tensor]
    const activation = values[tensor]
    invariant(gradient && activation, `no gradient of '${tensor}' came back`)
    const [slopes, maps] = [layerValues(layer, gradient), layerValues(layer, activation)]
    const { units, height, width } = maps
    const cam = new Float32Array(height * width)
    for (let unit = 0; unit < units; unit++) {
      const weight = unitMap(slopes, unit).reduce((sum, value) => sum + value, 0) / cam.length
      unitMap(maps, unit).forEach((value, position) => { cam[position]! += weight * value })
    }
    const positive = cam.map((value) => Math.max(0, value))
    progress(1, 'Grad-CAM')
    const [, , toHeight = 1, toWidth = 1] = picture.dims
    return { map: upsampleBilinear(floatTensor([height, width], positive), toHeight, toWidth), layer: layer.id, facts: { maps: units, resolution: `${height} × ${width}` } }
  },
})
