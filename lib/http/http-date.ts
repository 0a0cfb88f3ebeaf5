import { memoize } from './memoize.js'

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

// The three forms of RFC 9110 §5.6.7. Date.parse accepts far more, and a field that is not a valid
// HTTP-date must be ignored.
const IMF_FIXDATE =
  /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), (\d{2}) (\w{3}) (\d{4}) (\d{2}):(\d{2}):(\d{2}) GMT$/
const RFC850_DATE =
  /^(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, (\d{2})-(\w{3})-(\d{2}) (\d{2}):(\d{2}):(\d{2}) GMT$/
const ASCTIME_DATE =
  /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) (\w{3}) ([ \d]\d) (\d{2}):(\d{2}):(\d{2}) (\d{4})$/

/** Milliseconds since the epoch as an HTTP-date; parts of a second are dropped. */
export const formatHttpDate = memoize((milliseconds: number) =>
  new Date(milliseconds).toUTCString(),
)

/** An HTTP-date in milliseconds since the epoch, or `undefined` where it is not a valid one. */
export function parseHttpDate(field: string, now: number): number | undefined {
  const fixed = IMF_FIXDATE.exec(field)
  if (fixed !== null) return utc(fixed[3], fixed[2], fixed[1], fixed[4], fixed[5], fixed[6])
  const old = RFC850_DATE.exec(field)
  if (old !== null) return utc(fullYear(old[3], now), old[2], old[1], old[4], old[5], old[6])
  const asc = ASCTIME_DATE.exec(field)
  if (asc !== null) return utc(asc[6], asc[1], asc[2], asc[3], asc[4], asc[5])
  return undefined
}

/** RFC 9110 §5.6.7: a year that seems to be more than 50 years ahead is in the past. */
function fullYear(twoDigits: string | undefined, now: number): string {
  const thisYear = new Date(now).getUTCFullYear()
  const year = thisYear - (thisYear % 100) + Number(twoDigits)
  return String(year > thisYear + 50 ? year - 100 : year)
}

type Digits = string | undefined

function utc(
  year: Digits,
  monthName: string | undefined,
  day: Digits,
  hour: Digits,
  minute: Digits,
  second: Digits,
): number | undefined {
  const month = MONTHS.indexOf(monthName ?? '')
  const [y, d, h, m, s] = [Number(year), Number(day), Number(hour), Number(minute), Number(second)]
  // 31 February is not 3 March, as it is to Date.UTC.
  const isDay = month !== -1 && new Date(Date.UTC(y, month, d)).getUTCDate() === d
  return isDay && h <= 23 && m <= 59 && s <= 60 ? Date.UTC(y, month, d, h, m, s) : undefined
}
