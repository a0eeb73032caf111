/**
 * Networks that were trained to paint in one style (Johnson et al. 2016, arXiv:1603.08155), and any other that makes a picture of a picture. Pictures that do not
 * fit into memory are made in pieces, whose normalizations use the whole picture's statistics.
 */
import { AppError } from '#contract/errors.ts'
import type { FeedForwardStyle } from '#contract/style.ts'
import { withColorsOf } from '../../images/luminance.ts'
import { resizePixels, resizePlanes } from '../../images/resample.ts'
import type { DecodedPicture } from '../../images/decode.ts'
import { displayTensor, isInverted } from '../../preprocessing/apply.ts'
import { displayInput } from '../../network/network.ts'
import { floatTensor } from '../../runtime/host-tensor.ts'
import type { FloatTensor } from '../../runtime/host-tensor.ts'
import type { Session } from '../../runtime/session.ts'
import type { WorkContext } from '../define-work.ts'
import { fade, planPieces } from './blend-tiles.ts'
import type { Extent } from './backbone.ts'
import { hasInstanceNorms, normsIn, withFrozenNorms, withNormOutputs } from './frozen-norms.ts'
import { lane } from './looker.ts'
import { defaultMemoryBytes, processBytes } from './memory.ts'
import { bytesPerPixel, pictureNet } from './picture-net.ts'
import type { PictureNet } from './picture-net.ts'
import { extentAt } from './stages.ts'

/** Less is gone behind the first strides and borders of networks that paint. */
const leastSide = 16

type Context = WorkContext<FeedForwardStyle>

export async function feedForward(context: Context, initial: FeedForwardStyle): Promise<void> {
  const net = pictureNet(context.network, context.display)
  let settings = initial
  const used = new Set<string>()
  const names = initial.contents.map(({ name }) => unusedName(name.replace(/\.[^.]+$/, ''), used))
  for (const [index, reference] of initial.contents.entries()) {
    const name = names[index] ?? String(index)
    if (context.finished.has(name)) continue
    const decoded = await context.picture(reference)
    const extent = settings.size === undefined ? { height: decoded.height, width: decoded.width } : extentAt(decoded, settings.size)
    if (Math.min(extent.height, extent.width) < leastSide) throw new AppError('option-invalid', `A picture of ${extent.width} × ${extent.height} pixels is too small for ${context.network.summary.name}: give '${reference.name}' at least ${leastSide} pixels each way, or set a larger size.`)
    const made = await paint(context, net, settings, decoded, extent)
    const shown = made.picture
    await context.item({ name, title: reference.name, facts: { width: shown.dims[3] ?? 0, height: shown.dims[2] ?? 0, pieces: made.pieces }, content: { picture: shown }, deep: true, settings: { ...settings, contents: [reference] } })
    settings = await context.step({
      step: index + 1, steps: initial.contents.length, label: reference.name,
      preview: () => [{ name, picture: shown }], capture: () => ({ tensors: new Map(), notes: null }),
    })
  }
}

async function paint(context: Context, net: PictureNet, { memoryBytes = defaultMemoryBytes }: FeedForwardStyle, decoded: DecodedPicture, extent: Extent): Promise<{ readonly picture: FloatTensor; readonly pieces: number }> {
  const { runtime, network, display, signal } = context
  const original = displayTensor(resizePixels(decoded, extent.width, extent.height), net.channels.from === 1)
  const inverted = isInverted(display.preprocessing, original)
  const source = inverted ? pictureNet(context.network, { ...display, inverted }) : net
  const padded = reflectTo(original, (length) => Math.ceil(length / net.stride) * net.stride, net.fixed)
  const whole: Extent = { height: padded.dims[2] ?? 1, width: padded.dims[3] ?? 1 }
  const pixels = Math.max(64 * 64, (memoryBytes - processBytes) / bytesPerPixel(net))
  const side = Math.floor(Math.sqrt(pixels) / net.stride) * net.stride
  const fits = whole.height * whole.width <= pixels
  const plan = planPieces(whole, net.fixed ?? (fits ? whole : { height: side, width: side }), net.stride, net.fixed ? Math.floor(Math.min(net.fixed.height, net.fixed.width) / 8) : net.margin)
  let model = source.at(plan.piece)
  if (plan.pieces.length > 1 && hasInstanceNorms(model)) model = withFrozenNorms(model, await measureNorms(context, source, padded, pixels))
  const session = await runtime.open(model, { lane, weights: network })
  try {
    const made = await paintPieces(session, source, padded, plan, net.fixed ? Math.floor(Math.min(net.fixed.height, net.fixed.width) / 8) : net.margin, signal)
    const scaled = inRange(cropTo(made, Math.round(extent.height * net.factor), Math.round(extent.width * net.factor)))
    return { picture: await colored(scaled, displayTensor(decoded, false)), pieces: plan.pieces.length }
  } finally {
    await session.dispose()
  }
}

/** Of the whole picture, as large as fits. */
async function measureNorms({ runtime, network, signal }: Context, net: PictureNet, picture: FloatTensor, pixels: number) {
  const [, , height = 1, width = 1] = picture.dims
  const scale = Math.min(1, Math.sqrt(pixels / (height * width)))
  const grid = (length: number): number => Math.max(net.stride, Math.floor((length * scale) / net.stride) * net.stride)
  const extent = net.fixed ?? { height: grid(height), width: grid(width) }
  const model = withNormOutputs(net.at(extent))
  const session = await runtime.open(model, { lane, weights: network })
  try {
    const small = floatTensor([1, net.channels.from, extent.height, extent.width], resizePlanes(picture, extent.height, extent.width))
    return normsIn(model, await session.run({ [displayInput]: small }, session.outputNames.filter((name) => name !== net.output), { signal }))
  } finally {
    await session.dispose()
  }
}

