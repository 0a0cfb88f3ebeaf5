import type { ChunkReader } from '../source/source.js'
import { deferredBody } from './body-function.js'
import { openIterator, type StreamableBody, unreadIteration } from './classify-body.js'
import type { ItemEncoder } from './item-encoder.js'
import { IterableReader } from './iterable-reader.js'

/** What an iterable of values may be: anything that can be iterated, except a string. */
export type ValueSource<Value> =
  | (Iterable<Value> & object)
  | AsyncIterable<Value>
  | ReadableStream<Value>
  | NodeJS.ReadableStream

/** How a body is made of values. */
export interface ValueBodyInput<Context extends object> {
  /** What an error names, such as `streamEvents: events`. */
  readonly argument: string
  /** What a function is told apart from its signal. */
  readonly context: Context
  /** Encodes the values of one body. */
  readonly encoder: ItemEncoder
}

/**
 * A body of values, or of a function that returns them. A function is called once, and only if the
 * body is read.
 *
 * @throws TypeError where the values cannot be iterated
 */
export function valueBody<Context extends object>(
  values: unknown,
  input: ValueBodyInput<Context>,
): StreamableBody {
  const { argument, context } = input
  if (typeof values !== 'function') return { open: readerOpener(values, argument, input) }
  return deferredBody(
    (signal) => values({ ...context, signal }),
    (returned) => readerOpener(returned, `${argument} function returned what`, input)(),
  )
}

function readerOpener(
  values: unknown,
  argument: string,
  { encoder }: { readonly encoder: ItemEncoder },
): () => ChunkReader {
  const iterate = typeof values === 'string' ? undefined : unreadIteration(values, argument)
  if (iterate === undefined) {
    throw new TypeError(
      `${argument} must be an iterable, an async iterable, a Readable or a ReadableStream, not ${kindOf(values)}`,
    )
  }
  return () => new IterableReader(openIterator(iterate), encoder)
}

function kindOf(value: unknown): string {
  if (typeof value === 'string') return 'a string; iterate it yourself'
  if (value instanceof Promise) return 'a promise; await it, or pass an async function'
  if (typeof value === 'object' && value !== null) return 'an object that cannot be iterated'
  return String(value)
}
