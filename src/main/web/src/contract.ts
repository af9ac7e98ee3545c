// The contract as its build left it: calls, errors in words, events.

import { decodeErrorResult, decodeEventLog, encodeEventTopics, encodeFunctionData } from 'viem/utils'
import type { Abi, Address, Hex } from 'viem'
import abi from '../../../../contracts/abi/Hourgate.abi'
import type { Gateway, Offer } from './api'
import { amount, moment, shortAddress } from './format'
import { WalletError } from './wallet'

export interface Call {
  to: Address
  value: bigint
  data: Hex
}

const ERC20 = [
  view('allowance', ['address', 'address'], 'uint256'),
  view('balanceOf', ['address'], 'uint256'),
  view('nonces', ['address'], 'uint256'),
  view('name', [], 'string'),
  view('symbol', [], 'string'),
  view('decimals', [], 'uint8'),
  view('version', [], 'string'),
  view('DOMAIN_SEPARATOR', [], 'bytes32'),
  view('PERMIT_TYPEHASH', [], 'bytes32'),
  { ...view('approve', ['address', 'uint256'], 'bool'), stateMutability: 'nonpayable' },
  error('ERC20InsufficientBalance', ['address', 'uint256', 'uint256']),
  error('ERC20InsufficientAllowance', ['address', 'uint256', 'uint256']),
  error('SafeERC20FailedOperation', ['address']),
] as unknown as Abi

function view(name: string, inputs: string[], output: string) {
  return {
    type: 'function',
    name,
    stateMutability: 'view',
    inputs: inputs.map((type) => ({ type })),
    outputs: [{ type: output }],
  }
}

function error(name: string, inputs: string[]) {
  return { type: 'error', name, inputs: inputs.map((type) => ({ type })) }
}

export { abi as HOURGATE, ERC20 }

export function encode(to: Address, of: Abi, functionName: string, args: unknown[], value = 0n): Call {
  return { to, value, data: encodeFunctionData({ abi: of, functionName, args }) }
}

const PURCHASED = 'ProductPurchased'

export interface Log {
  address: string
  topics: [Hex, ...Hex[]]
  data: Hex
  blockNumber: Hex
  transactionHash: Hex
}

/** The new end of the account's time, as the event of its purchase tells it. */
export function purchasedUntil(logs: Log[], contract: string, account: string): number | undefined {
  for (const log of logs) {
    if (log.address.toLowerCase() !== contract.toLowerCase()) continue
    try {
      const event = decodeEventLog({ abi, topics: log.topics, data: log.data, strict: true })
      const args = event.args as unknown as { account: string; paidUntil: bigint }
      if (event.eventName === PURCHASED && args.account.toLowerCase() === account.toLowerCase()) {
        return Number(args.paidUntil)
      }
    } catch {
      // Another contract's or a newer contract's event.
    }
  }
  return undefined
}

/** What to look for when the wallet replaced the transaction by another one. */
export function purchaseTopics(account: Address, payer: Address): unknown[] {
  return encodeEventTopics({ abi, eventName: PURCHASED, args: { account, payer } })
}

/** The revert data in an error, wherever the wallet or its node put it. */
function revertData(error: unknown, depth = 0): Hex | undefined {
  if (typeof error === 'string') return /^0x([0-9a-f]{2}){4,}$/i.test(error) ? (error as Hex) : undefined
  if (typeof error !== 'object' || error === null || depth > 4) return undefined
  const { data, originalError, cause, error: inner } = error as Record<string, unknown>
  for (const next of [data, originalError, cause, inner]) {
    const found = revertData(next, depth + 1)
    if (found) return found
  }
  return undefined
}

/** Of an error that is not the contract's nor a token's, the name is its first four bytes. */
function decode(data: Hex): { name: string; args: readonly unknown[] } {
  try {
    const { errorName, args } = decodeErrorResult({ abi: [...abi, ...ERC20] as Abi, data })
    return { name: errorName, args: args ?? [] }
  } catch {
    return { name: `error ${data.slice(0, 10)}`, args: [] }
  }
}

/** Why the contract would refuse this change by its owner; undefined if the error is not the contract's. */
export function changeWords(error: unknown): string | undefined {
  const data = revertData(error)
  if (!data) {
    const reverted = error instanceof WalletError && (error.code === 3 || /revert/i.test(error.message))
    return reverted ? 'The contract refuses and does not say why. Nothing was sent.' : undefined
  }
  const { name, args } = decode(data)
  switch (name) {
    case 'OwnableUnauthorizedAccount':
      return 'The contract has another owner now. Nothing was sent.'
    case 'EnforcedPause':
      return 'Sales are paused already. Nothing was sent.'
    case 'ExpectedPause':
      return 'Sales are not paused. Nothing was sent.'
    case 'BadProduct':
      return 'A product needs a price above 0 and a time of at most two years. Nothing was sent.'
    case 'UnsupportedToken':
      return 'There is no token at that address on this network. Nothing was sent.'
    case 'TransferFailed':
      return `${shortAddress(String(args[0]))} does not take the money: choose another address. Nothing was sent.`
    default:
      return `The contract refuses (${name}). Nothing was sent.`
  }
}

/** Why the contract would refuse this purchase; undefined if the error is not the contract's. */
export function refusalWords(error: unknown, offer: Offer, gateway: Gateway): string | undefined {
  const data = revertData(error)
  if (!data) {
    const reverted = error instanceof WalletError && (error.code === 3 || /revert/i.test(error.message))
    return reverted ? 'The contract refuses this payment and does not say why. Nothing was paid.' : undefined
  }
  const { name, args } = decode(data)
  const price = (value: unknown) => amount(BigInt(value as bigint), offer.decimals, offer.symbol)
  switch (name) {
    case 'WrongValue':
      return `The price is ${price(args[0])}, not ${price(args[1])}. The offers have been read again; nothing was paid.`
    case 'WrongPayment':
      return `The token delivers ${price(args[2])} instead of the price of ${price(args[1])}: it can not be used here. Nothing was paid.`
    case 'ProductInactive':
    case 'UnknownProduct':
      return 'This offer is no longer sold. The offers have been read again; nothing was paid.'
    case 'EnforcedPause':
      return 'The seller has paused all sales. Time already bought stays as it is; nothing was paid.'
    case 'OwnerNotAllowed':
      return `The wallet ${shortAddress(String(args[0]))} owns this shop: it can neither buy time nor be given any.`
    case 'TooFarAhead':
      return `Time can be bought until ${moment(Number(args[1]))} at most. Nothing was paid.`
    case 'ZeroAccount':
      return 'The zero address is nobody’s wallet. Nothing was paid.'
    case 'ERC20InsufficientBalance':
      return `Your wallet has ${price(args[1])}; ${price(BigInt(args[2] as bigint) - BigInt(args[1] as bigint))} is missing.`
    case 'ERC20InsufficientAllowance':
      return `The token allows the shop only ${price(args[1])} of your money. Try again.`
    default:
      return `The contract refuses this payment for ${gateway.name} (${name}). Nothing was paid.`
  }
}