async function paintPieces(session: Session, net: PictureNet, picture: FloatTensor, { piece, pieces, overlap }: ReturnType<typeof planPieces>, margin: number, signal: AbortSignal): Promise<FloatTensor> {
  const [, channels = 1, height = 1, width = 1] = picture.dims
  const { factor, channels: { to } } = net
  const [outHeight, outWidth] = [Math.round(height * factor), Math.round(width * factor)]
  const sum = new Float32Array(to * outHeight * outWidth)
  const weight = new Float32Array(outHeight * outWidth)
  for (const { top, left } of pieces) {
    const input = new Float32Array(channels * piece.height * piece.width)
    for (let channel = 0, at = 0; channel < channels; channel++)
      for (let row = 0; row < piece.height; row++, at += piece.width) {
        const from = (channel * height + top + row) * width + left
        input.set(picture.data.subarray(from, from + piece.width), at)
      }
    const { [net.output]: made } = await session.run({ [displayInput]: floatTensor([1, channels, piece.height, piece.width], input) }, [net.output], { signal })
    const data = made?.data as Float32Array
    const [madeHeight, madeWidth] = [Math.round(piece.height * factor), Math.round(piece.width * factor)]
    const border = { margin: Math.round(margin * factor), overlap: Math.round(overlap * factor) }
    const [rows, columns] = [fade(Math.round(top * factor), madeHeight, outHeight, border), fade(Math.round(left * factor), madeWidth, outWidth, border)]
    for (let row = 0; row < madeHeight; row++)
      for (let column = 0; column < madeWidth; column++) {
        const at = (Math.round(top * factor) + row) * outWidth + Math.round(left * factor) + column
        const share = rows[row]! * columns[column]!
        weight[at]! += share
        for (let channel = 0; channel < to; channel++) sum[channel * outHeight * outWidth + at]! += share * data[net.channelsLast ? (row * madeWidth + column) * to + channel : (channel * madeHeight + row) * madeWidth + column]!
      }
  }
  const plane = outHeight * outWidth
  for (let index = 0; index < sum.length; index++) sum[index]! /= weight[index % plane]!
  return floatTensor([1, to, outHeight, outWidth], sum)
}

/** Networks give pictures in 0..255, -1..1 or 0..1: told apart by the numbers they gave. */
function inRange({ dims, data }: FloatTensor): FloatTensor {
  let [low, high] = [Infinity, -Infinity]
  for (const value of data) {
    if (value < low) low = value
    if (value > high) high = value
  }
  const [gain, offset] = high > 8 ? [1 / 255, 0] : low < -0.5 && high < 2 ? [0.5, 0.5] : [1, 0]
  return floatTensor(dims, data.map((value) => Math.min(1, Math.max(0, value * gain + offset))))
}

/** A network of brightness alone leaves the colors to the content. */
async function colored(made: FloatTensor, content: FloatTensor): Promise<FloatTensor> {
  const [, channels = 3, height = 1, width = 1] = made.dims
  if (channels === 3) return made
  const gray = new Float32Array(3 * height * width)
  for (let channel = 0; channel < 3; channel++) gray.set(made.data, channel * height * width)
  const dims = [1, 3, height, width]
  return floatTensor(dims, await withColorsOf({ dims, data: gray }, { dims, data: resizePlanes(content, height, width) }))
}

/** Larger by mirrored pixels at the right and below, to what the network takes. */
function reflectTo({ dims, data }: FloatTensor, fitting: (length: number) => number, fixed: Extent | undefined): FloatTensor {
  const [, channels = 1, height = 1, width = 1] = dims
  const [toHeight, toWidth] = [Math.max(fitting(height), fixed?.height ?? 0), Math.max(fitting(width), fixed?.width ?? 0)]
  if (toHeight === height && toWidth === width) return { dataType: 'float32', dims, data }
  const mirrored = (at: number, length: number): number => {
    const period = Math.max(1, 2 * (length - 1))
    const folded = at % period
    return folded < length ? folded : period - folded
  }
  const out = new Float32Array(channels * toHeight * toWidth)
  for (let channel = 0, to = 0; channel < channels; channel++)
    for (let row = 0; row < toHeight; row++)
      for (let column = 0; column < toWidth; column++, to++) out[to] = data[(channel * height + mirrored(row, height)) * width + mirrored(column, width)]!
  return floatTensor([1, channels, toHeight, toWidth], out)
}

function cropTo({ dims, data }: FloatTensor, height: number, width: number): FloatTensor {
  const [, channels = 1, fromHeight = 1, fromWidth = 1] = dims
  if (fromHeight === height && fromWidth === width) return { dataType: 'float32', dims, data }
  const out = new Float32Array(channels * height * width)
  for (let channel = 0, to = 0; channel < channels; channel++)
    for (let row = 0; row < height; row++, to += width) out.set(data.subarray((channel * fromHeight + row) * fromWidth, (channel * fromHeight + row) * fromWidth + width), to)
  return floatTensor([1, channels, height, width], out)
}

function unusedName(stem: string, used: Set<string>): string {
  for (let number = 1; ; number++) {
    const name = number === 1 ? stem : `${stem}-${number}`
    if (used.has(name)) continue
    used.add(name)
    return name
  }
}
