/** A test of what only Linux has; elsewhere it is skipped, and its name says why. */
export function testOnLinux(name: string, run: () => Promise<void>, milliseconds?: number): void {
  if (process.platform === 'linux') test(name, run, milliseconds)
  else test.skip(`${name} (Linux only)`, run)
}
