/** Loaded when it is needed, from a file of its own. */
export function about() {
  return 'About this site'
}
