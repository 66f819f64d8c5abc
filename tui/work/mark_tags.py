"""`MarkTags`: mirrors done, snoozed and flagged as tags, which are drafts and go through the review like all others."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from tui.api.codec import Document
from tui.api.wording import count_of
from tui.orders.edits.bulk_change import BulkChange, apply_to_edit
from tui.orders.paths import TAGS
from tui.work.cache.private_marks import OrderMarks
from tui.work.drafts.drafts import Draft


@dataclass(frozen=True, slots=True)
class MarkTags:
    """`tags`: the tag of each mark, by the mark's name; marks without a tag are not mirrored.

    `find` returns an order as it was read last, unless the service no longer has it, `draft_of` its draft, and `save` stores a changed draft.
    """

    tags: Mapping[str, str]
    marks: OrderMarks
    find: Callable[[str], Document | None]
    draft_of: Callable[[Document], Draft]
    save: Callable[[Draft], None]

    def draft(self, keys: Iterable[str], name: str, *, is_set: bool) -> str:
        """Draft the tag of a mark, or its removal. Returns words for a notice. Raises StoreError."""
        tag, wanted = self.tags.get(name), [*keys]
        if tag is None:
            return ""
        change = BulkChange().with_tags((tag,) if is_set else (), () if is_set else (tag,))
        changed, failed = 0, 0
        for key in wanted:
            order = self.find(key) if key.isdecimal() else None
            draft = self.draft_of(order) if order is not None else None
            steps = draft.edit.done if draft is not None else 0
            if draft is None or apply_to_edit(change, draft.edit):
                failed += 1
            elif draft.edit.done != steps:
                if not TAGS.get(draft.edit.base) and not TAGS.get(draft.edit.document):
                    # The order had no list of tags, and gets none.
                    draft.edit.revert(TAGS, f"no tag {tag}")
                self.save(draft)
                changed += 1
        count = f" on {changed}" if changed != len(wanted) else ""
        drafted = f", tag {'+' if is_set else '-'}{tag} drafted{count}" if changed else ""
        return drafted + (f", {count_of(failed, 'order')} cannot have tags" if failed else "")

    def draft_change(self, before: Mapping[str, frozenset[str]], after: Mapping[str, frozenset[str]]) -> str:
        """Draft what differs between the names of the marks of orders. Returns words for a notice. Raises StoreError."""
        return "".join(
            self.draft(keys, name, is_set=is_set)
            for name in self.tags
            for is_set in (True, False)
            if (
                keys := [key for key in after if (name in after[key]) is is_set and (name in before[key]) is not is_set]
            )
        )

    def draft_ended(self) -> str:
        """Draft the removal of the tags of marks that ended. Returns a sentence, "" if none did. Raises StoreError."""
        found = self.marks.ended() if self.tags else {}
        if not found:
            return ""
        # An order that the service no longer has needs no tags.
        ended = {key: names for key, names in found.items() if self.find(key) is not None}
        drafted = self.draft_change(ended, dict.fromkeys(ended, frozenset()))
        self.marks.clear_ended(found)
        if not drafted:
            return ""
        names = sorted(set().union(*ended.values()))
        return f"{count_of(len(ended), 'order')} no longer {' or '.join(names)}{drafted}."
