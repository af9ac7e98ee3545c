// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Pausable} from "@openzeppelin/contracts/utils/Pausable.sol";
import {Hourgate} from "../../src/Hourgate.sol";
import {IHourgate} from "../../src/IHourgate.sol";
import {HourgateHandler} from "./HourgateHandler.sol";
import {vm} from "../Vm.sol";

/// @dev What holds after any sequence of calls by anybody, the owner included. See `HourgateHandler` for what is checked
/// at each call.
contract HourgateInvariantTest {
    uint256 private constant MAX_AHEAD = 63_072_000;

    HourgateHandler private handler;
    Hourgate private hourgate;

    function setUp() public {
        vm.warp(1_800_000_000);
        handler = new HourgateHandler(address(0x5E11E4));
        hourgate = handler.hourgate();
        handler.addProduct(1, 1, 1001, 3601);
    }

    function targetContracts() public view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(handler);
    }

    /// @dev A replay of a failure may be a single call; a run is far longer.
    function afterInvariant() public view {
        vm.assertGt(handler.calls(), 0, "calls");
        if (handler.calls() > 50) vm.assertGt(handler.accessChanges(), 0, "calls that changed anybody's access");
    }

    function invariant_accessIsWhatWasBoughtGrantedAndRevoked() public view {
        address[] memory actors = handler.actors();
        IHourgate.Access[] memory answer = hourgate.accessOf(actors);
        for (uint256 i = 0; i < actors.length; i++) {
            vm.assertEq(answer[i].paidUntil, handler.booked(actors[i]).paidUntil, "paidUntil");
            vm.assertEq(answer[i].credentialsFrom, handler.booked(actors[i]).credentialsFrom, "credentialsFrom");
            vm.assertEq(hourgate.paidUntil(actors[i]), answer[i].paidUntil, "the two views");
        }
    }

    function invariant_lastAnnouncedEndIsTheEnd() public view {
        address[] memory actors = handler.actors();
        for (uint256 i = 0; i < actors.length; i++) {
            vm.assertEq(handler.announced(actors[i]), hourgate.paidUntil(actors[i]), "announced");
        }
    }

    function invariant_nobodyIsPaidMoreThanTwoYearsAhead() public view {
        address[] memory actors = handler.actors();
        for (uint256 i = 0; i < actors.length; i++) {
            vm.assertLe(hourgate.paidUntil(actors[i]), block.timestamp + MAX_AHEAD, "too far ahead");
        }
    }

    function invariant_balanceIsTakingsNotWithdrawn() public view {
        vm.assertEq(address(hourgate).balance, handler.takings(), "balance");
    }

    function invariant_productsStayAsAdded() public view {
        HourgateHandler.BookedProduct[] memory products = handler.products();
        vm.assertEq(hourgate.productCount(), products.length, "count");
        for (uint256 i = 0; i < products.length; i++) {
            (address token, uint96 price, uint32 duration, bool active) = hourgate.product(i);
            vm.assertEq(token, address(0));
            vm.assertEq(price, products[i].price, "price");
            vm.assertEq(duration, products[i].duration, "duration");
            vm.assertEq(active, products[i].active, "active");
        }
    }

    function invariant_ownershipAndPauseAreWhatTheOwnerMadeThem() public view {
        vm.assertEq(hourgate.owner(), handler.owner());
        vm.assertEq(hourgate.getOwner(), handler.owner());
        vm.assertEq(hourgate.pendingOwner(), handler.pendingOwner());
        vm.assertEq(hourgate.paused(), handler.paused(), "paused");
    }

    /// @dev The same actions without a fuzzer: each is seen to succeed, and each error is seen where it belongs.
    function test_handler_reachesEveryOutcome() public {
        for (uint256 i = 0; i < 6000; i++) {
            step(i);
        }
        invariant_accessIsWhatWasBoughtGrantedAndRevoked();
        invariant_lastAnnouncedEndIsTheEnd();
        invariant_balanceIsTakingsNotWithdrawn();
        invariant_productsStayAsAdded();

        bytes4 unauthorized = Ownable.OwnableUnauthorizedAccount.selector;
        bytes4[2] memory purchases = [IHourgate.purchaseProduct.selector, IHourgate.purchaseFor.selector];
        for (uint256 i = 0; i < purchases.length; i++) {
            reached(purchases[i], 0);
            reached(purchases[i], Pausable.EnforcedPause.selector);
            reached(purchases[i], IHourgate.UnknownProduct.selector);
            reached(purchases[i], IHourgate.ProductInactive.selector);
            reached(purchases[i], IHourgate.WrongValue.selector);
            reached(purchases[i], IHourgate.OwnerNotAllowed.selector);
            reached(purchases[i], IHourgate.TooFarAhead.selector);
        }
        reached(IHourgate.purchaseFor.selector, IHourgate.ZeroAccount.selector);
        reached(IHourgate.grant.selector, 0);
        reached(IHourgate.grant.selector, unauthorized);
        reached(IHourgate.grant.selector, IHourgate.ZeroDuration.selector);
        reached(IHourgate.grant.selector, IHourgate.ZeroAccount.selector);
        reached(IHourgate.grant.selector, IHourgate.OwnerNotAllowed.selector);
        reached(IHourgate.grant.selector, IHourgate.TooFarAhead.selector);
        reached(IHourgate.revokeCredentials.selector, 0);
        reached(IHourgate.addProduct.selector, 0);
        reached(IHourgate.addProduct.selector, unauthorized);
        reached(IHourgate.addProduct.selector, IHourgate.UnsupportedToken.selector);
        reached(IHourgate.addProduct.selector, IHourgate.BadProduct.selector);
        reached(IHourgate.setActive.selector, 0);
        reached(IHourgate.setActive.selector, unauthorized);
        reached(IHourgate.setActive.selector, IHourgate.UnknownProduct.selector);
        reached(IHourgate.pause.selector, 0);
        reached(IHourgate.pause.selector, unauthorized);
        reached(IHourgate.pause.selector, Pausable.EnforcedPause.selector);
        reached(IHourgate.unpause.selector, 0);
        reached(IHourgate.unpause.selector, unauthorized);
        reached(IHourgate.unpause.selector, Pausable.ExpectedPause.selector);
        reached(IHourgate.withdraw.selector, 0);
        reached(IHourgate.withdraw.selector, unauthorized);
        reached(IHourgate.withdraw.selector, IHourgate.UnsupportedToken.selector);
        reached(IHourgate.withdraw.selector, IHourgate.ZeroAccount.selector);
        reached(IHourgate.withdraw.selector, IHourgate.TransferFailed.selector);
        reached(hourgate.transferOwnership.selector, 0);
        reached(hourgate.transferOwnership.selector, unauthorized);
        reached(hourgate.acceptOwnership.selector, 0);
        reached(hourgate.acceptOwnership.selector, unauthorized);
        reached(hourgate.renounceOwnership.selector, IHourgate.CannotRenounce.selector);
        reached(handler.letTimePass.selector, 0);
    }

    function step(uint256 i) private {
        uint256 a = uint256(keccak256(abi.encode(i, "a")));
        uint256 b = uint256(keccak256(abi.encode(i, "b")));
        uint256 c = uint256(keccak256(abi.encode(i, "c")));
        uint256 d = uint256(keccak256(abi.encode(i, "d")));
        uint256 action = uint256(keccak256(abi.encode(i, "action"))) % 13;
        if (action == 0) handler.purchaseProduct(a, b, c);
        else if (action == 1) handler.purchaseFor(a, b, c, d);
        else if (action == 2) handler.grant(a, b, uint32(c));
        else if (action == 3) handler.revokeCredentials(a);
        else if (action == 4) handler.addProduct(a, b, uint96(c), uint32(d));
        else if (action == 5) handler.setActive(a, b, c);
        else if (action == 6) handler.pause(a);
        else if (action == 7) handler.unpause(a);
        else if (action == 8) handler.withdraw(a, b, c);
        else if (action == 9) handler.transferOwnership(a, b);
        else if (action == 10) handler.acceptOwnership(a);
        else if (action == 11) handler.renounceOwnership(a);
        else handler.letTimePass(uint32(a));
    }

    function reached(bytes4 called, bytes4 errorOrZero) private view {
        vm.assertGt(
            handler.seen(called, errorOrZero),
            0,
            string.concat(
                "outcome ", vm.toString(abi.encodePacked(errorOrZero)), " of ", vm.toString(abi.encodePacked(called))
            )
        );
    }
}
