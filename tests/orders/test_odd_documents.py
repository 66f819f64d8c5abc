"""A document of a type never seen at any place is read, judged, merged and sent on without a fall or a loss."""

from datetime import UTC, datetime
from typing import cast

import pytest
from odd_values import ODD, odd_orders
from strategies import full

from tui.api.codec import Document, decode, encode, same
from tui.api.models import Kind, Operation, validate_order
from tui.api.pointer import ABSENT, ROOT, Pointer, walk
from tui.orders import summary
from tui.orders.checks.shipping import fix_for, preflight
from tui.orders.edits.compare import compare
from tui.orders.edits.edit import Edit, same_or_absent
from tui.orders.edits.list_items import add_entry, addable, copy_entry, move_entry, remove_entry
from tui.orders.edits.merge import merge
from tui.orders.edits.request_choice import choose_request, choose_upsert
from tui.orders.edits.upsert import as_new, to_upsert, unknown_pointers
from tui.orders.fields import label_of, sections
from tui.orders.paths import TOTAL
from tui.orders.value_parser import editing_kind, entry_text, parse_entry, show_value

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
NAME = Pointer.of("shipping_address", "name")


@pytest.mark.parametrize("odd", ODD)
def test_it_is_looked_at_without_a_fall(odd: str) -> None:
    for place, order in odd_orders(ODD[odd], of=2):
        assert same(decode(encode(order)), order)
        assert summary.order_name(order)
        assert isinstance(summary.searchable_text(order), str)
        for of in (summary.weight_text, summary.kilograms, summary.item_count, summary.tags_of, summary.ordered_at):
            of(order)
        summary.age_text(order, NOW)
        summary.ordered_at_text(order, UTC)
        summary.money_at(order, TOTAL)
        list(summary.address_lines(order))
        for problem in preflight(order):
            proposal = fix_for(order, problem)
            assert label_of(problem.pointer)
            if proposal is not None:
                assert Edit(order).put_all(proposal.values, "fix")
        for section in sections(order):
            for pointer, known in section.fields:
                there = pointer.get(order)
                assert show_value(known.kind, there, zone=UTC)
                assert isinstance(entry_text(editing_kind(known.kind, there), there), str)
        assert isinstance(unknown_pointers(order), list), place


@pytest.mark.parametrize("odd", ODD)
def test_a_change_beside_it_goes_as_any_other(odd: str) -> None:
    for place, order in odd_orders(ODD[odd], of=6):
        edit = Edit(order)
        assert edit.put(NAME, "Jan Klaassen", "name")
        sending = choose_request(edit)
        whole = choose_upsert(edit)
        assert whole.operation is Operation.POST
        if place == NAME.parent:
            # There was no address: a new one lacks the rest of it, which is told.
            assert sending.carried or sending.blocked
        else:
            assert sending.body == {"shipping_address": {"name": "Jan Klaassen"}}, place
            # What was read so is no reason to stop; the service may say what it likes.
            assert not sending.invalid
            assert not whole.invalid, place
        assert edit.undo()
        assert same(edit.document, order)


@pytest.mark.parametrize("odd", ODD)
def test_nothing_of_it_is_lost_in_an_upsert(odd: str) -> None:
    for place, order in odd_orders(ODD[odd], of=6):
        sent, conversions = to_upsert(order, keep_id=True)
        told = {conversion.pointer for conversion in conversions}
        for pointer, node in walk(order):
            if pointer.tokens[:1] in (("created_at",), ("modified_at",)) or isinstance(node, dict | list):
                continue
            if any(pointer.startswith(one) for one in told) or pointer == Pointer.of("id"):
                continue
            assert same_or_absent(pointer.get(sent), node), (place, pointer)
        assert unknown_pointers(sent) == [one for one in unknown_pointers(order) if one.get(sent) is not ABSENT]
        validate_order(sent, Operation.POST)
        as_new(order)
        assert decode(encode(sent)) == sent


@pytest.mark.parametrize("odd", ODD)
def test_it_is_merged_from_either_side(odd: str) -> None:
    order = full()
    mine = Edit(order)
    mine.put(NAME, "Jan Klaassen", "name")
    for place, other in odd_orders(ODD[odd], of=6):
        merged = merge(mine, other)
        told = [clash.pointer for clash in merged.conflicts]
        assert NAME.get(merged.edit.document) == "Jan Klaassen" or told, place
        if not NAME.startswith(place):
            assert same_or_absent(place.get(merged.edit.document), place.get(other)) or told, place
        back = merge(Edit.diff(order, other, "odd"), order)
        assert same(back.edit.document, other), place
        compare(order, other)
        compare(other, order)
        taken = Edit.diff(other, order, "mended")
        assert same(taken.document, order)
        choose_request(taken)


@pytest.mark.parametrize("odd", ODD)
def test_any_field_of_it_can_be_set_cleared_and_given_back(odd: str) -> None:
    for place, order in odd_orders(ODD[odd], of=15):
        edit = Edit(order)
        offered = [pointer for section in sections(order) for pointer, _ in section.fields]
        near = [pointer for pointer in offered if pointer.startswith(place) or pointer.parent == place.parent]
        for target in near[:6]:
            for value in ("x", None):
                edit.put(target, value, "put")
                assert target.get(edit.document) == value
                choose_request(edit)
            edit.revert(target, "as it was read")
            assert same_or_absent(target.get(edit.document), target.get(order)), (place, target)
            edit.drop(target, "drop")
        for kind in addable():
            added = add_entry(edit, kind)
            copy_entry(edit, added)
            move_entry(edit, added, -1)
            choose_request(edit)
            assert remove_entry(edit, added), (place, kind)
        assert same(Edit.load(order, edit.log()).document, edit.document)
        while edit.undo():
            pass
        assert same(edit.document, order), place


@pytest.mark.parametrize("text", ["y" * 60_000, "x@" * 30_000, "a 1 " * 15_000, "t " * 30_000, "1.234," * 10_000])
def test_a_text_of_any_length_is_judged_at_once(text: str) -> None:
    # What is looked for anew from each of its letters takes minutes here.
    order = full(items=1)
    for place, value in walk(order):
        if isinstance(value, str):
            order = cast(Document, place.put(order, text))
    for problem in preflight(order):
        fix_for(order, problem)
    summary.searchable_text(order)
    for kind in Kind:
        parse_entry(kind, text, now=NOW)


@pytest.mark.parametrize("odd", ODD)
def test_in_the_place_of_the_whole_order_it_has_a_word(odd: str) -> None:
    value = ODD[odd]
    found = validate_order(value, Operation.POST)
    assert found
    assert all(isinstance(one.pointer, Pointer) for one in found)
    assert label_of(ROOT) == "the order"
