import type { IncomingMessage } from 'node:http'
import type { BodyContext } from './body-function.js'
import type { StreamableBody } from './classify-body.js'
import { GatheringReader } from './decorators/gathering-reader.js'
import type { ItemEncoder } from './item-encoder.js'
import { encodeJson } from './json-encoder.js'
import { type ValueSource, valueBody } from './value-body.js'

/** Values that JSON has a text for. */
export type JsonValues = ValueSource<unknown>

/** Makes the values of one response, and is called once, only if they are to be sent. */
export type JsonValuesFunction = {
  // A method, so that a function that takes an Express request is accepted too.
  call(context: BodyContext): JsonValues | PromiseLike<JsonValues>
}['call']

/** How JSON values follow one another. */
export type JsonFormat = 'lines' | 'array'

const NO_BYTES = Buffer.alloc(0)

/**
 * @param argument what an error names
 * @throws TypeError where the values cannot be iterated
 */
export function jsonBody(
  values: unknown,
  req: object,
  format: JsonFormat,
  argument: string,
): StreamableBody {
  const body = valueBody(values, {
    argument,
    context: { req: req as IncomingMessage },
    encoder: format === 'lines' ? new JsonLinesEncoder() : new JsonArrayEncoder(),
  })
  return { ...body, open: () => new GatheringReader(body.open()) }
}

/** One JSON text and a line feed for each value. */
class JsonLinesEncoder implements ItemEncoder {
  #index = 0

  encode(value: unknown): Uint8Array {
    return Buffer.from(`${encodeJson(value, this.#index++)}\n`)
  }

  end(): Uint8Array {
    return NO_BYTES
  }
}

/** One JSON array of all values. */
class JsonArrayEncoder implements ItemEncoder {
  #index = 0

  encode(value: unknown): Uint8Array {
    const prefix = this.#index === 0 ? '[' : ','
    return Buffer.from(`${prefix}${encodeJson(value, this.#index++)}`)
  }

  end(): Uint8Array {
    return Buffer.from(this.#index === 0 ? '[]' : ']')
  }
}
