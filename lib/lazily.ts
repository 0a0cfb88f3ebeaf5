/** Loads a module when it is first needed, so that an app pays at its start for what it uses. */
export function lazily<Module>(load: () => Module): () => Module {
  let module: Module | undefined
  return () => {
    module ??= load()
    return module
  }
}
