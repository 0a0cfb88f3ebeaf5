/** RFC 9110 §12.4.2. */
const QVALUE = /^(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/

/**
 * The weight among the parameters of a member of a list such as `Accept`; 1 without one. What has a malformed
 * weight is not used, because it may be meant to be refused.
 */
export function parseWeight(parameters: readonly string[]): number {
  for (const parameter of parameters) {
    const [name = '', ...values] = parameter.split('=')
    if (name.trim().toLowerCase() !== 'q') continue
    const value = values.join('=').trim()
    return QVALUE.test(value) ? Number(value) : 0
  }
  return 1
}
