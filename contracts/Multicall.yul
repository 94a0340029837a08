// Runs as the creation of a contract that nobody deploys: what it gives as the code of that contract is what the calls
// answered. The calls follow this code, written like the argument of aggregate3 of Multicall3, and the answer is written
// like its result. Every call may fail, and none may change anything: those after it read the chain, and not what a
// hostile contract has made of it.
object "Multicall" {
  code {
    let own := datasize("Multicall")
    let size := sub(codesize(), own)
    codecopy(0, own, size)
    // Places of calls are counted from the word after their number, and those of answers likewise.
    let calls := add(mload(0), 0x20)
    let count := mload(sub(calls, 0x20))
    let result := and(add(size, 0x1f), not(0x1f))
    let answers := add(result, 0x40)
    let free := add(answers, mul(count, 0x20))
    mstore(result, 0x20)
    mstore(add(result, 0x20), count)
    for { let at := 0 } lt(at, mul(count, 0x20)) { at := add(at, 0x20) } {
      let one := add(calls, mload(add(calls, at)))
      let data := add(one, mload(add(one, 0x40)))
      mstore(add(answers, at), sub(free, answers))
      mstore(free, staticcall(gas(), mload(one), add(data, 0x20), mload(data), 0, 0))
      mstore(add(free, 0x20), 0x40)
      mstore(add(free, 0x40), returndatasize())
      returndatacopy(add(free, 0x60), 0, returndatasize())
      free := add(free, and(add(returndatasize(), 0x7f), not(0x1f)))
    }
    return(result, sub(free, result))
  }
}
