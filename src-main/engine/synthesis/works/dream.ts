/** Deep dream as a work: a picture, an animation, or a zoom without end. */
import { DreamSettings } from '#contract/dream.ts'
import type { Facts } from '#contract/synthesis.ts'
import { encodeAnimation } from '../../images/animation.ts'
import { decodePicture } from '../../images/decode.ts'
import { encodePng } from '../../images/encode.ts'
import { withColorsOf } from '../../images/luminance.ts'
import { streamSeed } from '../../lib/random.ts'
import { pixelsOfDisplay } from '../../preprocessing/apply.ts'
import { floatTensor } from '../../runtime/host-tensor.ts'
import type { FloatTensor } from '../../runtime/host-tensor.ts'
import { defineWork } from '../define-work.ts'
import type { StepReport, WorkContext } from '../define-work.ts'
import { captureFilm, restoreFilm } from '../dream/checkpoint.ts'
import type { FilmState, Geometry } from '../dream/checkpoint.ts'
import { dreamPicture } from '../dream/dream.ts'
import type { DreamStep } from '../dream/dream.ts'
import { estimateDream } from '../dream/estimate.ts'
import type { Film, Frame } from '../dream/film.ts'
import { createMaskSource } from '../dream/mask.ts'
import { openFilm } from '../dream/source.ts'
import { PictureSteps } from '../dream/picture-steps.ts'
import { Steering } from '../dream/steering.ts'
import { TileGradients } from '../dream/tile-gradients.ts'

export default defineWork<DreamSettings>({
  kind: 'dream',
  settings: DreamSettings,
  title: ({ picture, targets, zoom }) => `${zoom ? 'Zoom into' : 'Dream of'} ${picture.name}${targets ? `: ${targets.map(({ layer }) => layer).join(', ')}` : ''}`,
  estimate: estimateDream,
  async run(context, initial) {
    const begun = context.checkpoint && restoreFilm(context.checkpoint)
    const geometry: Geometry = begun?.geometry ?? { octaves: initial.octaves, scale: initial.scale, ...(initial.size === undefined ? {} : { size: initial.size }), ...(initial.zoom ? { zoomFrames: initial.zoom.frames } : {}) }
    await dreamFilm(context, held(initial, geometry), geometry, begun)
  },
})

/** What decides the sizes stays as it was when the dream began. */
const held = (settings: DreamSettings, { octaves, scale, size, zoomFrames }: Geometry): DreamSettings => ({
  ...settings, octaves, scale, size, zoom: zoomFrames === undefined ? undefined : { share: 0.05, steps: 4, ...settings.zoom, frames: zoomFrames },
})

async function dreamFilm(context: WorkContext<DreamSettings>, initial: DreamSettings, geometry: Geometry, begun: FilmState | undefined): Promise<void> {
  const film = await openFilm(context, initial)
  const gradients = new TileGradients(context)
  const picture = new PictureSteps(context, gradients)
  const steering = new Steering(context, gradients, initial, (reference) => context.picture(reference))
  const mask = createMaskSource()
  let settings = initial
  let step = context.checkpoint?.step ?? 0
  const finished = [...(begun?.finished ?? [])]
  let last: (Frame & { readonly dream: FloatTensor }) | undefined
  let values: number[][] = []
  try {
    for (let index = begun?.frame ?? 0; index < film.frames; index++) {
      const resumed = begun?.frame === index ? begun : undefined
      const frame = resumed?.begun ?? await film.frame(settings, index, last)
      values = resumed?.values.map((octave) => [...octave]) ?? []
      const dream = await dreamPicture({
        source: frame.start, settings, gradients, picture, steering, mask, seed: streamSeed(context.seed, index),
        steps: (now) => film.stepsOf(now, index), keepSessions: film.frames > 1, from: resumed?.dream,
        onStep: async (made) => {
          values[made.octave] = [...(values[made.octave] ?? []), made.value]
          step += 1
          const state = async (): Promise<FilmState> => ({ geometry, frame: index, dream: await made.state(), begun: index > 0 ? frame : undefined, finished, values })
          settings = held(await context.step(reportOf(film, settings, index, step, made, state)), geometry)
          return settings
        },
      })
      const shown = await outputOf(settings, dream, frame.colors)
      if (film.frames > 1) finished.push(await encodePng(pixelsOfDisplay(shown)))
      if (index === film.frames - 1) await context.item({ name: 'dream', title: film.frames > 1 ? 'Last frame' : 'Dream', facts: factsOf(steering, values), content: { picture: shown }, deep: true })
      last = { ...frame, dream }
    }
    if (film.frames > 1) await finishFilm(context, settings, film, finished)
  } finally {
    await picture.forget()
    await gradients.forget()
  }
}

