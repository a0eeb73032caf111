import { extremeOperand } from '../extremum.ts'

/** The largest operand takes the gradient; operands that tie share it evenly, as in PyTorch. Operator sets 8 to 13. */
export default extremeOperand('Max')
