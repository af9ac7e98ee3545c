declare module '*.abi' {
  import type { Abi } from 'viem'
  const abi: Abi
  export default abi
}