/** With the colors that were asked for. */
async function outputOf({ originalColors }: DreamSettings, dream: FloatTensor, colors: FloatTensor): Promise<FloatTensor> {
  return originalColors ? floatTensor(dream.dims, await withColorsOf(dream, colors)) : dream
}

function reportOf(film: Film, settings: DreamSettings, frame: number, step: number, made: DreamStep, state: () => Promise<FilmState>): StepReport {
  const { octave, octaves, picture, base } = made
  const { height, width } = octaves[octave]!
  const stepsOf = (index: number): number => film.stepsOf(settings, index)
  const steps = Array.from({ length: film.frames }, (_, index) => octaves.length * stepsOf(index)).reduce((sum, count) => sum + count, 0)
  return {
    step, steps, share: shareOf(film, stepsOf, frame, made), value: made.value,
    label: `${film.frames > 1 ? `Frame ${frame + 1} of ${film.frames}, octave` : 'Octave'} ${octave + 1} of ${octaves.length} (${width} × ${height} pixels)`,
    facts: { octave: octave + 1, octaves: octaves.length, width, height, ...(film.frames > 1 ? { frame: frame + 1, frames: film.frames } : {}) },
    preview: async () => [{ name: 'dream', picture: await outputOf(settings, await picture(), base) }],
    capture: async () => captureFilm(await state()),
  }
}

/** Of all work, counted in pixels that were looked at. */
function shareOf({ frames }: Film, stepsOf: (frame: number) => number, frame: number, { octave, octaves, step }: DreamStep): number {
  const pixels = octaves.map(({ height, width }) => height * width)
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
  const workOf = (index: number): number => stepsOf(index) * sum(pixels)
  const done = sum(Array.from({ length: frame }, (_, index) => workOf(index))) + stepsOf(frame) * sum(pixels.slice(0, octave)) + step * pixels[octave]!
  return done / sum(Array.from({ length: frames }, (_, index) => workOf(index)))
}

/** The objective as each octave began and ended: the mean square of a layer's values, or the mean of its channels. */
const factsOf = (steering: Steering, values: readonly (readonly number[])[]): Facts => ({
  layers: steering.titles, octaves: values.length,
  'objective as each octave begins': values.map((octave) => octave[0] ?? NaN), 'objective as each octave ends': values.map((octave) => octave.at(-1) ?? NaN),
})

async function finishFilm(context: WorkContext<DreamSettings>, { formats }: DreamSettings, { frames, delays }: Film, finished: readonly Uint8Array[]): Promise<void> {
  const pictures = []
  for (const [index, png] of finished.entries()) pictures.push(await decodePicture(png, `frame ${index + 1}`))
  for (const extension of formats) {
    const bytes = await encodeAnimation({ frames: pictures, delays }, extension)
    await context.item({ name: extension === 'webp' ? 'film' : `film-${extension}`, title: `Film, ${extension === 'gif' ? 'GIF' : 'WebP'}`, facts: { frames, width: pictures[0]?.width ?? 0, height: pictures[0]?.height ?? 0 }, content: { bytes, extension } })
  }
}
