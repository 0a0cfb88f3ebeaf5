/** The `Vary` field with a name added to it, unless it contains that name or `*` (RFC 9110 §12.5.5). */
export function addToVary(field: string | undefined, name: string): string {
  if (field === undefined) return name
  const names = field.split(',').map((item) => item.trim().toLowerCase())
  if (names.includes('*') || names.includes(name.toLowerCase())) return field
  return names.every((item) => item === '') ? name : `${field}, ${name}`
}
