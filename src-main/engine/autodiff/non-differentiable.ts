/**
 * Operators whose outputs do not vary smoothly with any input (integers, booleans, indices, random draws, constants):
 * the gradient through them is zero, so the walk stops there.
 */
export const nonDifferentiable: ReadonlySet<string> = new Set([
  // Facts about a tensor rather than its content.
  'Shape', 'Size', 'IsNaN', 'IsInf', 'NonZero', 'EyeLike',
  // Steps: constant between their jumps (PyTorch gives zero at the jumps as well).
  'Sign', 'Floor', 'Ceil', 'Round',
  // Positions.
  'ArgMax', 'ArgMin', 'Hardmax', 'OneHot', 'NonMaxSuppression', 'Unique',
  // Comparison, logic, bits.
  'Equal', 'Greater', 'GreaterOrEqual', 'Less', 'LessOrEqual', 'And', 'Or', 'Not', 'Xor',
  'BitShift', 'BitwiseAnd', 'BitwiseOr', 'BitwiseXor', 'BitwiseNot', 'BitCast',
  // Sources.
  'Constant', 'ConstantOfShape', 'Range', 'HannWindow', 'HammingWindow', 'BlackmanWindow', 'MelWeightMatrix',
  'RandomNormal', 'RandomNormalLike', 'RandomUniform', 'RandomUniformLike', 'Multinomial', 'Bernoulli',
  // Text, sequences of unknown content, and pictures.
  'StringNormalizer', 'StringConcat', 'StringSplit', 'RegexFullMatch', 'TfIdfVectorizer', 'SequenceLength', 'ImageDecoder',
])
