/** Networks to begin with. The last number is what the data asks for and is replaced by it. */
export interface Preset { readonly id: string; readonly title: string; readonly notation: string; readonly summary: string }

export const presets: readonly Preset[] = [
  { id: 'neuron', title: 'Single neuron', notation: '1', summary: 'One weight for each input and a bias: a line, a yes or no.' },
  { id: 'linear', title: 'Linear', notation: '10', summary: 'Every output is a weighted sum of the inputs: the least that can tell classes apart.' },
  { id: 'mlp', title: 'MLP 256-256', notation: '256F 256F 10', summary: 'Two hidden layers of 256 units. Does not know that pixels have neighbors.' },
  { id: 'lenet', title: 'LeNet', notation: '20C5 MP2 50C5 MP2 256F 10', summary: 'Two convolutions with pooling (LeCun et al. 1998): 99.2 % on handwritten digits.' },
  { id: 'vgg', title: 'VGG-style', notation: '64C3p-BN 64C3p-BN MP2 128C3p-BN 128C3p-BN MP2 256F-D0.5 10', summary: 'Small filters, stacked (Simonyan and Zisserman 2015), with batch normalization and dropout.' },
  { id: 'resnet', title: 'Small ResNet', notation: '16C3p-BN {16C3p-BN 16C3p-BN-linear} {32C3s2p-BN 32C3p-BN-linear} {64C3s2p-BN 64C3p-BN-linear} GAP 10', summary: 'Layers that add to what went in (He et al. 2016): depth without fading gradients.' },
  { id: 'mobile', title: 'Depthwise', notation: '32C3s2p-BN DW3p-BN 64C1-BN DW3s2p-BN 128C1-BN DW3p-BN 128C1-BN GAP 10', summary: 'Filters a channel, then mixes (Howard et al. 2017): few multiplications.' },
  { id: 'autoencoder', title: 'Autoencoder', notation: '16C4s2p1 8C4s2p1 16T4s2p1 1T4s2p1-linear', summary: 'Squeezes a picture and unfolds it again: what survives is what matters.' },
]
