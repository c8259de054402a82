"""What a person saw when they recommended or approved: the very document whose digest they approved."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, Session, mapped_column

from mit.store.approvals import Approval
from mit.store.db import Base


class ApprovalContent(Base):
    """The canonical JSON of what an approval row is about; its SHA-256 is the row's content digest."""

    __tablename__ = "approval_contents"

    approval_id: Mapped[UUID] = mapped_column(ForeignKey(Approval.id), primary_key=True)
    content: Mapped[str] = mapped_column(Text)


def content_of(session: Session, approval_id: UUID) -> str:
    """Return the document of one approval row; empty where it was given before these were kept."""
    found = session.get(ApprovalContent, approval_id)
    return found.content if found else ""
