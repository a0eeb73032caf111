/** Names of the classes of the data sets that published networks are trained on, found by the number of classes. */
import cifar100Text from '../../../resources/labels/cifar-100.txt?raw'
import imagenetText from '../../../resources/labels/imagenet-1k.txt?raw'

const linesOf = (text: string): string[] => text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))

/** By class index. */
export const imagenetLabels: readonly string[] = linesOf(imagenetText).map((line) => line.slice(line.indexOf(' ') + 1))
/** WordNet ids by class index ('n01440764', ...), as the folders of ImageNet-like data sets are called. */
export const imagenetSynsets: readonly string[] = linesOf(imagenetText).map((line) => line.slice(0, line.indexOf(' ')))

const digits = Array.from('0123456789')
const capitals = Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZ')
const fashionMnist = ['T-shirt/top', 'Trouser', 'Pullover', 'Dress', 'Coat', 'Sandal', 'Shirt', 'Sneaker', 'Bag', 'Ankle boot']
const cifar10 = ['airplane', 'automobile', 'bird', 'cat', 'deer', 'dog', 'frog', 'horse', 'ship', 'truck']
/** EMNIST "balanced": letters whose two cases look alike are merged (Cohen et al. 2017, arXiv:1702.05373). */
const emnistBalanced = [...digits, ...capitals, ...Array.from('abdefghnqrt')]

export interface LabelHints {
  readonly classes: number
  readonly channels: 1 | 3
  /** Longer side of the input, pixels. */
  readonly extent: number
  /** Whatever names the model: file, graph, metadata. Words in it decide where the number of classes does not. */
  readonly text: string
}

interface LabelSet { readonly title: string; readonly labels: readonly string[]; readonly fits: (hints: LabelHints) => boolean }

const isSmallGrey = ({ channels, extent }: LabelHints): boolean => channels === 1 && extent <= 64

/** The first that fits. */
const sets: readonly LabelSet[] = [
  { title: 'ImageNet-1k', labels: imagenetLabels, fits: () => true },
  // TensorFlow's networks keep class 0 for "background".
  { title: 'ImageNet-1k with background', labels: ['background', ...imagenetLabels], fits: () => true },
  { title: 'Fashion-MNIST', labels: fashionMnist, fits: ({ text }) => /fashion|fmnist/i.test(text) },
  { title: 'digits', labels: digits, fits: (hints) => isSmallGrey(hints) || /mnist|digit|svhn/i.test(hints.text) },
  { title: 'CIFAR-10', labels: cifar10, fits: ({ channels, extent, text }) => channels === 3 && (extent === 32 || /cifar/i.test(text)) },
  { title: 'CIFAR-100', labels: linesOf(cifar100Text), fits: ({ channels, extent, text }) => channels === 3 && (extent === 32 || /cifar/i.test(text)) },
  { title: 'EMNIST letters', labels: capitals, fits: isSmallGrey },
  { title: 'EMNIST balanced', labels: emnistBalanced, fits: isSmallGrey },
  { title: 'EMNIST', labels: [...digits, ...capitals, ...capitals.map((letter) => letter.toLowerCase())], fits: isSmallGrey },
]

/** The class names that a model of this kind most likely has; undefined where nothing is known about that many classes. */
export function guessLabels(hints: LabelHints): { readonly title: string; readonly labels: readonly string[] } | undefined {
  return sets.find(({ labels, fits }) => labels.length === hints.classes && fits(hints))
}

/** What to call a class: its name, or "class 7". */
export const labelOf = (labels: readonly string[], index: number): string => labels[index] ?? `class ${index}`
