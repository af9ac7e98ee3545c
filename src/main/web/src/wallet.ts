// Wallets in the browser: found by EIP-6963, spoken to by EIP-1193. Name and icon of a wallet are the wallet's own words
// and may lie: they are shown as text and as an image, never as anything else.

import { getAddress, numberToHex } from 'viem/utils'
import type { Address } from 'viem'
import type { Gateway } from './api'
import { Refusal } from './refusal'

export interface Provider {
  request(question: { method: string; params?: unknown }): Promise<unknown>
  on?(event: string, listener: (value: never) => void): unknown
}

export interface Announced {
  info: { uuid: string; name: string; icon: string; rdns: string }
  provider: Provider
}

export interface Wallet {
  announced: Announced
  address: Address
}

/** How long wallets have to announce themselves before an unannounced one is looked for. */
const TIME_TO_ANNOUNCE_MS = 300

export const wallets: Announced[] = []

/** Collects wallets for as long as the page is open; resolves when those that are there had time to say so. */
export function discover(found: (wallet: Announced) => void): Promise<void> {
  window.addEventListener('eip6963:announceProvider', (event) => {
    const detail = (event as CustomEvent<Announced>).detail
    if (!detail?.provider || wallets.some((other) => other.info.uuid === detail.info.uuid)) return
    wallets.push(detail)
    found(detail)
  })
  window.dispatchEvent(new Event('eip6963:requestProvider'))
  return new Promise((resolve) => {
    setTimeout(() => {
      const unannounced = (window as { ethereum?: Provider }).ethereum
      if (wallets.length === 0 && unannounced) {
        wallets.push({
          info: { uuid: 'window', name: 'Browser wallet', icon: '', rdns: 'window' },
          provider: unannounced,
        })
      }
      resolve()
    }, TIME_TO_ANNOUNCE_MS)
  })
}

/** What a wallet says when it does not do what was asked, with the code of EIP-1193 or JSON-RPC. */
export class WalletError extends Error {
  readonly code: number
  readonly data: unknown

  constructor(code: number, message: string, data: unknown) {
    super(message)
    this.code = code
    this.data = data
  }

  get rejected() {
    return this.code === 4001
  }
}

/** In words, for the customer. `rejected` says what a "no" in the wallet means here. */
export function walletWords(error: WalletError, rejected: string): string {
  switch (error.code) {
    case 4001:
      return rejected
    case -32002:
      return 'Open your wallet: it still has an open question there. Answer it, then try again.'
    case 4100:
      return 'Your wallet is locked, or this page may not use that account. Unlock it, then try again.'
    case 4200:
      return 'Your wallet can not do that. Try another wallet.'
    case 4900:
    case 4901:
      return 'Your wallet has no connection to the network. Check it, then try again.'
    default:
      return `Your wallet says: ${error.message}`
  }
}

export async function ask<T>(provider: Provider, method: string, params: unknown[] = []): Promise<T> {
  try {
    return (await provider.request({ method, params })) as T
  } catch (error) {
    const said = error as { code?: unknown; message?: unknown; data?: unknown }
    throw new WalletError(
      typeof said?.code === 'number' ? said.code : 0,
      typeof said?.message === 'string' ? said.message : 'something went wrong',
      said?.data,
    )
  }
}

/** The account the wallet shows this page; asks for one if `may` it, undefined if there is none. */
export async function account(announced: Announced, may: boolean): Promise<Wallet | undefined> {
  const list = await ask<string[]>(announced.provider, may ? 'eth_requestAccounts' : 'eth_accounts')
  const first = list[0]
  return first === undefined ? undefined : { announced, address: getAddress(first) }
}

export async function chainOf(provider: Provider): Promise<number> {
  return Number(await ask<string>(provider, 'eth_chainId'))
}

/** Changes the wallet's chain to the gateway's, adding it if the wallet does not know it. Only from a click. */
export async function switchChain(provider: Provider, gateway: Gateway): Promise<void> {
  const chainId = numberToHex(gateway.chainId)
  try {
    await ask(provider, 'wallet_switchEthereumChain', [{ chainId }])
  } catch (error) {
    if (!(error instanceof WalletError) || !isUnknownChain(error)) throw error
    const { name, currency, rpcUrls, explorer } = gateway.chain
    if (rpcUrls.length === 0)
      throw new Refusal(
        `Your wallet does not know ${name} (chain ${gateway.chainId}). Add that network in your wallet’s settings, then try again.`,
      )
    const blockExplorerUrls = explorer === undefined ? {} : { blockExplorerUrls: [explorer] }
    await ask(provider, 'wallet_addEthereumChain', [
      { chainId, chainName: name, nativeCurrency: currency, rpcUrls, ...blockExplorerUrls },
    ])
    // Adding is not switching in every wallet.
    if ((await chainOf(provider)) !== gateway.chainId) {
      await ask(provider, 'wallet_switchEthereumChain', [{ chainId }])
    }
  }
}

/** MetaMask's mobile app wraps the code once more. */
function isUnknownChain(error: WalletError): boolean {
  const inner = (error.data as { originalError?: { code?: number } } | undefined)?.originalError?.code
  return error.code === 4902 || inner === 4902
}

const CHAINS: Record<number, string> = {
  1: 'Ethereum',
  10: 'OP Mainnet',
  56: 'BNB Smart Chain',
  100: 'Gnosis',
  137: 'Polygon',
  8453: 'Base',
  42161: 'Arbitrum One',
  11155111: 'Sepolia',
}

export function chainName(id: number): string {
  return CHAINS[id] ?? `chain ${id}`
}
