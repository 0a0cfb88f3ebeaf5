import { types } from 'node:util'
import { isPromiseLike } from '../promise-like.js'
import { jsonText } from './json-encoder.js'

/** One server-sent event. Every field may be left out. */
export interface ServerSentEvent {
  /** The payload: a string as it is, anything else as JSON. */
  readonly data?: unknown
  /** The type that `EventSource` dispatches; `message` without one. No line ends. */
  readonly event?: string | null | undefined
  /** What a client that reconnects sends as `Last-Event-ID`. No line ends and no NUL. */
  readonly id?: string | number | null | undefined
  /** How long the client waits before it reconnects, in milliseconds. */
  readonly retry?: number | null | undefined
  /** Text that every client ignores. */
  readonly comment?: string | null | undefined
}

const FIELDS: ReadonlySet<string> = new Set(['data', 'event', 'id', 'retry', 'comment'])

// HTML §9.2.6: each of the three ends a line.
const LINE_END = /\r\n|\r|\n/
const LINE_END_OR_NUL = /[\r\n\0]/

/**
 * Encodes one event as HTML §9.2.6 parses it. The result ends with the empty line that dispatches the
 * event; it is empty for an event without any field.
 *
 * @throws TypeError where the item is no event or a field cannot be sent; it names the field
 */
export function encodeEvent(item: unknown): string {
  if (typeof item === 'string') return `${lines('data', item)}\n`
  if (!isEvent(item)) {
    throw new TypeError(`An event must be a string or an object of fields, not ${kindOf(item)}`)
  }
  const unknown = Object.keys(item).find((name) => !FIELDS.has(name))
  if (unknown !== undefined) {
    throw new TypeError(
      `An event has no field "${unknown}"; its fields are ${[...FIELDS].join(', ')}`,
    )
  }
  const fields =
    commentLines(item.comment) +
    eventLine(item.event) +
    idLine(item.id) +
    retryLine(item.retry) +
    dataLines(item.data)
  return fields === '' ? '' : `${fields}\n`
}

function commentLines(comment: unknown): string {
  if (isAbsent(comment)) return ''
  if (typeof comment !== 'string') throw wrongField('comment', 'a string', comment)
  return lines('', comment)
}

function eventLine(event: unknown): string {
  if (isAbsent(event)) return ''
  if (typeof event !== 'string' || LINE_END.test(event)) {
    throw wrongField('event', 'a string without line ends', event)
  }
  return `event: ${event}\n`
}

function idLine(id: unknown): string {
  if (isAbsent(id)) return ''
  const text = Number.isSafeInteger(id) ? String(id) : id
  // HTML §9.2.6: a client ignores an id with a NUL in it, and would resume from an older event.
  if (typeof text !== 'string' || LINE_END_OR_NUL.test(text)) {
    throw wrongField('id', 'an integer or a string without line ends and NUL', id)
  }
  return `id: ${text}\n`
}

function retryLine(retry: unknown): string {
  if (isAbsent(retry)) return ''
  // HTML §9.2.6: a client ignores a retry that is anything but ASCII digits.
  if (typeof retry !== 'number' || !Number.isSafeInteger(retry) || retry < 0) {
    throw wrongField('retry', 'a non-negative integer of milliseconds', retry)
  }
  return `retry: ${retry}\n`
}

function dataLines(data: unknown): string {
  if (data === undefined) return ''
  return lines(
    'data',
    typeof data === 'string' ? data : jsonText(data, 'The field "data" of an event'),
  )
}

/** A client strips one space after the colon, so a space of the text's own survives. */
function lines(field: string, text: string): string {
  if (!LINE_END.test(text)) return `${field}: ${text}\n`
  return text
    .split(LINE_END)
    .map((line) => `${field}: ${line}\n`)
    .join('')
}

function isAbsent(value: unknown): value is null | undefined {
  return value === undefined || value === null
}

/** Bytes, arrays, dates and promises are objects as well, and none of them is an event. */
function isEvent(item: unknown): item is Readonly<Record<string, unknown>> {
  if (typeof item !== 'object' || item === null) return false
  if (isBytes(item) || Symbol.iterator in item || isPromiseLike(item)) return false
  return isPlain(item) || [...FIELDS].some((name) => name in item)
}

/** Whether it is what an object literal makes, in any realm. Without a field it is an event that sends nothing. */
function isPlain(item: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(item)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}

function isBytes(value: unknown): boolean {
  return ArrayBuffer.isView(value) || types.isAnyArrayBuffer(value)
}

function wrongField(name: string, expected: string, value: unknown): TypeError {
  return new TypeError(`The field "${name}" of an event must be ${expected}, not ${kindOf(value)}`)
}

function kindOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'an array'
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 40))
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (typeof value === 'bigint') return 'a BigInt'
  if (isBytes(value)) return 'bytes'
  if (isPromiseLike(value)) return 'a promise; await it'
  if (typeof value === 'object') {
    return isPlain(value) ? 'an object' : `an instance of ${value.constructor.name}`
  }
  return value === undefined ? 'undefined' : `a ${typeof value}`
}
