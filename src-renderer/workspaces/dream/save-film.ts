/** An animated WebP as MP4 or WebM, through the encoders of this machine (WebCodecs). */
import { BufferTarget, CanvasSource, getFirstEncodableVideoCodec, Mp4OutputFormat, Output, Quality, WebMOutputFormat } from 'mediabunny'
import type { VideoCodec } from 'mediabunny'

export type FilmContainer = 'mp4' | 'webm'

const codecs: Readonly<Record<FilmContainer, VideoCodec[]>> = { mp4: ['avc', 'hevc', 'vp9', 'av1'], webm: ['vp9', 'av1', 'vp8'] }
const titles: Readonly<Record<FilmContainer, string>> = { mp4: 'MP4', webm: 'WebM' }
const usualFrameMs = 40

/** This machine cannot encode what was asked for; the message says so in one line. */
export class NoEncoder extends Error {}

export interface EncodeOptions { readonly signal: AbortSignal; readonly onFrame: (done: number, frames: number) => void }

/** Throws NoEncoder, and the signal's reason. */
export async function encodeFilm(film: Blob, container: FilmContainer, { signal, onFrame }: EncodeOptions): Promise<Blob> {
  if (!('ImageDecoder' in globalThis) || !('VideoEncoder' in globalThis)) throw new NoEncoder(`No ${titles[container]} can be made here: this browser has no video encoder (WebCodecs). WebP and GIF films play everywhere.`)
  const decoder = new ImageDecoder({ data: await film.arrayBuffer(), type: film.type })
  try {
    await decoder.tracks.ready
    const frames = decoder.tracks.selectedTrack?.frameCount ?? 0
    const { image: first } = await decoder.decode({ frameIndex: 0 })
    // The usual encoders take even sides only.
    const [width, height] = [first.displayWidth & ~1, first.displayHeight & ~1]
    first.close()
    const quality = new Quality('high')
    const codec = await getFirstEncodableVideoCodec(codecs[container], { width, height, quality })
    if (codec === null) throw new NoEncoder(`No ${titles[container]} of ${width} × ${height} pixels can be made here: this machine has no encoder for it. WebP and GIF films play everywhere.`)
    const canvas = new OffscreenCanvas(width, height)
    const context = canvas.getContext('2d')
    const target = new BufferTarget()
    const output = new Output({ format: container === 'mp4' ? new Mp4OutputFormat() : new WebMOutputFormat(), target })
    const source = new CanvasSource(canvas, { codec, quality })
    output.addVideoTrack(source)
    await output.start()
    try {
      let at = 0
      for (let index = 0; index < frames; index++) {
        signal.throwIfAborted()
        const { image } = await decoder.decode({ frameIndex: index })
        const seconds = (image.duration === null ? usualFrameMs * 1000 : image.duration) / 1e6
        context?.drawImage(image, 0, 0)
        image.close()
        await source.add(at, seconds)
        at += seconds
        onFrame(index + 1, frames)
      }
      await output.finalize()
    } catch (error) {
      await output.cancel()
      throw error
    }
    return new Blob([target.buffer ?? new ArrayBuffer()], { type: container === 'mp4' ? 'video/mp4' : 'video/webm' })
  } finally {
    decoder.close()
  }
}
