import fs from 'node:fs'

/** Replaces each of these calls of the file system until the mocks are restored. */
const SPIES = {
  lstat: () => jest.spyOn(fs, 'lstat'),
  open: () => jest.spyOn(fs, 'open'),
  realpath: () =>
    process.platform === 'linux' ? jest.spyOn(fs.realpath, 'native') : jest.spyOn(fs, 'realpath'),
  stat: () => jest.spyOn(fs, 'stat'),
}

const ORIGINALS = {
  lstat: fs.lstat,
  open: fs.open,
  realpath: process.platform === 'linux' ? fs.realpath.native : fs.realpath,
  stat: fs.stat,
}

/**
 * Lets calls of the file system for some paths fail with a code, as on a failing disk, until the mocks are
 * restored. The others do their work.
 */
export function failCalls(
  names: readonly (keyof typeof SPIES)[],
  code: string,
  fails: (path: string) => boolean = () => true,
): void {
  for (const name of names) {
    const original = ORIGINALS[name]
    SPIES[name]().mockImplementation((...given: unknown[]): void => {
      const [path, callback] = [String(given[0]), given.at(-1)]
      if (!fails(path) || typeof callback !== 'function') Reflect.apply(original, fs, given)
      else setImmediate(() => callback(errnoError(code, name, path)))
    })
  }
}

function errnoError(code: string, call: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${call} '${path}'`), { code })
}
