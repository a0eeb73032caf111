/**
 * The field's short notation for networks (Ciresan et al. 2012, arXiv:1202.2745, and LeCun's tables), as blocks.
 *
 *   20C5          20 filters of 5×5, no padding; ReLU            64C3p         padded to keep the extent ('p2': 2 pixels)
 *   64C3s2        stride 2        64C3g4  4 groups               64C3d2        dilation 2         64C3x5  3 high, 5 wide
 *   DW3           one 3×3 filter a channel                       16T4s2p1      transposed; 'o1': output padding
 *   MP2 AP2       max and mean pooling; 'MP3s2p1'                GAP GMP       mean and largest of every map
 *   256F          256 units with ReLU                            10            10 units, no activation
 *   UP2           every pixel twice each way                     RS8x7x7       numbers as maps; FL  maps as numbers
 *   BN D0.5 relu  as steps of their own                          softmax
 *   -BN -tanh -D0.5   behind a layer: normalisation, another activation ('-linear': none), dropout
 *   { ... }       what is inside, added to what went in; '{ ... }-linear' without the ReLU behind
 *   [ A | B ]     the same input through A and through B, side by side
 */
import { AppError } from '#contract/errors.ts'
import { activations } from './activation.ts'
import type { Activation } from './activation.ts'
import type { BlockList } from './define-block.ts'

type BlockEntry = BlockList[number]
type MutableEntry = Record<string, unknown> & { block: string; name: string }

interface Token { readonly text: string; /** Of its first character, counted from 1. */ readonly position: number }

/** Blocks know where they are written (`notation`, `position`, from 1). @throws AppError 'option-invalid' that names the token and its position */
export function parseNotation(text: string): BlockList {
  const tokens = [...text.matchAll(/[{[|]|[}\]][^\s{}[\]|]*|[^\s{}[\]|]+/g)].map((match): Token => ({ text: match[0], position: match.index + 1 }))
  if (tokens.length === 0) throw new AppError('option-invalid', `The network is empty. Write it like '20C5 MP2 50C5 MP2 256F 10'.`)
  const reader = new Reader(tokens)
  const blocks = reader.chain('')
  const rest = reader.peek()
  if (rest) throw refusal(rest, `it closes or parts nothing`)
  return blocks
}

class Reader {
  #tokens: readonly Token[]
  #at = 0

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens
  }

  peek(): Token | undefined {
    return this.#tokens[this.#at]
  }

  /** Blocks up to what closes them, named in their order: conv1, pool1, conv2, ... */
  chain(prefix: string): BlockEntry[] {
    const blocks: BlockEntry[] = []
    const counts = new Map<string, number>()
    const nameOf = (kind: string): string => {
      const number = (counts.get(kind) ?? 0) + 1
      counts.set(kind, number)
      return `${prefix}${kind}${number}`
    }
    for (let token = this.peek(); token && !/^[}\]|]/.test(token.text); token = this.peek()) {
      this.#at++
      blocks.push(token.text === '{' ? this.#residual(token, nameOf('residual')) : token.text === '[' ? this.#branches(token, nameOf('branches')) : parseToken(token, nameOf))
    }
    return blocks
  }

  #residual(open: Token, name: string): BlockEntry {
    const blocks = this.chain(`${name}/`)
    const close = this.#close('}', open)
    if (blocks.length === 0) throw refusal(open, 'it holds nothing')
    const entry: MutableEntry = { block: 'residual', name, notation: '{ }', position: open.position, blocks }
    for (const suffix of suffixesOf(close.text.slice(1), close)) {
      if (!isActivation(suffix)) throw refusal(close, `only an activation may follow a sum, not '${suffix}'`)
      entry['activation'] = suffix
    }
    return entry
  }

  #branches(open: Token, name: string): BlockEntry {
    const branches: BlockEntry[][] = []
    for (;;) {
      const blocks = this.chain(`${name}/${branches.length + 1}/`)
      if (blocks.length === 0) throw refusal(open, 'it has an empty branch')
      branches.push(blocks)
      if (this.peek()?.text !== '|') break
      this.#at++
    }
    const close = this.#close(']', open)
    if (close.text !== ']') throw refusal(close, 'nothing may follow it directly')
    if (branches.length < 2) throw refusal(open, `it has one branch only; part branches with '|'`)
    return { block: 'branches', name, notation: '[ | ]', position: open.position, branches }
  }

  #close(bracket: string, open: Token): Token {
    const token = this.peek()
    if (!token?.text.startsWith(bracket)) throw refusal(open, `it is never closed by '${bracket}'`)
    this.#at++
    return token
  }
}

const isActivation = (text: string): text is Activation => (activations as readonly string[]).includes(text)
const suffixesOf = (text: string, token: Token): string[] => {
  if (text === '') return []
  if (!text.startsWith('-')) throw refusal(token, `what follows it begins with '-'`)
  // Names of activations hold hyphens themselves: 'leaky-relu'.
  return text.slice(1).replace('leaky-relu', 'leaky_relu').replace('hard-swish', 'hard_swish').split('-').map((suffix) => suffix.replace('_', '-'))
}

/** Layers that something may follow; `kind` names them. */
interface Form {
  readonly pattern: RegExp
  readonly kind: string
  readonly follows: boolean
  readonly build: (groups: Readonly<Record<string, string | undefined>>) => Readonly<Record<string, unknown>> & { readonly block: string }
}

const whole = (text: string | undefined): number | undefined => (text === undefined ? undefined : Number(text))
const given = (options: Readonly<Record<string, unknown>>): Record<string, unknown> => Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))
/** 'p' keeps the extent, 'p2' is two pixels, nothing none. */
const paddingOf = (text: string | undefined): number | 'same' => (text === undefined ? 0 : text === '' ? 'same' : Number(text))

