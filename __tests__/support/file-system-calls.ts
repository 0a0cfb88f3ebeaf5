import fs from 'node:fs'

/** Runs `use` and names the functions of `node:fs` that were called meanwhile; they do their work. */
export async function fileSystemCalls<T>(
  use: () => Promise<T>,
): Promise<{ result: T; calls: string[] }> {
  const calls: string[] = []
  const restore = [fs, fs.promises].flatMap((holder) => watch(holder, calls))
  try {
    return { result: await use(), calls }
  } finally {
    for (const undo of restore) undo()
  }
}

function watch(holder: object, calls: string[]): (() => void)[] {
  return Object.keys(holder).flatMap((name) => {
    const original: unknown = Reflect.get(holder, name)
    // Those with a capital are classes.
    if (typeof original !== 'function' || !/^[a-z]/.test(name)) return []
    const watched = (...parameters: unknown[]) => {
      calls.push(name)
      return Reflect.apply(original, holder, parameters)
    }
    // `realpath` has a function of its own: `realpath.native`.
    Reflect.set(holder, name, Object.assign(watched, original))
    return [() => void Reflect.set(holder, name, original)]
  })
}
