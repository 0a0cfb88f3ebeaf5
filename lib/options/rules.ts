/** How one option is checked: once, when it is given. */
export interface Rule<T> {
  /** What is accepted, for the error that says so. */
  readonly accepted: string
  /** What holds where the option is left out or `null`. */
  readonly fallback: T
  /** The option's value, or `undefined` where it is not acceptable. */
  read(value: unknown): T | undefined
}

export type Rules = Readonly<Record<string, Rule<unknown>>>

/** The options of a table of rules, all of them there. */
export type Resolved<R extends Rules> = {
  readonly [Name in keyof R]: R[Name] extends Rule<infer T> ? T : never
}

/**
 * Checks the options a caller was given and fills in what was left out.
 *
 * @throws TypeError that names the option and what it accepts
 */
export function resolveOptions<R extends Rules>(
  caller: string,
  rules: R,
  given: object | null | undefined,
): Resolved<R> {
  if (
    given !== undefined &&
    given !== null &&
    (typeof given !== 'object' || Array.isArray(given))
  ) {
    throw new TypeError(`${caller}: options must be an object, not ${show(given)}`)
  }
  const options = valuesOf(given ?? {})
  for (const name of options.keys()) {
    if (!Object.hasOwn(rules, name)) throw unknownOption(caller, name, Object.keys(rules))
  }
  const resolved: Record<string, unknown> = {}
  for (const [name, rule] of Object.entries(rules)) {
    resolved[name] = readOption(caller, name, rule, options.get(name))
  }
  return resolved as Resolved<R>
}

/** Inherited options count, as with Express; what somebody put on every object does not. */
export function valuesOf(given: object): Map<string, unknown> {
  const values = new Map<string, unknown>()
  for (const name in given) {
    if (!Object.hasOwn(Object.prototype, name) || Object.hasOwn(given, name)) {
      values.set(name, Reflect.get(given, name))
    }
  }
  return values
}

function readOption(caller: string, name: string, rule: Rule<unknown>, value: unknown): unknown {
  if (value === undefined || value === null) return rule.fallback
  const read = rule.read(value)
  if (read !== undefined) return read
  throw new TypeError(`${caller}: option "${name}" must be ${rule.accepted}, not ${show(value)}`)
}

function unknownOption(caller: string, name: string, known: readonly string[]): TypeError {
  const meant = known.find((other) => plainName(other) === plainName(name))
  const hint = meant === undefined ? `it knows ${known.join(', ')}` : `did you mean "${meant}"?`
  return new TypeError(`${caller}: unknown option "${name}"; ${hint}`)
}

/** What people have in mind when they write `max-age`, `maxage` or `extension`. */
function plainName(name: string): string {
  return name.toLowerCase().replace(/[-_]|s$/g, '')
}

/** A value as an error message shows it: short, and with its type to be seen. */
export function show(value: unknown): string {
  if (typeof value === 'string') return value.length > 40 ? 'a long string' : `"${value}"`
  if (typeof value === 'function') return 'a function'
  if (typeof value !== 'object' || value === null) return String(value)
  return Array.isArray(value) ? 'an array' : 'an object'
}

export function flag(fallback: boolean): Rule<boolean> {
  return {
    accepted: 'true or false',
    fallback,
    read: (value) => (typeof value === 'boolean' ? value : undefined),
  }
}

export function oneOf<T extends string>(values: readonly T[], fallback: T): Rule<T> {
  return {
    accepted: values.map((value) => `"${value}"`).join(' or '),
    fallback,
    read: (value) => values.find((one) => one === value),
  }
}

/** A whole number within bounds. */
export function integer<F extends number | undefined>(
  least: number,
  most: number,
  fallback: F,
): Rule<number | F> {
  const upTo = most === Number.MAX_SAFE_INTEGER ? '' : ` and at most ${most}`
  return {
    accepted: `an integer of at least ${least}${upTo}`,
    fallback,
    read: (value) =>
      typeof value === 'number' && Number.isSafeInteger(value) && value >= least && value <= most
        ? value
        : undefined,
  }
}

/** An `AbortSignal`. */
export const signalRule: Rule<AbortSignal | undefined> = {
  accepted: 'an AbortSignal',
  fallback: undefined,
  read: (value) => (value instanceof AbortSignal ? value : undefined),
}

export function callback<F extends (...parameters: never[]) => unknown>(): Rule<F | undefined> {
  return {
    accepted: 'a function',
    fallback: undefined,
    read: (value) => (isFunction<F>(value) ? value : undefined),
  }
}

/** Callers vouch for the type of their function; that it is one can be seen. */
export function isFunction<F extends (...parameters: never[]) => unknown>(
  value: unknown,
): value is F {
  return typeof value === 'function'
}
