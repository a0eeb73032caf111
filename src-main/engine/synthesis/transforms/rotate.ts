import { defineTransform } from '../define-transform.ts'

/** A turn of up to so many degrees either way. */
export default defineTransform({
  id: 'rotate', title: 'Rotate', unit: '°',
  draw(random, degrees) {
    const angle = (random.uniform(-degrees, degrees) * Math.PI) / 180
    return [Math.cos(angle), -Math.sin(angle), 0, Math.sin(angle), Math.cos(angle), 0]
  },
})
