/** The run's numbers as TensorBoard shows them. */
import type { Epoch, StepRecord } from '#contract/training.ts'
import { EventWriter } from './tensorboard/event-file.ts'

export class ScalarLog {
  readonly #writer: EventWriter
  #step = 0

  private constructor(writer: EventWriter) {
    this.#writer = writer
  }

  /** `from`: the first step that is written; earlier files' records from there on are void. */
  static async open(folder: string, from: number): Promise<ScalarLog> {
    return new ScalarLog(await EventWriter.open(folder, from > 1 ? { from } : {}))
  }

  step({ step, loss, rate, gradientNorm }: StepRecord): void {
    this.#step = step
    this.#writer.scalar('train/step_loss', step, loss)
    this.#writer.scalar('train/rate', step, rate)
    this.#writer.scalar('train/gradient_norm', step, gradientNorm)
  }

  epoch({ train, validation, examplesPerSecond }: Epoch): void {
    this.#writer.scalar('train/loss', this.#step, train.loss)
    this.#writer.scalar('train/score', this.#step, train.score)
    this.#writer.scalar('validation/loss', this.#step, validation.loss)
    this.#writer.scalar('validation/score', this.#step, validation.score)
    this.#writer.scalar('examples_per_second', this.#step, examplesPerSecond)
  }

  async close(): Promise<void> {
    await this.#writer.close()
  }
}
