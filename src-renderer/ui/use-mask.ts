/** Where something is to happen, painted over a picture: a small canvas in its proportions, white where it does. */
import { computed, ref, shallowRef } from 'vue'

/** Longer side of the mask, pixels: enough for a brush, and small enough to travel in every picture's recipe. */
const maskSide = 512

export function useMask() {
  const canvas = document.createElement('canvas')
  const painting = ref(false)
  const erasing = ref(false)
  /** Diameter, of the picture's longer side. */
  const brush = ref(0.12)
  /** Grows with every change of the canvas. */
  const revision = ref(0)
  /** PNG as base64; null where nothing is painted. */
  const png = shallowRef<string | null>(null)
  const painted = computed(() => png.value !== null)

  const context = (): CanvasRenderingContext2D | null => canvas.getContext('2d', { willReadFrequently: true })

  /** A fresh one for a picture of those proportions; what was painted for others is gone. */
  function fit(width: number, height: number): void {
    const factor = maskSide / Math.max(width, height)
    const [wide, high] = [Math.max(1, Math.round(width * factor)), Math.max(1, Math.round(height * factor))]
    if (canvas.width === wide && canvas.height === high) return
    canvas.width = wide
    canvas.height = high
    clear()
  }

  function fill(color: string): void {
    const target = context()
    if (!target) return
    target.fillStyle = color
    target.fillRect(0, 0, canvas.width, canvas.height)
    revision.value += 1
  }
  function clear(): void {
    fill('#000')
    png.value = null
  }

  /** From one point to another, both in 0..1 of the picture. */
  function stroke(from: readonly [number, number], to: readonly [number, number]): void {
    const target = context()
    if (!target) return
    target.lineCap = 'round'
    target.lineJoin = 'round'
    target.strokeStyle = erasing.value ? '#000' : '#fff'
    target.lineWidth = brush.value * maskSide
    target.filter = `blur(${Math.max(1, Math.round(brush.value * 24))}px)`
    target.beginPath()
    target.moveTo(from[0] * canvas.width, from[1] * canvas.height)
    target.lineTo(to[0] * canvas.width + 0.01, to[1] * canvas.height)
    target.stroke()
    target.filter = 'none'
    revision.value += 1
  }

  /** That part of the picture alone: left, top, width and height in 0..1. */
  function paintArea([left, top, width, height]: readonly [number, number, number, number]): void {
    fill('#000')
    const target = context()
    if (!target) return
    target.fillStyle = '#fff'
    target.fillRect(left * canvas.width, top * canvas.height, width * canvas.width, height * canvas.height)
    revision.value += 1
    settle()
  }

  /** To be called when a stroke ends. */
  function settle(): void {
    const data = context()?.getImageData(0, 0, canvas.width, canvas.height).data
    const any = data?.some((value, index) => index % 4 === 0 && value > 0) ?? false
    png.value = any ? (canvas.toDataURL('image/png').split(',')[1] ?? null) : null
  }

  /** Dark becomes light. */
  function invert(): void {
    const target = context()
    if (!target) return
    target.globalCompositeOperation = 'difference'
    fill('#fff')
    target.globalCompositeOperation = 'source-over'
    settle()
  }

  async function load(base64: string | null): Promise<void> {
    clear()
    if (base64 === null) return
    const image = await createImageBitmap(await (await fetch(`data:image/png;base64,${base64}`)).blob())
    context()?.drawImage(image, 0, 0, canvas.width, canvas.height)
    revision.value += 1
    png.value = base64
  }

  return { canvas, painting, erasing, brush, revision, png, painted, fit, clear, stroke, paintArea, settle, invert, load }
}

export type PaintedMask = ReturnType<typeof useMask>
