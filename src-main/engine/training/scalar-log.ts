/** The run's numbers as TensorBoard shows them. */
import type { Epoch, StepRecord } from '#contract/training.ts'

interface EventWriter { scalar(tag: string, step: number, value: number): unknown; close(): Promise<void> }
const writers = import.meta.glob<{ EventWriter: { open(folder: string): Promise<EventWriter> } }>('./tensorboard/event-file.ts', { eager: true })

export class ScalarLog {
  readonly #writer: EventWriter | undefined
  #step = 0

  private constructor(writer: EventWriter | undefined) {
    this.#writer = writer
  }

  static async open(folder: string): Promise<ScalarLog> {
    return new ScalarLog(await Object.values(writers)[0]?.EventWriter.open(folder))
  }

  step({ step, loss, rate, gradientNorm }: StepRecord): void {
    this.#step = step
    this.#writer?.scalar('train/step_loss', step, loss)
    this.#writer?.scalar('train/rate', step, rate)
    this.#writer?.scalar('train/gradient_norm', step, gradientNorm)
  }

  epoch({ train, validation, examplesPerSecond }: Epoch): void {
    this.#writer?.scalar('train/loss', this.#step, train.loss)
    this.#writer?.scalar('train/score', this.#step, train.score)
    this.#writer?.scalar('validation/loss', this.#step, validation.loss)
    this.#writer?.scalar('validation/score', this.#step, validation.score)
    this.#writer?.scalar('examples_per_second', this.#step, examplesPerSecond)
  }

  async close(): Promise<void> {
    await this.#writer?.close()
  }
}
