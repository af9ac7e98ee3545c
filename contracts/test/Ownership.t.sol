// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Ownable, Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {Pausable} from "@openzeppelin/contracts/utils/Pausable.sol";
import {Hourgate} from "../src/Hourgate.sol";
import {IHourgate} from "../src/IHourgate.sol";
import {HourgateTestBase} from "./HourgateTestBase.sol";
import {vm} from "./Vm.sol";

contract OwnershipTest is HourgateTestBase {
    function test_constructor_setsTheOwnerAndStartsOpenAndEmpty() public {
        Hourgate fresh = new Hourgate(bob);
        vm.assertEq(fresh.owner(), bob);
        vm.assertEq(fresh.getOwner(), bob);
        vm.assertEq(fresh.pendingOwner(), address(0));
        vm.assertEq(fresh.productCount(), 0);
        vm.assertFalse(fresh.paused());
        vm.assertEq(fresh.MAX_AHEAD(), MAX_AHEAD);
    }

    function test_constructor_revertsForTheZeroAddress() public {
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableInvalidOwner.selector, address(0)));
        new Hourgate(address(0));
    }

    function test_constructor_givesEveryDeploymentTheSameCode() public {
        vm.assertEq(address(new Hourgate(bob)).codehash, address(hourgate).codehash);
    }

    function test_transferOwnership_takesTwoSteps() public {
        vm.prank(owner);
        vm.expectEmit(address(hourgate));
        emit Ownable2Step.OwnershipTransferStarted(owner, alice);
        hourgate.transferOwnership(alice);
        vm.assertEq(hourgate.getOwner(), owner);
        vm.assertEq(hourgate.pendingOwner(), alice);

        vm.prank(alice);
        vm.expectEmit(address(hourgate));
        emit Ownable.OwnershipTransferred(owner, alice);
        hourgate.acceptOwnership();
        vm.assertEq(hourgate.getOwner(), alice);
        vm.assertEq(hourgate.owner(), alice);
        vm.assertEq(hourgate.pendingOwner(), address(0));

        expectNotTheOwner(owner);
        grant(bob, 1);
    }

    function testFuzz_transferOwnership_revertsForEverybodyElse(address caller) public {
        vm.assume(caller != owner);
        expectNotTheOwner(caller);
        vm.prank(caller);
        hourgate.transferOwnership(caller);
    }

    function testFuzz_acceptOwnership_revertsForEverybodyElse(address caller) public {
        vm.assume(caller != alice);
        vm.prank(owner);
        hourgate.transferOwnership(alice);
        expectNotTheOwner(caller);
        vm.prank(caller);
        hourgate.acceptOwnership();
    }

    function test_acceptOwnership_keepsTheTimeOfTheNewOwner() public {
        buy(alice);
        vm.recordLogs();
        becomeOwner(alice);
        vm.assertEq(vm.getRecordedLogs().length, 2); // started and transferred: no access changed
        assertAccess(alice, NOW + HOUR, 0);
        vm.prank(alice);
        hourgate.revokeCredentials();
        assertAccess(alice, NOW + HOUR, NOW);
    }

    function testFuzz_renounceOwnership_revertsForAnybody(address caller) public {
        vm.expectRevert(abi.encodeWithSelector(IHourgate.CannotRenounce.selector));
        vm.prank(caller);
        hourgate.renounceOwnership();
    }

    function test_renounceOwnership_revertsForTheOwner() public {
        vm.expectRevert(abi.encodeWithSelector(IHourgate.CannotRenounce.selector));
        vm.prank(owner);
        hourgate.renounceOwnership();
        vm.assertEq(hourgate.owner(), owner);
    }

    function test_pause_stopsPurchasesUntilUnpause() public {
        vm.prank(owner);
        vm.expectEmit(address(hourgate));
        emit Pausable.Paused(owner);
        hourgate.pause();
        vm.assertTrue(hourgate.paused());

        vm.prank(owner);
        vm.expectEmit(address(hourgate));
        emit Pausable.Unpaused(owner);
        hourgate.unpause();
        vm.assertFalse(hourgate.paused());
        buy(alice);
        assertAccess(alice, NOW + HOUR, 0);
    }

    function test_pause_leavesPaidTimeAlone() public {
        buy(alice);
        vm.prank(owner);
        hourgate.pause();
        assertAccess(alice, NOW + HOUR, 0);
    }

    function test_pause_revertsWhenPaused() public {
        vm.prank(owner);
        hourgate.pause();
        vm.expectRevert(abi.encodeWithSelector(Pausable.EnforcedPause.selector));
        vm.prank(owner);
        hourgate.pause();
    }

    function test_unpause_revertsWhenNotPaused() public {
        vm.expectRevert(abi.encodeWithSelector(Pausable.ExpectedPause.selector));
        vm.prank(owner);
        hourgate.unpause();
    }

    function testFuzz_pause_revertsForEverybodyElse(address caller) public {
        vm.assume(caller != owner);
        expectNotTheOwner(caller);
        vm.prank(caller);
        hourgate.pause();
    }

    function testFuzz_unpause_revertsForEverybodyElse(address caller) public {
        vm.assume(caller != owner);
        vm.prank(owner);
        hourgate.pause();
        expectNotTheOwner(caller);
        vm.prank(caller);
        hourgate.unpause();
    }
}
