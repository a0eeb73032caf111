/** Where a random change of a picture changes what it means. */
import type { Augment } from '#contract/training.ts'
import type { Dataset } from './dataset.ts'

/** Beyond this many degrees a 6 is nearer to a 9 than to itself, and p to d. */
const turningDegrees = 90
/** Beyond this many degrees upright things lie on their side. */
const lyingDegrees = 60

const symbol = /^[\p{L}\p{N}]$/u
const digit = /^\d$/
const textual = /\b(?:letters?|digits?|numbers?|text|words?|characters?|signs?|plates?|logos?|symbols?|handwriting)\b/i
const sided = /(?:^|[^a-z])(?:left|right|clockwise|anticlockwise|counterclockwise|east|west|port|starboard)(?:[^a-z]|$)/i
const upright = /(?:^|[^a-z])(?:up|down|upwards?|downwards?|top|bottom|above|below|north|south|upside)(?:[^a-z]|$)/i
const people = /\b(?:persons?|people|m[ae]n|wom[ae]n|boys?|girls?|child(?:ren)?|bab(?:y|ies)|faces?|heads?|portraits?|pedestrians?|smil(?:e|ing)|happy|sad|angry|selfies?)\b/i
const colorful = /\b(?:red|green|blue|yellow|orange|purple|pink|brown|black|white|grey|gray|ripe|unripe|rotten)\b/i

const named = (labels: readonly string[]): string => labels.slice(0, 3).map((label) => `'${label}'`).join(', ') + (labels.length > 3 ? ' …' : '')

/** One sentence each, for people; none where nothing is known to change. */
export function augmentWarnings({ input, target, format }: Pick<Dataset, 'input' | 'target' | 'format'>, augment: Augment): string[] {
  if (input.kind !== 'pictures') return Object.values(augment).some((value) => value !== 0 && value !== false) ? ['These are numbers, not pictures: augmentation does nothing here.'] : []
  const labels = target.kind === 'classes' ? target.labels : target.columns
  const { flipHorizontal, flipVertical, rotate, scale, shift, color, erase } = augment
  const flips = flipHorizontal || flipVertical
  const warnings: string[] = []
  const warn = (condition: boolean, text: string): void => { if (condition) warnings.push(text) }
  const those = (pattern: RegExp): string[] => labels.filter((label) => pattern.test(label))

  const symbols = those(symbol)
  const isText = (target.kind === 'classes' && symbols.length > labels.length / 2) || format === 'digit-sum' || those(textual).length > 0
  const isDigits = isText && (format === 'digit-sum' || (symbols.length > 0 && symbols.every((label) => digit.test(label))))
  if (isText) {
    const what = isDigits ? 'digit' : 'letter'
    warn(flipHorizontal, `A mirrored ${what} is no ${what}, or another one: ${isDigits ? '2 comes near to 5' : 'b becomes d'}. Leave the horizontal flip off.`)
    warn(flipVertical, `A ${what} turned upside down is another ${what}: ${isDigits ? '6 comes near to 9' : 'p becomes b, M becomes W'}. Leave the vertical flip off.`)
    warn(rotate >= turningDegrees, `Turned by up to ${rotate} degrees, ${isDigits ? '6 and 9' : 'd and p, or N and Z,'} cannot be told apart. Stay below 30 degrees.`)
  }
  const [sides, ups, persons, colors] = [those(sided), those(upright), those(people), those(colorful)]
  warn(flipHorizontal && sides.length > 0, `The horizontal flip exchanges left and right, and with them ${named(sides)}.`)
  warn((flipVertical || rotate >= turningDegrees) && ups.length > 0, `${flipVertical ? 'The vertical flip' : `A turn of up to ${rotate} degrees`} exchanges up and down, and with them ${named(ups)}.`)
  warn((flipVertical || rotate > lyingDegrees) && persons.length > 0, `${flipVertical ? 'The vertical flip turns' : `A turn of up to ${rotate} degrees brings`} people upside down (${named(persons)}), as no picture to be recognised will show them.`)
  warn(color > 0.3 && input.channels === 3 && colors.length > 1, `Colour tells these classes apart (${named(colors)}), and is changed by up to ${Math.round(color * 100)} %.`)
  if (target.kind === 'numbers' && target.geometry === 'keypoints') {
    const paired = those(sided)
    warn(flipHorizontal && paired.length > 0, `Points move with the picture, but keep their names: after a horizontal flip ${named(paired)} lie on the other side.`)
  }
  if (target.kind === 'numbers' && target.geometry === undefined && format !== 'digit-sum') {
    warn(flips || scale > 0 || rotate > 0, 'The answer is a number. Make sure that it stays the same when the picture is turned, mirrored or scaled: a length, an angle or a position would not.')
  }
  warn(shift > 0.3 || erase > 0.6 || scale > 0.6, 'So strong a change often leaves nothing of the thing in the picture. Look at the preview.')
  return [...new Set(warnings)]
}