const forms: readonly Form[] = [
  {
    pattern: /^(?<channels>\d+)C(?<kernel>\d+)(?:x(?<width>\d+))?(?<flags>(?:[spgd]\d*)*)$/, kind: 'conv', follows: true,
    build: ({ channels, kernel, width, flags = '' }) => {
      const { s, p, g, d } = flagsOf(flags)
      return { block: 'convolution', channels: Number(channels), kernel: width === undefined ? Number(kernel) : [Number(kernel), Number(width)], padding: paddingOf(p), ...given({ stride: whole(s), groups: whole(g), dilation: whole(d) }) }
    },
  },
  {
    pattern: /^DW(?<kernel>\d+)(?<flags>(?:[sp]\d*)*)$/, kind: 'depthwise', follows: true,
    build: ({ kernel, flags = '' }) => {
      const { s, p } = flagsOf(flags)
      return { block: 'depthwise', kernel: Number(kernel), padding: paddingOf(p), ...given({ stride: whole(s) }) }
    },
  },
  {
    pattern: /^(?<channels>\d+)T(?<kernel>\d+)(?<flags>(?:[spo]\d+)*)$/, kind: 'deconv', follows: true,
    build: ({ channels, kernel, flags = '' }) => {
      const { s, p, o } = flagsOf(flags)
      return { block: 'transposed-convolution', channels: Number(channels), kernel: Number(kernel), ...given({ stride: whole(s), padding: whole(p), outputPadding: whole(o) }) }
    },
  },
  {
    pattern: /^(?<op>[MA])P(?<size>\d+)(?<flags>(?:[sp]\d+)*)$/, kind: 'pool', follows: false,
    build: ({ op, size, flags = '' }) => {
      const { s, p } = flagsOf(flags)
      return { block: op === 'M' ? 'max-pool' : 'average-pool', size: Number(size), ...given({ stride: whole(s), padding: whole(p) }) }
    },
  },
  { pattern: /^G(?<op>[MA])P$/, kind: 'pool', follows: false, build: ({ op }) => ({ block: op === 'M' ? 'global-max' : 'global-average' }) },
  { pattern: /^(?<units>\d+)F$/, kind: 'dense', follows: true, build: ({ units }) => ({ block: 'dense', units: Number(units), activation: 'relu' }) },
  { pattern: /^(?<units>\d+)$/, kind: 'dense', follows: true, build: ({ units }) => ({ block: 'dense', units: Number(units), activation: 'linear' }) },
  { pattern: /^UP(?<factor>\d+)$/, kind: 'upsample', follows: false, build: ({ factor }) => ({ block: 'upsample', factor: Number(factor) }) },
  { pattern: /^RS(?<dims>\d+(?:x\d+){0,2})$/, kind: 'reshape', follows: false, build: ({ dims = '' }) => ({ block: 'reshape', dims: dims.split('x').map(Number) }) },
  { pattern: /^FL$/, kind: 'flatten', follows: false, build: () => ({ block: 'flatten' }) },
  { pattern: /^BN$/, kind: 'norm', follows: false, build: () => ({ block: 'batch-normalization' }) },
  { pattern: /^D(?<rate>0?\.\d+)$/, kind: 'dropout', follows: false, build: ({ rate }) => ({ block: 'dropout', rate: Number(rate) }) },
  { pattern: /^softmax$/, kind: 'softmax', follows: false, build: () => ({ block: 'softmax' }) },
]

/** 's2p1' as { s: '2', p: '1' }. */
const flagsOf = (text: string): Partial<Record<string, string>> => Object.fromEntries([...text.matchAll(/([a-z])(\d*)/g)].map((match) => [match[1] ?? '', match[2] ?? '']))

function parseToken(token: Token, nameOf: (kind: string) => string): BlockEntry {
  if (isActivation(token.text)) return { block: 'activation', name: nameOf('activation'), notation: token.text, position: token.position, activation: token.text }
  const dash = token.text.indexOf('-')
  const [head, tail] = dash < 0 ? [token.text, ''] : [token.text.slice(0, dash), token.text.slice(dash)]
  for (const { pattern, kind, follows, build } of forms) {
    const match = pattern.exec(head)
    if (!match) continue
    const zero = /(?:^|[a-zA-Z])0+(?!\d|\.)/.exec(head.replace(/[po]0/g, ''))
    if (zero) throw refusal(token, 'it has a size of zero')
    const { block, ...options } = build(match.groups ?? {})
    const entry: MutableEntry = { block, name: nameOf(kind), notation: token.text, position: token.position, ...options }
    for (const suffix of suffixesOf(tail, token)) {
      if (!follows) throw refusal(token, `nothing may follow ${head} directly; write '${suffix}' as a step of its own`)
      const rate = /^D(0?\.\d+)$/.exec(suffix)?.[1]
      if (suffix === 'BN') entry['batchNorm'] = true
      else if (rate !== undefined) entry['dropout'] = Number(rate)
      else if (isActivation(suffix)) entry['activation'] = suffix
      else throw refusal(token, `'${suffix}' is not known. Behind a layer stand -BN, -D0.5 (dropout) or an activation: ${activations.join(', ')}`)
    }
    return entry
  }
  throw refusal(token, `it is not a layer. Known forms: 20C5, 64C3p-BN, 64C3s2, DW3p, 16T4s2p1, MP2, AP2, GAP, 256F, 10, UP2, RS8x7x7, BN, D0.5, { } for a sum, [ | ] for branches`)
}

const refusal = ({ text, position }: Token, why: string): AppError => new AppError('option-invalid', `'${text}' at position ${position} of the network: ${why}.`, { data: { token: text, position } })
