// The profiles that this browser made, so that one can be picked and revoked while it is not connected: the gate keeps no
// list. What is kept is no secret: the gate's name for a device says nothing about its pass. See also kept.ts.

import { bytesToHex, sha256 } from 'viem/utils'
import type { Gateway } from './api'
import { now } from './clock'
import { store } from './kept'

export interface Made {
  device: string
  /** What it was made for. */
  names: string[]
  /** When its pass was signed, and until when that gets anybody in anew. */
  issued: number
  expires: number
}

const PREFIX = 'hourgate.profiles.'
const MOST = 40

/** What descends from a pass can be good for so long after it. */
const AFTERLIFE_SECONDS = 31 * 86_400

type Place = Pick<Gateway, 'chainId' | 'contract'>

function key({ chainId, contract }: Place, wallet: string): string {
  return `${PREFIX}${chainId}.${contract}.${wallet}`.toLowerCase()
}

function isMade(one: Partial<Made> | null): one is Made {
  return (
    /^[0-9a-f]{16}$/.test(String(one?.device)) &&
    Array.isArray(one?.names) &&
    Number.isFinite(one?.issued) &&
    Number.isFinite(one?.expires)
  )
}

function read(name: string): Made[] {
  let found: unknown
  store((storage) => (found = JSON.parse(storage.getItem(name) ?? '[]')))
  return Array.isArray(found) ? found.filter(isMade) : []
}

function write(name: string, all: Made[]) {
  store((storage) => (all.length > 0 ? storage.setItem(name, JSON.stringify(all)) : storage.removeItem(name)))
}

/** Those of this wallet that may still be good, the newest first. */
export function madeHere(place: Place, wallet: string, credentialsFrom: number): Made[] {
  return read(key(place, wallet)).filter(
    (one) => one.issued > credentialsFrom && one.expires + AFTERLIFE_SECONDS > now(),
  )
}

/** Takes note of a pass that leaves the page; one pass may be handed out for several things. */
export function noteMade(place: Place, wallet: string, password: string, expires: number, name: string) {
  const { device, issued } = inside(password)
  const all = madeHere(place, wallet, 0)
  const names = all.find((one) => one.device === device)?.names.filter((other) => other !== name) ?? []
  const noted = { device, names: [...names, name], issued, expires }
  write(key(place, wallet), [noted, ...all.filter((one) => one.device !== device)].slice(0, MOST))
}

export function forgetMade(place: Place, wallet: string, device: string) {
  const name = key(place, wallet)
  write(
    name,
    read(name).filter((one) => one.device !== device),
  )
}

/** A password begins with kind (1 byte), time of issue (4), lifetime (3) and nonce (16), of which the device's name is made. */
function inside(password: string): { device: string; issued: number } {
  const text = atob(password.slice(0, 32).replace(/-/g, '+').replace(/_/g, '/'))
  const bytes = Uint8Array.from(text, (letter) => letter.charCodeAt(0))
  const device = bytesToHex(sha256(bytes.subarray(8, 24), 'bytes').subarray(0, 8)).slice(2)
  return { device, issued: new DataView(bytes.buffer).getUint32(1) }
}
