import type { ChunksOptions, OpenContext, Source, SourceFile } from '../../lib/index.js'

/** What happened to the files of a {@link RecordedSource}, in order. */
export type SourceEvent = 'open' | 'chunks' | 'return' | 'close' | 'abort open' | 'abort chunks'

/** A source of one file that notes how it is used, and gives its pieces when it is told to. */
export class RecordedSource implements Source {
  readonly events: SourceEvent[] = []
  readonly contexts: OpenContext[] = []
  readonly ranges: [start: number, end: number][] = []
  readonly #content: Uint8Array
  readonly #metadata: Partial<SourceFile>
  /** Awaited before the file is opened. */
  opening: Promise<unknown> = Promise.resolve()
  /** Awaited before each piece but the first. */
  pausing: Promise<unknown> = Promise.resolve()

  constructor(content: Uint8Array | string, metadata: Partial<SourceFile> = {}) {
    this.#content = Buffer.from(content)
    this.#metadata = metadata
  }

  async open(_name: string, context: OpenContext): Promise<SourceFile> {
    this.contexts.push(context)
    this.events.push('open')
    context.signal.addEventListener('abort', () => this.events.push('abort open'))
    await this.opening
    return {
      size: this.#content.length,
      chunks: (options) => this.#chunks(options),
      close: () => void this.events.push('close'),
      ...this.#metadata,
    }
  }

  /** How often something happened. */
  count(event: SourceEvent): number {
    return this.events.filter((other) => other === event).length
  }

  #chunks({ start, end, signal }: ChunksOptions): AsyncIterable<Uint8Array> {
    this.events.push('chunks')
    this.ranges.push([start, end])
    signal.addEventListener('abort', () => this.events.push('abort chunks'))
    const content = this.#content.subarray(start, end + 1)
    let position = 0
    return {
      [Symbol.asyncIterator]: () => ({
        next: async () => {
          if (position > 0) await this.pausing
          const value = content.subarray(position, position + 1000)
          position += value.length
          return value.length === 0 ? { done: true, value: undefined } : { done: false, value }
        },
        return: async () => {
          this.events.push('return')
          return { done: true, value: undefined }
        },
      }),
    }
  }
}

/** A promise that never settles: what a store that stalls gives. */
export const NEVER: Promise<never> = new Promise(() => {})
