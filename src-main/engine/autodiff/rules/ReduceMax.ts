import { extremeElement } from '../extremum.ts'

/** The largest element takes the gradient; elements that tie share it evenly, as in PyTorch's amax. Operator sets 1 to 20. */
export default extremeElement('ReduceMax')
