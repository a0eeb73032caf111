/** What a file is, by its name. The engine looks at its content. */
export type FileKind = 'model' | 'picture' | 'unknown'

const kinds: readonly (readonly [FileKind, RegExp])[] = [
  ['model', /\.onnx$/i],
  ['picture', /\.(png|jpe?g|webp|gif|tiff?|avif|bmp)$/i],
]

export const fileKindOf = (name: string): FileKind => kinds.find(([, pattern]) => pattern.test(name))?.[0] ?? 'unknown'

export const acceptedModels = '.onnx'
export const acceptedPictures = '.png,.jpg,.jpeg,.webp,.gif,.tif,.tiff,.avif,.bmp'

/** What was dropped: a folder comes among the files, as one that cannot be read. */
export function droppedFiles({ items, files }: DataTransfer): { readonly files: readonly File[]; readonly folders: readonly string[] } {
  const folders = [...items].flatMap((item) => {
    const entry = item.kind === 'file' ? item.webkitGetAsEntry() : null
    return entry?.isDirectory === true ? [entry.name] : []
  })
  return { files: [...files].filter(({ name }) => !folders.includes(name)), folders }
}

/** The system's file picker; none when it is closed without a choice. */
export function pickFiles(accept: string, many = false): Promise<readonly File[]> {
  const input = document.createElement('input')
  input.type = 'file'
  input.accept = accept
  input.multiple = many
  return new Promise((resolve) => {
    input.addEventListener('change', () => resolve([...(input.files ?? [])]))
    input.addEventListener('cancel', () => resolve([]))
    input.click()
  })
}
