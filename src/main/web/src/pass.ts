// What the wallet signs: the device pass that a profile carries, and the sign-in to this page. A pass stays in memory only.

import { hexToBytes, stringToHex } from 'viem/utils'
import type { Hex } from 'viem'
import { Problem, get, getFile, post, postForFile, remove } from './api'
import type { Me, Purchase } from './api'
import { now } from './clock'
import { Refusal } from './refusal'
import { WalletError, ask, walletWords } from './wallet'
import type { Wallet } from './wallet'

interface Nonce {
  message: string
  passwordPrefix: string
  expires: number
}

export interface Credential {
  username: string
  password: string
  expires: number
}

export interface Import {
  url: string
  openUrl: string
  expires: number
}

const SOON_SECONDS = 60
let kept: Credential | undefined

/** The pass that a wallet is being asked for. */
let asked: { address: string; pass: Promise<Credential> } | undefined

/** A sign-out on its way: the cookie that its answer takes away must not be the next one. */
let leaving: Promise<void> = Promise.resolve()

/** Drops the pass: it belongs to a wallet that is gone, or was revoked. */
export function dropPass() {
  kept = undefined
  asked = undefined
}

/**
 * A pass for this device, signed once and then taken from memory while the page is open, whatever is pressed before the
 * wallet has answered; or one for `another`: with one pass they would be one device to the gate, and put each other out.
 */
export async function devicePass(wallet: Wallet, credentialsFrom: number, another: boolean): Promise<Credential> {
  if (another) return sign(wallet, 'device', credentialsFrom)
  const there = keptOf(wallet)
  if (there) return there
  if (asked?.address !== wallet.address)
    asked = { address: wallet.address, pass: sign(wallet, 'device', credentialsFrom) }
  const mine = asked
  try {
    const pass = await mine.pass
    if (asked === mine) kept = pass
    return pass
  } finally {
    if (asked === mine) asked = undefined
  }
}

function keptOf(wallet: Wallet): Credential | undefined {
  return kept?.username === wallet.address && kept.expires > now() + SOON_SECONDS ? kept : undefined
}

/** Opens a session on this page: cookie only, and no login is spent. */
export async function signIn(wallet: Wallet, credentialsFrom: number): Promise<void> {
  const { username, password } = keptOf(wallet) ?? (await sign(wallet, 'login', credentialsFrom))
  await leaving
  await taken(post('/api/session', { username, password }))
}

/** A pass that the gate does not take any more, for it was revoked in another tab, say, is not shown again. */
async function taken<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer
  } catch (error) {
    if (!(error instanceof Problem) || error.status !== 401) throw error
    dropPass()
    throw new Refusal('What your wallet signed here was revoked, or its time is over. Try again: it signs anew.')
  }
}

async function sign(wallet: Wallet, kind: 'login' | 'device', credentialsFrom: number): Promise<Credential> {
  // What is signed in the second of a revocation would be revoked with the rest; we know the gate's time to half a second.
  while (now() < credentialsFrom + 1.5) await new Promise((resolve) => setTimeout(resolve, 500))
  const nonce = await post<Nonce>('/api/nonce', { wallet: wallet.address, kind })
  const signature = await signed(wallet, nonce.message)
  return { username: wallet.address, password: nonce.passwordPrefix + signature, expires: nonce.expires }
}

/** The wallet's signature of a text, as it stands at the end of a password. */
export async function signed(wallet: Wallet, message: string): Promise<string> {
  try {
    return compact(await ask<Hex>(wallet.announced.provider, 'personal_sign', [stringToHex(message), wallet.address]))
  } catch (error) {
    if (error instanceof WalletError)
      throw new Refusal(walletWords(error, 'You declined the signature. Nothing has changed.'))
    throw error
  }
}

/** EIP-2098: r and s alone, the parity in the highest bit of s; base64url without padding, 86 characters. */
function compact(signature: Hex): string {
  const bytes =
    /^0x[0-9a-f]*$/i.test(signature) && signature.length % 2 === 0 ? hexToBytes(signature) : new Uint8Array()
  if (bytes.length !== 65) {
    throw new Refusal(
      'This wallet is a contract: its signatures do not fit into a VPN password. Buy the time for another wallet, one with a key of its own, and open this page with that one.',
    )
  }
  const v = bytes[64]!
  if (v === 1 || v === 28) bytes[32]! |= 0x80
  return btoa(String.fromCharCode(...bytes.subarray(0, 64)))
    .replace(/\+/g, '-')
    .replace(/\//g, '_')
    .replace(/=+$/, '')
}

/** Of several servers the one with this name; else the only one. */
export function profile(
  { username, password }: Credential,
  instance?: string,
): Promise<{ name: string; content: Blob }> {
  return taken(postForFile(`/api/profile${of(instance)}`, { username, password }))
}

/** One that holds no secret; for whoever is signed in. */
export function signInProfile(instance?: string): Promise<{ name: string; content: Blob }> {
  return getFile(`/api/me/profile${of(instance)}`)
}

export function importLink({ username, password }: Credential, instance?: string): Promise<Import> {
  return taken(post<Import>(`/api/import${of(instance)}`, { username, password }))
}

function of(instance: string | undefined): string {
  return instance === undefined ? '' : `?instance=${encodeURIComponent(instance)}`
}

export function me(): Promise<Me> {
  return get<Me>('/api/me')
}

export function history(): Promise<Purchase[]> {
  return get<Purchase[]>('/api/me/history')
}

export function disconnect(session: string): Promise<void> {
  return post('/api/me/disconnect', { session })
}

/** Makes one profile useless, with all that descends from it; the pass in memory may be the one it carries. */
export async function revoke(device: string): Promise<void> {
  await post('/api/me/revoke', { device })
  dropPass()
}

/** Signs out if the gate can be reached: it has nothing to say to that. */
export function signOut() {
  leaving = remove('/api/session').catch(() => {})
}
