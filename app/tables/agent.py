"""Conversations with the agent."""

from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.orm import Base, Changing, Identified, Json, Tenant


class AgentSession(Identified, Changing, Tenant, Base):
    __tablename__ = "agent_sessions"

    project_id: Mapped[UUID] = mapped_column(ForeignKey("projects.id"))
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    title: Mapped[str] = mapped_column(default="", server_default="")


class AgentMessage(Identified, Tenant, Base):
    __tablename__ = "agent_messages"

    session_id: Mapped[UUID] = mapped_column(ForeignKey("agent_sessions.id"), index=True)
    role: Mapped[str]
    content: Mapped[Json]
