// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Hourgate} from "../src/Hourgate.sol";
import {IHourgate} from "../src/IHourgate.sol";
import {vm} from "./Vm.sol";

/// @dev One contract with one product, an owner, two customers, and a clock at a whole number.
abstract contract HourgateTestBase {
    uint64 internal constant NOW = 1_800_000_000;
    uint64 internal constant MAX_AHEAD = 63_072_000; // two years of 365 days, written out on purpose
    uint96 internal constant PRICE = 0.01 ether;
    uint32 internal constant HOUR = 3600;
    uint256 internal constant ID = 0;
    address internal constant ETHER = address(0);

    address internal owner = address(0x5E11E4);
    address internal alice = address(0xA11CE);
    address internal bob = address(0xB0B);
    Hourgate internal hourgate;

    function setUp() public virtual {
        vm.warp(NOW);
        hourgate = new Hourgate(owner);
        addProduct(PRICE, HOUR);
        vm.deal(owner, 100 ether);
        vm.deal(alice, 100 ether);
        vm.deal(bob, 100 ether);
    }

    function addProduct(uint96 price, uint32 duration) internal returns (uint256) {
        return addProduct(ETHER, price, duration);
    }

    function addProduct(address token, uint96 price, uint32 duration) internal returns (uint256) {
        vm.prank(owner);
        return hourgate.addProduct(token, price, duration);
    }

    function buy(address buyer) internal {
        vm.prank(buyer);
        hourgate.purchaseProduct{value: PRICE}(ID);
    }

    function grant(address account, uint32 secs) internal {
        vm.prank(owner);
        hourgate.grant(account, secs);
    }

    function becomeOwner(address account) internal {
        vm.prank(owner);
        hourgate.transferOwnership(account);
        vm.prank(account);
        hourgate.acceptOwnership();
    }

    function accessOf(address account) internal view returns (IHourgate.Access memory) {
        address[] memory accounts = new address[](1);
        accounts[0] = account;
        return hourgate.accessOf(accounts)[0];
    }

    function assertAccess(address account, uint64 paidUntil, uint64 credentialsFrom) internal view {
        vm.assertEq(hourgate.paidUntil(account), paidUntil);
        vm.assertEq(accessOf(account).paidUntil, paidUntil);
        vm.assertEq(accessOf(account).credentialsFrom, credentialsFrom);
    }

    function expectAccessChanged(address account, uint64 paidUntil) internal {
        vm.expectEmit(address(hourgate));
        emit IHourgate.AccessChanged(account, paidUntil);
    }

    function expectNotTheOwner(address caller) internal {
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, caller));
    }

    function expectOwnerNotAllowed(address account) internal {
        vm.expectRevert(abi.encodeWithSelector(IHourgate.OwnerNotAllowed.selector, account));
    }
}
