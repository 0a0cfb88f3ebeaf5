import { openDescriptors } from './files.js'

// Of use only to what is broken, so as long as the slowest machine may need; but less than jest gives
// a test, which is then told what it waited for.
const PATIENCE_MS = 90_000

/** Waits until `check` holds; fails where it never does. */
export async function eventually(check: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS
  while (!(await check())) {
    if (performance.now() > deadline) throw new Error(`Never became true: ${check}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

/** Waits until no more descriptors are open than were at the `baseline`. */
export async function descriptorsBackTo(baseline: number | undefined): Promise<void> {
  if (baseline === undefined) return
  await eventually(() => (openDescriptors() ?? 0) <= baseline)
}
