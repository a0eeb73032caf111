/** An animated WebP as MP4 or WebM, through the encoders of this machine (WebCodecs). */
import { BufferTarget, CanvasSource, getFirstEncodableVideoCodec, Mp4OutputFormat, Output, Quality, WebMOutputFormat } from 'mediabunny'
import type { VideoCodec } from 'mediabunny'

export type FilmContainer = 'mp4' | 'webm'

const codecs: Readonly<Record<FilmContainer, VideoCodec[]>> = { mp4: ['avc', 'hevc', 'vp9', 'av1'], webm: ['vp9', 'av1', 'vp8'] }
const usualFrameMs = 40

/** Throws an Error with one line where this machine cannot encode it. */
export async function encodeFilm(film: Blob, container: FilmContainer, onProgress: (share: number) => void): Promise<Blob> {
  if (!('ImageDecoder' in globalThis) || !('VideoEncoder' in globalThis)) throw new Error('This browser has no video encoder (WebCodecs): save the film as WebP or GIF.')
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
    if (codec === null) throw new Error(`This machine encodes no ${container === 'mp4' ? 'MP4' : 'WebM'} of ${width} × ${height} pixels: save the film as WebP or GIF.`)
    const canvas = new OffscreenCanvas(width, height)
    const context = canvas.getContext('2d')
    const target = new BufferTarget()
    const output = new Output({ format: container === 'mp4' ? new Mp4OutputFormat() : new WebMOutputFormat(), target })
    const source = new CanvasSource(canvas, { codec, quality })
    output.addVideoTrack(source)
    await output.start()
    let at = 0
    for (let index = 0; index < frames; index++) {
      const { image } = await decoder.decode({ frameIndex: index })
      const seconds = (image.duration === null ? usualFrameMs * 1000 : image.duration) / 1e6
      context?.drawImage(image, 0, 0)
      image.close()
      await source.add(at, seconds)
      at += seconds
      onProgress((index + 1) / frames)
    }
    await output.finalize()
    return new Blob([target.buffer ?? new ArrayBuffer()], { type: container === 'mp4' ? 'video/mp4' : 'video/webm' })
  } finally {
    decoder.close()
  }
}
