export const AHEAD_MS = 3000

/** Sets the clock ahead of that of the disk: a test need not wait until a file is two seconds old. */
export function setClockAhead(): void {
  const { now } = Date
  jest.spyOn(Date, 'now').mockImplementation(() => now() + AHEAD_MS)
}
