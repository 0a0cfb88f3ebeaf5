/** Waits until `check` holds; fails with its last answer where it does not in time. */
export async function eventually(check: () => boolean, milliseconds = 5000): Promise<void> {
  const deadline = Date.now() + milliseconds
  while (!check()) {
    if (Date.now() > deadline) throw new Error(`Not within ${milliseconds} ms: ${check}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
