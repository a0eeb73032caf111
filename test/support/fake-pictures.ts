/** Numbers and pictures that follow from a word, so that every run of a test sees the same. */
import type { FloatArray } from '#contract/wire.ts'

/** A seeded generator of numbers in 0..1 (mulberry32). */
export function noise(seed: string): () => number {
  let state = Array.from(seed).reduce((hash, letter) => Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 16777619), 2166136261) >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let value = Math.imul(state ^ (state >>> 15), 1 | state)
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value
    return ((value ^ (value >>> 14)) >>> 0) / 4294967296
  }
}

export async function drawScene(seed: string, width: number, height: number): Promise<Blob> {
  const random = noise(seed)
  const canvas = new OffscreenCanvas(width, height)
  const context = canvas.getContext('2d')
  if (context === null) throw new Error('No 2d canvas.')
  const sky = context.createLinearGradient(0, 0, 0, height)
  const hue = random() * 360
  sky.addColorStop(0, `hsl(${hue} 45% 62%)`)
  sky.addColorStop(1, `hsl(${hue + 40} 40% 30%)`)
  context.fillStyle = sky
  context.fillRect(0, 0, width, height)
  for (let index = 0; index < 14; index++) {
    context.fillStyle = `hsl(${random() * 360} ${40 + random() * 40}% ${30 + random() * 40}%)`
    context.beginPath()
    context.ellipse(random() * width, random() * height, (0.04 + random() * 0.16) * width, (0.04 + random() * 0.16) * height, random() * 3, 0, 7)
    context.fill()
  }
  return await canvas.convertToBlob({ type: 'image/png' })
}

export const floats = (dims: readonly number[], data: Float32Array<ArrayBuffer>): FloatArray => ({ dims: [...dims], data: new Blob([data]) })

/** A smooth map with a few peaks; signed ones have hollows too. */
export function blobs(seed: string, height: number, width: number, signed: boolean, peak: number): Float32Array<ArrayBuffer> {
  const random = noise(seed)
  const centers = Array.from({ length: 7 }, () => ({ x: random() * width, y: random() * height, spread: (0.05 + random() * 0.12) * width, weight: signed ? random() * 2 - 1 : random() }))
  return Float32Array.from({ length: height * width }, (_, index) => {
    const [x, y] = [index % width, Math.floor(index / width)]
    const smooth = centers.reduce((sum, center) => sum + center.weight * Math.exp(-((x - center.x) ** 2 + (y - center.y) ** 2) / (2 * center.spread ** 2)), 0)
    return peak * (smooth + (signed ? 0.3 : 0.12) * (random() - (signed ? 0.5 : 0)))
  })
}

/** Oriented edges and colour blobs, as first layers have. */
export function gabor(seed: string, channels: number, size: number): Float32Array<ArrayBuffer> {
  const random = noise(seed)
  const [angle, phase, wave] = [random() * Math.PI, random() * 6, 1 + random() * 2]
  const tint = Array.from({ length: channels }, () => random() * 2 - 1)
  return Float32Array.from({ length: channels * size * size }, (_, index) => {
    const channel = Math.floor(index / (size * size))
    const [x, y] = [(index % size) - size / 2, (Math.floor(index / size) % size) - size / 2]
    const along = x * Math.cos(angle) + y * Math.sin(angle)
    return 0.5 * (tint[channel] ?? 0) * Math.cos(wave * along + phase) * Math.exp(-(x * x + y * y) / (size * size * 0.3)) + 0.03 * (random() - 0.5)
  })
}
