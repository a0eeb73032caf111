import { resolve } from 'node:path'

export const modelExtensions = ['onnx']
export const pictureExtensions = ['png', 'jpg', 'jpeg', 'webp', 'gif', 'tif', 'tiff', 'avif', 'bmp']

const openable = new RegExp(`\\.(${[...modelExtensions, ...pictureExtensions].join('|')})$`, 'i')

/** Models and pictures among a command line's arguments, from where that command line was typed. */
export function filesOf(argv: readonly string[], workingFolder: string): string[] {
  return argv.slice(1).filter((argument) => !argument.startsWith('-') && openable.test(argument)).map((path) => resolve(workingFolder, path))
}
