/** How one option is validated. */
export interface OptionRule<T> {
  /** What is accepted, for the message of the error. */
  readonly expected: string
  /** The value of an option that is omitted or `null`. */
  readonly defaultValue: T
  /**
   * The resolved value, or `undefined` if the value is invalid.
   *
   * @param caller the function that an error names
   */
  parse(value: unknown, caller: string): T | undefined
}

/** In milliseconds. A timer of Node with a longer delay fires at once. */
export const LONGEST_TIMER = 2 ** 31 - 1

export type OptionRules = Readonly<Record<string, OptionRule<unknown>>>

/** The resolved options of a table of rules. */
export type ResolvedOptions<R extends OptionRules> = {
  readonly [Name in keyof R]: R[Name] extends OptionRule<infer T> ? T : never
}

/**
 * Validates options and fills in the defaults.
 *
 * @param caller the public function, for the message of an error
 * @throws TypeError that names the option and what it accepts
 */
export function resolveOptions<R extends OptionRules>(
  caller: string,
  rules: R,
  given: object | null | undefined,
): ResolvedOptions<R> {
  if (
    given !== undefined &&
    given !== null &&
    (typeof given !== 'object' || Array.isArray(given))
  ) {
    throw new TypeError(`${caller}: options must be an object, not ${describeValue(given)}`)
  }
  const options = optionEntries(given ?? {})
  for (const name of options.keys()) {
    if (!Object.hasOwn(rules, name)) throw unknownOption(caller, name, Object.keys(rules))
  }
  const resolved: Record<string, unknown> = {}
  for (const [name, rule] of Object.entries(rules)) {
    resolved[name] = readOption(caller, name, rule, options.get(name))
  }
  return resolved as ResolvedOptions<R>
}

/** Inherited options count, as in Express. Properties that were added to `Object.prototype` do not. */
export function optionEntries(given: object): Map<string, unknown> {
  const values = new Map<string, unknown>()
  for (const name in given) {
    if (!Object.hasOwn(Object.prototype, name) || Object.hasOwn(given, name)) {
      values.set(name, Reflect.get(given, name))
    }
  }
  return values
}

/** The names of the options that are set. `false` disables something, which is valid for every body. */
export function givenNames(options: object | null | undefined): ReadonlySet<string> {
  const given = [...optionEntries(options ?? {})].filter(
    ([, value]) => value !== undefined && value !== null && value !== false,
  )
  return new Set(given.map(([name]) => name))
}

function readOption(
  caller: string,
  name: string,
  rule: OptionRule<unknown>,
  value: unknown,
): unknown {
  if (value === undefined || value === null) return rule.defaultValue
  const parsed = rule.parse(value, caller)
  if (parsed !== undefined) return parsed
  throw new TypeError(
    `${caller}: option "${name}" must be ${rule.expected}, not ${describeValue(value)}`,
  )
}

function unknownOption(caller: string, name: string, known: readonly string[]): TypeError {
  const similar = known.find((other) => normalizedName(other) === normalizedName(name))
  const hint = similar === undefined ? `it knows ${known.join(', ')}` : `did you mean "${similar}"?`
  return new TypeError(`${caller}: unknown option "${name}"; ${hint}`)
}

/** Makes `max-age`, `maxage` and `maxAge` equal, and `extension` and `extensions`. */
function normalizedName(name: string): string {
  return name.toLowerCase().replace(/[-_]|s$/g, '')
}

/**
 * The properties of an option that is an object; `undefined` for any other value.
 *
 * @param expected what is accepted, for the message of the error
 * @throws TypeError for a `Map`, `Headers` and other iterables whose entries are no properties
 */
export function optionProperties(
  caller: string,
  name: string,
  expected: string,
  value: unknown,
): [string, unknown][] | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  const properties = Object.entries(value)
  // The headers of axios are iterable, and properties too.
  if (properties.length > 0 || !(Symbol.iterator in value)) return properties
  const conversion = `convert a Map or Headers with Object.fromEntries(${name})`
  throw new TypeError(
    `${caller}: option "${name}" must be ${expected}, not an iterable; ${conversion}`,
  )
}

/** Describes a value in the message of an error: short, and with its type. */
export function describeValue(value: unknown): string {
  if (typeof value === 'string') return value.length > 40 ? 'a long string' : `"${value}"`
  if (typeof value === 'function') return 'a function'
  if (typeof value !== 'object' || value === null) return String(value)
  return Array.isArray(value) ? 'an array' : 'an object'
}

export function booleanRule(fallback: boolean): OptionRule<boolean> {
  return {
    expected: 'true or false',
    defaultValue: fallback,
    parse: (value) => (typeof value === 'boolean' ? value : undefined),
  }
}

export function enumRule<T extends string>(values: readonly T[], fallback: T): OptionRule<T> {
  return {
    expected: values.map((value) => `"${value}"`).join(' or '),
    defaultValue: fallback,
    parse: (value) => values.find((one) => one === value),
  }
}

/** An integer from `least` to `most`. */
export function integerRule<F extends number | undefined>(
  least: number,
  most: number,
  fallback: F,
): OptionRule<number | F> {
  const upTo = most === Number.MAX_SAFE_INTEGER ? '' : ` and at most ${most}`
  return {
    expected: `an integer of at least ${least}${upTo}`,
    defaultValue: fallback,
    parse: (value) =>
      typeof value === 'number' && Number.isSafeInteger(value) && value >= least && value <= most
        ? value
        : undefined,
  }
}

/** An `AbortSignal`. */
export const signalRule: OptionRule<AbortSignal | undefined> = {
  expected: 'an AbortSignal',
  defaultValue: undefined,
  parse: (value) => (value instanceof AbortSignal ? value : undefined),
}

export function functionRule<F extends (...parameters: never[]) => unknown>(): OptionRule<
  F | undefined
> {
  return {
    expected: 'a function',
    defaultValue: undefined,
    parse: (value) => (isFunction<F>(value) ? value : undefined),
  }
}

/** Whether a value is a function. Its signature cannot be checked. */
export function isFunction<F extends (...parameters: never[]) => unknown>(
  value: unknown,
): value is F {
  return typeof value === 'function'
}
