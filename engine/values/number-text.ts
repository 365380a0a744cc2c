/** A float as Python prints it: `1.0`, `0.1`, `1e+16`, `1e-05`, `inf`, `nan`. */
export function floatText(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e16) return Object.is(value, -0) ? '-0.0' : `${value}.0`
  if (Number.isNaN(value)) return 'nan'
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf'
  const magnitude = Math.abs(value)
  if (magnitude >= 1e-4 && magnitude < 1e16) return String(value)
  const [mantissa = '', exponent = ''] = value.toExponential().split('e')
  const sign = exponent.startsWith('-') ? '-' : '+'
  return `${mantissa}e${sign}${exponent.slice(1).padStart(2, '0')}`
}
