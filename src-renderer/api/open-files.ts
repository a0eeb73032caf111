/** What a file is, by its name. The engine looks at its content. */
export type FileKind = 'model' | 'picture' | 'unknown'

const kinds: readonly (readonly [FileKind, RegExp])[] = [
  ['model', /\.onnx$/i],
  ['picture', /\.(png|jpe?g|webp|gif|tiff?|avif|bmp)$/i],
]

export const fileKindOf = (name: string): FileKind => kinds.find(([, pattern]) => pattern.test(name))?.[0] ?? 'unknown'

export const acceptedModels = '.onnx'
export const acceptedPictures = '.png,.jpg,.jpeg,.webp,.gif,.tif,.tiff,.avif,.bmp'

/** The system's file picker; none when it is closed without a choice. */
export function pickFiles(accept: string): Promise<readonly File[]> {
  const input = document.createElement('input')
  input.type = 'file'
  input.accept = accept
  return new Promise((resolve) => {
    input.addEventListener('change', () => resolve([...(input.files ?? [])]))
    input.addEventListener('cancel', () => resolve([]))
    input.click()
  })
}
