import { mkdir } from 'node:fs/promises'
import { AppError } from '#contract/errors.ts'
import { superviseEngine } from '#rpc/supervisor.ts'
import { forkEngine } from '../../serve/engine-child.ts'
import { startServer } from '../../serve/index.ts'
import { defineCommand } from '../define-command.ts'
import { dataFolder, engineScript, rendererFolder, resourcesFolder } from '../locations.ts'
import { openInBrowser } from '../open-in-browser.ts'

export default defineCommand({
  name: 'serve',
  declare: (command) => command
    .description('Open the application in a browser: a loopback server with the same engine.')
    .option('--port <number>', 'port to listen on (default: a free one)', '0')
    .option('--host <address>', 'address to listen on; anything but loopback lets other machines knock', '127.0.0.1')
    .option('--no-open', 'print the address only, open no browser'),
  async run({ options }, { signal, print, progress }) {
    const port = Number(options['port'])
    if (!Number.isInteger(port) || port < 0 || port > 65535) throw new AppError('usage', `--port takes a number from 0 to 65535; got '${String(options['port'])}'.`)
    const data = dataFolder()
    await mkdir(data, { recursive: true })
    const engine = superviseEngine(() => forkEngine(engineScript, { PHOSPHENE_DATA: data, PHOSPHENE_RESOURCES: resourcesFolder }))
    engine.onLost((reason) => { progress(`phosphene: the engine ${reason}; starting it again`) })
    const server = await startServer({ rendererFolder, engine, port, host: String(options['host']) })
    print(`Phosphene is at ${server.url}`)
    if (options['open'] !== false && !openInBrowser(server.url)) progress('phosphene: no display here; open the address in a browser (through an SSH tunnel if it is another machine)')
    await new Promise<void>((resolve) => {
      signal.addEventListener('abort', () => { resolve() })
      process.once('SIGTERM', () => { resolve() })
    })
    engine.stop()
    await server.close()
  },
})
