import { runInThisContext } from 'node:vm'

// What a test sees as `process` is a copy that never hears of a warning.
const realProcess: NodeJS.Process = runInThisContext('process')

/** Everything the process had to say while something was done. */
export interface Noise {
  readonly warnings: readonly string[]
  readonly rejections: readonly unknown[]
  readonly lines: readonly string[]
}

const QUIET: Noise = { warnings: [], rejections: [], lines: [] }

/** Runs `act`, and fails where the process warned, wrote a line or left an error alone. */
export async function expectSilence(act: () => Promise<void>): Promise<void> {
  const warnings: string[] = []
  const rejections: unknown[] = []
  const warn = (warning: Error) => warnings.push(warning.message)
  const reject = (reason: unknown) => rejections.push(reason)
  const writers = [
    jest.spyOn(realProcess.stderr, 'write').mockImplementation(() => true),
    jest.spyOn(realProcess.stdout, 'write').mockImplementation(() => true),
    jest.spyOn(console, 'error').mockImplementation(() => {}),
    jest.spyOn(console, 'log').mockImplementation(() => {}),
    jest.spyOn(console, 'warn').mockImplementation(() => {}),
  ]
  realProcess.on('warning', warn)
  realProcess.on('unhandledRejection', reject)
  realProcess.on('uncaughtException', reject)
  try {
    await act()
    // A rejection is unhandled, and a warning is emitted, a turn of the loop later.
    await new Promise((resolve) => setTimeout(resolve, 20))
    const lines = writers.flatMap(({ mock }) => mock.calls.map(([text]) => String(text)))
    expect({ warnings, rejections, lines }).toEqual(QUIET)
  } finally {
    realProcess.off('warning', warn)
    realProcess.off('unhandledRejection', reject)
    realProcess.off('uncaughtException', reject)
    for (const writer of writers) writer.mockRestore()
  }
}
