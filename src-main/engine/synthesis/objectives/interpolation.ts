import { defineObjective } from '../define-objective.ts'
import channel from './channel.ts'

/** From one channel to another over the pictures of a batch, each with its own share of both (Lucid's channel_interpolate). */
export default defineObjective({
  ...channel, id: 'interpolation', title: 'Channel interpolation', summary: 'From one feature map to another over a row of pictures', selects: 'span', needsBatch: true,
})
