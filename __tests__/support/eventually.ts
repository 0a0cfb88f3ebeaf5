import { openDescriptors } from './files.js'

/** Waits until `check` holds; fails with its last answer where it does not in time. */
export async function eventually(check: () => boolean, milliseconds = 4000): Promise<void> {
  const deadline = Date.now() + milliseconds
  while (!check()) {
    if (Date.now() > deadline) throw new Error(`Not within ${milliseconds} ms: ${check}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

/** Waits until no more descriptors are open than were at the `baseline`. */
export async function descriptorsBackTo(baseline: number | undefined): Promise<void> {
  if (baseline === undefined) return
  await eventually(() => (openDescriptors() ?? 0) <= baseline)
}
