import { memoize } from './memoize.js'

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

// The three formats of RFC 9110 §5.6.7. Date.parse accepts far more, but a field that is not a valid
// HTTP-date must be ignored.
const IMF_FIXDATE =
  /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), (\d{2}) (\w{3}) (\d{4}) (\d{2}):(\d{2}):(\d{2}) GMT$/
const RFC850_DATE =
  /^(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, (\d{2})-(\w{3})-(\d{2}) (\d{2}):(\d{2}):(\d{2}) GMT$/
const ASCTIME_DATE =
  /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) (\w{3}) ([ \d]\d) (\d{2}):(\d{2}):(\d{2}) (\d{4})$/

/** Formats milliseconds since the epoch as an HTTP-date, rounded down to a second. */
export const formatHttpDate = memoize((milliseconds: number) =>
  new Date(milliseconds).toUTCString(),
)

/** Parses an HTTP-date to milliseconds since the epoch, or to `undefined` if it is not valid. */
export function parseHttpDate(field: string, now: number): number | undefined {
  const fixdate = IMF_FIXDATE.exec(field)
  if (fixdate !== null) {
    const [, day, month, year, ...time] = fixdate
    return toTimestamp(year, month, day, time)
  }
  const rfc850 = RFC850_DATE.exec(field)
  if (rfc850 !== null) {
    const [, day, month, year, ...time] = rfc850
    return toTimestamp(fullYear(year, now), month, day, time)
  }
  const asctime = ASCTIME_DATE.exec(field)
  if (asctime !== null) {
    const [, month, day, hour, minute, second, year] = asctime
    return toTimestamp(year, month, day, [hour, minute, second])
  }
  return undefined
}

/** RFC 9110 §5.6.7: a year that would be more than 50 years in the future is in the past. */
function fullYear(twoDigits: string | undefined, now: number): string {
  const thisYear = new Date(now).getUTCFullYear()
  const year = thisYear - (thisYear % 100) + Number(twoDigits)
  return String(year > thisYear + 50 ? year - 100 : year)
}

type Digits = string | undefined

function toTimestamp(
  year: Digits,
  monthName: string | undefined,
  day: Digits,
  [hour, minute, second]: readonly Digits[],
): number | undefined {
  const month = MONTHS.indexOf(monthName ?? '')
  const [y, d, h, m, s] = [Number(year), Number(day), Number(hour), Number(minute), Number(second)]
  // Date.UTC turns 31 February into 3 March.
  const isDate = month !== -1 && new Date(Date.UTC(y, month, d)).getUTCDate() === d
  return isDate && h <= 23 && m <= 59 && s <= 60 ? Date.UTC(y, month, d, h, m, s) : undefined
}
