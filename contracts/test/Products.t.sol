// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IHourgate} from "../src/IHourgate.sol";
import {HourgateTestBase} from "./HourgateTestBase.sol";
import {PlainToken} from "./Tokens.sol";
import {vm} from "./Vm.sol";

contract ProductsTest is HourgateTestBase {
    function test_addProduct_numbersFromZero() public {
        vm.assertEq(hourgate.productCount(), 1);
        vm.assertEq(addProduct(2, 20), 1);
        vm.assertEq(addProduct(3, 30), 2);
        vm.assertEq(hourgate.productCount(), 3);
        assertProduct(0, PRICE, HOUR, true);
        assertProduct(1, 2, 20, true);
        assertProduct(2, 3, 30, true);
    }

    function test_addProduct_emitsProductAdded() public {
        vm.expectEmit(address(hourgate));
        emit IHourgate.ProductAdded(1, ETHER, 2, 20);
        addProduct(2, 20);
    }

    function test_addProduct_takesTheSmallestAndTheLargest() public {
        assertProduct(addProduct(1, 1), 1, 1, true);
        assertProduct(addProduct(type(uint96).max, uint32(MAX_AHEAD)), type(uint96).max, uint32(MAX_AHEAD), true);
    }

    function test_addProduct_revertsWithoutAPrice() public {
        expectBadProduct(0, HOUR);
        addProduct(0, HOUR);
    }

    function test_addProduct_revertsWithoutADuration() public {
        expectBadProduct(PRICE, 0);
        addProduct(PRICE, 0);
    }

    function test_addProduct_revertsWhenNobodyCouldBuyIt() public {
        expectBadProduct(PRICE, uint32(MAX_AHEAD + 1));
        addProduct(PRICE, uint32(MAX_AHEAD + 1));
    }

    function test_addProduct_takesAToken() public {
        address token = address(new PlainToken());
        vm.expectEmit(address(hourgate));
        emit IHourgate.ProductAdded(1, token, 2, 20);
        vm.assertEq(addProduct(token, 2, 20), 1);
        (address got, uint96 price, uint32 duration, bool active) = hourgate.product(1);
        vm.assertEq(got, token);
        vm.assertEq(price, 2);
        vm.assertEq(duration, 20);
        vm.assertTrue(active);
        assertProduct(0, PRICE, HOUR, true);
    }

    function testFuzz_addProduct_revertsWithoutATokenContract(address token) public {
        vm.assume(token != ETHER && token.code.length == 0);
        vm.expectRevert(abi.encodeWithSelector(IHourgate.UnsupportedToken.selector, token));
        vm.prank(owner);
        hourgate.addProduct(token, PRICE, HOUR);
    }

    function testFuzz_addProduct_revertsForEverybodyElse(address caller) public {
        vm.assume(caller != owner);
        expectNotTheOwner(caller);
        vm.prank(caller);
        hourgate.addProduct(ETHER, PRICE, HOUR);
    }

    function testFuzz_addProduct_keepsWhatItWasGiven(uint96 price, uint32 duration) public {
        bool good = price > 0 && duration > 0 && duration <= MAX_AHEAD;
        if (!good) expectBadProduct(price, duration);
        uint256 id = addProduct(price, duration);
        vm.assertEq(hourgate.productCount(), good ? 2 : 1);
        if (good) assertProduct(id, price, duration, true);
    }

    function test_setActive_takesOffSaleAndBack() public {
        addProduct(2, 20);
        setActive(ID, false);
        assertProduct(ID, PRICE, HOUR, false);
        assertProduct(1, 2, 20, true);
        setActive(ID, true);
        assertProduct(ID, PRICE, HOUR, true);
        buy(alice);
    }

    function test_setActive_emitsProductActive() public {
        uint256 second = addProduct(2, 20);
        vm.expectEmit(address(hourgate));
        emit IHourgate.ProductActive(second, false);
        setActive(second, false);
        vm.expectEmit(address(hourgate));
        emit IHourgate.ProductActive(second, true);
        setActive(second, true);
    }

    function testFuzz_setActive_revertsForEveryUnknownProduct(uint256 id, bool active) public {
        vm.assume(id != ID);
        vm.expectRevert(abi.encodeWithSelector(IHourgate.UnknownProduct.selector, id));
        setActive(id, active);
    }

    function testFuzz_setActive_revertsForEverybodyElse(address caller) public {
        vm.assume(caller != owner);
        expectNotTheOwner(caller);
        vm.prank(caller);
        hourgate.setActive(ID, false);
    }

    function testFuzz_product_revertsForEveryUnknownProduct(uint256 id) public {
        vm.assume(id != ID);
        vm.expectRevert(abi.encodeWithSelector(IHourgate.UnknownProduct.selector, id));
        hourgate.product(id);
    }

    function setActive(uint256 id, bool active) private {
        vm.prank(owner);
        hourgate.setActive(id, active);
    }

    function expectBadProduct(uint96 price, uint32 duration) private {
        vm.expectRevert(abi.encodeWithSelector(IHourgate.BadProduct.selector, price, duration));
    }

    function assertProduct(uint256 id, uint96 price, uint32 duration, bool active) private view {
        (address token, uint96 gotPrice, uint32 gotDuration, bool gotActive) = hourgate.product(id);
        vm.assertEq(token, ETHER);
        vm.assertEq(gotPrice, price);
        vm.assertEq(gotDuration, duration);
        vm.assertEq(gotActive, active, "active");
    }
}
