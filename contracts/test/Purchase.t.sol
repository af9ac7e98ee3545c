// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Pausable} from "@openzeppelin/contracts/utils/Pausable.sol";
import {IHourgate} from "../src/IHourgate.sol";
import {HourgateTestBase} from "./HourgateTestBase.sol";
import {vm} from "./Vm.sol";

contract PurchaseTest is HourgateTestBase {
    function test_purchaseProduct_startsNowForANewAccount() public {
        buy(alice);
        assertAccess(alice, NOW + HOUR, 0);
        vm.assertEq(address(hourgate).balance, PRICE);
        vm.assertEq(alice.balance, 100 ether - PRICE);
    }

    function test_purchaseProduct_addsToTimeThatIsLeft() public {
        buy(alice);
        vm.warp(NOW + 600);
        buy(alice);
        assertAccess(alice, NOW + 2 * HOUR, 0);
    }

    function test_purchaseProduct_startsNowWhenTheTimeIsOver() public {
        buy(alice);
        vm.warp(NOW + HOUR + 600);
        buy(alice);
        assertAccess(alice, NOW + HOUR + 600 + HOUR, 0);
    }

    function test_purchaseProduct_atTheVeryEndNeitherGainsNorLoses() public {
        buy(alice);
        vm.warp(NOW + HOUR);
        buy(alice);
        assertAccess(alice, NOW + 2 * HOUR, 0);
    }

    function test_purchaseProduct_leavesOthersAlone() public {
        buy(alice);
        assertAccess(bob, 0, 0);
    }

    function test_purchaseProduct_keepsTheRevocation() public {
        vm.prank(alice);
        hourgate.revokeCredentials();
        buy(alice);
        assertAccess(alice, NOW + HOUR, NOW);
    }

    function test_purchaseProduct_sellsTheProductAskedFor() public {
        uint256 day = addProduct(0.1 ether, 1 days);
        vm.prank(alice);
        hourgate.purchaseProduct{value: 0.1 ether}(day);
        assertAccess(alice, NOW + 1 days, 0);
    }

    function test_purchaseProduct_emitsAccessChangedAndProductPurchased() public {
        grant(alice, 5);
        expectAccessChanged(alice, NOW + 5 + HOUR);
        vm.expectEmit(address(hourgate));
        emit IHourgate.ProductPurchased(ID, alice, alice, PRICE, NOW + 5 + HOUR);
        buy(alice);
    }

    function test_purchaseProduct_revertsOnePastTheLastProduct() public {
        vm.expectRevert(abi.encodeWithSelector(IHourgate.UnknownProduct.selector, 1));
        vm.prank(alice);
        hourgate.purchaseProduct{value: PRICE}(1);
    }

    function test_purchaseProduct_revertsWhenInactive() public {
        vm.prank(owner);
        hourgate.setActive(ID, false);
        vm.expectRevert(abi.encodeWithSelector(IHourgate.ProductInactive.selector, ID));
        buy(alice);
    }

    function test_purchaseProduct_revertsWhenPaused() public {
        vm.prank(owner);
        hourgate.pause();
        vm.expectRevert(abi.encodeWithSelector(Pausable.EnforcedPause.selector));
        buy(alice);
    }

    function test_purchaseProduct_revertsForTheOwner() public {
        expectOwnerNotAllowed(owner);
        buy(owner);
    }

    function test_purchaseProduct_revertsForTheNewOwnerAndNotForTheOldOne() public {
        becomeOwner(alice);
        expectOwnerNotAllowed(alice);
        buy(alice);
        buy(owner);
        assertAccess(owner, NOW + HOUR, 0);
    }

    function test_purchaseProduct_isOpenToThePendingOwner() public {
        vm.prank(owner);
        hourgate.transferOwnership(alice);
        buy(alice);
        assertAccess(alice, NOW + HOUR, 0);
    }

    function test_purchaseProduct_reachesTheLimitExactlyAndNotASecondMore() public {
        grant(alice, uint32(MAX_AHEAD - HOUR));
        buy(alice);
        assertAccess(alice, NOW + MAX_AHEAD, 0);
        vm.warp(NOW + HOUR - 1);
        vm.expectRevert(
            abi.encodeWithSelector(IHourgate.TooFarAhead.selector, NOW + MAX_AHEAD + HOUR, NOW + HOUR - 1 + MAX_AHEAD)
        );
        buy(alice);
        vm.warp(NOW + HOUR);
        buy(alice);
        assertAccess(alice, NOW + MAX_AHEAD + HOUR, 0);
    }

    function testFuzz_purchaseProduct_takesExactlyThePrice(uint96 price, uint256 value) public {
        vm.assume(price != 0 && value != price);
        uint256 id = addProduct(price, HOUR);
        vm.deal(alice, type(uint256).max);
        vm.expectRevert(abi.encodeWithSelector(IHourgate.WrongValue.selector, price, value));
        vm.prank(alice);
        hourgate.purchaseProduct{value: value}(id);

        vm.prank(alice);
        hourgate.purchaseProduct{value: price}(id);
        vm.assertEq(address(hourgate).balance, price);
        assertAccess(alice, NOW + HOUR, 0);
    }

    function testFuzz_purchaseProduct_revertsForEveryUnknownProduct(uint256 id) public {
        vm.assume(id != ID);
        vm.expectRevert(abi.encodeWithSelector(IHourgate.UnknownProduct.selector, id));
        vm.prank(alice);
        hourgate.purchaseProduct{value: PRICE}(id);
    }

    function testFuzz_purchaseProduct_addsTheDurationToTheLaterOfNowAndTheEnd(uint32 held, uint32 wait, uint32 duration)
        public
    {
        held = uint32(1 + held % MAX_AHEAD);
        duration = uint32(1 + duration % MAX_AHEAD);
        wait = uint32(wait % (2 * MAX_AHEAD));
        uint256 id = addProduct(PRICE, duration);
        grant(alice, held);
        vm.warp(NOW + wait);
        uint64 secondsLeft = held > wait ? held - wait : 0;
        bool tooFar = secondsLeft + duration > MAX_AHEAD;
        if (tooFar) {
            vm.expectRevert(
                abi.encodeWithSelector(
                    IHourgate.TooFarAhead.selector, NOW + wait + secondsLeft + duration, NOW + wait + MAX_AHEAD
                )
            );
        }
        vm.prank(alice);
        hourgate.purchaseProduct{value: PRICE}(id);
        assertAccess(alice, tooFar ? NOW + held : NOW + wait + secondsLeft + duration, 0);
    }

    function test_purchaseFor_extendsTheAccountAndNotThePayer() public {
        expectAccessChanged(bob, NOW + HOUR);
        vm.expectEmit(address(hourgate));
        emit IHourgate.ProductPurchased(ID, bob, alice, PRICE, NOW + HOUR);
        vm.prank(alice);
        hourgate.purchaseFor{value: PRICE}(ID, bob);
        assertAccess(bob, NOW + HOUR, 0);
        assertAccess(alice, 0, 0);
        vm.assertEq(alice.balance, 100 ether - PRICE);
    }

    function test_purchaseFor_revertsForTheZeroAccount() public {
        vm.expectRevert(abi.encodeWithSelector(IHourgate.ZeroAccount.selector));
        vm.prank(alice);
        hourgate.purchaseFor{value: PRICE}(ID, address(0));
    }

    function test_purchaseFor_revertsWhenTheOwnerPays() public {
        expectOwnerNotAllowed(owner);
        vm.prank(owner);
        hourgate.purchaseFor{value: PRICE}(ID, alice);
    }

    function test_purchaseFor_revertsWhenTheOwnerIsTheAccount() public {
        expectOwnerNotAllowed(owner);
        vm.prank(alice);
        hourgate.purchaseFor{value: PRICE}(ID, owner);
    }

    function test_purchaseFor_revertsWhenPaused() public {
        vm.prank(owner);
        hourgate.pause();
        vm.expectRevert(abi.encodeWithSelector(Pausable.EnforcedPause.selector));
        vm.prank(alice);
        hourgate.purchaseFor{value: PRICE}(ID, bob);
    }

    function test_purchaseFor_revertsWithoutThePrice() public {
        vm.expectRevert(abi.encodeWithSelector(IHourgate.WrongValue.selector, PRICE, 0));
        vm.prank(alice);
        hourgate.purchaseFor(ID, bob);
    }

    function testFuzz_purchaseFor_servesAnyAccountButTheOwner(address payer, address account) public {
        vm.assume(payer != owner && account != owner && account != address(0) && payer != address(hourgate));
        vm.deal(payer, PRICE);
        vm.prank(payer);
        hourgate.purchaseFor{value: PRICE}(ID, account);
        assertAccess(account, NOW + HOUR, 0);
    }
}
