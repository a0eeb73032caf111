/** Networks that were trained to paint in one style (Johnson et al. 2016, arXiv:1603.08155), and any other that makes a picture of a picture. */
import type { FeedForwardStyle } from '#contract/style.ts'
import { AppError } from '#contract/errors.ts'
import type { WorkContext } from '../define-work.ts'

export async function feedForward(_context: WorkContext<FeedForwardStyle>, _settings: FeedForwardStyle): Promise<void> {
  await Promise.reject(new AppError('option-invalid', 'not yet'))
}
