"""The page behind a member's link: what it means to take part, and the learner's own yes or no."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from enroll.accounts.permissions import Permission
from enroll.foundation.masking import mask_name
from enroll.foundation.problems import Problem, Refused
from enroll.groups.forms import JoinForm
from enroll.groups.lifecycle import GroupState
from enroll.groups.models import GroupMember
from enroll.groups.queries import member_by_token
from enroll.groups.rules import may_still_answer
from enroll.groups.services.grouping import decline_group, join_group
from enroll.storage.database import db
from enroll.web.access import public, requires
from enroll.web.forms import ActForm
from enroll.web.moments import now
from enroll.web.once import once
from enroll.web.throttle import limiter

groups = Blueprint("groups", __name__, url_prefix="/groups")


@groups.get("/join/<token:token>")
@public
@limiter.limit("60 per minute")
def invitation(token: str) -> Any:
    return _page(_member(token), JoinForm(formdata=None))


@groups.post("/join/<token:token>")
@requires(Permission.APPLY)
def join(token: str) -> Any:
    """Only for the one who was invited; for everybody else it is not there."""
    member, form = _own(token), JoinForm()
    if not form.validate():
        return _page(member, form), 422

    def act() -> str:
        reference = join_group(token, agreed=bool(form.agreed.data), by=current_user.actor, now=now())
        flash(_("You take part. Choose your sittings, read, agree and submit: seats are held from then on."), "ok")
        return url_for("applications.show", reference=reference)

    try:
        return once(form, act)
    except Refused as refused:
        return _page(_own(token), form, form.show_problems(refused.problems)), 422


@groups.post("/join/<token:token>/decline")
@requires(Permission.APPLY)
def decline(token: str) -> Any:
    _own(token)
    form = ActForm()
    if not form.validate():
        return redirect(url_for(".invitation", token=token), 303)

    def act() -> str:
        decline_group(token, by=current_user.actor, now=now())
        flash(_("You do not take part. You can still apply by yourself."), "ok")
        return url_for("applications.mine")

    try:
        return once(form, act)
    except Refused as refused:
        return _page(_own(token), JoinForm(formdata=None), refused.problems), 422


def _member(token: str) -> GroupMember:
    return member_by_token(db.session(), token) or abort(404)


def _own(token: str) -> GroupMember:
    member = _member(token)
    return member if member.learner.account_id == current_user.account_id else abort(404)


def _page(member: GroupMember, form: JoinForm, problems: tuple[Problem, ...] = ()) -> str:
    signed_in = current_user.is_authenticated
    over = may_still_answer(member.joined_at is not None, member.declined_at is not None,
                            member.group.state == GroupState.OPEN)
    return render_template(
        "groups/join.html", member=member, group=member.group, form=form, problems=problems, over=over,
        name=mask_name(member.learner.called), here=request.path.removesuffix("/decline"), signed_in=signed_in,
        mine=signed_in and member.learner.account_id == current_user.account_id, act_form=ActForm(formdata=None),
    )
