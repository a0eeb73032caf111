import { extremeElement } from '../extremum.ts'

/** The smallest element takes the gradient; elements that tie share it evenly, as in PyTorch's amin. Operator sets 1 to 20. */
export default extremeElement('ReduceMin')
