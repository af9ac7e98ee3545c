import { formatUnits } from 'viem/utils'

const UNITS: [number, string][] = [
  [86_400, 'day'],
  [3_600, 'hour'],
  [60, 'minute'],
  [1, 'second'],
]

/** 5400 is "1 hour 30 minutes". */
export function duration(seconds: number): string {
  const parts: string[] = []
  let rest = seconds
  for (const [size, name] of UNITS) {
    const count = Math.floor(rest / size)
    rest -= count * size
    if (count > 0) parts.push(`${count} ${name}${count === 1 ? '' : 's'}`)
  }
  return parts.join(' ') || '0 seconds'
}

/** 3725 is "1:02:05"; whole days stand in front. */
export function countdown(seconds: number): string {
  const whole = Math.max(0, Math.ceil(seconds))
  const days = Math.floor(whole / 86_400)
  const two = (n: number) => String(n).padStart(2, '0')
  const clock = `${Math.floor(whole / 3600) % 24}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`
  return days > 0 ? `${days} ${days === 1 ? 'day' : 'days'} ${clock}` : clock
}

const TIME = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' })
const DAY = new Intl.DateTimeFormat('en-GB', { weekday: 'short', day: 'numeric', month: 'long' })
const ZONE = new Intl.DateTimeFormat('en-GB', { timeZoneName: 'short' })

export function time(unix: number): string {
  return TIME.format(unix * 1000)
}

/** In the visitor's own time: "18:42", and the day if it is not today. */
export function moment(unix: number, today = Date.now()): string {
  const day = DAY.format(unix * 1000)
  return day === DAY.format(today) ? time(unix) : `${time(unix)} on ${day}`
}

export function zone(): string {
  return ZONE.formatToParts().find((part) => part.type === 'timeZoneName')?.value ?? ''
}

/** Exactly as the contract has it: no rounding. */
export function amount(value: bigint, decimals: number, symbol: string): string {
  return `${formatUnits(value, decimals)} ${symbol}`
}

/** For what is an estimate anyway: three digits that count, rounded up. */
export function about(value: bigint, decimals: number, symbol: string): string {
  const digits = value.toString().length
  const cut = digits > 3 ? 10n ** BigInt(digits - 3) : 1n
  return amount(((value + cut - 1n) / cut) * cut, decimals, symbol)
}

export function shortAddress(address: string): string {
  return `${address.slice(0, 6)}…${address.slice(-4)}`
}

export function bytes(count: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  let value = count
  let unit = 0
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000
    unit++
  }
  return `${value < 10 && unit > 0 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`
}
