/** A test of what only Linux has; elsewhere it is skipped, and its name says why. */
export function testOnLinux(name: string, run: () => Promise<void>): void {
  if (process.platform === 'linux') test(name, run)
  else test.skip(`${name} (Linux only)`, run)
}
