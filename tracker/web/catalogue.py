"""Depots and categories: read by everybody, kept by administrators."""

from dataclasses import asdict
from http import HTTPStatus
from typing import Protocol, TypeVar

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from tracker.accounts.policy import Permission
from tracker.catalogue import queries, service
from tracker.db import Session
from tracker.values.actor import Actor
from tracker.web.door import Pages, told, unprocessable
from tracker.web.forms.catalogue import (
    COUNTED_BY_NAMES,
    HAZARD_NAMES,
    CategoryForm,
    DepotForm,
    NewCategoryForm,
    NewDepotForm,
    RetiredForm,
)

pages = Pages("catalogue", __name__)
Page = str | tuple[str, int] | Response


class Retirable(Protocol):
    @property
    def retired(self) -> bool: ...


Row = TypeVar("Row", bound=Retirable)


@pages.reads("/depots", Permission.READ_CATALOGUE)
def depots(reading: Session, actor: Actor) -> Page:
    form = RetiredForm(formdata=request.args)
    rows = queries.depots(reading, actor, with_retired=form.retired.data)
    return render_template("catalogue/depots.html", rows=_retired_last(rows), form=form)


@pages.reads("/depots/new", Permission.EDIT_CATALOGUE)
def new_depot(_reading: Session, _actor: Actor) -> Page:
    return render_template("catalogue/new_depot.html", form=NewDepotForm())


@pages.writes("/depots/new", Permission.EDIT_CATALOGUE)
def add_depot(writing: Session, actor: Actor) -> Page:
    form = NewDepotForm()
    if form.validate():
        with told(form, writing):
            service.add_depot(writing, actor, form.new())
            return _to_depots(_("The depot is added."))
    return unprocessable(render_template("catalogue/new_depot.html", form=form))


@pages.reads("/depots/<int:depot_id>", Permission.EDIT_CATALOGUE)
def edit_depot(reading: Session, actor: Actor, depot_id: int) -> Page:
    depot = queries.depot(reading, actor, depot_id)
    return _depot_page(reading, actor, depot_id, DepotForm(as_sent=False, name=depot.name, place=depot.place))


@pages.writes("/depots/<int:depot_id>", Permission.EDIT_CATALOGUE)
def change_depot(writing: Session, actor: Actor, depot_id: int) -> Page:
    form = DepotForm()
    if form.validate():
        with told(form, writing):
            service.change_depot(writing, actor, depot_id, form.details())
            return _to_depots(_("The depot is changed."))
    return unprocessable(_depot_page(writing, actor, depot_id, form))


@pages.writes("/depots/<int:depot_id>/retire", Permission.EDIT_CATALOGUE)
def retire_depot(writing: Session, actor: Actor, depot_id: int) -> Page:
    service.retire_depot(writing, actor, depot_id)
    return _to_depots(_("The depot is retired. Its books stay."))


@pages.writes("/depots/<int:depot_id>/restore", Permission.EDIT_CATALOGUE)
def restore_depot(writing: Session, actor: Actor, depot_id: int) -> Page:
    service.retire_depot(writing, actor, depot_id, retired=False)
    return _to_depots(_("The depot is in use again."))


def _depot_page(unit: Session, actor: Actor, depot_id: int, form: DepotForm) -> str:
    return render_template("catalogue/depot.html", depot=queries.depot(unit, actor, depot_id), form=form)


def _to_depots(message: str) -> Response:
    flash(message, "success")
    return redirect(url_for(".depots"), HTTPStatus.SEE_OTHER)


@pages.reads("/categories", Permission.READ_CATALOGUE)
def categories(reading: Session, _actor: Actor) -> Page:
    form = RetiredForm(formdata=request.args)
    rows = queries.categories(reading, with_retired=form.retired.data)
    return render_template(
        "catalogue/categories.html",
        rows=_retired_last(rows),
        form=form,
        COUNTED_BY_NAMES=COUNTED_BY_NAMES,
        HAZARD_NAMES=HAZARD_NAMES,
    )


@pages.reads("/categories/new", Permission.EDIT_CATALOGUE)
def new_category(_reading: Session, _actor: Actor) -> Page:
    return render_template("catalogue/new_category.html", form=NewCategoryForm())


@pages.writes("/categories/new", Permission.EDIT_CATALOGUE)
def add_category(writing: Session, actor: Actor) -> Page:
    form = NewCategoryForm()
    if form.validate():
        with told(form, writing):
            service.add_category(writing, actor, form.new())
            return _to_categories(_("The category is added."))
    return unprocessable(render_template("catalogue/new_category.html", form=form))


@pages.reads("/categories/<int:category_id>", Permission.EDIT_CATALOGUE)
def edit_category(reading: Session, _actor: Actor, category_id: int) -> Page:
    form = CategoryForm(as_sent=False, **asdict(queries.category(reading, category_id)))
    return _category_page(reading, category_id, form)


@pages.writes("/categories/<int:category_id>", Permission.EDIT_CATALOGUE)
def change_category(writing: Session, actor: Actor, category_id: int) -> Page:
    form = CategoryForm()
    if form.validate():
        with told(form, writing):
            service.change_category(writing, actor, category_id, form.details())
            return _to_categories(_("The category is changed. What was saved before keeps its weights."))
    return unprocessable(_category_page(writing, category_id, form))


@pages.writes("/categories/<int:category_id>/retire", Permission.EDIT_CATALOGUE)
def retire_category(writing: Session, actor: Actor, category_id: int) -> Page:
    service.retire_category(writing, actor, category_id)
    return _to_categories(_("The category is retired. What was saved under it stays."))


@pages.writes("/categories/<int:category_id>/restore", Permission.EDIT_CATALOGUE)
def restore_category(writing: Session, actor: Actor, category_id: int) -> Page:
    service.retire_category(writing, actor, category_id, retired=False)
    return _to_categories(_("The category is in use again."))


def _category_page(unit: Session, category_id: int, form: CategoryForm) -> str:
    return render_template("catalogue/category.html", category=queries.category(unit, category_id), form=form)


def _to_categories(message: str) -> Response:
    flash(message, "success")
    return redirect(url_for(".categories"), HTTPStatus.SEE_OTHER)


def _retired_last(rows: list[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: row.retired)
